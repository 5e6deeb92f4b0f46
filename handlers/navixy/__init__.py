"""Navixy: the handlers of specs/navixy.yaml."""

from collections.abc import Mapping

from profilegate.gateway.provider import NO_SCHEME, Authenticate, ToErrorResponse

from . import auth, error_responses, operations, signing
from ._generated import MAPPING, Operations
from .provisioning import ACCOUNT_POLICY

__all__ = [
    "ACCOUNT_POLICY",
    "AUTHENTICATES_BODY",
    "MAPPING",
    "SCHEMES",
    "SIGNER",
    "authenticate",
    "handlers",
    "to_error_response",
]

handlers: Operations = operations
authenticate: Authenticate = auth.authenticate
to_error_response: ToErrorResponse = error_responses.to_error_response
SIGNER = signing.SIGNER

SCHEMES: Mapping[str, Authenticate] = {NO_SCHEME: auth.authenticate}
"""The hash may be in the body, for which OpenAPI has no security scheme."""

AUTHENTICATES_BODY = True
"""The body is the first place of the hash."""
