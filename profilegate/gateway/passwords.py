"""Passwords: argon2id digests, which take time and memory to compute on purpose."""

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from profilegate.profile.private import Private
from profilegate.store import AccountKey, CredentialKey

# OWASP, Password Storage Cheat Sheet: argon2id with 19 MiB, two passes and one lane is one of the
# settings of equal strength; it takes 17 ms here. The others need more memory or more time.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
SALT_SIZE_BYTES = 16
DIGEST_SIZE_BYTES = 32
"""RFC 9106, 4: a salt of 128 bits and a tag of 256 bits are recommended."""

PHC_START = b"$argon2id$"
"""A PHC string names its algorithm and its costs, so a later release may raise them."""

KIND = "password"

_hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES, DIGEST_SIZE_BYTES, SALT_SIZE_BYTES)

UNKNOWN_LOGIN = (
    PHC_START
    + b"v=19$m=%d,t=%d,p=%d$" % (MEMORY_KIB, PASSES, LANES)
    + b"A" * 22  # 16 bytes in base64 without padding
    + b"$"
    + b"A" * 43  # 32 bytes
)
"""A digest that no password matches, so that an unknown login takes as long as a known one."""


class PasswordCheck(Private, frozen=True):
    """Whether a password is right; if it is, a digest to store in place of an outdated one."""

    is_right: bool
    new_digest: bytes | None = None


def password_key(account: AccountKey) -> CredentialKey:
    """The key of the credential that holds an account's password."""
    return CredentialKey(account.namespace, account.provider, KIND, account.external_id)


def digest_password(password: str) -> bytes:
    """The PHC string of a password, with a random salt."""
    return _hasher.hash(password).encode()


def check_password(password: str, stored: bytes) -> PasswordCheck:
    """Compare a password with its stored digest; a wrong one takes as long as the right one."""
    if not stored.startswith(PHC_START):
        is_right = _is_scrypt_of(password, stored)
        return PasswordCheck(is_right, digest_password(password) if is_right else None)
    try:
        _hasher.verify(stored, password)
    except VerifyMismatchError:
        return PasswordCheck(False)
    is_outdated = _hasher.check_needs_rehash(stored.decode())
    return PasswordCheck(True, digest_password(password) if is_outdated else None)


# --- Digests of earlier releases ---------------------------------------------------------

SCRYPT_COST = 2**14
SCRYPT_BLOCK_SIZE = 8
SCRYPT_LANES = 5


def _is_scrypt_of(password: str, stored: bytes) -> bool:
    """Whether a password matches a salt and its scrypt digest."""
    salt, digest = stored[:SALT_SIZE_BYTES], stored[SALT_SIZE_BYTES:]
    found = hashlib.scrypt(
        password.encode(), salt=salt, n=SCRYPT_COST, r=SCRYPT_BLOCK_SIZE, p=SCRYPT_LANES
    )
    return hmac.compare_digest(digest, found)
