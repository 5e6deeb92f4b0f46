"""Kraken's nonce window: a setting of a key, by which nonces may arrive out of order."""

import random

import pytest

from profilegate.store import nonces
from tests.clients import KrakenPartner
from tests.kraken.calls import INVALID_NONCE, SUCCESS, error, outcome, patch
from tests.profiles.client import send
from tests.running_gateway import RunningGateway

WINDOW = 100
DONE = (200, SUCCESS)
NOT_ACCEPTED = (401, error(INVALID_NONCE))


@pytest.fixture
def partner(gateway: RunningGateway) -> KrakenPartner:
    """The demo partner, with a key that has a window."""
    new = {"provider": "kraken", "tenant": "demo", "nonce_window": WINDOW}
    shown = send(gateway, "POST", "/credentials", new).json()["shown"]
    return KrakenPartner(shown["API-Key"], shown["private_key"])


def test_each_nonce_within_the_window_is_accepted_once(
    gateway: RunningGateway, partner: KrakenPartner
) -> None:
    """
    Kraken: the nonce window is the tolerance between nonces that arrive out of order. A nonce that
    was used is a replay; one that is smaller by the window or more is late.
    """
    sent = [1000, 950, 1050, 950, 951, 949, 1000, 2000, 1901, 1900, 1999, 2000]
    outcomes = [outcome(patch(gateway, {}, nonce=nonce, partner=partner)) for nonce in sent]
    accepted = [nonce for nonce, found in zip(sent, outcomes, strict=True) if found == DONE]

    assert [1000, 950, 1050, 951, 2000, 1901, 1999] == accepted
    assert {DONE[0], NOT_ACCEPTED[0]} == {status for status, _ in outcomes}


def test_a_rejected_request_uses_up_no_nonce(
    gateway: RunningGateway, partner: KrakenPartner
) -> None:
    """
    As without a window: the nonce is used up together with the update.
    """
    rejected = patch(gateway, {"phone": "0"}, nonce=10, partner=partner)

    assert 400 == rejected.status
    assert DONE == outcome(patch(gateway, {}, nonce=10, partner=partner))


def test_a_key_remembers_a_bounded_number_of_nonces(
    gateway: RunningGateway, partner: KrakenPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    However wide its window, a key's used nonces stay few, and none is accepted twice.
    """
    monkeypatch.setattr(nonces, "NONCES_REMEMBERED_MAX", 5)
    order = list(range(500, 560))
    random.Random(7).shuffle(order)
    first = [n for n in order if patch(gateway, {}, nonce=n, partner=partner).status == 200]
    again = [n for n in order if patch(gateway, {}, nonce=n, partner=partner).status == 200]

    assert 5 < len(first)
    assert [] == [nonce for nonce in again if nonce in first]
    assert [(5,)] == gateway.rows("SELECT count(*) FROM used_nonces")


def test_a_reset_forgets_the_used_nonces(gateway: RunningGateway, partner: KrakenPartner) -> None:
    """
    The next nonce may be any, also one that was used, or that would be late.
    """
    for nonce in (1000, 1050):
        assert DONE == outcome(patch(gateway, {}, nonce=nonce, partner=partner))
    send(gateway, "POST", f"/credentials/{_id_of_key(gateway)}/reset-nonce")

    again = [patch(gateway, {}, nonce=nonce, partner=partner).status for nonce in (10, 1000, 1050)]
    assert [200, 200, 200] == again


def test_a_revoked_key_leaves_no_nonces(gateway: RunningGateway, partner: KrakenPartner) -> None:
    """
    What belongs to a key goes with it.
    """
    patch(gateway, {}, nonce=10, partner=partner)
    send(gateway, "DELETE", f"/credentials/{_id_of_key(gateway)}")

    assert [(0,)] == gateway.rows("SELECT count(*) FROM used_nonces")


def _id_of_key(gateway: RunningGateway) -> str:
    found = send(gateway, "GET", "/credentials?provider=kraken").json()["credentials"]
    [key] = [credential for credential in found if credential.get("nonce_window") == WINDOW]
    return str(key["id"])
