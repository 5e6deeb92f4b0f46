"""`profilegate verify --har`: what recorded traffic shows of a client and of a server."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from profilegate.cli.main import main
from profilegate.contract.archives import read_archive
from profilegate.contract.recording import check_recording
from profilegate.gateway.loading import load_providers
from tests.contract_verify.plants import PLANTS, TEN
from tests.contract_verify.recordings import Recorder, record_correct_clients
from tests.running_gateway import RunningGateway


def verify(path: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["verify", "--har", str(path), *options])


def found(path: Path, *options: str) -> set[tuple[str, str, str, str]]:
    """The findings of the command: operation, side, field, rule."""
    report = json.loads(verify(path, "--json", *options).stdout)
    findings = [each for check in report["checks"] for each in check["findings"]]
    errors = [each for each in findings if each["severity"] == "error"]
    return {(e["operation"], e["side"], e.get("field", ""), e["rule"]) for e in errors}


@pytest.fixture(scope="module")
def correct(server: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The entries of a recording of correct clients."""
    server.start_afresh(tmp_path_factory.mktemp("recorded"))
    recorder = Recorder(server)
    record_correct_clients(recorder)
    return recorder.entries


def written(entries: list[Any], tmp_path: Path) -> Path:
    """A HAR file."""
    recorder = Recorder(None, entries=entries)  # type: ignore[arg-type]
    return recorder.write(tmp_path / "recorded.har")


def test_a_correct_client_and_a_correct_server_have_no_findings(
    correct: list[Any], tmp_path: Path
) -> None:
    """
    "of a correct client (0 findings)": no errors and no warnings, in JSON, forms and protobuf.
    """
    result = verify(written(correct, tmp_path), "--strict")

    assert (0, "") == (result.exit_code, result.stderr)
    assert "0 of no spec; 0 errors, 0 warnings" in result.stdout


def test_exchanges_match_below_other_hosts_and_base_paths(
    correct: list[Any], tmp_path: Path
) -> None:
    """
    "every exchange that matches a spec is checked": a proxy may serve it below a path of its own.
    """
    entries = deepcopy(correct)
    for each in entries:
        url = each["request"]["url"].removeprefix("https://api.example.com")
        each["request"]["url"] = f"http://127.0.0.1:8080/staging/eu{url}"
    path = written(entries, tmp_path)

    report = check_recording("", read_archive(path), _providers(), {})

    assert (len(correct), 0, []) == (report.calls, report.ignored, report.errors)


@pytest.mark.parametrize("what", PLANTS)
def test_a_planted_violation_is_found(correct: list[Any], tmp_path: Path, what: str) -> None:
    """
    Each is found where it is planted, and nothing else is.
    """
    entries = deepcopy(correct)
    PLANTS[what].change(entries)

    assert {PLANTS[what].finding} == found(written(entries, tmp_path))


def test_ten_planted_violations_are_ten_findings(correct: list[Any], tmp_path: Path) -> None:
    """
    "of one with ten planted faults (10 found, 0 false)".
    """
    entries = deepcopy(correct)
    for what in TEN:
        PLANTS[what].change(entries)
    path = written(entries, tmp_path)

    assert {PLANTS[what].finding for what in TEN} == found(path)
    result = verify(path)
    assert (1, "10 errors, 0 warnings") == (result.exit_code, result.stdout[-22:-1]), result.stdout


def test_a_finding_has_the_sentence_of_the_rule(correct: list[Any], tmp_path: Path) -> None:
    """
    The trust in a rule is its sentence: a reader sees it beside the finding, with its place.
    """
    entries = deepcopy(correct)
    PLANTS["an SSN that is not masked"].change(entries)

    result = verify(written(entries, tmp_path))

    assert "virtual_documents[0].document_value must be masked" in result.stdout
    assert "example: The page's samples: 111111112 in, *****1112 out" in result.stdout
    assert "specs/machnet.yaml:" in result.stdout


def test_no_finding_shows_what_was_sent(correct: list[Any], tmp_path: Path) -> None:
    """
    A report is stored by CI servers: values, ids and unknown names stay in the recording.
    """
    entries = deepcopy(correct)
    for what in TEN:
        PLANTS[what].change(entries)
    junit = tmp_path / "report.xml"

    result = verify(written(entries, tmp_path), "--junit", str(junit))

    for secret in ("111111112", "WOMAN", "demo-client", "0c7cb1a2", "Norgay", "pem@example.com"):
        texts = [part for part in (result.stdout, junit.read_text()) if secret in part]
        # The page's own sample has one of them: it is in the sentence of the rule.
        assert secret in ("111111112",) or [] == texts, secret


def test_signatures_are_checked_with_the_key(correct: list[Any], tmp_path: Path) -> None:
    """
    "HMAC-SHA512 of the URI path and SHA256(nonce + body)": with the key anyone can compute it.
    """
    entries = deepcopy(correct)
    signed = next(each for each in entries if each["request"]["url"].endswith("UN7A"))
    posted = signed["request"]["postData"]
    posted["text"] = posted["text"].replace("1990-05-04", "1990-05-05")
    keys = {"api_key": "demo-sdk-key", "private_key": SDK_SECRET}
    path = written(entries, tmp_path)

    report = check_recording("", read_archive(path), _providers(), {"kraken": keys})

    assert [("update_user", "signature")] == [(e.operation, e.rule.rule) for e in report.errors]


def test_the_lines_of_one_header_are_one_value(correct: list[Any], tmp_path: Path) -> None:
    """
    RFC 9110, 5.2: they are combined by commas, so a version that is sent twice is none.
    """
    entries = deepcopy(correct)
    signed = next(each for each in entries if each["request"]["url"].endswith("UN7A"))
    headers = signed["request"]["headers"]
    headers += [each for each in headers if each["name"] == "Payward-Version"]

    wrong = found(written(entries, tmp_path))

    assert [("update_user", "request", "Payward-Version")] == [each[:3] for each in wrong]


def test_unknown_fields_are_warnings(correct: list[Any], tmp_path: Path) -> None:
    """
    "unknown fields and undocumented statuses listed": a spec allows them, so they break nothing,
    unless they are asked for.
    """
    entries = deepcopy(correct)
    posted = entries[0]["request"]["postData"]
    posted["text"] = json.dumps({**json.loads(posted["text"]), "fist_name": "Zoe", "x9": 1})
    path = written(entries, tmp_path)

    shown = verify(path)

    assert (0, 1) == (shown.exit_code, verify(path, "--strict").exit_code)
    assert "warning machnet #1 POST /users: request: fist_name is not known" in shown.stdout
    assert "(unknown name 1) is not known" not in shown.stdout.replace("(unknown name 2)", "")


def test_a_recording_of_nothing_is_no_pass(tmp_path: Path) -> None:
    """
    "1 when it does not or when no call succeeded": a file of another site shows nothing.
    """
    result = verify(written([], tmp_path))

    assert (1, "profilegate: nothing was checked: no exchange matches a spec\n") == (
        result.exit_code,
        result.stderr,
    )


def test_calls_that_all_fail_are_no_pass(correct: list[Any], tmp_path: Path) -> None:
    """
    "all 401 is no pass": a person in a hurry takes "0 errors" for a pass.
    """
    [missing] = [each for each in correct if each["request"]["url"].endswith("/users/unknown")]

    result = verify(written([missing], tmp_path))

    assert 1 == result.exit_code
    assert "none of 1 calls succeeded, so the contract is not shown to hold" in result.stderr


UNREADABLE = {
    "no JSON": ("{", ": it is not JSON; name a HAR file, version 1.2"),
    "no archive": ("{}", ": object missing required field `log`"),
    "a wrong type": (
        '{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "request": '
        '{"method": "GET", "url": 1, "headers": []}, "response": {"status": 200}}]}}',
        ": $.log.entries[0].request.url: expected `str`, got `int`; record it anew",
    ),
    "no URL": (
        '{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "request": '
        '{"method": "GET", "url": "http://[", "headers": []}, "response": {"status": 200}}]}}',
        ": $.log.entries[0]: invalid IPv6 URL; record it anew",
    ),
    "no base64": (
        '{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "request": '
        '{"method": "GET", "url": "http://h/users/1", "headers": []}, "response": '
        '{"status": 200, "content": {"text": "%", "encoding": "base64"}}}]}}',
        ": $.log.entries[0]: a text is not base64, as its encoding says; record it anew",
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_unreadable_archive_is_a_usage_error_with_its_place(tmp_path: Path, what: str) -> None:
    """
    "2 wrong usage (unreadable HAR with place and hint)".
    """
    text, message = UNREADABLE[what]
    path = tmp_path / "bad.har"
    path.write_text(text)

    result = verify(path)

    assert (2, True) == (result.exit_code, f"{path}{message}" in result.stderr), result.stderr


def test_wrong_arguments_are_usage_errors(correct: list[Any], tmp_path: Path) -> None:
    """
    2: neither a file nor a server, a file that does not exist, a provider that does not exist.
    """
    path = written(correct, tmp_path)
    commands = (["verify"], ["verify", "--har", "no.har"], ["verify", "acme", "--har", str(path)])

    assert [2, 2, 2] == [CliRunner().invoke(main, command).exit_code for command in commands]


def _providers() -> list[Any]:
    return [each for each in load_providers().values() if each.policy]


SDK_SECRET = "ZGVtby1zZWNyZXQtZm9yLXNka3Mtb25seS1hbmQtbm90LWEtcmVhbC1rZXktaGVyZQ=="
