"""Kraken Embed: specs/kraken.yaml, answered."""

from profilegate.provider import Authenticate, Refuse, Sign

from . import auth, operations, refusals
from ._generated import DOOR, Operations
from .issuing import ISSUING

__all__ = ["DOOR", "ISSUING", "answers", "authenticate", "refuse", "sign"]

answers: Operations = operations
authenticate: Authenticate = auth.authenticate
refuse: Refuse = refusals.refuse
sign: Sign = auth.sign_request
