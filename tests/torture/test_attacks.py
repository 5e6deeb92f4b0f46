"""A short part of ``make torture``: hostile requests and abandoned logins."""

from pathlib import Path

import pytest

from benchmarks.largest_bodies import largest_body
from profilegate.openapi import read_spec
from profilegate.openapi.resources import spec_files, specs_folder
from profilegate.openapi.validator import compile_validator
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


@pytest.mark.parametrize("file", spec_files(specs_folder()), ids=lambda file: file.stem)
def test_the_largest_body_of_each_operation_is_legal(file: Path) -> None:
    """
    "The largest legal body of every operation": a new rule of a spec must not end the campaign.
    """
    spec = read_spec(file)
    bodies = {
        operation.id: (compile_validator(spec, operation.body), largest_body(spec, operation))
        for operation in spec.operations()
        if operation.body is not None
    }
    illegal = {
        name: found for name, (validate, body) in bodies.items() if (found := validate(body))
    }

    assert {} == illegal
