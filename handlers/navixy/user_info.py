"""Navixy: the user as `get_info` shows it."""

from profilegate.profile.fields import Fields

from ._generated import UserShown, user_shown_from_fields

TITLE = "account.title"
CREATION_DATE = "account.creation_date"


def user_shown(fields: Fields, *, iso_datetime: bool) -> UserShown:
    """The whole response; absent fields are left out."""
    known = {**fields, **_title(fields)}
    if iso_datetime and CREATION_DATE in known:
        # Stored in Navixy's usual form, "2016-05-20 01:10:34", in UTC.
        known[CREATION_DATE] = known[CREATION_DATE].replace(" ", "T") + "Z"
    user_info = user_shown_from_fields(known)["user_info"]
    if user_info.get("phone") == "":
        # "User phone (if not empty)": the one field for which Navixy says so.
        del user_info["phone"]
    return {
        "success": True,
        "user_info": user_info,
        # The same for every user: there are no maps, no plans and no dealers here (see the spec).
        "tariff_restrictions": {"allowed_maps": []},
        "premium_gis": False,
        "features": [],
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
