"""The security log: one line for each failed authentication, for fail2ban and alerts."""

import logging
from collections.abc import Mapping

from profilegate.errors import (
    CredentialError,
    CredentialLockedError,
    CredentialMalformedError,
    CredentialUnknownError,
    LoginWrongError,
    SignatureWrongError,
)
from profilegate.http.exchange import Exchange

logger = logging.getLogger("profilegate.security")

REASONS: Mapping[type[CredentialError], str] = {
    CredentialMalformedError: "malformed",
    CredentialUnknownError: "unknown",
    SignatureWrongError: "wrong",
    LoginWrongError: "wrong",
    CredentialLockedError: "locked",
}
"""A missing credential is no failure. Neither is a low nonce, whose signature is right: requests
that overtake each other have it."""


def log_failed_authentication(exchange: Exchange, error: CredentialError) -> None:
    """Log a failed authentication at a provider's API."""
    if exchange.api is not None:
        claim = None if exchange.request is None else exchange.request.claim
        name = getattr(error, "name", "") if claim is None else claim.kind
        log_failure(exchange.api.provider.name, name, error, exchange.peer)


def log_failure(provider: str, credential: str, error: CredentialError, peer: str) -> None:
    """
    Log a failed authentication, unless a credential is only missing.

    The line has names of our own and an address, so no client can forge another line.
    """
    reason = next((REASONS[kind] for kind in type(error).__mro__ if kind in REASONS), None)
    if reason is not None:
        logger.warning(
            'authentication failed: provider=%s credential="%s" reason=%s peer=%s',
            provider,
            credential,
            reason,
            peer,
        )
