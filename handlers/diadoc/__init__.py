"""Kontur Diadoc: specs/diadoc.yaml, answered."""

from collections.abc import Mapping

from profilegate.provider import Authenticate, Refuse

from . import auth, operations, refusals
from ._generated import RULES, Operations

__all__ = ["RULES", "SCHEMES", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = refusals.refuse

SCHEMES: Mapping[str, Authenticate] = {"DiadocClient": auth.authenticate_client}
"""Who logs in has no token yet."""
