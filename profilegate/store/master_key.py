"""The master key file: reads, checks and creates it, and replaces it in a rotation.

The file holds one key, the base64 of 32 bytes. While the key is rotated it holds two lines: the new
key, then the old one.
"""

import base64
import binascii
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from profilegate.errors import MasterKeyError
from profilegate.store.files import FILE_MODE, create_folder, sync_folder
from profilegate.store.vault import KEY_SIZE_BYTES, fingerprint_of

KEYS_MAX: Final = 2
"""The new key and the old one, during a rotation."""


def new_master_key() -> bytes:
    """A random master key."""
    return AESGCM.generate_key(8 * KEY_SIZE_BYTES)


def read_master_keys(file: Path) -> list[bytes]:
    """
    Read the master key; during a rotation the new key and, second, the old one.

    Raises:
        MasterKeyError: the file is missing, unreadable, not a key, or readable by others.
    """
    try:
        with file.open("rb") as opened:
            reject_open_to_others(file, opened.fileno())
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
    keys = [_decoded(line) for line in text.split()]
    if not 1 <= len(keys) <= KEYS_MAX or any(len(key) != KEY_SIZE_BYTES for key in keys):
        raise MasterKeyError(
            f"{file} does not hold a master key (the base64 of {KEY_SIZE_BYTES} bytes); "
            "restore it from your backup"
        )
    return keys


def reject_open_to_others(file: Path, descriptor: int) -> None:
    """
    Check that only its owner can use the key file.

    A mounted secret of a container orchestrator is an exception. Kubernetes and Docker write it to
    a file system in memory, with the mode 0440 or 0444, and mount that read-only into the one
    container that needs it: the mount, not the mode, keeps others out. So a file that others may
    read is accepted on a read-only file system, unless its mode also lets them write.

    Raises:
        MasterKeyError: others can use it.
    """
    mode = os.fstat(descriptor).st_mode
    is_read_only = bool(os.fstatvfs(descriptor).f_flag & os.ST_RDONLY)
    others = stat.S_IWGRP | stat.S_IWOTH if is_read_only else stat.S_IRWXG | stat.S_IRWXO
    if mode & others:
        raise MasterKeyError(f"{file} is open to others than its owner; run: chmod 600 {file}")


def create_master_key(file: Path) -> None:
    """
    Create a master key file, completely and durably; leave one that exists as it is.

    Raises:
        MasterKeyError: it cannot be written.
    """
    _write(file, [new_master_key()], replace=False)


def write_master_keys(file: Path, keys: Sequence[bytes]) -> None:
    """
    Replace the key file, atomically and durably.

    Raises:
        MasterKeyError: it cannot be written.
    """
    _write(file, keys, replace=True)


def keep_old_key(file: Path, key: bytes) -> Path:
    """
    Write a key that was replaced to a file of its own beside the key file, named by its
    fingerprint: older backups, and other databases with this key, still need it.

    Raises:
        MasterKeyError: it cannot be written.
    """
    old = file.with_name(f"{file.name}.{fingerprint_of(key)}")
    _write(old, [key], replace=True)
    return old


def _decoded(line: bytes) -> bytes:
    try:
        return base64.b64decode(line, validate=True)
    except binascii.Error:
        return b""


def _write(file: Path, keys: Sequence[bytes], *, replace: bool) -> None:
    """Write keys to a draft, which gets the final name once it is on the disk.

    A process that reads at the same moment finds the complete old or the complete new file.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    text = b"".join(base64.b64encode(key) + b"\n" for key in keys)
    try:
        create_folder(file.parent)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        if replace:
            draft.rename(file)
        else:
            with suppress(FileExistsError):
                os.link(draft, file)
    except OSError as error:
        raise MasterKeyError(
            f"{file} cannot be written ({error.strerror}); set PROFILEGATE_KEY_FILE to a path "
            "where the gateway may write"
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    sync_folder(file.parent)
