"""Navixy: the words of its test double."""

from datetime import datetime
from typing import Any

from profilegate.gateway.doubles import DoubleRules
from profilegate.profile.fields import Fields

from .sessions import KIND
from .user_info import CREATION_DATE, user_shown

PLUGINS = "account.plugins"
PERSONAL_INFO_PLUGIN = 45
"""The plugin without which `personal_info/update` is rejected."""


def _new_user(now: datetime) -> Fields:
    return {PLUGINS: [PERSONAL_INFO_PLUGIN], CREATION_DATE: f"{now:%Y-%m-%d %H:%M:%S}"}


def _user_info(fields: Fields) -> Any:
    return user_shown(fields, iso_datetime=False)["user_info"]


DOUBLE = DoubleRules(
    credentials={"hash": (KIND, "hash")},
    own_names={"plugins": PLUGINS, "login": "account.login"},
    new_user=_new_user,
    new_body={
        "legal_type": "individual",
        "first_name": "Zoe",
        "middle_name": "",
        "last_name": "Example",
    },
    to_body=_user_info,
)
