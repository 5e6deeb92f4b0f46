"""Kraken's Get User: GET /b2b/users/{user}, the status and the details still required."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.clients import JSON, KRAKEN_USER, KRAKEN_USER_OF_ANOTHER
from tests.kraken.calls import outcome, path_of
from tests.kraken.users import (
    INVALID_NONCE,
    OPTIONAL,
    REQUIRED,
    Partner,
    rejected,
    unspaced,
)
from tests.running_gateway import RunningGateway

# The details_type values of the reference, in its order, each with a body that supplies it.
DETAILS: dict[str, dict[str, Any]] = {
    "terms_of_service": {"tos_version_accepted": 3},
    "full_name": {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}},
    "date_of_birth": {"date_of_birth": "1990-05-04"},
    "city_of_birth": {"city_of_birth": "Bergen"},
    "country_of_birth": {"country_of_birth": "SE"},
    "nationalities": {"nationalities": ["NO"]},
    "residence": {"residence": REQUIRED["residence"]},
    "phone": {"phone": "4722123456"},
    "occupation": {"occupation": "science"},
    "employer": {"employer_name": "Observatory"},
    "tax_ids": {"tax_ids": [{"id": "1", "issuing_country": "NO"}]},
    "client_identifier": {"client_identifier": "user-4711"},
}

# The demo data has the name of Kai Krause and no other detail.
LACKING_AT_FIRST = [name for name in DETAILS if name != "full_name"]

OPTIONAL_DETAILS = ["city_of_birth", "country_of_birth", "employer", "tax_ids", "client_identifier"]


def test_a_new_user_is_answered_as_documented(gateway: RunningGateway):
    """
    {"result": {user, external_id, user_type, status, created_at}}, the status with its state and
    required actions, each of them {action_type: "provide_details", details_type: {type}, reason:
    "string | null", deadline: "string | null"}.
    """
    gateway.clock.time = datetime(2025, 4, 15, 8, 30, 15, tzinfo=UTC)
    partner = Partner(gateway)
    iiban = partner.created(REQUIRED)
    expected = {
        "result": {
            "user": iiban,
            "external_id": "user-4711",
            "user_type": "individual",
            "status": {
                "state": "ok",
                "required_actions": [
                    {
                        "action_type": "provide_details",
                        "details_type": {"type": name},
                        "reason": None,
                        "deadline": None,
                    }
                    for name in OPTIONAL_DETAILS
                ],
            },
            "created_at": "2025-04-15T08:30:15Z",
        }
    }

    assert (200, expected) == outcome(partner.get(iiban))


def test_a_complete_user_requires_no_action(gateway: RunningGateway):
    """
    The list is empty, not absent.
    """
    partner = Partner(gateway)
    status = partner.get(partner.created({**REQUIRED, **OPTIONAL})).json()["result"]["status"]

    assert {"state": "ok", "required_actions": []} == status


def test_no_detail_is_ever_shown(gateway: RunningGateway):
    """
    "Profile fields are never returned": an update shows only as a detail that is not required
    any more. The external_id of a user without one is null, as a copy of the reference has it.
    """
    secrets = ["Zoe", "Quinn", "zoe@", "1990", "Bergen", "Karl Johans", "0026", "22123456"]
    secrets += ["employed", "12345678901", "Observatory", "X1234567", '"nb"', '"NO"']
    partner = Partner(gateway)
    text = partner.get(partner.created({**REQUIRED, **OPTIONAL})).text
    result = partner.get(KRAKEN_USER).json()["result"]

    assert {"user", "external_id", "user_type", "status", "created_at"} == result.keys()
    assert result["external_id"] is None
    assert "AA08 N84G CPAR UN7A" == result["user"]
    assert [] == [secret for secret in secrets if secret in text]


# --- Required details --------------------------------------------------------------------


def test_an_update_removes_the_detail_that_it_supplies(gateway: RunningGateway):
    """
    A provide_details entry disappears when an update supplies its detail, and no other does.
    """
    partner = Partner(gateway)
    lacking = [partner.lacking(KRAKEN_USER)]
    for detail in LACKING_AT_FIRST:
        partner.update(KRAKEN_USER, DETAILS[detail])
        lacking.append(partner.lacking(KRAKEN_USER))

    assert [LACKING_AT_FIRST[n:] for n in range(len(LACKING_AT_FIRST) + 1)] == lacking


def test_a_user_without_details_requires_all_of_them():
    """
    All twelve details of the reference, in its order; terms_of_service with its version.
    """
    module = importlib.import_module("profilegate.handlers.kraken.required_actions")
    required = [action["details_type"] for action in module.required_actions({})]

    assert {"type": "terms_of_service", "version": 1} == required[0]
    assert [{"type": name} for name in list(DETAILS)[1:]] == required[1:]


@pytest.mark.parametrize(
    ("given", "detail"),
    [({"employer_name": ""}, "employer"), ({"tax_ids": []}, "tax_ids")],
    ids=["no employer", "no tax number"],
)
def test_an_empty_value_supplies_a_detail(
    gateway: RunningGateway, given: dict[str, Any], detail: str
):
    """
    A person may have no employer and no tax number: an empty text or list says so.
    """
    partner = Partner(gateway)
    partner.update(KRAKEN_USER, given)

    assert detail not in partner.lacking(KRAKEN_USER)


@pytest.mark.parametrize(
    "given", [{"employer_name": None}, {"language": "en"}, {}], ids=["null", "language", "nothing"]
)
def test_an_update_without_a_detail_leaves_it_required(
    gateway: RunningGateway, given: dict[str, Any]
):
    """
    Null counts as not sent; the language is not among the details.
    """
    partner = Partner(gateway)
    partner.update(KRAKEN_USER, given)

    assert LACKING_AT_FIRST == partner.lacking(KRAKEN_USER)


# --- Users -------------------------------------------------------------------------------


def test_the_spaced_and_the_unspaced_iiban_are_one_user(gateway: RunningGateway):
    """
    Blanks arrive as %20 and are ignored.
    """
    partner = Partner(gateway)
    spaced = partner.created(REQUIRED)

    assert outcome(partner.get(spaced)) == outcome(partner.get(unspaced(spaced)))


# --- Signatures and nonces ---------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"{}", b'{"user": 1}', b"nonce=1", b"\xff\x00{"], ids=repr)
def test_a_body_is_signed_and_ignored(gateway: RunningGateway, body: bytes):
    """
    Kraken's own Go client sends and signs {} with a GET: any body is hashed as it is received.
    """
    partner = Partner(gateway)

    assert outcome(partner.get(KRAKEN_USER)) == outcome(partner.get(KRAKEN_USER, body))


def test_a_body_that_is_not_the_signed_one_is_rejected(gateway: RunningGateway):
    """
    A body that was added on the way does not fit the signature.
    """
    partner = Partner(gateway)
    signed = partner.keys.headers(path_of(KRAKEN_USER), b"")
    response = gateway.send("GET", path_of(KRAKEN_USER), body=b"{}", headers={**signed, **JSON})

    assert rejected(401, "EAPI:Invalid signature") == outcome(response)


def test_a_read_uses_up_the_nonce(gateway: RunningGateway):
    """
    "Always increasing": all signed requests of a key share one series.
    """
    partner = Partner(gateway)
    partner.get(KRAKEN_USER, nonce=100)
    later = [
        partner.get(KRAKEN_USER, nonce=100),
        partner.update(KRAKEN_USER, {"language": "en"}, nonce=100),
        partner.create(REQUIRED, nonce=99),
    ]

    assert [INVALID_NONCE] * 3 == [outcome(response) for response in later]
    assert 200 == partner.get(KRAKEN_USER, nonce=101).status


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_of_concurrent_requests_with_one_nonce_one_is_authenticated(
    gateway: RunningGateway, method: str
):
    """
    A request that is replayed while the first is still on its way is rejected.
    """
    partner = Partner(gateway)
    body = b"" if method == "GET" else b'{"language": "en"}'
    with ThreadPoolExecutor(8) as pool:
        responses = list(
            pool.map(
                lambda _: partner.send(method, path_of(KRAKEN_USER), body, nonce=100), range(8)
            )
        )

    assert [200] + [401] * 7 == sorted(response.status for response in responses)


@pytest.mark.parametrize("user", ["AA00NOBODY000000", KRAKEN_USER_OF_ANOTHER, "short"])
def test_a_rejected_read_does_not_use_up_its_nonce(gateway: RunningGateway, user: str):
    """
    A rejected request changes nothing.
    """
    partner = Partner(gateway)
    first, second = partner.get(user, nonce=100), partner.get(KRAKEN_USER, nonce=100)

    assert (True, 200) == (first.status in (400, 404), second.status)


# --- Versions ----------------------------------------------------------------------------

CALLS: dict[str, tuple[str, str, Any, int]] = {
    "create": ("POST", "/b2b/users", REQUIRED, 201),
    "get": ("GET", path_of(KRAKEN_USER), b"", 200),
    "update": ("PATCH", path_of(KRAKEN_USER), {"language": "en"}, 200),
}


@pytest.mark.parametrize("header", ["Payward_Version", "Kraken_Version", "kraken_version"])
@pytest.mark.parametrize(("method", "target", "body", "status"), CALLS.values(), ids=CALLS)
def test_every_operation_may_name_its_version(
    gateway: RunningGateway, method: str, target: str, body: Any, status: int, header: str
):
    """
    The page calls the header Payward-Version, the authentication guide Kraken-Version; there is
    one version, 2025-04-15.
    """
    partner = Partner(gateway)
    bad = partner.send(method, target, body, **{header: "2025-04-16"})
    good = partner.send(method, target, body, **{header: "2025-04-15"})

    assert rejected(400, "EGeneral:Invalid arguments:Payward-Version") == outcome(bad)
    assert status == good.status
