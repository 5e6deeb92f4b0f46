"""Our own API: specs/profiles.yaml, answered."""

from profilegate.gateway.provider import Authenticate, Refuse

from . import auth, error_responses, operations
from ._generated import DOOR, Operations

__all__ = ["DOOR", "answers", "authenticate", "refuse"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = error_responses.refuse
