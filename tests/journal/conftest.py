"""Fixtures: a gateway that keeps a journal of a few exchanges."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_gateway import RunningGateway

KEPT = 8
"""The exchanges that the journal keeps."""


@pytest.fixture(scope="session", name="recording_server")
def _recording_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One server with a journal for all tests of a worker."""
    running = RunningGateway(tmp_path_factory.mktemp("journal"), journal=KEPT)
    yield running
    running.stop()


@pytest.fixture
def gateway(recording_server: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The server with a fresh copy of the demo data and an empty journal."""
    recording_server.start_afresh(tmp_path)
    return recording_server
