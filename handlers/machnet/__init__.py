"""Machnet SEND: the handlers of specs/machnet.yaml."""

from profilegate.gateway.provider import Authenticate, ExplainSecurity, ToErrorResponse

from . import auth, error_responses, explain, operations
from ._generated import MAPPING, Operations
from .provisioning import ACCOUNT_POLICY

__all__ = [
    "ACCOUNT_POLICY",
    "CHALLENGE",
    "MAPPING",
    "authenticate",
    "explain_security",
    "handlers",
    "to_error_response",
]

handlers: Operations = operations
CHALLENGE = auth.CHALLENGE
authenticate: Authenticate = auth.authenticate
to_error_response: ToErrorResponse = error_responses.to_error_response
explain_security: ExplainSecurity = explain.explain_security
