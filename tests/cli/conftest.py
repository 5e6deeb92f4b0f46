"""Fixtures for the commands."""

from pathlib import Path

import pytest

from tests.cli.command_line import CommandContext


@pytest.fixture
def context(tmp_path: Path) -> CommandContext:
    """An empty folder to work in."""
    return CommandContext(tmp_path)
