"""A response is a promise: what was answered is there after kill -9, what was not is not."""

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
    """What authenticates one with the provider's good body."""
    return {**api.headers(api.good_body()), **JSON}


@every_provider
def test_an_answered_update_survives_kill_9(tmp_path: Path, api: ProviderApi) -> None:
    """
    "Durable before the response": the process is killed as soon as the response is there, and
    another one, on the same files, knows the change.
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
    "All or nothing": of an update with one violation nothing is there afterwards,
    also after kill -9.
    """
    nul = api.good_body(unknown="\0")
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        before = asyncio.run(stored_fields(tmp_path, api.name, api.user))
        headers = {**api.headers(nul), **JSON}
        response = process.send(api.method, api.target, body=nul, headers=headers)
        process.kill()

    assert 400 == response.status
    assert before == asyncio.run(stored_fields(tmp_path, api.name, api.user))


def test_a_used_nonce_stays_used_after_kill_9(tmp_path: Path) -> None:
    """
    Kraken: "always increasing". A request that was answered cannot be sent again, however the
    gateway has ended in between; the next nonce is taken.
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


def test_a_waiting_login_and_its_letter_survive_kill_9(tmp_path: Path) -> None:
    """
    The response to a new login promises a letter; its link works, whatever happened in between.
    """
    body = b'{"Login": {"Login": "newLogin@kontur.ru"}}'
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        process.send("POST", DIADOC.target, body=body, headers={**diadoc_authorization(), **JSON})
        process.kill()

    letter = run(tmp_path, "outbox").stdout
    (link,) = re.findall(r"/UpdateMyUser/confirm\?token=\S+", letter)
    with GatewayProcess.serving(tmp_path) as process:
        confirmed = process.send("GET", link)

    assert "To: newLogin@kontur.ru" in letter
    assert 200 == confirmed.status
    fields = asyncio.run(stored_fields(tmp_path, "diadoc", DIADOC_USER))
    assert "newLogin@kontur.ru" == fields["account.login"]


def test_of_a_stream_of_updates_all_that_were_answered_are_there(tmp_path: Path) -> None:
    """
    Killed in the middle of its work, the gateway has kept every update that it has answered, and
    at most the one that it was about to response besides.
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
