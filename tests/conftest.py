"""Fixtures: a running gateway, with a fresh copy of the demo data for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from profilegate.gateway.settings import EXCHANGES_IN_TESTS
from tests.running_gateway import RunningGateway

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One server for all tests of a worker."""
    running = RunningGateway(tmp_path_factory.mktemp("template"))
    yield running
    running.stop()


@pytest.fixture
def gateway(server: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The server with a fresh copy of the demo data."""
    server.start_afresh(tmp_path)
    return server


@pytest.fixture(scope="session")
def server_in_test_mode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One server in test mode, with its journal, for all tests of a worker."""
    running = RunningGateway(tmp_path_factory.mktemp("template"), journal=EXCHANGES_IN_TESTS)
    yield running
    running.stop()


@pytest.fixture
def testing(server_in_test_mode: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The server in test mode with a fresh copy of the demo data."""
    server_in_test_mode.start_afresh(tmp_path)
    return server_in_test_mode
