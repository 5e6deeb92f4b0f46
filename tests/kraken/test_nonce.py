"""Kraken's API-Nonce: an "always increasing, unsigned 64-bit integer" for each key."""

import pytest

from tests.clients import JSON, KRAKEN_USER, KRAKEN_USER_OF_ANOTHER, KrakenPartner
from tests.kraken.calls import (
    DOCUMENTED_API_KEY,
    DOCUMENTED_KEY,
    INVALID_NONCE,
    INVALID_SIGNATURE,
    LINKED_AND_LOCKED,
    NONCE_MAX,
    OTHER_PARTNER,
    SUCCESS,
    UNKNOWN_USER,
    add_documented_key,
    error,
    outcome,
    patch,
)
from tests.running_gateway import RunningGateway

DONE = (200, SUCCESS)
NOT_INCREASING = (401, error(INVALID_NONCE))

INVALID_NONCES = {
    "zero": "0",
    "zeros": "00000000000000000000",
    "negative": "-1",
    "2^64": str(2**64),
    "2^64 + 1": str(2**64 + 1),
    "20 nines": "9" * 20,
    "more digits than Python turns into a number": "1" * 5000,
    "a sign": "+5",
    "a fraction": "5.0",
    "an exponent": "5e3",
    "hexadecimal": "0x5",
    "an underscore": "1_000",
    "a comma": "1,000",
    "a blank inside": "5 5",
    "two values": "5, 6",
    "a letter": "a",
    "a superscript digit": "²",
    # In a header every byte of UTF-8 is a character of its own.
    "Arabic digits": "٥٦".encode().decode("latin-1"),
    "full-width digits": "５".encode().decode("latin-1"),
}


@pytest.mark.parametrize("nonce", INVALID_NONCES.values(), ids=INVALID_NONCES)
def test_an_invalid_nonce_is_rejected(gateway: RunningGateway, nonce: str):
    """
    "Unsigned 64-bit integer", in decimal digits. The signature over it is right.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, {"language": "en"}, nonce=nonce)

    assert NOT_INCREASING == outcome(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("nonce", [" 5", "5 ", "\t5\t"], ids=["before", "behind", "tabs"])
def test_blanks_around_a_nonce_are_not_part_of_it(gateway: RunningGateway, nonce: str):
    """
    "A field value does not include leading or trailing whitespace" (RFC 9110), so it is not
    signed.
    """
    assert (401, error(INVALID_SIGNATURE)) == outcome(patch(gateway, {}, nonce=nonce))
    assert DONE == outcome(patch(gateway, {}, nonce=5, headers={"API-Nonce": nonce}))


@pytest.mark.parametrize("last", [1, 1616492376594, 2**63 - 1, 2**63, NONCE_MAX])
def test_a_nonce_must_be_larger_than_the_last(gateway: RunningGateway, last: int):
    """
    An equal one is a replay, a smaller one is late; nonces are compared as numbers, not as texts.
    """
    outcomes = [
        outcome(patch(gateway, {"tos_version_accepted": 1}, nonce=last)),
        outcome(patch(gateway, {"tos_version_accepted": 1}, nonce=last)),
        outcome(patch(gateway, {"tos_version_accepted": 2}, nonce=last)),
        outcome(patch(gateway, {"tos_version_accepted": 3}, nonce=max(last - 1, 1))),
        outcome(patch(gateway, {"tos_version_accepted": 4}, nonce=9))
        if last > 9
        else NOT_INCREASING,
    ]

    assert [DONE, *[NOT_INCREASING] * 4] == outcomes
    assert 1 == gateway.fields("kraken", KRAKEN_USER)["account.tos_version_accepted"]


@pytest.mark.parametrize(
    ("last", "following"), [(1, 2), (9, 10), (2**63 - 1, 2**63), (99, 2**64 - 1)]
)
def test_a_larger_nonce_is_accepted(gateway: RunningGateway, last: int, following: int):
    """
    By one or by more, also above the largest signed 64-bit number.
    """
    assert DONE == outcome(patch(gateway, {}, nonce=last))
    assert DONE == outcome(patch(gateway, {}, nonce=following))


def test_leading_zeros_do_not_make_a_nonce_larger(gateway: RunningGateway):
    """
    007 is 7.
    """
    assert DONE == outcome(patch(gateway, {}, nonce="7"))
    assert NOT_INCREASING == outcome(patch(gateway, {}, nonce="007"))


TEXT = {"Content-Type": "text/plain"}

REJECTED = {
    "an invalid field": (KRAKEN_USER, {"phone": "1"}, 400),
    "another media type": (KRAKEN_USER, {}, 415),
    "no JSON": (KRAKEN_USER, b"{", 400),
    "a user that is too short": ("A" * 13, {}, 400),
    "an unknown user": ("AA00NOBODY000000", {}, 404),
    "another partner's user": (KRAKEN_USER_OF_ANOTHER, {}, 404),
    "a locked field": (
        LINKED_AND_LOCKED,
        {"full_name": {"first_name": "Lena", "last_name": "Other"}},
        403,
    ),
}


@pytest.mark.parametrize(("user", "body", "status"), REJECTED.values(), ids=REJECTED)
def test_a_rejected_request_does_not_use_up_its_nonce(gateway: RunningGateway, user, body, status):
    """
    A partner may correct its request and send it again with the same nonce.
    """
    headers = TEXT if status == 415 else JSON

    assert status == patch(gateway, body, user=user, nonce=5, headers=headers).status
    assert DONE == outcome(patch(gateway, {}, nonce=5))


def test_a_wrong_signature_does_not_use_up_the_nonce(gateway: RunningGateway):
    """
    Otherwise one unsigned request with a large nonce would lock the partner out.
    """
    wrong = patch(gateway, {}, nonce=NONCE_MAX, headers={"API-Sign": "AAAA"})

    assert (401, error(INVALID_SIGNATURE)) == outcome(wrong)
    assert DONE == outcome(patch(gateway, {}, nonce=5))


def test_an_update_that_changes_nothing_uses_up_its_nonce(gateway: RunningGateway):
    """
    The request was accepted, so it is not accepted again.
    """
    outcomes = [outcome(patch(gateway, {}, nonce=5)) for _ in range(2)]

    assert [DONE, NOT_INCREASING] == outcomes


def test_each_key_has_nonces_of_its_own(gateway: RunningGateway):
    """
    A large nonce of one key affects neither the partner's other key nor other partners.
    """
    add_documented_key(gateway)
    other_key = KrakenPartner(DOCUMENTED_API_KEY, DOCUMENTED_KEY)
    other_user = KRAKEN_USER_OF_ANOTHER

    assert DONE == outcome(patch(gateway, {}, nonce=1000))
    assert DONE == outcome(patch(gateway, {}, nonce=1, partner=other_key))
    assert DONE == outcome(patch(gateway, {}, nonce=1, partner=OTHER_PARTNER, user=other_user))
    assert NOT_INCREASING == outcome(patch(gateway, {}, nonce=999))


def test_all_users_of_a_key_share_its_nonces(gateway: RunningGateway):
    """
    Nonces are counted by key, not by user.
    """
    assert DONE == outcome(patch(gateway, {}, nonce=5))
    assert NOT_INCREASING == outcome(patch(gateway, {}, nonce=5, user=LINKED_AND_LOCKED))


def test_a_late_nonce_does_not_tell_whether_a_user_exists(gateway: RunningGateway):
    """
    The caller is authenticated before the user is looked up.
    """
    patch(gateway, {}, nonce=5)

    assert NOT_INCREASING == outcome(patch(gateway, {}, nonce=5, user="AA00NOBODY000000"))
    assert (404, error(UNKNOWN_USER)) == outcome(
        patch(gateway, {}, nonce=6, user="AA00NOBODY000000")
    )
