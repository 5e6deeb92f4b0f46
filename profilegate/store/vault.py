"""The vault: seals (encrypts) personal data, and makes the digests that find rows.

It derives three keys from the 32 bytes of the master key: one wraps the profiles' own keys, one
seals data that belongs to no profile, one makes the digests of accounts, logins and credentials.
It never stores a derived key.

A sealed value is one byte for the format, a random nonce of 12 bytes, and AES-256-GCM ciphertext.
The ciphertext authenticates its place (table, namespace, row): in another row it does not open.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar, TypeVarTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from profilegate.errors import MasterKeyError

KEY_SIZE_BYTES: Final = 32
NONCE_SIZE_BYTES: Final = 12
TAG_SIZE_BYTES: Final = 16
FORMAT: Final = b"\x01"

CACHED_MAX: Final = 512
"""How many digests and how many opened rows stay in memory (ADR 12): enough for the credentials
that are in use at a time."""

CACHED_SIZE_MAX_CHARACTERS: Final = 512
"""The digest of a longer text is made anew each time: what a stranger sends as a credential must
not stay in memory. The longest credential of a provider has 88 characters."""

Args = TypeVarTuple("Args")
T = TypeVar("T")

WRAPPED_KEY_SIZE_BYTES: Final = len(FORMAT) + NONCE_SIZE_BYTES + KEY_SIZE_BYTES + TAG_SIZE_BYTES


class Box:
    """A key that seals and opens values. ``place`` is table, namespace, row."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, *place: str) -> bytes:
        """Encrypt bytes for one place."""
        nonce = os.urandom(NONCE_SIZE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, _framed(place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """
        Decrypt a value that was sealed for this place.

        Raises:
            MasterKeyError: the value has another key or another place, or is damaged.
        """
        nonce = sealed[1 : 1 + NONCE_SIZE_BYTES]
        try:
            if sealed[:1] != FORMAT:
                raise InvalidTag
            return self._cipher.decrypt(nonce, sealed[1 + NONCE_SIZE_BYTES :], _framed(place))
        except (InvalidTag, ValueError):
            raise MasterKeyError(
                f"a sealed value in {place[0]} does not open: it was moved, damaged, or sealed "
                "with another master key; restore the database and its key file from one backup"
            ) from None


class Vault:
    """The keys derived from the master key. ``box`` seals data that belongs to no profile."""

    def __init__(self, master_key: bytes) -> None:
        self._wrap = Box(_derived(master_key, "wrap"))
        self._keyed = HMAC(_derived(master_key, "digest"), SHA256())
        self._digest = lru_cache(CACHED_MAX)(self._new_digest)
        self._cached = lru_cache(CACHED_MAX)(self._call)
        self.box = Box(_derived(master_key, "seal"))

    def new_key(self, *place: str) -> tuple[Box, bytes]:
        """A random key, and the same key wrapped (WRAPPED_KEY_SIZE_BYTES) for storing."""
        key = AESGCM.generate_key(8 * KEY_SIZE_BYTES)
        return Box(key), self._wrap.seal(key, *place)

    def unwrap(self, wrapped: bytes, *place: str) -> Box:
        """
        The key that was wrapped for this place.

        Raises:
            MasterKeyError: as ``Box.open``.
        """
        return Box(self._wrap.open(wrapped, *place))

    def digest(self, *parts: str) -> bytes:
        """A keyed digest: equal for equal parts; without the master key it reveals nothing."""
        if sum(map(len, parts)) > CACHED_SIZE_MAX_CHARACTERS:
            return self._new_digest(parts)
        return self._digest(parts)

    def account_digest(self, key: tuple[str, str, str]) -> bytes:
        """The digest that finds an account, from its ``AccountKey``."""
        return self.digest("accounts", *key)

    def cached(self, function: "Callable[[Vault, *Args], T]", *args: *Args) -> T:
        """
        The result of a function of this vault and of hashable arguments; from memory if possible.

        The result must depend on these alone. Pass sealed bytes among the arguments: a row that
        changes gets other bytes, and so another result.
        """
        result: T = self._cached(function, args)
        return result

    def forget(self) -> None:
        """Drop all cached results from memory."""
        self._digest.cache_clear()
        self._cached.cache_clear()

    def _new_digest(self, parts: tuple[str, ...]) -> bytes:
        digest = self._keyed.copy()
        digest.update(_framed(parts))
        return digest.finalize()

    def _call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        return function(self, *args)


def _derived(master_key: bytes, use: str) -> bytes:
    info = f"profilegate {use} 1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_SIZE_BYTES, salt=None, info=info).derive(master_key)


def _framed(parts: tuple[str, ...]) -> bytes:
    """The parts as one unambiguous text: other parts never give the same one."""
    return ascii(parts).encode()
