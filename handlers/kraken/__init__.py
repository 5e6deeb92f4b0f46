"""Kraken Embed: the handlers of specs/kraken.yaml."""

from collections.abc import Mapping

from profilegate.gateway.provider import Authenticate, ExplainSecurity, Sign, ToErrorResponse

from . import auth, error_responses, explain, operations, signing
from ._generated import MAPPING, Operations
from .provisioning import ACCOUNT_POLICY

__all__ = [
    "ACCOUNT_POLICY",
    "AUTHENTICATES_BODY",
    "CHALLENGE",
    "MAPPING",
    "SCHEMES",
    "SIGNER",
    "authenticate",
    "explain_security",
    "handlers",
    "sign",
    "to_error_response",
]

handlers: Operations = operations
CHALLENGE = auth.CHALLENGE
authenticate: Authenticate = auth.authenticate
to_error_response: ToErrorResponse = error_responses.to_error_response
sign: Sign = signing.sign_request
explain_security: ExplainSecurity = explain.explain_security

SIGNER = signing.SIGNER

AUTHENTICATES_BODY = True
"""API-Sign covers the body."""

SCHEMES: Mapping[str, Authenticate] = dict.fromkeys(("ApiKeyV1", "ApiSignV1"), auth.authenticate_v1)
"""The security schemes of Embed v1: the nonce is in the body."""
