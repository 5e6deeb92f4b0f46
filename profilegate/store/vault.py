"""Seal what is personal.

Three kinds of key come from the 32 bytes of the master key: one wraps the profiles' own keys,
one seals what belongs to no profile, one makes the digests by which logins and credentials
are looked up. None of them is ever written down; the master key lies in a file of its own.

A sealed value is one byte that names the format, a random nonce of 12 bytes, and AES-256-GCM
ciphertext. It opens only at the place it was sealed for: table, namespace and row are bound to it,
so a row's value put into another row is as good as damaged.
"""

import base64
import binascii
import hmac
import os
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from profilegate.errors import MasterKeyError

KEY_SIZE_BYTES: Final = 32
NONCE_SIZE_BYTES: Final = 12
FORMAT: Final = b"\x01"

KEPT_MAX: Final = 512
"""Digests, and opened secrets, that a vault keeps at hand; who calls, calls again."""


class Box:
    """A key, and what it seals and opens. ``where`` is table, namespace, row."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, *where: str) -> bytes:
        nonce = os.urandom(NONCE_SIZE_BYTES)
        return FORMAT + nonce + self._cipher.encrypt(nonce, plain, _framed(where))

    def open(self, sealed: bytes, *where: str) -> bytes:
        """
        Give back what was sealed for this place.

        Raises:
            MasterKeyError: it was sealed under another key or for another place, or is damaged.
        """
        nonce = sealed[1 : 1 + NONCE_SIZE_BYTES]
        try:
            if sealed[:1] != FORMAT:
                raise InvalidTag
            return self._cipher.decrypt(nonce, sealed[1 + NONCE_SIZE_BYTES :], _framed(where))
        except (InvalidTag, ValueError):
            raise MasterKeyError(
                f"a sealed value in {where[0]} does not open: it was moved, damaged, or sealed "
                "with another master key; bring the database and its key file back from one backup"
            ) from None


class Vault:
    """The master key at work. ``box`` seals what belongs to no profile.

    ``digest`` and ``secret`` keep what they gave: both depend on nothing but their arguments,
    and the latter are read from the database each time, so a change there is seen at once.
    """

    def __init__(self, master_key: bytes) -> None:
        self._wrap = Box(_derived(master_key, "wrap"))
        self._digest_key = _derived(master_key, "digest")
        self.box = Box(_derived(master_key, "seal"))
        self.digest = lru_cache(KEPT_MAX)(self._digest)
        self.secret = lru_cache(KEPT_MAX)(self.box.open)

    def new_key(self, *where: str) -> tuple[Box, bytes]:
        """A fresh key, and the same wrapped, to be kept. Without the latter it is gone for good."""
        key = AESGCM.generate_key(8 * KEY_SIZE_BYTES)
        return Box(key), self._wrap.seal(key, *where)

    def unwrap(self, wrapped: bytes, *where: str) -> Box:
        return Box(self._wrap.open(wrapped, *where))

    def _digest(self, *parts: str) -> bytes:
        """A digest that only this master key can make: equal for equal parts, and else blind."""
        return hmac.digest(self._digest_key, _framed(parts), "sha256")


def master_key(file: Path, *, may_create: bool) -> bytes:
    """
    Read the master key from its file; if there is none and ``may_create``, make it first.

    Raises:
        MasterKeyError: the file is missing, unreadable, not a key, or open to others.
    """
    if may_create:
        _make(file)
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            text = opened.read()
    except FileNotFoundError:
        raise MasterKeyError(
            f"{file} is missing and the store is sealed with the key in it; bring it back from "
            "your backup, or let PROFILEGATE_KEY_FILE name the place where it is now"
        ) from None
    except OSError as error:
        raise MasterKeyError(
            f"{file} cannot be read ({error.strerror}); make the gateway's user its owner"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise MasterKeyError(f"{file} is open to others than its owner; run: chmod 600 {file}")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_SIZE_BYTES:
        raise MasterKeyError(
            f"{file} does not hold a master key (the base64 of {KEY_SIZE_BYTES} bytes); "
            "bring it back from your backup"
        )
    return key


def _make(file: Path) -> None:
    """Make a master key file, unless there is one: whole and durable, or not at all.

    The draft is linked to its name once it is on the disk, so whoever starts at the same
    moment finds a complete key or none.
    """
    if file.exists():
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    text = base64.b64encode(AESGCM.generate_key(8 * KEY_SIZE_BYTES)) + b"\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
    except OSError as error:
        raise MasterKeyError(
            f"{file} cannot be made ({error.strerror}); let PROFILEGATE_KEY_FILE name a place "
            "where the gateway may write"
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Let a file that was made in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _derived(master_key: bytes, use: str) -> bytes:
    info = f"profilegate {use} 1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_SIZE_BYTES, salt=None, info=info).derive(master_key)


def _framed(parts: tuple[str, ...]) -> bytes:
    """The parts as one text that no other parts have, whatever characters are in them."""
    return ascii(parts).encode()
