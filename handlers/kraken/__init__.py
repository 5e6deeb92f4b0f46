"""Kraken Embed: the handlers of specs/kraken.yaml."""

from profilegate.gateway.provider import Authenticate, Sign, ToErrorResponse

from . import auth, error_responses, operations
from ._generated import MAPPING, Operations
from .provisioning import ACCOUNT_POLICY

__all__ = [
    "ACCOUNT_POLICY",
    "AUTHENTICATES_BODY",
    "CHALLENGE",
    "MAPPING",
    "authenticate",
    "handlers",
    "sign",
    "to_error_response",
]

handlers: Operations = operations
CHALLENGE = auth.CHALLENGE
authenticate: Authenticate = auth.authenticate
to_error_response: ToErrorResponse = error_responses.to_error_response
sign: Sign = auth.sign_request

AUTHENTICATES_BODY = True
"""API-Sign covers the body."""
