"""Fixtures: a running gateway, with a fresh copy of the demo data for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from profilegate.gateway.settings import EXCHANGES_IN_TESTS
from tests import postgres
from tests.running_gateway import RunningGateway

pytest_plugins = ["pytester"]

# A machine with other work may take any time for an example.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

ON_BOTH_BACKENDS = {
    "test_authentication",
    "test_concurrency",
    "test_linked_person",
    "test_nonce",
    "test_nonce_window",
    "test_recorded_requests",
    "test_related_sessions",
    "test_update_my_user",
    "test_updatable_fields",
}
"""Modules whose tests run on SQLite and on PostgreSQL in the ordinary run: those of concurrency, of
authentication, and of each provider's operation. `make test-postgresql` runs all others there."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of some modules on both backends."""
    is_on_both = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH_BACKENDS
    if "gateway" in metafunc.fixturenames and is_on_both and not postgres.ON_POSTGRESQL:
        metafunc.parametrize("gateway", postgres.BACKENDS, indirect=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One server for all tests of a worker."""
    running = RunningGateway(tmp_path_factory.mktemp("template"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def server_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """The same with a database in PostgreSQL."""
    running = RunningGateway(tmp_path_factory.mktemp("template"), on_postgresql=True)
    yield running
    running.stop()


@pytest.fixture
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> RunningGateway:
    """The server with a fresh copy of the demo data."""
    is_on_postgresql = getattr(request, "param", "") == "postgresql"
    running: RunningGateway = request.getfixturevalue(
        "server_on_postgresql" if is_on_postgresql else "server"
    )
    running.start_afresh(tmp_path)
    return running


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
