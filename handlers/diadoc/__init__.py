"""Kontur Diadoc: specs/diadoc.yaml, answered."""

from collections.abc import Mapping

from profilegate.gateway.provider import Authenticate, Refuse

from . import auth, error_responses, operations
from ._generated import DOOR, Operations
from .provisioning import ISSUING

__all__ = ["DOOR", "ISSUING", "SCHEMES", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = error_responses.refuse

SCHEMES: Mapping[str, Authenticate] = {"DiadocClient": auth.authenticate_client}
"""Who logs in has no token yet."""
