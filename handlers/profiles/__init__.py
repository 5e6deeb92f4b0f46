"""Admin API: the handler package for specs/profiles.yaml."""

from profilegate.gateway.provider import Authenticate, ToErrorResponse

from . import auth, error_responses, operations
from ._generated import MAPPING, Operations

__all__ = [
    "CHALLENGE",
    "MAPPING",
    "authenticate",
    "handlers",
    "to_error_response",
]

handlers: Operations = operations
CHALLENGE = auth.CHALLENGE
authenticate: Authenticate = auth.authenticate
to_error_response: ToErrorResponse = error_responses.to_error_response
