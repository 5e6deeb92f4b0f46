"""Navixy: reading the user (`get_info`)."""

import json
from typing import Any

import pytest

from tests.clients import NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.client import INDIVIDUAL, WAYS, Way, by_json, by_query, user_info
from tests.navixy.page import SAMPLE
from tests.running_gateway import RunningGateway

LENAS_HASH = "11ee11ee22ff22ff33aa33aa44bb44bb"

# The page's sample body of `update`, without its hash.
PUBLISHED = {name: value for name, value in json.loads(SAMPLE).items() if name != "hash"}

# The members of the sample of "User", user object structure, in its order.
ORDER = """
    id login title phone creation_date balance bonus locale demo verified legal_type
    default_geocoder route_provider time_zone measurement_system date_format hour_mode tin iec
    post_country post_region post_index post_city post_street_address
    registered_country registered_region registered_index registered_city registered_street_address
    first_name middle_name last_name legal_name
""".split()


def update(gateway: RunningGateway, sent: dict[str, Any]) -> None:
    """Update the demo user, which must succeed."""
    response = by_json(gateway, "personal_info/update", {"hash": NAVIXY_HASH, **sent})
    assert {"success": True} == response.json()


# The same for every user: an account without a plan. The values are ours.
SETTINGS = {
    "balance": 0.0,
    "bonus": 0.0,
    "locale": "en_US",
    "demo": False,
    "verified": True,
    "default_geocoder": "osm",
    "route_provider": "osrm",
    "time_zone": "UTC",
    "measurement_system": "metric",
    "date_format": "ddMMyyyy_dots",
    "hour_mode": "TWENTY_FOUR_HOURS",
}

PARTS = ("country", "region", "index", "city", "street_address")
EMPTY = ("tin", "iec", *(f"{of}_{part}" for of in ("post", "registered") for part in PARTS))


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_a_user_is_shown_with_all_that_is_not_optional(gateway: RunningGateway, send: Way) -> None:
    """
    "User", user object structure. "JSON fields which are NULL are omitted", but "Address and legal
    fields are present but empty when never set".
    """
    response = send(gateway, "get_info", {"hash": NAVIXY_HASH})

    assert 200 == response.status
    assert {
        "success": True,
        "paas_id": 1,
        "paas_settings": {
            "service_title": "Profilegate",
            "locale": "en_US",
            "currency": "EUR",
            "maps": [],
            "allow_registration": False,
        },
        "user_info": {
            **SETTINGS,
            **dict.fromkeys(EMPTY, ""),
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
        "user_menu": {
            "title": "menu-editor.default-preset",
            "account": [],
            "main": [],
            "applications": [],
            "footer": {"items": []},
        },
    } == response.json()


def test_the_sample_is_read_back_in_the_documented_order(gateway: RunningGateway) -> None:
    """
    Every field of the page's sample except state_reg_num and okpo_code, which are no members of
    the user object; the members have the order of the sample of "User".
    """
    update(gateway, PUBLISHED)

    never_read_back = {"state_reg_num", "okpo_code"}
    expected = {name: text for name, text in PUBLISHED.items() if name not in never_read_back}
    shown = user_info(gateway, NAVIXY_HASH)
    assert expected == {name: shown[name] for name in shown if name in PUBLISHED}
    assert ORDER == list(shown)


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        pytest.param(PUBLISHED, "E. Biasi GmbH", id="a legal entity"),
        pytest.param({**PUBLISHED, "legal_type": "sole_trader"}, "Charles Pearson", id="a trader"),
        pytest.param(
            {**PUBLISHED, "legal_type": "individual"}, "Charles Pearson", id="an individual"
        ),
        pytest.param({**INDIVIDUAL, "first_name": ""}, "Pearson", id="one name is empty"),
        pytest.param({**INDIVIDUAL, "first_name": "", "last_name": ""}, None, id="no name"),
    ],
)
def test_the_title_follows_the_legal_type(
    gateway: RunningGateway, sent: dict[str, Any], title: str | None
) -> None:
    """
    "title - User first and last name or organization title". The page's sample: an individual
    whose legal_name is "QWER Inc." has the title "John Smith". Without a name there is no title.
    """
    update(gateway, PUBLISHED)
    update(gateway, sent)
    shown = user_info(gateway, NAVIXY_HASH)

    assert (title, "E. Biasi GmbH") == (shown.get("title"), shown["legal_name"])


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
    The page's sample shows ``"iec": ""``; "if not empty" concerns the phone alone.
    """
    update(gateway, {**PUBLISHED, "middle_name": "", "post_city": ""})

    shown = user_info(gateway, NAVIXY_HASH)
    assert {"iec": "", "middle_name": "", "post_city": ""} == {
        name: shown[name] for name in ("iec", "middle_name", "post_city")
    }


def test_an_unknown_country_is_read_back_as_written(gateway: RunningGateway) -> None:
    """
    Navixy's country is free text, which is read back unchanged.
    """
    update(gateway, {**INDIVIDUAL, "post_country": "Wakanda"})

    assert "Wakanda" == user_info(gateway, NAVIXY_HASH)["post_country"]


def test_a_value_of_another_provider_is_shown_in_navixys_form(gateway: RunningGateway) -> None:
    """
    The shared profile has +12106603032; Navixy shows digits only.
    """
    assert "12106603032" == user_info(gateway, LENAS_HASH)["phone"]


def test_reading_needs_no_plugin(gateway: RunningGateway) -> None:
    """
    "Require a plugin with id=45" concerns `update`, not `get_info`.
    """
    shown = user_info(gateway, NAVIXY_HASH_WITHOUT_PLUGIN)

    assert {
        **SETTINGS,
        **dict.fromkeys(EMPTY, ""),
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
        pytest.param(None, None, None, PLAIN, id="nowhere"),
        pytest.param(True, None, None, ISO, id="in the body"),
        pytest.param("true", None, None, ISO, id="in the body, as text"),
        pytest.param(None, "true", None, ISO, id="in the query"),
        pytest.param(None, None, "true", ISO, id="in the header"),
        pytest.param(False, "true", "true", PLAIN, id="the body comes first"),
        pytest.param(None, "false", "true", PLAIN, id="the query comes before the header"),
        pytest.param(None, None, "yes", PLAIN, id="an invalid header"),
    ],
)
def test_a_client_may_request_iso_dates(
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

    by_get = by_query(gateway, "get_info", {"hash": NAVIXY_HASH, "iso_datetime": "true"})

    assert expected == response.json()["user_info"]["creation_date"]
    assert ISO == by_get.json()["user_info"]["creation_date"]


@pytest.mark.parametrize("send", WAYS.values(), ids=WAYS)
def test_an_invalid_iso_datetime_is_rejected(gateway: RunningGateway, send: Way) -> None:
    """
    "7 Invalid parameters": iso_datetime is true or false.
    """
    response = send(gateway, "get_info", {"hash": NAVIXY_HASH, "iso_datetime": "maybe"})

    assert (400, 7) == (response.status, response.json()["status"]["code"])
    assert ["iso_datetime"] == [error["parameter"] for error in response.json()["errors"]]
