"""The vault: seals (encrypts) personal data, and makes the digests that find rows.

The master key seals the vault's keys (ADR 20), which lie in the database: a root key, which wraps
the profiles' own keys and seals data that belongs to no profile, and the digest key, which makes
the digests of accounts, logins and credentials. While the master key is rotated, there are two root
keys; a value that one of them sealed begins with its mark.

A sealed value is one byte (its format, or the mark of a root key), a random nonce of 12 bytes, and
AES-256-GCM ciphertext. The ciphertext authenticates its place (table, namespace, row): in another
row it does not open.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar, TypeVarTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from profilegate.errors import MasterKeyError, StoreUnavailableError

logger = logging.getLogger("profilegate")

KEY_SIZE_BYTES: Final = 32
NONCE_SIZE_BYTES: Final = 12
TAG_SIZE_BYTES: Final = 16
FORMAT: Final = b"\x01"

ROOT_MARKS: Final = 255
"""How many root keys have different marks: all values of a byte but 0, with which an erased key
begins. At most two root keys exist at a time."""

FINGERPRINT_SIZE_BYTES: Final = 8
"""Enough to tell the few keys of one operator apart."""

CACHED_MAX: Final = 512
"""How many digests and how many opened rows stay in memory (ADR 12): enough for the credentials
that are in use at a time."""

CACHED_SIZE_MAX_CHARACTERS: Final = 512
"""The digest of a longer text is made anew each time: what a stranger sends as a credential must
not stay in memory. The longest credential of a provider has 88 characters."""

RELOAD_EVERY_SECONDS: Final = 1.0
"""How often the key file is read while it is the old one: a read blocks, and an operator who copies
the new file does not mind a second. We chose."""

ROTATED: Final = "the master key was rotated, and this gateway's key file is the old one"

Args = TypeVarTuple("Args")
T = TypeVar("T")

WRAPPED_KEY_SIZE_BYTES: Final = len(FORMAT) + NONCE_SIZE_BYTES + KEY_SIZE_BYTES + TAG_SIZE_BYTES


class Box:
    """A key that seals and opens values. ``place`` is table, namespace, row."""

    __slots__ = ("_cipher", "_mark")

    def __init__(self, key: bytes, mark: bytes = FORMAT) -> None:
        self._cipher = AESGCM(key)
        self._mark = mark

    def seal(self, plain: bytes, *place: str) -> bytes:
        """Encrypt bytes for one place."""
        nonce = os.urandom(NONCE_SIZE_BYTES)
        return self._mark + nonce + self._cipher.encrypt(nonce, plain, _framed(place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """
        Decrypt a value that was sealed for this place.

        Raises:
            MasterKeyError: the value has another key or another place, or is damaged.
        """
        nonce = sealed[1 : 1 + NONCE_SIZE_BYTES]
        try:
            if sealed[:1] != self._mark:
                raise InvalidTag
            return self._cipher.decrypt(nonce, sealed[1 + NONCE_SIZE_BYTES :], _framed(place))
        except (InvalidTag, ValueError):
            raise _unopened(place) from None


class VaultKeys(Struct, frozen=True):
    """The keys of a vault: the digest key, and root keys by their numbers.

    A root key is two keys: one wraps the profiles' own keys, one seals data of no profile.
    """

    digest: bytes
    roots: Mapping[int, bytes]

    @classmethod
    def random(cls) -> "VaultKeys":
        """The keys of a new database."""
        return cls(os.urandom(KEY_SIZE_BYTES), {1: new_root_key()})

    @classmethod
    def of_master_key(cls, master_key: bytes) -> "VaultKeys":
        """The keys of a database of an older version, which derived them from its master key."""
        root = _derived(master_key, "wrap") + _derived(master_key, "seal")
        return cls(_derived(master_key, "digest"), {1: root})

    def __repr__(self) -> str:
        return f"VaultKeys(roots {sorted(self.roots)})"


class _Root:
    """A root key that is in use."""

    __slots__ = ("seal", "wrap")

    def __init__(self, number: int, key: bytes) -> None:
        mark = mark_of(number)
        self.wrap = Box(key[:KEY_SIZE_BYTES], mark)
        self.seal = Box(key[KEY_SIZE_BYTES:], mark)


class Vault:
    """
    Seals and opens values with the vault's keys. ``box`` seals data that belongs to no profile.

    ``reload`` reads the present keys: another process may have begun a rotation. While the key file
    does not open them, what needs them raises ``StoreUnavailableError``.
    """

    def __init__(self, keys: VaultKeys, reload: Callable[[], VaultKeys] | None = None) -> None:
        self._reload = reload
        self._reload_at: float | None = None
        """When to reload after it failed; None if it did not."""
        self._roots: dict[bytes, _Root] = {}
        self._keyed = HMAC(keys.digest, SHA256())
        self._digest = lru_cache(CACHED_MAX)(self._new_digest)
        self._cached = lru_cache(CACHED_MAX)(self._call)
        self._use(keys)
        self.box: Box = RootBox(self)

    def new_key(self, *place: str) -> tuple[Box, bytes]:
        """A random key, and the same key wrapped (WRAPPED_KEY_SIZE_BYTES) for storing."""
        key = AESGCM.generate_key(8 * KEY_SIZE_BYTES)
        return Box(key), self._present.wrap.seal(key, *place)

    def unwrap(self, wrapped: bytes, *place: str) -> Box:
        """
        The key that was wrapped for this place.

        Raises:
            MasterKeyError: as ``Box.open``.
        """
        return Box(self._root_of(wrapped, place).wrap.open(wrapped, *place))

    def rewrap(self, wrapped: bytes, *place: str) -> bytes:
        """
        The same key, wrapped by the present root key.

        Raises:
            MasterKeyError: as ``Box.open``.
        """
        return self._present.wrap.seal(
            self._root_of(wrapped, place).wrap.open(wrapped, *place), *place
        )

    def is_present(self, sealed: bytes) -> bool:
        """Whether the present root key sealed a value."""
        return sealed[:1] == mark_of(self._number)

    def expect(self, number: int) -> None:
        """
        Use the root key of this number from now on; read the keys if it is not known yet.

        Raises:
            StoreUnavailableError: the key file does not open them.
        """
        if number != self._number and self._reload is not None:
            self._use(self._reloaded(self._reload))

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

    def _use(self, keys: VaultKeys) -> None:
        # Keep the earlier root keys: a transaction may still see values that they sealed.
        roots = {mark_of(number): _Root(number, key) for number, key in keys.roots.items()}
        self._roots = {**self._roots, **roots}
        self._number = max(keys.roots)
        self._present = self._roots[mark_of(self._number)]

    def _reloaded(self, reload: Callable[[], VaultKeys]) -> VaultKeys:
        if self._reload_at is not None and time.monotonic() < self._reload_at:
            raise StoreUnavailableError(ROTATED)
        try:
            keys = reload()
        except MasterKeyError as error:
            if self._reload_at is None:
                logger.error("PROFILEGATE_KEY_FILE: %s: %s", ROTATED, error)
            self._reload_at = time.monotonic() + RELOAD_EVERY_SECONDS
            raise StoreUnavailableError(ROTATED) from error
        if self._reload_at is not None:
            logger.warning("PROFILEGATE_KEY_FILE: the key file opens the database again")
            self._reload_at = None
        return keys

    def _root_of(self, sealed: bytes, place: tuple[str, ...]) -> _Root:
        """
        The root key that sealed a value.

        Raises:
            MasterKeyError: there is no such key: the value is damaged or erased.
            StoreUnavailableError: as ``expect``.
        """
        mark = sealed[:1]
        root = self._roots.get(mark)
        if root is None and mark != b"\0" and self._reload is not None:
            self._use(self._reloaded(self._reload))
            root = self._roots.get(mark)
        if root is None:
            raise _unopened(place)
        return root

    def _new_digest(self, parts: tuple[str, ...]) -> bytes:
        digest = self._keyed.copy()
        digest.update(_framed(parts))
        return digest.finalize()

    def _call(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        return function(self, *args)


class RootBox(Box):
    """Seals values under the present root key, and opens those of any root key that exists."""

    __slots__ = ("_vault",)

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal(self, plain: bytes, *place: str) -> bytes:
        """Encrypt bytes for one place."""
        return self._vault._present.seal.seal(plain, *place)

    def open(self, sealed: bytes, *place: str) -> bytes:
        """
        Decrypt a value that was sealed for this place.

        Raises:
            MasterKeyError: as ``Box.open``.
        """
        root = self._vault._root_of(sealed, place)
        return root.seal.open(sealed, *place)


def new_root_key() -> bytes:
    """A random root key."""
    return os.urandom(2 * KEY_SIZE_BYTES)


def mark_of(number: int) -> bytes:
    """The first byte of the values that a root key sealed; that of number 1 equals ``FORMAT``."""
    return bytes([(number - 1) % ROOT_MARKS + 1])


def master_box(master_key: bytes) -> Box:
    """The box that seals the vault's keys under a master key."""
    return Box(_derived(master_key, "vault keys"))


def fingerprint_of(master_key: bytes) -> str:
    """A short name of a master key, from which nobody can find the key."""
    return _derived(master_key, "fingerprint")[:FINGERPRINT_SIZE_BYTES].hex()


def _unopened(place: tuple[str, ...]) -> MasterKeyError:
    return MasterKeyError(
        f"a sealed value in {place[0]} does not open: it was moved, damaged, or sealed "
        "with another master key; restore the database and its key file from one backup"
    )


def _derived(master_key: bytes, use: str) -> bytes:
    info = f"profilegate {use} 1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_SIZE_BYTES, salt=None, info=info).derive(master_key)


def _framed(parts: tuple[str, ...]) -> bytes:
    """The parts as one unambiguous text: other parts never give the same one."""
    return ascii(parts).encode()
