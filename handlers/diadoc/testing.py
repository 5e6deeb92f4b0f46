"""Kontur Diadoc: the words of its test double."""

from profilegate.gateway.doubles import DoubleRules

from .auth import (
    BEARER_FIELD,
    BEARER_KIND,
    CLIENT_FIELD,
    CLIENT_KIND,
    USER_FIELD,
    USER_KIND,
)
from .organizations import ORGANIZATIONS

DOUBLE = DoubleRules(
    credentials={
        "client_id": (CLIENT_KIND, CLIENT_FIELD),
        "token": (USER_KIND, USER_FIELD),
        "access_token": (BEARER_KIND, BEARER_FIELD),
    },
    own_names={"Login": "account.login", "Organizations": ORGANIZATIONS},
)
