"""Navixy: what its newest documentation says, and what its real clients do."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.clients import NAVIXY_HASH, NAVIXY_USER
from tests.navixy.bodies import INDIVIDUAL, LEGAL_ENTITY, PATHS, SOLE_TRADER, without
from tests.navixy.client import FORM, WAYS, Way, by_json, error_response, user_info
from tests.navixy.page import FIELDS, LEGAL_TYPES, REQUIRED, SAMPLE
from tests.profiles.client import CHARLES, id_of
from tests.profiles.client import send as admin
from tests.running_gateway import Response, RunningGateway

# Every field that an update can write, none of them empty.
FULL = {
    **{name: value for name, value in json.loads(SAMPLE).items() if name != "hash"},
    "iec": "616901001",
    "okpo_code": "12345678",
}


def update(gateway: RunningGateway, sent: dict[str, Any]) -> Response:
    """Send an update as JSON."""
    return by_json(gateway, "personal_info/update", {"hash": NAVIXY_HASH, **sent})


def stored(gateway: RunningGateway) -> dict[str, Any]:
    """The user's fields, by Navixy's names; what is not there is not in it."""
    fields = gateway.fields("navixy", NAVIXY_USER)
    return {name: fields[path] for name, path in PATHS.items() if path in fields}


def verify_with_machnet(gateway: RunningGateway) -> None:
    """Link an account to the user's profile that locks the name."""
    verified = {
        "provider": "machnet",
        "external_id": "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e77",
        "tenant": "demo-client",
        "fields": {"status": "VERIFIED"},
    }
    linked = admin(gateway, "POST", f"/profiles/{id_of(gateway, CHARLES)}/accounts", verified)
    assert 201 == linked.status


# --- An update replaces ------------------------------------------------------------------


@pytest.mark.parametrize("legal_type", LEGAL_TYPES)
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_field_that_is_left_out_is_cleared(
    gateway: RunningGateway, send: Way, legal_type: str
) -> None:
    """
    "This operation **replaces** the stored personal info rather than merging into it. A field
    omitted from the request is cleared, so send every field you intend to keep." The page's
    exception: "phone - … Not changes if not passed." What the legal type does not have, as a
    `tin` of an individual, no update of it speaks of: it stays.
    """
    update(gateway, FULL)
    before = stored(gateway)
    required = {"legal_type": legal_type, "first_name": "Ada", "last_name": "Smith"}
    response = send(gateway, "personal_info/update", {"hash": NAVIXY_HASH, **required})

    other = {name: text for name, text in before.items() if legal_type not in FIELDS[name]}
    assert (200, {"success": True}) == (response.status, response.json())
    assert PATHS.keys() == before.keys()
    assert {
        **other,
        "first_name": "Ada",
        "last_name": "Smith",
        "phone": "+491761234567",
    } == stored(gateway)


def test_the_page_is_sent_whole_or_not_at_all(gateway: RunningGateway) -> None:
    """
    "send every field you intend to keep": a client that sends what it kept changes what it wants.
    """
    update(gateway, FULL)
    before = stored(gateway)
    update(gateway, {**FULL, "post_city": "Mainz"})

    assert {**before, "post_city": "Mainz"} == stored(gateway)


def test_a_cleared_field_is_shown_as_one_that_was_never_set(gateway: RunningGateway) -> None:
    """
    "Address and legal fields are present but empty when never set"; of the others, "JSON fields
    that are NULL are omitted".
    """
    update(gateway, FULL)
    update(gateway, without(FULL, "legal_name", "middle_name", "post_city", "tin"))

    shown = user_info(gateway, NAVIXY_HASH)
    assert ("", "", "Hessen") == (shown["post_city"], shown["tin"], shown["post_region"])
    assert set() == {"legal_name", "middle_name"} & shown.keys()


def test_a_value_that_navixy_cannot_show_is_cleared_like_any_other(gateway: RunningGateway) -> None:
    """
    "A field omitted from the request is cleared", also one that another provider wrote: no name has
    Machnet's country "ZZ".
    """
    by_machnet = {"country": {"country-code": "ZZ"}, "line2": "Floor 2"}
    address = {f"addresses.postal.{part}": value for part, value in by_machnet.items()}
    gateway.put("navixy", NAVIXY_USER, address)
    shown = user_info(gateway, NAVIXY_HASH)
    update(gateway, INDIVIDUAL)
    after = gateway.fields("navixy", NAVIXY_USER)

    assert "" == shown["post_country"]
    # A field that Navixy has no name for is not part of its personal info.
    assert [None, "Floor 2"] == [after.get(path) for path in address]


def test_a_what_if_shows_what_an_update_clears_and_an_undo_brings_it_back(
    gateway: RunningGateway,
) -> None:
    """
    "A field omitted from the request is cleared": the dry run says so before the update does it,
    with null as with nothing, and the history has what was cleared.
    """
    update(gateway, FULL)
    before = stored(gateway)
    profile = f"/profiles/{id_of(gateway, CHARLES)}"
    sent = {**without(FULL, "post_city", "tin"), "iec": None}
    what_if = {"provider": "navixy", "external_id": NAVIXY_USER, "body": sent}
    outcomes = admin(gateway, "POST", f"{profile}/what-if", what_if).json()["outcomes"]
    unchanged = stored(gateway)
    update(gateway, sent)
    cleared = before.keys() - stored(gateway).keys()
    latest = admin(gateway, "GET", f"{profile}/history").json()["events"][-1]["version"]
    undone = admin(gateway, "POST", f"{profile}/history/{latest}/undo")

    assert [("accepted", ["iec", "post_city", "tin"])] == [
        (each["outcome"], sorted(each["fields"])) for each in outcomes
    ]
    assert (before, {"iec", "post_city", "tin"}) == (unchanged, cleared)
    assert (200, before) == (undone.status, stored(gateway))


def test_to_clear_a_verified_name_is_to_change_it(gateway: RunningGateway) -> None:
    """
    "When any linked account locks a field, no provider may change it": Machnet has verified the
    name, so leaving a part of it out is rejected, in Navixy's words, and nothing is stored.
    """
    charles = {
        **INDIVIDUAL,
        "first_name": "Charles",
        "middle_name": "Henry",
        "last_name": "Pearson",
    }
    verify_with_machnet(gateway)
    before = stored(gateway)
    rejected = update(gateway, {**without(charles, "middle_name"), "post_city": "Graz"})
    unchanged = stored(gateway)
    accepted = update(gateway, {**charles, "post_city": "Graz"})

    field = {"parameter": "middle_name", "error": "cannot be changed any more"}
    assert (403, error_response(13, "Operation not permitted", field)) == (
        rejected.status,
        rejected.json(),
    )
    assert before == unchanged
    assert {"success": True} == accepted.json()
    assert "Graz" == stored(gateway)["post_city"]


@pytest.mark.parametrize("stored_name", [None, ""], ids=["none", "an empty one"])
@pytest.mark.parametrize("middle_name", [{}, {"middle_name": ""}, {"middle_name": None}])
def test_nothing_instead_of_nothing_is_no_change(
    gateway: RunningGateway, stored_name: str | None, middle_name: dict[str, Any]
) -> None:
    """
    "The same value again is no change": a verified person without a middle name may leave it out
    or send it empty, as the page's sample does with `iec`.
    """
    gateway.put("navixy", NAVIXY_USER, {"name.middle": stored_name})
    verify_with_machnet(gateway)
    person = {"legal_type": "individual", "first_name": "Charles", "last_name": "Pearson"}

    assert {"success": True} == update(gateway, {**person, **middle_name}).json()


# --- Required, and null ------------------------------------------------------------------


@pytest.mark.parametrize("body", [INDIVIDUAL, SOLE_TRADER, LEGAL_ENTITY], ids=LEGAL_TYPES)
def test_only_the_names_and_the_legal_type_are_required(
    gateway: RunningGateway, body: dict[str, Any]
) -> None:
    """
    The reference's "required" are legal_type, first_name, last_name and phone; of these, the page
    calls the phone "Optional".
    """
    enough = update(gateway, {name: body[name] for name in REQUIRED})
    missing = {name: update(gateway, without(body, name)).json() for name in body}

    assert {"success": True} == enough.json()
    assert REQUIRED == {name for name, response in missing.items() if not response["success"]}


@pytest.mark.parametrize("legal_type", LEGAL_TYPES)
def test_null_is_not_sent(gateway: RunningGateway, legal_type: str) -> None:
    """
    "Your JSON parser should handle missing JSON fields as if they were NULL", and null as missing:
    a null clears what being left out clears, and leaves `phone` alone.
    """
    body = {"legal_type": legal_type, "first_name": "Ada", "last_name": "Smith"}
    update(gateway, FULL)
    update(gateway, body)
    left_out = stored(gateway)
    update(gateway, FULL)
    response = update(gateway, {**dict.fromkeys(FIELDS), **body})

    assert ({"success": True}, left_out) == (response.json(), stored(gateway))


@pytest.mark.parametrize("action", ["get_info", "personal_info/update"])
def test_a_hash_that_is_null_is_looked_for_elsewhere(gateway: RunningGateway, action: str) -> None:
    """
    "1. As a hash parameter of the request body. 2. As a hash parameter of the HTTP query string.
    3. As a value of the HTTP header": the body has none.
    """
    sent = {"hash": None, **INDIVIDUAL}
    in_query = by_json(gateway, f"{action}?hash={NAVIXY_HASH}", sent)
    in_header = by_json(gateway, action, sent, {"Authorization": f"NVX {NAVIXY_HASH}"})
    nowhere = by_json(gateway, action, sent)

    assert [True, True] == [each.json()["success"] for each in (in_query, in_header)]
    assert error_response(3, "Wrong hash") == nowhere.json()


# --- Characters --------------------------------------------------------------------------

FORBIDDEN = {
    "NUL": "\0",
    "a bell": "\a",
    "an escape": "\x1b",
    "a delete": "\x7f",
    "a next line of C1": "\x85",
    "private use in plane 0": "\ue000",
    "private use in plane 15": "\U000f0000",
    "private use in plane 16": "\U0010fffd",
}


@pytest.mark.parametrize("character", FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_control_and_private_use_characters_are_rejected(
    gateway: RunningGateway, send: Way, character: str
) -> None:
    """
    String validation rules: "Control characters (category "Cc" except whitespace characters): not
    allowed. Private Use characters (category "Co"): not allowed".
    """
    sent = {"hash": NAVIXY_HASH, **FULL, "last_name": f"Pear{character}son"}
    response = send(gateway, "personal_info/update", sent)

    field = {
        "parameter": "last_name",
        "error": "must not contain control characters or private use characters",
    }
    assert (400, error_response(7, "Invalid parameters", field)) == (
        response.status,
        response.json(),
    )


@pytest.mark.parametrize("name", sorted(PATHS.keys() - {"phone"}))
def test_no_field_takes_a_control_character(gateway: RunningGateway, name: str) -> None:
    """
    "The string is checked for the following criteria": each of them is.
    """
    response = update(gateway, {**FULL, name: "1234567\x01"})

    assert [name] == [error["parameter"] for error in response.json()["errors"]]


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_all_other_characters_are_stored(gateway: RunningGateway, send: Way) -> None:
    """
    "Regular spaces are always allowed". "Other whitespace characters (tabs, line breaks, etc.): may
    be allowed or restricted"; "All other characters are allowed": right-to-left marks and emoji.
    """
    text = "a \t\n\v\f\r\xa0ё\u200f\ud7ff\uf900\U0001f600\U000effff"
    response = send(gateway, "personal_info/update", {"hash": NAVIXY_HASH, **FULL, "tin": text})

    assert ({"success": True}, text) == (response.json(), stored(gateway)["tin"])


# --- Parameters that stand twice ---------------------------------------------------------


@pytest.mark.parametrize("action", ["get_info", "personal_info/update"])
@pytest.mark.parametrize("second", [NAVIXY_HASH, "0" * 32], ids=["the same", "another"])
def test_a_parameter_that_stands_twice_is_ambiguous(
    gateway: RunningGateway, action: str, second: str
) -> None:
    """
    Our rule: where the documentation has one `hash`, two say nothing, in a query as in a form, and
    none of them is used.
    """
    twice = urlencode([("hash", NAVIXY_HASH), ("hash", second), *INDIVIDUAL.items()])
    in_query = gateway.send("GET", f"/v2/user/{action}?{twice}")
    in_form = gateway.send("POST", f"/v2/user/{action}", body=twice.encode(), headers=FORM)

    for response in (in_query, in_form):
        assert (400, error_response(5, "Wrong request format")) == (
            response.status,
            response.json(),
        )
