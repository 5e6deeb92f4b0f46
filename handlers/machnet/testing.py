"""Machnet SEND: the words of its test double."""

from datetime import datetime

from profilegate.gateway.doubles import DoubleRules
from profilegate.profile.fields import Fields

from .auth import KIND
from .operations import written


def _new_user(now: datetime) -> Fields:
    return {"account.business": False, "account.created_at": written(now)}


DOUBLE = DoubleRules(
    credentials={
        "client_id": (KIND, "X-Client-Id"),
        "client_secret": (KIND, "X-Client-Secret"),
    },
    own_names={"status": "account.status"},
    new_user=_new_user,
    new_body={"email": "zoe@example.com", "country": "US"},
)
