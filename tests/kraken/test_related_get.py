"""Kraken's "Get User": GET /b2b/users/{user}, a status and what is still wanted."""

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.clients import JSON, KRAKEN_USER, KRAKEN_USER_OF_ANOTHER
from tests.kraken.users import (
    INVALID_NONCE,
    OPTIONAL,
    REQUIRED,
    UNKNOWN_USER,
    Partner,
    outcome,
    path_of,
    rejected,
    unspaced,
)
from tests.running_gateway import RunningGateway

# The list of details_type in a copy of the reference, in its order, and what gives each.
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

# Of the demo data's Kai Krause nothing is known but the name.
LACKING_AT_FIRST = [name for name in DETAILS if name != "full_name"]

OPTIONAL_DETAILS = ["city_of_birth", "country_of_birth", "employer", "tax_ids", "client_identifier"]


def test_a_new_user_is_answered_as_documented(gateway: RunningGateway):
    """
    {"result": {user, external_id, user_type, status, created_at}}, the status with its state and
    required actions, each of them {action_type: "provide_details", details_type: {type}}.
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
                    {"action_type": "provide_details", "details_type": {"type": name}}
                    for name in OPTIONAL_DETAILS
                ],
            },
            "created_at": "2025-04-15T08:30:15Z",
        }
    }

    assert (200, expected) == outcome(partner.get(iiban))


def test_of_whom_all_is_known_nothing_is_wanted(gateway: RunningGateway):
    """
    An empty list, not none at all.
    """
    partner = Partner(gateway)
    status = partner.get(partner.created({**REQUIRED, **OPTIONAL})).json()["result"]["status"]

    assert {"state": "ok", "required_actions": []} == status


def test_a_user_is_named_in_groups_of_four(gateway: RunningGateway):
    """
    Kraken's published examples: AA08 N84G CPAR UN7A.
    """
    assert "AA08 N84G CPAR UN7A" == Partner(gateway).get(KRAKEN_USER).json()["result"]["user"]


def test_a_user_without_an_external_id_has_none(gateway: RunningGateway):
    """
    "external_id?": not there, and never null.
    """
    result = Partner(gateway).get(KRAKEN_USER).json()["result"]

    assert {"user", "user_type", "status", "created_at"} == result.keys()


def test_no_detail_is_ever_shown(gateway: RunningGateway):
    """
    "Profile fields are never returned": an update can be seen only by what is no longer wanted.
    """
    secrets = ["Zoe", "Quinn", "zoe@", "1990", "Bergen", "Karl Johans", "0026", "22123456"]
    secrets += ["employed", "12345678901", "Observatory", "X1234567", '"nb"', "NO"]
    partner = Partner(gateway)
    text = partner.get(partner.created({**REQUIRED, **OPTIONAL})).text

    assert [] == [secret for secret in secrets if secret in text]


# --- What is wanted ----------------------------------------------------------------------


def test_of_nobody_everything_is_wanted():
    """
    All twelve details of the reference, in its order; terms_of_service with its version.
    """
    module = importlib.import_module("profilegate.handlers.kraken.required_actions")
    wanted = [action["details_type"] for action in module.required_actions({})]

    assert {"type": "terms_of_service", "version": 1} == wanted[0]
    assert [{"type": name} for name in list(DETAILS)[1:]] == wanted[1:]


@pytest.mark.parametrize("detail", LACKING_AT_FIRST)
def test_a_detail_that_is_given_is_no_longer_wanted(gateway: RunningGateway, detail: str):
    """
    A provide_details entry disappears when an update supplies its detail, and no other does.
    """
    partner = Partner(gateway)
    before = partner.lacking(KRAKEN_USER)
    partner.update(KRAKEN_USER, DETAILS[detail])

    assert LACKING_AT_FIRST == before
    assert [name for name in before if name != detail] == partner.lacking(KRAKEN_USER)


def test_details_may_be_given_one_after_another(gateway: RunningGateway):
    """
    What is wanted shrinks to nothing.
    """
    partner = Partner(gateway)
    counts = []
    for detail in LACKING_AT_FIRST:
        partner.update(KRAKEN_USER, DETAILS[detail])
        counts.append(len(partner.lacking(KRAKEN_USER)))

    assert list(range(len(LACKING_AT_FIRST) - 1, -1, -1)) == counts


@pytest.mark.parametrize(
    ("given", "detail"),
    [({"employer_name": ""}, "employer"), ({"tax_ids": []}, "tax_ids")],
    ids=["no employer", "no tax number"],
)
def test_who_has_none_can_say_so(gateway: RunningGateway, given: dict[str, Any], detail: str):
    """
    An empty text or list gives the detail too: somebody may have no employer and no tax number.
    """
    partner = Partner(gateway)
    partner.update(KRAKEN_USER, given)

    assert detail not in partner.lacking(KRAKEN_USER)


@pytest.mark.parametrize(
    "given", [{"employer_name": None}, {"language": "en"}, {}], ids=["null", "language", "nothing"]
)
def test_an_update_without_a_detail_leaves_it_wanted(
    gateway: RunningGateway, given: dict[str, Any]
):
    """
    Null counts as not sent; the language is no detail that Kraken asks for.
    """
    partner = Partner(gateway)
    partner.update(KRAKEN_USER, given)

    assert LACKING_AT_FIRST == partner.lacking(KRAKEN_USER)


# --- Whose users -------------------------------------------------------------------------


def test_the_spaced_and_the_unspaced_iiban_are_one_user(gateway: RunningGateway):
    """
    Blanks do not count: they arrive as %20.
    """
    partner = Partner(gateway)
    spaced = partner.created(REQUIRED)

    assert outcome(partner.get(spaced)) == outcome(partner.get(unspaced(spaced)))


def test_another_partners_user_is_nobody(gateway: RunningGateway):
    """
    The same response for both.
    """
    partner = Partner(gateway)
    anothers, nobodys = partner.get(KRAKEN_USER_OF_ANOTHER), partner.get("AA00NOBODY000000")

    assert [UNKNOWN_USER] * 2 == [outcome(anothers), outcome(nobodys)]


@pytest.mark.parametrize("user", ["AA08N84GCPARU", "A" * 43])
def test_an_iiban_has_14_to_42_characters(gateway: RunningGateway, user: str):
    """
    The page: "Required string length: 14 - 42".
    """
    expected = rejected(400, "EGeneral:Invalid arguments:user")

    assert expected == outcome(Partner(gateway).get(user))


def test_only_partners_see_users(gateway: RunningGateway):
    """
    API-Key, API-Sign and API-Nonce are required.
    """
    response = gateway.send("GET", path_of(KRAKEN_USER))

    assert rejected(401, "EAPI:Invalid key") == outcome(response)


# --- Signatures and nonces ---------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"{}", b'{"user": 1}', b"nonce=1", b"\xff\x00{"], ids=repr)
def test_a_body_is_signed_and_otherwise_ignored(gateway: RunningGateway, body: bytes):
    """
    Kraken's own Go client sends and signs {} with a GET: whatever comes is hashed as it comes.
    """
    partner = Partner(gateway)

    assert outcome(partner.get(KRAKEN_USER)) == outcome(partner.get(KRAKEN_USER, body))


def test_a_body_that_is_not_the_signed_one_is_rejected(gateway: RunningGateway):
    """
    It may have been put there on the way.
    """
    partner = Partner(gateway)
    signed = partner.keys.headers(path_of(KRAKEN_USER), b"")
    response = gateway.send("GET", path_of(KRAKEN_USER), body=b"{}", headers={**signed, **JSON})

    assert rejected(401, "EAPI:Invalid signature") == outcome(response)


def test_a_look_uses_up_the_nonce(gateway: RunningGateway):
    """
    "Always increasing", for every signed request, whatever it does: one series for all calls.
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


def test_one_of_many_looks_with_the_same_nonce_is_authenticated(gateway: RunningGateway):
    """
    Also when they come at the same moment.
    """
    partner = Partner(gateway)
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: partner.get(KRAKEN_USER, nonce=100), range(8)))

    assert [200] + [401] * 7 == sorted(response.status for response in responses)


@pytest.mark.parametrize("user", ["AA00NOBODY000000", KRAKEN_USER_OF_ANOTHER, "short"])
def test_a_rejected_look_uses_up_no_nonce(gateway: RunningGateway, user: str):
    """
    A rejected request leaves no trace.
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
def test_every_call_may_name_its_version(
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
