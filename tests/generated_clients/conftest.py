"""The generated clients, once for all tests of a worker."""

import sys
from collections.abc import Iterator

import pytest

from tests.generated_clients.python_client import PythonClient
from tests.running_gateway import RunningGateway
from tests.specs.all_specs import PROVIDERS


@pytest.fixture(scope="session")
def python_clients(
    server: RunningGateway, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, PythonClient]]:
    """One package for each provider."""
    folder = tmp_path_factory.mktemp("python_clients")
    url = f"http://127.0.0.1:{server.port}"
    sys.path.insert(0, str(folder))
    yield {name: PythonClient.generate(name, folder, url) for name in PROVIDERS}
    sys.path.remove(str(folder))
