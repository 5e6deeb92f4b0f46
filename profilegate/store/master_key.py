"""The master key file: reads and checks it, and creates it at the first start."""

import base64
import binascii
import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from profilegate.errors import MasterKeyError
from profilegate.store.vault import KEY_SIZE_BYTES


def read_master_key(file: Path, *, may_create: bool) -> bytes:
    """
    Read the master key; if there is no such file and ``may_create``, create it first.

    Raises:
        MasterKeyError: the file is missing, unreadable, not a key, or readable by others.
    """
    if may_create and not file.exists():
        _create(file)
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            text = opened.read()
    except FileNotFoundError:
        raise MasterKeyError(
            f"{file} is missing, and the database is sealed with the key in it; restore it from "
            "your backup, or set PROFILEGATE_KEY_FILE to its present path"
        ) from None
    except OSError as error:
        raise MasterKeyError(
            f"{file} cannot be read ({error.strerror}); make the gateway's user its owner, or set "
            "PROFILEGATE_KEY_FILE to another file"
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
            "restore it from your backup"
        )
    return key


def _create(file: Path) -> None:
    """Create a master key file, completely and durably, or not at all.

    A draft gets the final name once it is on the disk, so a process that starts at the same moment
    finds a complete key or no file.
    """
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
            f"{file} cannot be created ({error.strerror}); set PROFILEGATE_KEY_FILE to a path "
            "where the gateway may write"
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make a file that was created in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
