"""The admin token: the setting that authenticates the admins, of the admin API and of the pages."""

import hmac
from typing import Final

from profilegate.gateway.context import ProviderContext
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.lockouts import Attempt
from profilegate.gateway.peers import network_of

ADMIN_API: Final = "profiles"
"""The name of the admin API; failures at a page count as failures there."""

KIND: Final = "admin-token"
"""The kind of credential, in lockouts and in the security log."""

SUBJECT: Final = ""
"""There is one token, so all guesses from a peer count together."""

ADMIN: Final = "admin"
"""The caller's name in histories: all callers share one token, and so one name."""


def is_admin_token(gateway: Gateway, sent: bytes) -> bool:
    """Whether this is the admin token; without a configured token nothing is."""
    token = gateway.admin_token
    return bool(token) and hmac.compare_digest((token or "").encode(), sent)


def admin_attempt(context: ProviderContext, peer: str) -> Attempt:
    """What failures of a peer count for, as at the admin API."""
    return Attempt(context.namespace, ADMIN_API, KIND, SUBJECT, network_of(peer))
