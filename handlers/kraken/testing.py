"""Kraken Embed: the words of its test double."""

from datetime import datetime

from profilegate.gateway.doubles import DoubleRules
from profilegate.profile.fields import Fields

from .auth import KIND
from .operations import user_info, written


def _new_user(now: datetime) -> Fields:
    return {"account.created_at": written(now)}


DOUBLE = DoubleRules(
    credentials={"api_key": (KIND, "API-Key"), "private_key": (KIND, "private_key")},
    new_user=_new_user,
    to_body=user_info,
)
