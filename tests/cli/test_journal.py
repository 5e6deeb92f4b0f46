"""journal and explain: the last exchanges of a gateway that runs, and why one was rejected."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine
from tests.clients import MACHNET
from tests.gateway_process import CHECKOUT, PATIENCE_SECONDS, GatewayProcess, environment
from tests.journal.exchanges import journal
from tests.kraken.calls import patch
from tests.running_gateway import Response, RunningGateway

TEST_MODE = ("--test-mode",)


@pytest.fixture(scope="session", name="recording_server")
def _recording_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One server with a journal."""
    running = RunningGateway(tmp_path_factory.mktemp("journal"), journal=100)
    yield running
    running.stop()


@pytest.fixture(name="gateway")
def _gateway(recording_server: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The server with a fresh copy of the demo data and an empty journal."""
    recording_server.start_afresh(tmp_path)
    return recording_server


@pytest.fixture(name="rejected")
def _rejected(gateway: RunningGateway) -> Response:
    """A response with an error; the one before it has none."""
    patch(gateway, {"language": "en"}, nonce=1)
    response = patch(gateway, {"occupation": "astronaut"}, nonce=2)
    journal(gateway)
    return response


def test_the_last_exchanges_are_listed(gateway: RunningGateway, rejected: Response) -> None:
    """
    A row for each, newest last, with the id that the response has.
    """
    cli = CommandLine.beside(gateway)
    rows = cli.ask("journal").out.splitlines()
    request_id = rejected.headers["x-request-id"]
    filtered = cli.ask("journal", "--status", "400", "--outcome", "rejected", "--json").lines()

    assert "TIME REQUEST ID STATUS PROVIDER OPERATION OUTCOME ERROR".split() == rows[0].split()
    assert [request_id, "400", "kraken", "update_user", "rejected", "InvalidFieldsError"] == (
        rows[-1].split()[-6:]
    )
    assert [request_id] == [each["id"] for each in filtered]
    assert 1 == len(cli.ask("journal", "-n", "1", "--json").lines())
    nothing = cli.ask("journal", "--provider", "navixy").out
    assert "The journal has no such exchange.\n" == nothing


def test_an_exchange_is_shown_whole(gateway: RunningGateway, rejected: Response) -> None:
    """
    "Every output is masked unless an admin asks for the originals in test mode".
    """
    cli = CommandLine.beside(gateway)
    request_id = rejected.headers["x-request-id"]
    target = cli.ask("journal", request_id).json()["request"]["target"]
    original = cli.ask("journal", request_id, "--originals", *TEST_MODE).json()
    rejected_originals = cli.ask("journal", request_id, "--originals")

    assert "/b2b/users/***" == target
    assert {"occupation": "astronaut"} == original["request"]["body"]["value"]
    assert (1, True) == (rejected_originals.code, "--test-mode" in rejected_originals.err)


def test_an_http_archive_is_printed(gateway: RunningGateway, rejected: Response) -> None:
    """
    "HAR export": browsers and proxies open it.
    """
    archive = CommandLine.beside(gateway).ask("journal", "--har").json()

    assert "1.2" == archive["log"]["version"]
    assert 400 == archive["log"]["entries"][-1]["response"]["status"]


def test_a_rejected_request_is_explained(gateway: RunningGateway, rejected: Response) -> None:
    """
    "Which rule rejected the request, where it stands in the spec and on the provider's page".
    """
    cli = CommandLine.beside(gateway)
    request_id = rejected.headers["x-request-id"]
    told = cli.ask("explain", request_id).out
    document = cli.ask("explain", request_id, "--json").json()

    assert "kraken update_user 400 InvalidFieldsError rejected" == told.splitlines()[0]
    assert told.splitlines()[1].startswith("  occupation must be one of")
    assert "specs/kraken.yaml:" in told
    assert "/components/schemas/" in told
    assert "occupation" == document["rules"][0]["field"]


def test_an_unknown_request_is_an_error(gateway: RunningGateway) -> None:
    """
    The journal keeps the last exchanges only; the error says so.
    """
    unknown = CommandLine.beside(gateway).ask("explain", "0" * 32)

    assert (1, "") == (unknown.code, unknown.out)
    assert unknown.err.startswith("profilegate: ")


def test_new_exchanges_are_followed(tmp_path: Path) -> None:
    """
    "--follow": each new exchange is a line, until Ctrl-C, which is no error.
    """
    with GatewayProcess.serving(tmp_path, "--demo") as gateway:
        following = subprocess.Popen(
            [sys.executable, "-m", "profilegate", "journal", "--demo", "--follow", "--json"],
            cwd=tmp_path,
            env=environment(CHECKOUT),
            stdout=subprocess.PIPE,
            text=True,
            # A shell lets what it starts in the background ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        try:
            response = gateway.send("GET", "/users/unknown", headers=MACHNET)
            assert following.stdout is not None
            line = json.loads(following.stdout.readline())
            following.send_signal(signal.SIGINT)
            code = following.wait(PATIENCE_SECONDS)
        finally:
            following.kill()
            following.communicate()

    assert (response.headers["x-request-id"], 0) == (line["id"], code)
