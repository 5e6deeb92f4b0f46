"""``profilegate call`` reaches every operation, and so does the curl command that it prints."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from profilegate.cli.main import main
from tests.cli.every_operation import Reached, environment, every_operation, given_ids
from tests.running_gateway import RunningGateway
from tests.specs.all_specs import SPECS

EVERY_OPERATION = every_operation()

NOT_FOUND = frozenset(
    """
    confirm_login undo_change drop_namespace restore_snapshot reset_namespace remove_fault
    get_exchange explain_exchange
    """.split()
)
"""The operations whose subject the demo data does not have; their specs document 404."""

COMMAND_TIMEOUT_SECONDS = 60


@pytest.fixture(autouse=True)
def _specs_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call reads its spec, which takes most of its time."""
    monkeypatch.setattr("profilegate.gateway.loading.load_spec", SPECS.__getitem__)


def call(gateway: RunningGateway, reached: Reached, *more: str) -> Result:
    """Call an operation with the credentials of the demo data."""
    parameters = reached.parameters(given_ids(gateway))
    arguments = ["call", reached.provider, reached.operation.id, *parameters, *more]
    return CliRunner(env=environment(gateway, reached)).invoke(main, arguments)


@pytest.mark.parametrize("reached", EVERY_OPERATION, ids=str)
def test_call_reaches_every_operation(testing: RunningGateway, reached: Reached) -> None:
    """
    "A test enumerates them": it succeeds, or fails as the spec documents.
    """
    result = call(testing, reached, *reached.whole_body(), "--json")
    document = json.loads(result.stdout)

    is_missing = reached.operation.id in NOT_FOUND
    assert [] == document["violations"]
    assert (404 if is_missing else document["status"]) == document["status"]
    assert (4 if is_missing else 0) == result.exit_code


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("reached", EVERY_OPERATION, ids=str)
def test_the_printed_curl_works_as_pasted(
    testing: RunningGateway, reached: Reached, tmp_path: Path
) -> None:
    """
    "--curl prints a command that works as pasted, never sends": a shell sends it, once.
    """
    printed = call(testing, reached, *reached.whole_body(), "--curl")
    assert 0 == printed.exit_code
    (tmp_path / ".curlrc").write_text(
        "silent\nshow-error\nwrite-out = %{http_code}\noutput = body\n"
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", printed.stdout],
        cwd=tmp_path,
        env={**os.environ, "CURL_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT_SECONDS,
        check=True,
    )

    status = int(done.stdout)
    assert (404 if reached.operation.id in NOT_FOUND else 200) <= status < 405
    assert (status == 404) == (reached.operation.id in NOT_FOUND)
    assert str(status) in reached.operation.node["responses"]


def has_empty_part(value: object) -> bool:
    """Whether a value has a part that no option can say: null, or a list or an object without
    members."""
    if isinstance(value, dict | list):
        parts = list(value.values() if isinstance(value, dict) else value)
        return not parts or any(map(has_empty_part, parts))
    return value is None


@pytest.mark.parametrize(
    "reached",
    [
        each
        for each in EVERY_OPERATION
        if isinstance(each.body(), dict) and each.body() and not has_empty_part(each.body())
    ],
    ids=str,
)
def test_options_say_the_same_as_a_body(testing: RunningGateway, reached: Reached) -> None:
    """
    "Field options from the spec": nested names, types, and repeated ones for lists.
    """
    media_type = ("--media-type", reached.media_type.partition(";")[0])
    shown = call(
        testing,
        reached,
        *reached.fields_of_body(),
        *media_type,
        "--dry-run",
        "--json",
        "--unsigned",
    )

    said = json.loads(shown.stdout)["body"]
    # A nonce may be an integer or a text.
    nonce = {"nonce": str(said["nonce"])} if "nonce" in said else {}
    assert reached.body() == {**said, **nonce}
