"""Navixy: reading the user back (`get_info`)."""

from typing import Any

import pytest

from tests.clients import NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.client import INDIVIDUAL, WAYS, Way, by_json, by_query, user_info
from tests.running_gateway import RunningGateway

LENAS_HASH = "11ee11ee22ff22ff33aa33aa44bb44bb"

# The page's sample body of `update`, without its hash.
PUBLISHED = {
    "first_name": "Charles",
    "middle_name": "Henry",
    "last_name": "Pearson",
    "legal_type": "legal_entity",
    "phone": "491761234567",
    "post_country": "Germany",
    "post_index": "61169",
    "post_region": "Hessen",
    "post_city": "Wiesbaden",
    "post_street_address": "Marienplatz 2",
    "registered_country": "Germany",
    "registered_index": "61169",
    "registered_region": "Hessen",
    "registered_city": "Wiesbaden",
    "registered_street_address": "Marienplatz 2",
    "state_reg_num": "12-3456789",
    "tin": "1131145180",
    "legal_name": "E. Biasi GmbH",
    "iec": "",
    "okpo_code": "",
}

# The members of the sample of "User", user object structure, in its order; without those that
# tell of money, language, maps and dealers.
ORDER = """
    id login title phone creation_date legal_type tin iec
    post_country post_region post_index post_city post_street_address
    registered_country registered_region registered_index registered_city registered_street_address
    first_name middle_name last_name legal_name
""".split()


def update(gateway: RunningGateway, sent: dict[str, Any]) -> None:
    """Change the demo user, whatever else happens."""
    response = by_json(gateway, "personal_info/update", {"hash": NAVIXY_HASH, **sent})
    assert {"success": True} == response.json()


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_user_is_shown_as_far_as_known(gateway: RunningGateway, send: Way) -> None:
    """
    "User", user object structure; "JSON fields which are NULL are omitted".
    """
    response = send(gateway, "get_info", {"hash": NAVIXY_HASH})

    assert 200 == response.status
    assert {
        "success": True,
        "user_info": {
            "id": 1001,
            "login": "charles.pearson@example.com",
            "title": "Charles Pearson",
            "creation_date": "2016-05-20 01:10:34",
            "first_name": "Charles",
            "middle_name": "Henry",
            "last_name": "Pearson",
        },
        "tariff_restrictions": {"allowed_maps": []},
        "premium_gis": False,
        "features": [],
    } == response.json()


def test_what_was_written_is_read_back(gateway: RunningGateway) -> None:
    """
    The page's own sample, to the letter; but state_reg_num and okpo_code are no members of the
    user object: Navixy takes them and never gives them back.
    """
    update(gateway, PUBLISHED)

    never_read_back = {"state_reg_num", "okpo_code"}
    expected = {name: text for name, text in PUBLISHED.items() if name not in never_read_back}
    shown = user_info(gateway, NAVIXY_HASH)
    assert expected == {name: shown[name] for name in shown if name in PUBLISHED}


def test_members_come_in_the_documented_order(gateway: RunningGateway) -> None:
    """
    People compare what they see with the page: the order is its sample's.
    """
    update(gateway, PUBLISHED)

    assert ORDER == list(user_info(gateway, NAVIXY_HASH))


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        pytest.param(PUBLISHED, "E. Biasi GmbH", id="a legal entity"),
        pytest.param({**PUBLISHED, "legal_type": "sole_trader"}, "Charles Pearson", id="a trader"),
        pytest.param(
            {**PUBLISHED, "legal_type": "individual"}, "Charles Pearson", id="an individual"
        ),
        pytest.param({**INDIVIDUAL, "first_name": ""}, "Pearson", id="one name is empty"),
    ],
)
def test_the_title_follows_the_legal_type(
    gateway: RunningGateway, sent: dict[str, Any], title: str
) -> None:
    """
    "title - User first and last name or organization title".
    """
    update(gateway, sent)

    assert title == user_info(gateway, NAVIXY_HASH)["title"]


def test_the_title_of_a_person_is_not_that_of_the_organization(gateway: RunningGateway) -> None:
    """
    The page's sample: an individual whose legal_name is "QWER Inc." has the title "John Smith".
    """
    update(gateway, PUBLISHED)
    update(gateway, INDIVIDUAL)

    shown = user_info(gateway, NAVIXY_HASH)
    assert ("Charles Pearson", "E. Biasi GmbH") == (shown["title"], shown["legal_name"])


def test_no_title_is_made_of_no_names(gateway: RunningGateway) -> None:
    """
    Null is left out, and so is a title without a letter in it.
    """
    update(gateway, {**INDIVIDUAL, "first_name": "", "last_name": ""})

    assert "title" not in user_info(gateway, NAVIXY_HASH)


def test_an_empty_phone_is_left_out(gateway: RunningGateway) -> None:
    """
    "phone - string. User phone (if not empty)".
    """
    update(gateway, {**INDIVIDUAL, "phone": "491761234567"})
    assert "491761234567" == user_info(gateway, NAVIXY_HASH)["phone"]

    update(gateway, {**INDIVIDUAL, "phone": ""})

    assert "phone" not in user_info(gateway, NAVIXY_HASH)


def test_any_other_empty_text_is_shown(gateway: RunningGateway) -> None:
    """
    The page's sample shows ``"iec": ""``; "if not empty" is said of the phone alone.
    """
    update(gateway, {**PUBLISHED, "middle_name": "", "post_city": ""})

    shown = user_info(gateway, NAVIXY_HASH)
    assert {"iec": "", "middle_name": "", "post_city": ""} == {
        name: shown[name] for name in ("iec", "middle_name", "post_city")
    }


def test_a_country_that_nobody_knows_is_read_back_as_written(gateway: RunningGateway) -> None:
    """
    Navixy's country is free text: what this provider writes it reads back unchanged.
    """
    update(gateway, {**INDIVIDUAL, "post_country": "Wakanda"})

    assert "Wakanda" == user_info(gateway, NAVIXY_HASH)["post_country"]


def test_one_profile_is_shown_a_caller_that_wrote_it(gateway: RunningGateway) -> None:
    """
    Lena's phone was written as +12106603032 behind all four providers; Navixy has digits only.
    """
    assert "12106603032" == user_info(gateway, LENAS_HASH)["phone"]


def test_reading_needs_no_plugin(gateway: RunningGateway) -> None:
    """
    "Require a plugin with id=45" is said of `update`, not of `get_info`.
    """
    shown = user_info(gateway, NAVIXY_HASH_WITHOUT_PLUGIN)

    assert {
        "id": 1002,
        "login": "no.plugin@example.com",
        "title": "Nora Plain",
        "first_name": "Nora",
        "last_name": "Plain",
    } == shown


# --- Dates -------------------------------------------------------------------------------

PLAIN = "2016-05-20 01:10:34"
ISO = "2016-05-20T01:10:34Z"


@pytest.mark.parametrize(
    ("in_body", "in_query", "in_header", "expected"),
    [
        pytest.param(None, None, None, PLAIN, id="nobody says"),
        pytest.param(True, None, None, ISO, id="the body says yes"),
        pytest.param("true", None, None, ISO, id="the body says it as text"),
        pytest.param(None, "true", None, ISO, id="the query says yes"),
        pytest.param(None, None, "true", ISO, id="the header says yes"),
        pytest.param(False, "true", "true", PLAIN, id="the body comes first"),
        pytest.param(None, "false", "true", PLAIN, id="the query comes before the header"),
        pytest.param(None, None, "yes", PLAIN, id="the header says something else"),
    ],
)
def test_a_client_may_ask_for_iso_dates(
    gateway: RunningGateway,
    in_body: bool | str | None,
    in_query: str | None,
    in_header: str | None,
    expected: str,
) -> None:
    """
    "To use ISO 8601 date/time format, pass true to: 1. iso_datetime parameter of the request
    body … 2. of the HTTP query string. 3. HTTP header NVX-ISO-DateTime".
    """
    sent = {"hash": NAVIXY_HASH} | ({} if in_body is None else {"iso_datetime": in_body})
    query = "" if in_query is None else f"?iso_datetime={in_query}"
    headers = {} if in_header is None else {"NVX-ISO-DateTime": in_header}

    response = by_json(gateway, f"get_info{query}", sent, headers)

    assert expected == response.json()["user_info"]["creation_date"]


def test_a_get_may_ask_for_iso_dates(gateway: RunningGateway) -> None:
    """
    The query of a GET holds all parameters, iso_datetime among them.
    """
    response = by_query(gateway, "get_info", {"hash": NAVIXY_HASH, "iso_datetime": "true"})

    assert ISO == response.json()["user_info"]["creation_date"]


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_wish_for_dates_that_says_neither_is_rejected(gateway: RunningGateway, send: Way) -> None:
    """
    "7 Invalid parameters": iso_datetime is true or false.
    """
    response = send(gateway, "get_info", {"hash": NAVIXY_HASH, "iso_datetime": "maybe"})

    assert (400, 7) == (response.status, response.json()["status"]["code"])
    assert ["iso_datetime"] == [error["parameter"] for error in response.json()["errors"]]
