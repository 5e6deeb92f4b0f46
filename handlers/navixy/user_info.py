"""Navixy: the user as `get_info` shows it."""

from collections.abc import Mapping
from typing import Any, cast

from profilegate.profile.fields import Fields

from ._generated import PaasSettings, UserInfo, UserMenu, UserShown, user_info_from_fields

TITLE = "account.title"
CREATION_DATE = "account.creation_date"

# The same for every user, whose account has no plan, no dealer and no maps (see the spec).
PAAS_ID = 1
PAAS_SETTINGS: PaasSettings = {
    "service_title": "Profilegate",
    "locale": "en_US",
    "currency": "EUR",
    "maps": [],
    "allow_registration": False,
}
SETTINGS: Mapping[str, Any] = {
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
USER_MENU: UserMenu = {
    "title": "menu-editor.default-preset",
    "account": [],
    "main": [],
    "applications": [],
    "footer": {"items": []},
}

_DEFAULTS = {name: SETTINGS.get(name, "") for name in UserInfo.__required_keys__ - {"id"}}
"""The reference: "Address and legal fields are present but empty when never set"."""

_ORDER = tuple(UserInfo.__annotations__)
"""That of the page's sample."""


def user_shown(fields: Fields, *, iso_datetime: bool) -> UserShown:
    """The whole response."""
    known = {**fields, **_title(fields)}
    if iso_datetime and CREATION_DATE in known:
        # Stored in Navixy's usual form, "2016-05-20 01:10:34", in UTC.
        known[CREATION_DATE] = known[CREATION_DATE].replace(" ", "T") + "Z"
    shown: dict[str, Any] = {**_DEFAULTS, **user_info_from_fields(known)}
    if shown.get("phone") == "":
        # "User phone (if not empty)": the one field for which Navixy says so.
        del shown["phone"]
    return {
        "success": True,
        "paas_id": PAAS_ID,
        "paas_settings": PAAS_SETTINGS,
        "user_info": cast(UserInfo, {name: shown[name] for name in _ORDER if name in shown}),
        "tariff_restrictions": {"allowed_maps": []},
        "premium_gis": False,
        "features": [],
        "user_menu": USER_MENU,
    }


def is_requested(*places: bool | str | None) -> bool:
    """Whether the first place that has a value has true; None is no value."""
    return next((value for value in places if value is not None), None) in (True, "true")


def _title(fields: Fields) -> Fields:
    """The user's title: "User first and last name or organization title"."""
    if fields.get("account.legal_type") == "legal_entity":
        title = fields.get("organization.legal_name", "")
    else:
        names = (fields.get("name.given"), fields.get("name.family"))
        title = " ".join(name for name in names if name)
    return {TITLE: title} if title else {}
