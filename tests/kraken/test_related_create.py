"""Kraken's Create User: POST /b2b/users."""

import importlib
import re
from typing import Any

import pytest

from tests.clients import KRAKEN_USER, KRAKEN_USER_OF_ANOTHER
from tests.kraken.calls import OTHER_PARTNER, outcome
from tests.kraken.users import (
    INVALID_NONCE,
    OPTIONAL,
    REQUIRED,
    TAKEN,
    UNKNOWN_USER,
    Partner,
    rejected,
    unspaced,
)
from tests.running_gateway import RunningGateway

# Kraken's own examples, and the broker's id in one of its clients: all of them are valid.
PUBLISHED_IIBANS = (
    "AA08 N84G CPAR UN7A",
    "AA39 N84G C4XO 6B2V",
    "AA52 E25P MHAW YANF",
    "AA56 N84G TOOP ELJQ",
)


def remainder(iiban: str) -> int:
    """The remainder of an IIBAN by ISO 7064 mod 97-10: 1 if its check digits are right."""
    text = unspaced(iiban)
    digits = "".join(str(int(letter, 36)) for letter in text[4:] + text[:4])
    return int(digits) % 97


# --- IIBANs ------------------------------------------------------------------------------


@pytest.mark.parametrize("iiban", PUBLISHED_IIBANS)
def test_published_iibans_have_valid_check_digits(iiban: str):
    """
    The published examples leave remainder 1, and our function makes the same digits.
    """
    module = importlib.import_module("profilegate.handlers.kraken.iiban")

    assert 1 == remainder(iiban)
    assert iiban[2:4] == module.check_digits(unspaced(iiban)[4:])
    assert iiban == module.spaced(unspaced(iiban))


def test_a_new_user_gets_a_valid_iiban(gateway: RunningGateway):
    """
    AA, two check digits, Kraken's institution N84G and eight characters, in groups of four as
    Kraken prints them; never the same twice. The response is 201 and holds nothing else.
    """
    partner = Partner(gateway)
    response = partner.create(REQUIRED)
    iibans = [partner.created({**REQUIRED, "external_id": str(n)}) for n in range(20)]

    assert (201, {"result": {"user": response.json()["result"]["user"]}}) == outcome(response)
    assert [iiban for iiban in iibans if not is_kraken_iiban(iiban)] == []
    assert 20 == len(set(iibans))


def is_kraken_iiban(iiban: str) -> bool:
    """Whether an IIBAN is one of Kraken's, spaced, with right check digits."""
    form = r"AA[0-9]{2} N84G [0-9A-Z]{4} [0-9A-Z]{4}"
    return re.fullmatch(form, iiban) is not None and 1 == remainder(iiban)


def test_an_iiban_in_use_is_drawn_again(gateway: RunningGateway, monkeypatch):
    """
    A new user never replaces another one, neither the partner's own nor another partner's.
    """
    drawn = iter([KRAKEN_USER, KRAKEN_USER_OF_ANOTHER, "AA56N84GTOOPELJQ"])
    operations = importlib.import_module("profilegate.handlers.kraken.operations")
    monkeypatch.setattr(operations, "new_iiban", lambda random_bytes: next(drawn))
    before = [gateway.fields("kraken", user) for user in (KRAKEN_USER, KRAKEN_USER_OF_ANOTHER)]

    assert "AA56 N84G TOOP ELJQ" == Partner(gateway).created(REQUIRED)
    assert before == [
        gateway.fields("kraken", user) for user in (KRAKEN_USER, KRAKEN_USER_OF_ANOTHER)
    ]


# --- What is stored ----------------------------------------------------------------------


def test_every_field_is_stored(gateway: RunningGateway):
    """
    Shared fields under the names of the shared profile, the others as the account's own.
    """
    iiban = unspaced(Partner(gateway).created({**REQUIRED, **OPTIONAL}))
    expected = {
        "account.id": iiban,
        "account.external_id": "user-4711",
        "account.created_at": "2026-01-02T03:04:05Z",
        "account.tos_version_accepted": 3,
        "account.client_identifier": {"type": "passport", "value": "X1234567"},
        "email": "zoe@example.com",
        "name.given": "Zoe",
        "name.family": "Quinn",
        "birth.date": "1990-05-04",
        "birth.city": "Bergen",
        "birth.country": "SE",
        "addresses.residential.line1": "Karl Johans gate 22",
        "addresses.residential.city": "Oslo",
        "addresses.residential.postal_code": "0026",
        "addresses.residential.country": "NO",
        "phone": "+4722123456",
        "nationalities": ["NO", "0C"],
        "occupation": "employed",
        "employer.name": "Observatory",
        "tax.ids": [{"id": "12345678901", "country": "NO"}],
        "language": "nb",
    }

    assert expected == gateway.fields("kraken", iiban)


def test_null_is_the_same_as_not_sent(gateway: RunningGateway):
    """
    As in an update: a nullable option of a generated reference is one that is not given.
    """
    nothing = {name: None for name in OPTIONAL if name != "client_identifier"}
    plain = gateway.fields("kraken", unspaced(Partner(gateway).created(REQUIRED)))
    partner = Partner(gateway, OTHER_PARTNER)
    nulled = gateway.fields("kraken", unspaced(partner.created({**REQUIRED, **nothing})))

    assert {**plain, "account.id": nulled["account.id"]} == nulled


def test_a_user_belongs_to_the_partner_that_created_it(gateway: RunningGateway):
    """
    For every other partner the user is unknown.
    """
    mine, others = Partner(gateway), Partner(gateway, OTHER_PARTNER)
    iiban = mine.created(REQUIRED)

    assert UNKNOWN_USER == outcome(others.get(iiban))
    assert UNKNOWN_USER == outcome(others.update(iiban, {"language": "en"}))
    assert (200, {"result": "success"}) == outcome(mine.update(iiban, {"language": "en"}))


# --- external_id -------------------------------------------------------------------------


def test_an_external_id_names_one_user(gateway: RunningGateway):
    """
    The reference lists 409: the partner already uses this name for another user.
    """
    partner = Partner(gateway)
    first = unspaced(partner.created(REQUIRED))
    before = gateway.fields("kraken", first)

    assert TAKEN == outcome(partner.create(REQUIRED))
    assert TAKEN == outcome(partner.create({**REQUIRED, "email": "other@example.com"}))
    assert before == gateway.fields("kraken", first)


def test_partners_do_not_share_external_ids(gateway: RunningGateway):
    """
    Each partner has its own names, and a response reveals none of another partner's.
    """
    mine = Partner(gateway).created(REQUIRED)
    others = Partner(gateway, OTHER_PARTNER).created(REQUIRED)

    assert mine != others


@pytest.mark.parametrize("external_id", ["USER-4711", "user-4711 ", "пользователь", "x" * 255])
def test_another_external_id_names_another_user(gateway: RunningGateway, external_id: str):
    """
    An external_id is compared letter by letter.
    """
    partner = Partner(gateway)
    iibans = [
        partner.created(body) for body in (REQUIRED, {**REQUIRED, "external_id": external_id})
    ]
    shown = partner.get(iibans[1]).json()["result"]

    assert 2 == len(set(iibans))
    assert external_id == shown["external_id"]


# --- Nonces ------------------------------------------------------------------------------


def test_a_created_user_uses_up_the_nonce(gateway: RunningGateway):
    """
    "Always increasing": the same nonce again is rejected, and so is a smaller one.
    """
    partner = Partner(gateway)
    statuses = [partner.create(REQUIRED, nonce=100).status]
    again = [partner.create({**REQUIRED, "external_id": "2"}, nonce=nonce) for nonce in (100, 99)]

    assert [201] == statuses
    assert [INVALID_NONCE] * 2 == [outcome(response) for response in again]


@pytest.mark.parametrize(
    "body", [REQUIRED, {**REQUIRED, "phone": "1"}, b"{"], ids=["accepted", "invalid", "no JSON"]
)
def test_a_rejected_creation_does_not_use_up_its_nonce(gateway: RunningGateway, body: Any):
    """
    A rejected request changes nothing, and its nonce stays unused.
    """
    partner = Partner(gateway)
    partner.created(REQUIRED)
    first = partner.create(body, nonce=100)
    second = partner.create({**REQUIRED, "external_id": "2"}, nonce=100)

    assert (True, 201) == (first.status in (400, 409), second.status)


# --- What is rejected ---------------------------------------------------------------------


def test_every_missing_field_is_named(gateway: RunningGateway):
    """
    "create requires: email, external_id, tos_version_accepted, full_name, date_of_birth,
    residence, phone, nationalities, occupation".
    """
    words = Partner(gateway).create({}).json()["error"]

    assert {f"EGeneral:Invalid arguments:{name}" for name in REQUIRED} == set(words)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("given", ["missing", "null"])
def test_a_required_field_is_not_optional(gateway: RunningGateway, name: str, given: str):
    """
    It needs a value: only a field that may be omitted may be null.
    """
    body = {key: value for key, value in REQUIRED.items() if key != name}
    response = Partner(gateway).create(body if given == "missing" else {**body, name: None})

    assert rejected(400, f"EGeneral:Invalid arguments:{name}") == outcome(response)


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "no e-mail address": ({"email": "zoe"}, "email"),
    "an empty external_id": ({"external_id": ""}, "external_id"),
    "an external_id that is a number": ({"external_id": 4711}, "external_id"),
    "a version that is no number": ({"tos_version_accepted": "3"}, "tos_version_accepted"),
    "a version beyond 32 bits": ({"tos_version_accepted": 2**31}, "tos_version_accepted"),
    "half a name": ({"full_name": {"first_name": "Zoe"}}, "full_name.last_name"),
    "no such day": ({"date_of_birth": "1990-02-30"}, "date_of_birth"),
    "no country": ({"residence": {**REQUIRED["residence"], "country": "ZZ"}}, "residence.country"),
    "a phone with letters": ({"phone": "+47CALLME"}, "phone"),
    "no nationality": ({"nationalities": ["Norway"]}, "nationalities[0]"),
    "no occupation of Kraken's": ({"occupation": "pirate"}, "occupation"),
    "an optional field": ({"language": "Norwegian"}, "language"),
}


@pytest.mark.parametrize(("wrong", "place"), INVALID.values(), ids=INVALID)
def test_an_invalid_field_is_named(gateway: RunningGateway, wrong: dict[str, Any], place: str):
    """
    Each field has the rules that it has in an update.
    """
    response = Partner(gateway).create({**REQUIRED, **wrong})

    assert rejected(400, f"EGeneral:Invalid arguments:{place}") == outcome(response)
