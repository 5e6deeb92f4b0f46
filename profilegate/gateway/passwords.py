"""Passwords: stored as scrypt digests, which take long to compute on purpose."""

import hashlib
import hmac
import os

from profilegate.store import AccountKey, CredentialKey

# One of OWASP's equal choices for scrypt: 16 MiB, and about an eighth of a second for each try.
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
    """Whether a password is the stored one; takes equally long in both cases."""
    salt, digest = stored[:SALT_SIZE_BYTES], stored[SALT_SIZE_BYTES:]
    return hmac.compare_digest(digest, _digest(password, salt))


UNKNOWN_LOGIN = bytes(SALT_SIZE_BYTES + 64)
"""Compared with the password of an unknown login, so that the response takes equally long."""


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK_SIZE, p=PARALLEL)
