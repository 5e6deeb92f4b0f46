"""Concurrency: different operations at once on one gateway, and operations that fail half-way."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from profilegate.store import DEFAULT_NAMESPACE, outbox
from tests.clients import JSON, KRAKEN_USER, MACHNET, KrakenPartner, diadoc_authorization
from tests.diadoc.messages import new_login
from tests.diadoc.samples import LINKED_TOKEN, LINKED_USER, target_of
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.profiles.client import CHARLES, KAI, LENA, LENA_AT_MACHNET, MERGE_PATCH, id_of, send
from tests.running_gateway import Response, RunningGateway

ROUNDS = 25

HASH = "11ee11ee22ff22ff33aa33aa44bb44bb"
NAME = {"legal_type": "individual", "first_name": "Lena", "middle_name": "", "last_name": "Linked"}

KAIS, LENAS = (f"/accounts/{provider}/{user}" for provider, user in (KAI, LENA))

Step = Callable[[int], Response]
"""One request of a worker, by its number."""


def sent(gateway: RunningGateway, method: str, target: str, body: Any, **headers: str) -> Response:
    """Send a JSON value."""
    raw = json.dumps(body).encode()
    return gateway.send(method, target, body=raw, headers={**JSON, **headers})


class Workers:
    """What each worker does to one person, Lena, and to some others meanwhile."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.gateway = gateway
        self.kraken = self._new_partner()
        self.other_kraken = self._new_partner()
        self.charles = id_of(gateway, CHARLES)
        self.credential = self._issue()
        self.erased: list[str] = []

    def _new_partner(self) -> KrakenPartner:
        """A key of the demo partner, with nonces of its own."""
        shown = self._issue()["shown"]
        return KrakenPartner(shown["API-Key"], shown["private_key"])

    def _issue(self) -> Any:
        holder = {"provider": "kraken", "tenant": "demo"}
        return send(self.gateway, "POST", "/credentials", holder).json()

    def machnet(self, number: int) -> Response:
        target = f"/users/{LENA_AT_MACHNET[1]}"
        return sent(self.gateway, "PATCH", target, {"zipcode": str(number)}, **MACHNET)

    def navixy(self, number: int) -> Response:
        body = {"hash": HASH, **NAME, "post_city": str(number)}
        return sent(self.gateway, "POST", "/v2/user/personal_info/update", body)

    def kraken_update(self, number: int) -> Response:
        return self._patch(self.kraken, LENA[1], {"city_of_birth": str(number)})

    def diadoc_login(self, number: int) -> Response:
        headers = diadoc_authorization(LINKED_TOKEN)
        body = new_login(f"lena-{number}@kontur.ru")
        return self.gateway.send("POST", "/UpdateMyUser", body=body, headers=headers)

    def update_while_it_is_linked(self, number: int) -> Response:
        return self._patch(self.other_kraken, KRAKEN_USER, {"tos_version_accepted": number})

    def link_and_unlink(self, number: int) -> Response:
        target = f"/profiles/{self.charles}{KAIS}"
        linked = send(self.gateway, "PUT", target, {"prefer": "profile"})
        assert 200 == linked.status, linked.text
        return send(self.gateway, "DELETE", target)

    def rotate(self, number: int) -> Response:
        target = f"/credentials/{self.credential['id']}/rotate"
        response = send(self.gateway, "POST", target)
        self.credential = response.json()
        return response

    def create_and_erase(self, number: int) -> Response:
        created = send(self.gateway, "POST", "/profiles", {"name": {"given": str(number)}})
        self.erased.append(created.json()["id"])
        return send(self.gateway, "DELETE", f"/profiles/{self.erased[-1]}")

    def _patch(self, partner: KrakenPartner, user: str, body: Any) -> Response:
        raw = json.dumps(body).encode()
        target = f"/b2b/users/{user}"
        headers = {**partner.headers(target, raw), **JSON}
        return self.gateway.send("PATCH", target, body=raw, headers=headers)


def live_credentials(gateway: RunningGateway) -> int:
    """How many credentials the store has."""
    return len(gateway.rows("SELECT id FROM credentials"))


def run_at_once(steps: list[Step]) -> list[list[int]]:
    """Run each worker's requests one after the other, all workers at once; their statuses."""
    start = Barrier(len(steps))

    def work(step: Step) -> list[int]:
        start.wait()
        return [step(number).status for number in range(1, ROUNDS + 1)]

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(work, steps))


def test_concurrent_operations_lose_nothing(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Updates through all providers, login changes, links, rotations and erasures at once: every
    acknowledged change is stored, no other one is, and every history is whole.
    """
    monkeypatch.setattr(outbox, "MAIL_EVERY", timedelta(0))
    monkeypatch.setattr(outbox, "MAILS_A_DAY_OF_ACCOUNT_MAX", ROUNDS + 1)
    workers = Workers(gateway)
    mails, live = len(gateway.mails()), live_credentials(gateway)
    statuses = run_at_once(
        [
            workers.machnet,
            workers.navixy,
            workers.kraken_update,
            workers.diadoc_login,
            workers.update_while_it_is_linked,
            workers.link_and_unlink,
            workers.rotate,
            workers.create_and_erase,
        ]
    )
    lena = gateway.fields(*LENA_AT_MACHNET) | gateway.fields(*LENA)
    links = [target_of(mail) for mail in gateway.mails()[mails:]]
    rotated = workers.credential["shown"]
    partner = KrakenPartner(rotated["API-Key"], rotated["private_key"])
    target = f"/b2b/users/{LENA[1]}"
    audit = gateway.run(gateway.store.audit(DEFAULT_NAMESPACE))

    assert [[status] * ROUNDS for status in (200, 200, 200, 200, 200, 200, 201, 204)] == statuses
    assert 2 * [str(ROUNDS)] == [lena["addresses.residential.postal_code"], lena["birth.city"]]
    assert str(ROUNDS) == gateway.fields("navixy", "1003")["addresses.postal.city"]
    assert ROUNDS == gateway.fields(*KAI)["account.tos_version_accepted"]
    assert id_of(gateway, KAI) != workers.charles
    assert 1 == [gateway.send("GET", link).status for link in links].count(200)
    assert f"lena-{ROUNDS}@kontur.ru" == gateway.fields("diadoc", LINKED_USER)["account.login"]
    assert 200 == gateway.send("GET", target, headers=partner.headers(target, b"")).status
    assert [404] * ROUNDS == [
        send(gateway, "GET", f"/profiles/{profile}").status for profile in workers.erased
    ]
    assert live == live_credentials(gateway)
    assert () == audit.broken


# --- Half-way ----------------------------------------------------------------------------


@contextmanager
def broken_history(gateway: RunningGateway) -> Iterator[None]:
    """Let the database reject every event, which an operation writes after other rows."""
    with closing(gateway.raw_database()) as raw, raw.failing_inserts("events"):
        yield


def everything(gateway: RunningGateway) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with closing(gateway.raw_database()) as raw:
        return {name: sorted(raw.rows(f"SELECT * FROM {name}"), key=repr) for name in raw.tables()}


@pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)
def test_an_update_that_fails_half_way_changes_nothing(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    "All or nothing": the client gets an error, and afterwards the very same request succeeds,
    with Kraken's nonce, which was not used up.
    """
    body = api.good_body()
    headers = {**api.headers(body), **JSON}
    before = everything(gateway)
    with broken_history(gateway):
        failed = gateway.send(api.method, api.target, body=body, headers=headers)
        after = everything(gateway)
    again = gateway.send(api.method, api.target, body=body, headers=headers)

    assert 5 == failed.status // 100
    assert before == after
    assert 200 == again.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


def test_an_admin_operation_that_fails_half_way_changes_nothing(gateway: RunningGateway) -> None:
    """
    Creating, changing, linking and unlinking write several rows: all of them or none.
    """
    charles, lena = id_of(gateway, CHARLES), id_of(gateway, LENA)
    change = {"language": "en"}
    before = everything(gateway)
    with broken_history(gateway):
        statuses = [
            send(gateway, "POST", "/profiles", {"name": {"given": "Zoe"}}).status,
            send(gateway, "PATCH", f"/profiles/{lena}", change, media_type=MERGE_PATCH).status,
            send(gateway, "PUT", f"/profiles/{charles}{KAIS}", {"prefer": "profile"}).status,
            send(gateway, "DELETE", f"/profiles/{lena}{LENAS}").status,
        ]
        after = everything(gateway)

    assert [5] * 4 == [status // 100 for status in statuses]
    assert before == after
