"""Passwords: scrypt digests, which take long to compute on purpose."""

import hashlib
import hmac
import os

from profilegate.store import AccountKey, CredentialKey

# One of the settings that OWASP recommends for scrypt: 16 MiB and about 0.125 s for each attempt.
COST = 2**14
BLOCK_SIZE = 8
PARALLEL = 5
SALT_SIZE_BYTES = 16

KIND = "password"


def password_key(account: AccountKey) -> CredentialKey:
    """The key of the credential that holds an account's password."""
    return CredentialKey(account.namespace, account.provider, KIND, account.external_id)


def digest_password(password: str) -> bytes:
    """A random salt, and the digest of the password with it."""
    salt = os.urandom(SALT_SIZE_BYTES)
    return salt + _digest(password, salt)


def is_password(password: str, stored: bytes) -> bool:
    """Whether a password matches the stored digest; it takes the same time in both cases."""
    salt, digest = stored[:SALT_SIZE_BYTES], stored[SALT_SIZE_BYTES:]
    return hmac.compare_digest(digest, _digest(password, salt))


UNKNOWN_LOGIN = bytes(SALT_SIZE_BYTES + 64)
"""A digest that no password matches, so that an unknown login takes as long as a known one."""


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK_SIZE, p=PARALLEL)
