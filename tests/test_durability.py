"""Durability: after kill -9 every acknowledged change is stored, and no rejected one is."""

import asyncio
import http.client
import re
import threading
from pathlib import Path

import pytest

from tests.clients import DIADOC_USER, INDIVIDUAL, JSON, MACHNET, diadoc_authorization
from tests.gateway_process import GatewayProcess, run, stored_fields
from tests.http.providers import DIADOC, KRAKEN, PROVIDER_APIS, ProviderApi

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

ANSWERED_MIN = 25


def good_headers(api: ProviderApi) -> dict[str, str]:
    """Headers that authenticate the provider's valid body."""
    return {**api.headers(api.good_body()), **JSON}


@every_provider
def test_an_acknowledged_update_survives_kill_9(tmp_path: Path, api: ProviderApi) -> None:
    """
    "Durable before the response": the process is killed as soon as the response arrives, and the
    files have the change.
    """
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        response = process.send(
            api.method, api.target, body=api.good_body(), headers=good_headers(api)
        )
        process.kill()
    with GatewayProcess.serving(tmp_path) as process:
        again = process.send("GET", "/")

    assert (200, 200) == (response.status, again.status)
    fields = asyncio.run(stored_fields(tmp_path, api.name, api.user))
    assert api.changed.items() <= fields.items()


@every_provider
def test_a_rejected_update_leaves_no_trace(tmp_path: Path, api: ProviderApi) -> None:
    """
    "All or nothing": an update with one violation stores nothing, also after kill -9.
    """
    wrong = api.good_body(**{next(iter(api.good)): 0})
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        before = asyncio.run(stored_fields(tmp_path, api.name, api.user))
        headers = {**api.headers(wrong), **JSON}
        response = process.send(api.method, api.target, body=wrong, headers=headers)
        process.kill()

    assert 400 == response.status
    assert before == asyncio.run(stored_fields(tmp_path, api.name, api.user))


def test_a_used_nonce_stays_used_after_kill_9(tmp_path: Path) -> None:
    """
    Kraken: "always increasing". A request that was accepted cannot be sent again after kill -9;
    the next nonce is accepted.
    """
    used = good_headers(KRAKEN)
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        process.send("PATCH", KRAKEN.target, body=KRAKEN.good_body(), headers=used)
        process.kill()

    with GatewayProcess.serving(tmp_path) as process:
        again = process.send("PATCH", KRAKEN.target, body=KRAKEN.good_body(), headers=used)
        after = process.send(
            "PATCH", KRAKEN.target, body=KRAKEN.good_body(), headers=good_headers(KRAKEN)
        )

    assert (401, {"error": ["EAPI:Invalid nonce"]}) == (again.status, again.json())
    assert 200 == after.status


def test_a_pending_login_and_its_mail_survive_kill_9(tmp_path: Path) -> None:
    """
    The response to a new login promises a mail, whose link works after kill -9.
    """
    body = b'{"Login": {"Login": "newLogin@kontur.ru"}}'
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        process.send("POST", DIADOC.target, body=body, headers={**diadoc_authorization(), **JSON})
        process.kill()

    mail = run(tmp_path, "outbox").stdout
    (link,) = re.findall(r"/UpdateMyUser/confirm\?token=\S+", mail)
    with GatewayProcess.serving(tmp_path) as process:
        confirmed = process.send("GET", link)

    assert "To: newLogin@kontur.ru" in mail
    assert 200 == confirmed.status
    fields = asyncio.run(stored_fields(tmp_path, "diadoc", DIADOC_USER))
    assert "newLogin@kontur.ru" == fields["account.login"]


def test_every_acknowledged_update_of_a_stream_is_stored(tmp_path: Path) -> None:
    """
    A gateway that is killed while it works has stored every acknowledged update, and at most the
    one that it was about to acknowledge.
    """
    answered: list[int] = []
    enough = threading.Event()

    def update_until_it_dies(process: GatewayProcess) -> None:
        try:
            while True:
                body = b'{"zipcode": "%d"}' % (len(answered) + 1)
                process.send(
                    "PATCH", f"/users/{INDIVIDUAL}", body=body, headers={**MACHNET, **JSON}
                )
                answered.append(len(answered) + 1)
                if len(answered) == ANSWERED_MIN:
                    enough.set()
        except (OSError, http.client.HTTPException):
            enough.set()

    with GatewayProcess.serving(tmp_path, "--demo") as process:
        client = threading.Thread(target=update_until_it_dies, args=(process,))
        client.start()
        enough.wait()
        process.kill()
        client.join()

    fields = asyncio.run(stored_fields(tmp_path, "machnet", INDIVIDUAL))
    assert len(answered) >= ANSWERED_MIN
    stored = int(fields["addresses.residential.postal_code"])
    assert stored in (answered[-1], answered[-1] + 1)
