"""`profilegate verify --against`: correct servers pass, and each wrong one is found out."""

import json
import os
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from profilegate.cli.main import main
from profilegate.client.credentials import variable_of
from profilegate.contract.provider_rules import ContractRules, load_rules
from profilegate.contract.verification import FOREIGN_PAUSE_SECONDS, is_foreign
from profilegate.gateway.loading import load_signer
from profilegate.testing import Profilegate, gateway
from profilegate.testing.contract import Options, assert_contract
from tests.contract_verify.served import Message, Server, correct, serving
from tests.contract_verify.wrong_servers import WRONG_SERVERS

PROVIDERS = sorted({wrong.provider for wrong in WRONG_SERVERS.values()})
"""Those with conversations of their own."""


def credentials(double: Profilegate, provider: str) -> dict[str, str]:
    """The environment with the credentials of a provider."""
    names = load_signer(double.gateway.providers[provider].spec).names
    known = getattr(double, provider)
    found = {name: getattr(known, name, None) for name in names}
    return {variable_of(provider, name): value for name, value in found.items() if value}


def logins(double: Profilegate, provider: str) -> list[str]:
    """What the conversations of a provider need beside the credentials."""
    known = getattr(double, provider)
    if not hasattr(known, "login"):
        return []
    return ["--set", f"login={known.login}", "--set", f"password={known.password}"]


def verify(double: Profilegate, provider: str, url: str, *options: str) -> Result:
    """Run the command with the credentials of a provider."""
    arguments = ["verify", provider, "--against", url, *logins(double, provider), *options]
    if "--generated" not in options:
        # Generated requests have tests of their own: they take seconds.
        arguments += ["--generated", "0"]
    return CliRunner(env=unset() | credentials(double, provider)).invoke(main, arguments)


def unset() -> dict[str, str | None]:
    """An environment without credentials, whatever there is around the tests."""
    names = [name for name in os.environ if name.startswith("PROFILEGATE_")]
    return {**dict.fromkeys(names), "PROFILEGATE_CREDENTIALS": "none.toml"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_second_correct_gateway_has_no_findings(provider: str) -> None:
    """
    "no findings on a second correct gateway", and nothing is skipped.
    """
    with gateway() as double, serving(correct, double) as url:
        result = verify(double, provider, url, "--strict")

    assert 0 == result.exit_code, result.stdout + result.stderr
    assert "0 errors, 0 warnings" in result.stdout
    assert "skipped" not in result.stdout


@pytest.mark.parametrize("what", WRONG_SERVERS)
def test_a_wrong_server_is_found_with_the_sentence_of_the_rule(what: str) -> None:
    """
    "each caught by `verify` with the rule's sentence": the rule that the server breaks, and no
    finding about an operation that it serves rightly.
    """
    wrong = WRONG_SERVERS[what]
    with gateway() as double, serving(wrong.serve, double) as url:
        result = verify(double, wrong.provider, url, "--json", "--no-compare")
    report = json.loads(result.stdout)
    findings: list[Any] = [each for check in report["checks"] for each in check["findings"]]

    assert (1, False) == (result.exit_code, report["holds"]), findings
    caught = [each for each in findings if each["rule"] == wrong.rule]
    assert any(wrong.sentence in each.get("note", "") for each in caught), findings


# --- Servers of others --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("http://127.0.0.1:8080", False),
        ("http://127.8.9.10", False),
        ("http://[::1]:8080", False),
        ("http://localhost", False),
        ("http://api.localhost/v4", False),
        ("https://api.example.com", True),
        ("http://10.0.0.1", True),
        ("http://localhost.example.com", True),
    ],
)
def test_only_this_machine_is_no_server_of_others(url: str, foreign: bool) -> None:
    """
    "For foreign hosts: read-only unless --write": a name that begins like ours is one of others.
    """
    assert foreign == is_foreign(url)


def test_a_server_of_others_is_only_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    "read-only unless `--write`, rate-limited": what writes is skipped, and the report says so.
    """
    monkeypatch.setattr("profilegate.testing.contract.is_foreign", lambda _: True)
    times: list[tuple[str, float]] = []

    async def note(server: Server, request: Message) -> Message:
        times.append((request.method, time.monotonic()))
        return await server.ask(request)

    with gateway() as double, serving(note, double) as url:
        user = double.machnet.user.id
        result = verify(double, "machnet", url, "--set", f"user_id={user}")

    assert 0 == result.exit_code, result.stdout
    assert {"GET"} == {method for method, _ in times}
    pauses = [later - earlier for (_, earlier), (_, later) in pairwise(times)]
    assert FOREIGN_PAUSE_SECONDS * 0.9 < min(pauses)
    assert "0 errors, 0 warnings" in result.stdout
    skipped = "skipped machnet locks of a verified individual: it writes; --write permits that"
    assert skipped in result.stdout


def test_a_server_may_ask_for_a_pause() -> None:
    """
    "`Retry-After` respected": RFC 9110, 10.2.3. The same request comes again, signed anew.
    """
    asked: list[tuple[float, Message]] = []

    async def busy(server: Server, request: Message) -> Message:
        if request.method == "GET" or asked:
            asked.append((time.monotonic(), request))
        if len(asked) == 1:
            headers = {"retry-after": "1", "content-type": "application/json"}
            return Message(headers, b'{"error": ["EAPI:Rate limit exceeded"]}', status=429)
        return await server.ask(request)

    with gateway() as double, serving(busy, double) as url:
        verify(double, "kraken", url, "--no-compare")
    (first, rejected), (second, repeated) = asked[:2]

    assert second - first >= 1
    assert rejected.target == repeated.target
    assert int(rejected.headers["api-nonce"]) < int(repeated.headers["api-nonce"])


def test_a_recording_of_a_verification_has_no_secrets(tmp_path: Path) -> None:
    """
    "secrets and personal data removed before anything is stored".
    """
    har = tmp_path / "recorded.har"
    with gateway() as double, serving(correct, double) as url:
        verify(double, "machnet", url, "--record", str(har), "--no-compare")
        secrets = (double.machnet.client_id, double.machnet.client_secret, "Norgay", "111111112")
    text = har.read_text()

    assert len(json.loads(text)["log"]["entries"]) > 50
    assert [] == [each for each in secrets if each in text]


# --- Exit codes ---------------------------------------------------------------------------


def test_calls_that_are_all_rejected_are_no_pass() -> None:
    """
    "1 … when no call succeeded (all 401 is no pass)".
    """
    with gateway() as double, serving(correct, double) as url:
        wrong = {
            "PROFILEGATE_MACHNET_CLIENT_ID": "nobody",
            "PROFILEGATE_MACHNET_CLIENT_SECRET": "x",
        }
        result = CliRunner(env=unset() | wrong).invoke(
            main, ["verify", "machnet", "--against", url]
        )

    assert (1, 0) == (result.exit_code, result.stdout.count("error "))
    assert "calls succeeded, so the contract is not shown to hold" in result.stderr


def test_a_server_without_credentials_is_a_usage_error() -> None:
    """
    2, with the names of the variables: without credentials nothing can be verified.
    """
    arguments = ["verify", "machnet", "--against", "http://127.0.0.1:9"]
    result = CliRunner(env=unset()).invoke(main, arguments)

    assert 2 == result.exit_code
    assert "PROFILEGATE_MACHNET_CLIENT_ID, PROFILEGATE_MACHNET_CLIENT_SECRET" in result.stderr


def test_a_server_that_does_not_respond_is_no_pass() -> None:
    """
    1: nothing is shown to hold.
    """
    known = {"PROFILEGATE_MACHNET_CLIENT_ID": "a", "PROFILEGATE_MACHNET_CLIENT_SECRET": "b"}
    arguments = ["verify", "machnet", "--against", "http://127.0.0.1:9"]
    result = CliRunner(env=unset() | known).invoke(main, arguments)

    assert (1, True) == (result.exit_code, "http://127.0.0.1:9 does not respond" in result.stderr)


def test_the_reports_name_every_check(tmp_path: Path) -> None:
    """
    "JUnit (`--junit FILE`), JSON": a CI server shows each conversation as a test.
    """
    junit = tmp_path / "report.xml"
    wrong = WRONG_SERVERS["a lock is not enforced"]
    with gateway() as double, serving(wrong.serve, double) as url:
        verify(double, "machnet", url, "--junit", str(junit), "--no-compare")
    [suite] = ElementTree.parse(junit).getroot()
    failed = [case.get("name") for case in suite if case.find("failure") is not None]

    assert "machnet" == suite.get("name")
    assert str(len(failed)) == suite.get("failures")
    assert "locks of a verified individual" in failed


def test_without_a_name_every_provider_with_credentials_is_verified(tmp_path: Path) -> None:
    """
    "verify [PROVIDER]": of the others a note says that they are left out; values may be in files.
    """
    login, password = tmp_path / "login", tmp_path / "password"
    with gateway() as double, serving(correct, double) as url:
        known = credentials(double, "machnet") | credentials(double, "navixy")
        login.write_text(f"{double.navixy.login}\n")
        password.write_text(double.navixy.password)
        inputs = ["--set", f"login=@{login}", "--set", f"password=@{password}"]
        arguments = ["verify", "--against", url, "--generated", "0", "--no-compare", *inputs]
        result = CliRunner(env=unset() | known).invoke(main, arguments)

    assert (0, True) == (result.exit_code, "0 errors, 0 warnings" in result.stdout), result.stdout
    assert "ok      machnet locks of a verified individual: " in result.stdout
    assert "ok      navixy a session ends: " in result.stdout
    assert "note: kraken is left out: there are no credentials of it" in result.stdout


# --- In a test ----------------------------------------------------------------------------


def test_a_team_asserts_the_contract_of_its_own_fake() -> None:
    """
    "Also as pytest (`profilegate.testing.contract`)": the message of the failure is the report.
    """
    wrong = WRONG_SERVERS["an SSN is not masked"]
    with gateway() as double:
        machnet = double.machnet
        known = {"client_id": machnet.client_id, "client_secret": machnet.client_secret}
        with serving(correct, double) as url:
            assert_contract("machnet", url, known)
        with serving(wrong.serve, double) as url, pytest.raises(AssertionError) as error:
            assert_contract("machnet", url, known)
        with serving(correct, double) as url, pytest.raises(AssertionError) as nothing:
            assert_contract(
                "machnet", url, {**known, "client_secret": "wrong"}, Options(compares=False)
            )

    assert "virtual_documents[0].document_value must be masked" in str(error.value)
    assert "calls succeeded, so the contract is not shown to hold" in str(nothing.value)


def test_a_provider_without_rules_of_its_own_has_none() -> None:
    """
    "loaded like other optional provider modules, so a fifth provider can have its own".
    """
    assert ContractRules() == load_rules("profiles")
    assert all(load_rules(name).conversations for name in PROVIDERS)


# --- Generated requests -------------------------------------------------------------------


def test_generated_requests_find_what_no_example_shows() -> None:
    """
    "Schemathesis (Python API, with our signing) for the rest": a server that fails for one word.
    """

    async def fails(server: Server, request: Message) -> Message:
        if request.method == "PATCH" and request.json().get("occupation", "science") != "science":
            body = b'{"error": ["EGeneral:Internal error"]}'
            return Message({"content-type": "application/json"}, body, status=500)
        return await server.ask(request)

    with gateway() as double, serving(fails, double) as url:
        result = verify(double, "kraken", url, "--generated", "10", "--no-compare", "--json")
    checks = {each["name"]: each for each in json.loads(result.stdout)["checks"]}
    found = checks["generated requests"]

    assert ["not_a_server_error"] == [each["rule"] for each in found["findings"]]
    assert found["successes"] > 10


def test_generated_requests_need_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    "an optional extra `profilegate[verify]`, clear message if absent".
    """
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    with gateway() as double, serving(correct, double) as url:
        result = verify(double, "diadoc", url, "--generated", "5", "--no-compare")

    message = "generated requests: Schemathesis is not installed: pip install 'profilegate[verify]'"
    assert (0, True) == (result.exit_code, message in result.stdout), result.stdout


@pytest.mark.parametrize("provider", PROVIDERS)
def test_generated_requests_find_nothing_at_a_correct_gateway(provider: str) -> None:
    """
    "no findings on a second correct gateway": signed, with unique names and rising nonces.
    """
    with gateway() as double, serving(correct, double) as url:
        result = verify(
            double, provider, url, "--generated", "10", "--no-compare", "--strict", "--json"
        )
    report = json.loads(result.stdout)
    [found] = [each for each in report["checks"] if each["name"] == "generated requests"]

    assert (0, []) == (result.exit_code, found["findings"])
    assert "skipped" not in found
    assert found["successes"] > 0


def test_a_difference_from_this_gateway_is_a_warning() -> None:
    """
    "a comparison of this gateway with the endpoint, volatile fields masked": the spec allows both.
    """

    async def shouts(server: Server, request: Message) -> Message:
        response = await server.ask(request)
        return replace(response, body=response.body.replace(b'"Banker"', b'"BANKER"'))

    with gateway() as double, serving(shouts, double) as url:
        result = verify(double, "machnet", url, "--json")
    report = json.loads(result.stdout)
    [found] = [each for each in report["checks"] if each["name"] == "comparison with this gateway"]
    details = {each["detail"] for each in found["findings"]}

    assert {"warning"} == {each["severity"] for each in found["findings"]}
    assert {"occupation is another one than this gateway shows"} == details
