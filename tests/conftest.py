"""What all tests share: a running gate with a fresh demo world for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_gateway import RunningGate


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGate]:
    """One server for all tests."""
    running = RunningGate(tmp_path_factory.mktemp("template"))
    yield running
    running.stop()


@pytest.fixture
def gate(server: RunningGate, tmp_path: Path) -> RunningGate:
    """The server, with the demo world as it is in the beginning."""
    server.start_afresh(tmp_path)
    return server
