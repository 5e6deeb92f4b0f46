"""Who and what is called how in the namespace that is measured; imports nothing of the gateway.

The Kraken partner has a key for each connection, because nonces of one key must come in order.
"""

import base64
import uuid

DATABASE = "profiles.db"
KEY_FILE = "master.key"

TENANT = "bench"
CLIENT_SECRET = "bench-secret"  # noqa: S105 - it opens nothing but this namespace
CONNECTIONS_MAX = 256
PROFILES = 10_000
"""Kraken's users, unless another number is said."""

MACHNET_USERS = 500
DIADOC_USERS = 500


def kraken_key(number: int) -> str:
    """The name of one of the partner's keys."""
    return f"bench-key-{number}"


def kraken_secret(number: int) -> bytes:
    """The private half of the same."""
    return f"bench-private-key-{number}".encode().ljust(64, b".")


def kraken_user(number: int) -> str:
    """A user's IIBAN: letters and digits; check digits are not demanded."""
    return f"AA00B{number:011d}"


def machnet_user(number: int) -> str:
    """A user's id at Machnet."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"machnet {number}"))


def diadoc_user(number: int) -> str:
    """A user's id at Diadoc."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"diadoc {number}"))


def diadoc_token(number: int) -> str:
    """What the same user shows."""
    return base64.b64encode(f"bench token {number}".encode()).decode()
