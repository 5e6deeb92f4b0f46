"""The authentication matrix, at one path of each operation."""

from pathlib import Path

import pytest

from tests.postgres import BACKENDS
from tests.running_gateway import RunningGateway
from tests.torture import authentication

REQUESTS_MIN = 4_000


@pytest.mark.parametrize("backend", BACKENDS)
def test_no_operation_accepts_a_wrong_credential(tmp_path: Path, backend: str) -> None:
    """
    Every form of a wrong credential gets the provider's own response for one and stores nothing;
    a good one is accepted in the same request.
    """
    running = RunningGateway(tmp_path, on_postgresql=backend == "postgresql")
    try:
        outcome = authentication.attack(running, all_paths=False)
    finally:
        running.stop()

    assert REQUESTS_MIN < outcome.requests
    assert [] == outcome.accepted
    assert [] == outcome.wrong
    assert [] == outcome.rejected
    assert (0, 0) == (outcome.stored, outcome.unequal)
