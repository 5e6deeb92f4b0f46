"""Kraken Embed: specs/kraken.yaml, answered."""

from profilegate.gateway.provider import Authenticate, Refuse, Sign

from . import auth, error_responses, operations
from ._generated import DOOR, Operations
from .provisioning import ISSUING

__all__ = ["DOOR", "ISSUING", "answers", "authenticate", "refuse", "sign"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = error_responses.refuse
sign: Sign = auth.sign_request
