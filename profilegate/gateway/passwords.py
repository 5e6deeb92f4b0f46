"""Passwords: kept as scrypt digests, which take long to try out."""

import hashlib
import hmac
import os

from profilegate.store import AccountKey, CredentialKey

# One of OWASP's equal choices for scrypt: 16 MiB, and about an eighth of a second a try.
COST = 2**14
BLOCK_SIZE = 8
PARALLEL = 5
SALT_SIZE_BYTES = 16


KIND = "password"


def password_key(account: AccountKey) -> CredentialKey:
    """Where an account's password is kept."""
    return CredentialKey(account.namespace, account.provider, KIND, account.external_id)


def digest_password(password: str) -> bytes:
    """What to keep of a password: a random salt and the digest."""
    salt = os.urandom(SALT_SIZE_BYTES)
    return salt + _digest(password, salt)


def is_password(password: str, kept: bytes) -> bool:
    """Whether a password is the one that was kept; takes as long whether it is or not."""
    salt, digest = kept[:SALT_SIZE_BYTES], kept[SALT_SIZE_BYTES:]
    return hmac.compare_digest(digest, _digest(password, salt))


NOBODYS_PASSWORD = bytes(SALT_SIZE_BYTES + 64)
"""What a password is tried on when there is no such login, so that it takes as long."""


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK_SIZE, p=PARALLEL)
