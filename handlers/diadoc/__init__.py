"""Kontur Diadoc: specs/diadoc.yaml, answered."""

from collections.abc import Mapping

from profilegate.provider import Authenticate, Refuse

from . import auth, operations, refusals
from ._generated import DOOR, Operations
from .issuing import ISSUING

__all__ = ["DOOR", "ISSUING", "SCHEMES", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = refusals.refuse

SCHEMES: Mapping[str, Authenticate] = {"DiadocClient": auth.authenticate_client}
"""Who logs in has no token yet."""
