"""Navixy: specs/navixy.yaml, answered."""

from profilegate.gateway.provider import Authenticate, Refuse

from . import auth, error_responses, operations
from ._generated import DOOR, Operations
from .provisioning import ISSUING

__all__ = ["DOOR", "ISSUING", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = error_responses.refuse
