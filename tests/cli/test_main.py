"""The other commands: outbox, sign, help and version."""

import importlib.metadata
import re
from pathlib import Path
from urllib.parse import urlsplit

from tests.clients import DIADOC_USER, JSON, diadoc_authorization
from tests.gateway_process import GatewayProcess, run
from tests.http.providers import DIADOC, KRAKEN


def test_outbox_prints_the_mails(tmp_path: Path) -> None:
    """
    Without a mail server the mails wait in the outbox, with their links.
    """
    body = b'{"Login": {"Login": "newLogin@kontur.ru"}}'
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        empty = run(tmp_path, "outbox")
        process.send("POST", DIADOC.target, body=body, headers={**diadoc_authorization(), **JSON})
        full = run(tmp_path, "outbox")
        address = urlsplit(process.greeting.split()[-1]).netloc

    assert (0, "The outbox is empty.\n", "") == (empty.returncode, empty.stdout, empty.stderr)
    assert (0, "") == (full.returncode, full.stderr)
    assert "To: newLogin@kontur.ru\n" in full.stdout
    assert f"http://{address}/UpdateMyUser/confirm?token=" in full.stdout
    assert DIADOC_USER not in full.stdout


def test_links_in_mails_begin_with_the_public_url(tmp_path: Path) -> None:
    """
    PROFILEGATE_PUBLIC_URL is the address of the gateway, with or without a slash at its end.
    """
    settings = {"PROFILEGATE_PUBLIC_URL": "https://gateway.example/"}
    body = b'{"Login": {"Login": "newLogin@kontur.ru"}}'
    with GatewayProcess.serving(tmp_path, "--demo", settings=settings) as process:
        process.send("POST", DIADOC.target, body=body, headers={**diadoc_authorization(), **JSON})
        printed = run(tmp_path, "outbox").stdout

    assert "\nhttps://gateway.example/UpdateMyUser/confirm?token=" in printed


def test_outbox_creates_no_database(tmp_path: Path) -> None:
    """
    A missing database is an error that names the setting and the file.
    """
    ended = run(tmp_path, "outbox")

    assert 1 == ended.returncode
    assert "PROFILEGATE_DATABASE: there is no file var/profiles.db" in ended.stderr
    assert [] == list(tmp_path.iterdir())


def test_help_lists_the_commands(tmp_path: Path) -> None:
    """
    ``--help`` names every command, and the help of a command names its settings.
    """
    everything, serving = run(tmp_path, "--help"), run(tmp_path, "serve", "--help")

    assert (0, 0) == (everything.returncode, serving.returncode)
    named = re.findall(r"^  ([a-z-]+) ", everything.stdout.partition("Commands:")[2], re.MULTILINE)
    expected = """
        accounts audit backup call compat config credentials explain export faults generate history
        import init journal keys ledger migrate namespaces new-provider outbox profiles projections
        proxy reset restore seed-schema serve sign verify what-if
    """
    assert expected.split() == named
    for setting in ("HOST", "PORT", "DATABASE", "KEY_FILE", "DEMO", "PUBLIC_URL", "SMTP_URL"):
        assert f"PROFILEGATE_{setting}" in serving.stdout


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    """
    ``--version`` prints the installed version; a checkout that is not installed has none.
    """
    try:
        expected = f"profilegate {importlib.metadata.version('profilegate')}\n"
    except importlib.metadata.PackageNotFoundError:
        expected = "profilegate, a checkout that is not installed\n"

    ended = run(tmp_path, "--version")

    assert (0, expected, "") == (ended.returncode, ended.stdout, ended.stderr)


def test_an_unknown_command_is_reported(tmp_path: Path) -> None:
    """
    A mistyped command is click's usage error, exit code 2.
    """
    ended = run(tmp_path, "server")

    assert 2 == ended.returncode
    assert "No such command 'server'" in ended.stderr


def test_sign_prints_headers_that_the_gateway_accepts(tmp_path: Path) -> None:
    """
    ``profilegate sign kraken …`` prints the three headers, for ``curl -H @-``.
    """
    data = KRAKEN.good_body().decode()
    secret = "ZGVtby1zZWNyZXQtZm9yLXByb2ZpbGVnYXRlLW9ubHktbm90LWEtcmVhbC1rZXkh"
    ended = run(
        tmp_path, "sign", "kraken", KRAKEN.target,
        "--key", "demo-api-key", "--secret", secret, "--data", data,
    )  # fmt: skip
    headers = dict(line.split(": ", 1) for line in ended.stdout.splitlines())

    with GatewayProcess.serving(tmp_path, "--demo") as process:
        response = process.send(
            "PATCH", KRAKEN.target, body=data.encode(), headers={**headers, **JSON}
        )

    assert {"API-Key", "API-Nonce", "API-Sign"} == headers.keys()
    assert 200 == response.status
