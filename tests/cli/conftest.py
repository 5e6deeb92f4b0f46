"""Fixtures for the commands."""

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """An empty folder to work in."""
    return CommandLine(tmp_path)
