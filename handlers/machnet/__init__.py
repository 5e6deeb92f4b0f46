"""Machnet SEND: specs/machnet.yaml, answered."""

from profilegate.provider import Authenticate, Refuse

from . import auth, operations, refusals
from ._generated import DOOR, Operations
from .issuing import ISSUING

__all__ = ["DOOR", "ISSUING", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = refusals.refuse
