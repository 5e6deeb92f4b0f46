"""Kontur Diadoc: the handlers of specs/diadoc.yaml."""

from collections.abc import Mapping

from profilegate.gateway.provider import Authenticate, ToErrorResponse

from . import auth, error_responses, operations, signing
from ._generated import MAPPING, Operations
from .login import new_login
from .provisioning import ACCOUNT_POLICY

__all__ = [
    "ACCOUNT_POLICY",
    "CHALLENGE",
    "MAPPING",
    "SCHEMES",
    "SIGNER",
    "authenticate",
    "handlers",
    "new_login",
    "to_error_response",
]

handlers: Operations = operations
CHALLENGE = auth.CHALLENGE
authenticate: Authenticate = auth.authenticate
to_error_response: ToErrorResponse = error_responses.to_error_response
SIGNER = signing.SIGNER

SCHEMES: Mapping[str, Authenticate] = {"DiadocClient": auth.authenticate_client}
"""The security scheme of Authenticate: a client id without a token."""
