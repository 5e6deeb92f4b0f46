"""Kraken: which users a partner can reach, and what error responses never reveal."""

import pytest

from tests.clients import KRAKEN_USER, KRAKEN_USER_OF_ANOTHER
from tests.kraken.calls import (
    SUCCESS,
    UNKNOWN_USER,
    error,
    invalid,
    outcome,
    patch,
)
from tests.running_gateway import RunningGateway

UNKNOWN = "AA00NOBODY000000"


# --- Users -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "user",
    ["AA08%20N84G%20CPAR%20UN7A", "AA08N84G%20CPARUN7A", "%20AA08N84GCPARUN7A%20",
     "AA08N84GCPARUN7%41"],
    ids=["in groups of four", "one blank", "blanks around", "an encoded letter"],
)  # fmt: skip
def test_blanks_and_percent_encoding_do_not_change_the_user(gateway: RunningGateway, user: str):
    """
    The spaced and the unspaced IIBAN name the same user, if the target is signed as it is sent.
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
    "Required string length: 14 - 42"; the reference of "get-embed-user" has one code under 400,
    `ENexus:Invalid user ID`.
    """
    error_responses = {
        400: (400, error("ENexus:Invalid user ID")),
        404: (404, error(UNKNOWN_USER)),
    }

    assert error_responses[status] == outcome(patch(gateway, {}, user=user))


@pytest.mark.parametrize("body", [b"{}", b'{"phone": "1"}', b"{"], ids=["good", "bad", "no JSON"])
def test_another_partners_user_cannot_be_told_from_an_unknown_one(
    gateway: RunningGateway, body: bytes
):
    """
    IIBANs cannot be tried out: the two responses are the same, byte for byte, for every body.
    """
    before = gateway.fields("kraken", KRAKEN_USER_OF_ANOTHER)
    another = patch(gateway, body, user=KRAKEN_USER_OF_ANOTHER)
    unknown = patch(gateway, body, user=UNKNOWN)

    assert (unknown.status, unknown.body) == (another.status, another.body)
    assert 400 <= another.status < 500
    assert before == gateway.fields("kraken", KRAKEN_USER_OF_ANOTHER)


# --- Version -----------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2025-04-16", "2025-4-15", "latest", "1", ""])
def test_an_unknown_version_is_rejected(gateway: RunningGateway, version: str):
    """
    "Available options: 2025-04-15": an enumeration of one. test_related_get.py has the headers
    that name a version, for every operation.
    """
    before = gateway.fields("kraken", KRAKEN_USER)
    response = patch(gateway, {"language": "en"}, headers={"Payward-Version": version})

    assert ["Payward-Version"] == invalid(response)
    assert before == gateway.fields("kraken", KRAKEN_USER)


# --- What error responses reveal ---------------------------------------------------------

SECRET = "c4n4ry"


def test_an_error_response_never_repeats_credentials_users_or_versions(gateway: RunningGateway):
    """
    Headers and the path are not repeated either.
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
