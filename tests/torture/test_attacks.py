"""A short part of ``make torture``: hostile requests and abandoned logins."""

from pathlib import Path

import pytest

from tests.postgres import BACKENDS
from tests.torture import fuzz, logins


@pytest.mark.parametrize("backend", BACKENDS)
def test_hostile_requests_get_errors_and_leave_nothing(tmp_path: Path, backend: str) -> None:
    """
    No response is a 500, larger than 16 KiB, or repeats what was sent; nor does the log. The
    memory is measured by the long campaign.
    """
    result = fuzz.run(tmp_path, backend, requests=400)

    assert [] == [each for each in result.figures if not each.is_good and each.what != fuzz.MEMORY]


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_honest_login_does_not_wait_for_abandoned_ones(tmp_path: Path, backend: str) -> None:
    """
    A login whose client has left is not computed.
    """
    result = logins.run(tmp_path, backend)

    (login, _) = result.figures
    assert login.measured.endswith("status 200")
