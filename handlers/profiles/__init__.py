"""Our own API: specs/profiles.yaml, answered."""

from profilegate.provider import Authenticate, Refuse

from . import auth, operations, refusals
from ._generated import DOOR, Operations

__all__ = ["DOOR", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = refusals.refuse
