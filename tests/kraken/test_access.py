"""Whom Kraken's partners reach, by which name and version, and what refusals give away: nothing."""

from typing import Any

import pytest

from tests.clients import JSON, KRAKEN_USER, KRAKEN_USER_OF_ANOTHER, KrakenPartner
from tests.kraken.calls import (
    LINKED_AND_LOCKED,
    OTHER_PARTNER,
    SUCCESS,
    UNKNOWN_USER,
    error,
    invalid,
    outcome,
    patch,
    path_of,
)
from tests.running_gateway import RunningGate

NOBODY = "AA00NOBODY000000"


# --- Users -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "user",
    ["AA08%20N84G%20CPAR%20UN7A", "AA08N84G%20CPARUN7A", "%20AA08N84GCPARUN7A%20"],
    ids=["in groups of four", "one blank", "blanks around"],
)
def test_blanks_in_an_iiban_do_not_count(gate: RunningGate, user: str):
    """
    The spaced and the unspaced form are one user.
    """
    assert (200, SUCCESS) == outcome(patch(gate, {"language": "en"}, user=user))
    assert "en" == gate.fields("kraken", KRAKEN_USER)["language"]


LENGTHS = {
    "13 characters": ("A" * 13, 400),
    "14 characters": ("A" * 14, 404),
    "42 characters": ("A" * 42, 404),
    "43 characters": ("A" * 43, 400),
    "14 characters of two bytes": ("%C3%84" * 14, 404),
    "42 characters of two bytes": ("%C3%84" * 42, 404),
    "43 characters of two bytes": ("%C3%84" * 43, 400),
    "one character": ("A", 400),
}


@pytest.mark.parametrize(("user", "status"), LENGTHS.values(), ids=LENGTHS)
def test_an_iiban_has_14_to_42_characters(gate: RunningGate, user: str, status: int):
    """
    "Required string length: 14 - 42".
    """
    refusals = {
        400: (400, error("EGeneral:Invalid arguments:user")),
        404: (404, error(UNKNOWN_USER)),
    }

    assert refusals[status] == outcome(patch(gate, {}, user=user))


@pytest.mark.parametrize("body", [b"{}", b'{"phone": "1"}', b"{"], ids=["good", "bad", "no JSON"])
def test_another_partners_user_is_answered_as_nobodys(gate: RunningGate, body: bytes):
    """
    IIBANs cannot be tried out: the two answers are the same, byte for byte, whatever was sent.
    """
    before = gate.fields("kraken", KRAKEN_USER_OF_ANOTHER)
    anothers = patch(gate, body, user=KRAKEN_USER_OF_ANOTHER)
    nobodys = patch(gate, body, user=NOBODY)

    assert (nobodys.status, nobodys.body) == (anothers.status, anothers.body)
    assert 400 <= anothers.status < 500
    assert before == gate.fields("kraken", KRAKEN_USER_OF_ANOTHER)


def test_another_partners_user_is_unknown(gate: RunningGate):
    """
    Each partner has users of its own.
    """
    partner = KrakenPartner()
    anothers = patch(gate, {}, user=KRAKEN_USER_OF_ANOTHER, partner=partner)
    its_own = patch(gate, {}, partner=partner)

    assert (404, error(UNKNOWN_USER)) == outcome(anothers)
    assert (200, SUCCESS) == outcome(its_own)
    assert (200, SUCCESS) == outcome(
        patch(gate, {}, user=KRAKEN_USER_OF_ANOTHER, partner=OTHER_PARTNER, nonce=1)
    )


def test_a_locked_field_is_named(gate: RunningGate):
    """
    A name that another provider has verified takes no new value here either: 403 in Kraken's
    words, naming each such field and nothing else; the same name again is no change.
    """
    name = {"first_name": "Lena", "middle_name": "", "last_name": "Linked"}
    before = gate.fields("kraken", LINKED_AND_LOCKED)
    partner = KrakenPartner()
    same = patch(gate, {"full_name": name}, user=LINKED_AND_LOCKED, partner=partner)
    new = {"full_name": {**name, "first_name": "Eva", "last_name": "New"}, "language": "en"}
    refused = patch(gate, new, user=LINKED_AND_LOCKED, partner=partner)

    assert (200, SUCCESS) == outcome(same)
    assert (
        403,
        error(
            "EGeneral:Permission denied:full_name.first_name",
            "EGeneral:Permission denied:full_name.last_name",
        ),
    ) == outcome(refused)
    assert before == gate.fields("kraken", LINKED_AND_LOCKED)


# --- Version, method, media type ---------------------------------------------------------


@pytest.mark.parametrize("header", ["Payward-Version", "Kraken-Version", "payward-version"])
def test_the_version_may_be_named(gate: RunningGate, header: str):
    """
    "The API version 2025-04-15 was released on April 15, 2025." The guide calls the header
    ``Kraken-Version``.
    """
    answer = patch(gate, {}, headers={header: "2025-04-15"})

    assert (200, SUCCESS) == outcome(answer)


@pytest.mark.parametrize("version", ["2025-04-16", "2025-4-15", "latest", "1", ""])
@pytest.mark.parametrize("header", ["Payward-Version", "Kraken-Version"])
def test_an_unknown_version_is_refused(gate: RunningGate, header: str, version: str):
    """
    "Available options: 2025-04-15": an enumeration of one.
    """
    before = gate.fields("kraken", KRAKEN_USER)
    answer = patch(gate, {"language": "en"}, headers={header: version})

    assert ["Payward-Version"] == invalid(answer)
    assert before == gate.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_path_takes_get_and_patch_only(gate: RunningGate, method: str):
    """
    The page documents ``PATCH /b2b/users/{user}``; of its companions one reads at
    the same path; another method is told which two there are.
    """
    target = path_of(KRAKEN_USER)
    headers = {**KrakenPartner().headers(target, b"{}"), **JSON}
    answer = gate.send(method, target, body=b"{}", headers=headers)

    assert (405, error("EGeneral:Unknown method")) == outcome(answer)
    assert "GET, PATCH" == answer.headers["allow"]


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
    ],
)
def test_a_body_of_another_media_type_is_not_read(gate: RunningGate, media_type: str):
    """
    The page's body is ``application/json``.
    """
    answer = patch(gate, {}, headers={"Content-Type": media_type})

    assert (415, error("EGeneral:Unsupported media type")) == outcome(answer)


# --- What refusals give away -------------------------------------------------------------

SECRET = "c4n4ry"

GIVEAWAYS: dict[str, Any] = {
    "a value of each field": {
        "tos_version_accepted": SECRET,
        "full_name": {"first_name": [SECRET], "last_name": {SECRET: 1}},
        "date_of_birth": SECRET,
        "city_of_birth": [SECRET],
        "country_of_birth": SECRET,
        "residence": SECRET,
        "phone": SECRET,
        "nationalities": [SECRET],
        "tax_ids": [{"id": [SECRET], "issuing_country": SECRET}],
        "occupation": SECRET,
        "employer_name": [SECRET],
        "client_identifier": {"type": SECRET, "value": SECRET},
        "language": SECRET,
    },
    "a whole body": SECRET,
    "no JSON": f'{{"phone": {SECRET}}}'.encode(),
    "a body that breaks off": f'{{"phone": "{SECRET}'.encode(),
    "a key that stands twice": f'{{"{SECRET}": "{SECRET}", "{SECRET}": 1}}'.encode(),
    "a NUL": {"employer_name": f"{SECRET}\0", f"{SECRET}\0": 1},
}


@pytest.mark.parametrize("body", GIVEAWAYS.values(), ids=GIVEAWAYS)
def test_a_refusal_never_repeats_a_value(gate: RunningGate, body: Any):
    """
    "Invalid arguments" and the field; what was sent is nobody's business.
    """
    answer = patch(gate, body)

    assert 400 == answer.status
    assert SECRET not in answer.text.lower()


def test_a_refusal_never_repeats_credentials_users_or_versions(gate: RunningGate):
    """
    Nor anything else that came with the request.
    """
    answers = [
        patch(gate, {}, headers={"API-Key": SECRET}),
        patch(gate, {}, headers={"API-Sign": SECRET}),
        patch(gate, {}, nonce=SECRET),
        patch(gate, {}, headers={"Payward-Version": SECRET}),
        patch(gate, {}, headers={"Content-Type": SECRET}),
        patch(gate, {}, user=SECRET),
        patch(gate, {}, user=SECRET * 3),
    ]

    assert [401, 401, 401, 400, 415, 400, 404] == [answer.status for answer in answers]
    assert SECRET not in "".join(answer.text for answer in answers)
