"""Which users Kraken's partners reach, and that an error response reveals nothing."""

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
from tests.running_gateway import RunningGateway

NOBODY = "AA00NOBODY000000"


# --- Users -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "user",
    ["AA08%20N84G%20CPAR%20UN7A", "AA08N84G%20CPARUN7A", "%20AA08N84GCPARUN7A%20"],
    ids=["in groups of four", "one blank", "blanks around"],
)
def test_blanks_in_an_iiban_do_not_count(gateway: RunningGateway, user: str):
    """
    The spaced and the unspaced form are one user.
    """
    assert (200, SUCCESS) == outcome(patch(gateway, {"language": "en"}, user=user))
    assert "en" == gateway.fields("kraken", KRAKEN_USER)["language"]


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
def test_an_iiban_has_14_to_42_characters(gateway: RunningGateway, user: str, status: int):
    """
    "Required string length: 14 - 42".
    """
    error_responses = {
        400: (400, error("EGeneral:Invalid arguments:user")),
        404: (404, error(UNKNOWN_USER)),
    }

    assert error_responses[status] == outcome(patch(gateway, {}, user=user))


@pytest.mark.parametrize("body", [b"{}", b'{"phone": "1"}', b"{"], ids=["good", "bad", "no JSON"])
def test_another_partners_user_is_answered_as_nobodys(gateway: RunningGateway, body: bytes):
    """
    IIBANs cannot be tried out: the two responses are the same, byte for byte, whatever was sent.
    """
    before = gateway.fields("kraken", KRAKEN_USER_OF_ANOTHER)
    anothers = patch(gateway, body, user=KRAKEN_USER_OF_ANOTHER)
    nobodys = patch(gateway, body, user=NOBODY)

    assert (nobodys.status, nobodys.body) == (anothers.status, anothers.body)
    assert 400 <= anothers.status < 500
    assert before == gateway.fields("kraken", KRAKEN_USER_OF_ANOTHER)


def test_another_partners_user_is_unknown(gateway: RunningGateway):
    """
    Each partner has users of its own.
    """
    partner = KrakenPartner()
    anothers = patch(gateway, {}, user=KRAKEN_USER_OF_ANOTHER, partner=partner)
    its_own = patch(gateway, {}, partner=partner)

    assert (404, error(UNKNOWN_USER)) == outcome(anothers)
    assert (200, SUCCESS) == outcome(its_own)
    assert (200, SUCCESS) == outcome(
        patch(gateway, {}, user=KRAKEN_USER_OF_ANOTHER, partner=OTHER_PARTNER, nonce=1)
    )


def test_a_locked_field_is_named(gateway: RunningGateway):
    """
    A name that another provider has verified takes no new value here either: 403 in Kraken's
    words, naming each such field and nothing else; the same name again is no change.
    """
    name = {"first_name": "Lena", "middle_name": "", "last_name": "Linked"}
    before = gateway.fields("kraken", LINKED_AND_LOCKED)
    partner = KrakenPartner()
    same = patch(gateway, {"full_name": name}, user=LINKED_AND_LOCKED, partner=partner)
    new = {"full_name": {**name, "first_name": "Eva", "last_name": "New"}, "language": "en"}
    rejected = patch(gateway, new, user=LINKED_AND_LOCKED, partner=partner)

    assert (200, SUCCESS) == outcome(same)
    assert (
        403,
        error(
            "EGeneral:Permission denied:full_name.first_name",
            "EGeneral:Permission denied:full_name.last_name",
        ),
    ) == outcome(rejected)
    assert before == gateway.fields("kraken", LINKED_AND_LOCKED)


# --- Version, method, media type ---------------------------------------------------------


@pytest.mark.parametrize("header", ["Payward-Version", "Kraken-Version", "payward-version"])
def test_the_version_may_be_named(gateway: RunningGateway, header: str):
    """
    "The API version 2025-04-15 was released on April 15, 2025." The guide calls the header
    ``Kraken-Version``.
    """
    response = patch(gateway, {}, headers={header: "2025-04-15"})

    assert (200, SUCCESS) == outcome(response)


@pytest.mark.parametrize("version", ["2025-04-16", "2025-4-15", "latest", "1", ""])
@pytest.mark.parametrize("header", ["Payward-Version", "Kraken-Version"])
def test_an_unknown_version_is_rejected(gateway: RunningGateway, header: str, version: str):
    """
    "Available options: 2025-04-15": an enumeration of one.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, {"language": "en"}, headers={header: version})

    assert ["Payward-Version"] == invalid(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_path_takes_get_and_patch_only(gateway: RunningGateway, method: str):
    """
    The page documents ``PATCH /b2b/users/{user}``; of its companions one reads at
    the same path; another method is told which two there are.
    """
    target = path_of(KRAKEN_USER)
    headers = {**KrakenPartner().headers(target, b"{}"), **JSON}
    response = gateway.send(method, target, body=b"{}", headers=headers)

    assert (405, error("EGeneral:Unknown method")) == outcome(response)
    assert "GET, HEAD, PATCH" == response.headers["allow"]


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
    ],
)
def test_a_body_of_another_media_type_is_not_read(gateway: RunningGateway, media_type: str):
    """
    The page's body is ``application/json``.
    """
    response = patch(gateway, {}, headers={"Content-Type": media_type})

    assert (415, error("EGeneral:Unsupported media type")) == outcome(response)


# --- What error responses give away -------------------------------------------------------------

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
def test_a_error_response_never_repeats_a_value(gateway: RunningGateway, body: Any):
    """
    "Invalid arguments" and the field; what was sent is nobody's business.
    """
    response = patch(gateway, body)

    assert 400 == response.status
    assert SECRET not in response.text.lower()


def test_a_error_response_never_repeats_credentials_users_or_versions(gateway: RunningGateway):
    """
    Nor anything else that came with the request.
    """
    responses = [
        patch(gateway, {}, headers={"API-Key": SECRET}),
        patch(gateway, {}, headers={"API-Sign": SECRET}),
        patch(gateway, {}, nonce=SECRET),
        patch(gateway, {}, headers={"Payward-Version": SECRET}),
        patch(gateway, {}, headers={"Content-Type": SECRET}),
        patch(gateway, {}, user=SECRET),
        patch(gateway, {}, user=SECRET * 3),
    ]

    assert [401, 401, 401, 400, 415, 400, 404] == [response.status for response in responses]
    assert SECRET not in "".join(response.text for response in responses)
