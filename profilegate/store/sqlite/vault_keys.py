"""The rows of the vault's keys: writes the first ones, opens them, seals them anew."""

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from profilegate.errors import MasterKeyError
from profilegate.store.vault import VaultKeys, fingerprint_of, master_box

DIGEST_NUMBER: Final = 0
"""The number of the digest key; root keys count from 1."""


def write_first_keys(connection: Connection, keys: VaultKeys, master_key: bytes) -> None:
    """Write the keys of a database that has none."""
    for number, key in ((DIGEST_NUMBER, keys.digest), *keys.roots.items()):
        put_key(connection, number, key, master_key)


def put_key(connection: Connection, number: int, key: bytes, master_key: bytes) -> None:
    """Write one key, sealed under a master key."""
    connection.execute(
        "INSERT INTO vault_keys (number, sealed, fingerprint) VALUES (?, ?, ?)"
        " ON CONFLICT (number) DO UPDATE"
        " SET sealed = excluded.sealed, fingerprint = excluded.fingerprint",
        (number, master_box(master_key).seal(key, *_place(number)), fingerprint_of(master_key)),
    )


def fingerprints(connection: Connection) -> list[str]:
    """The fingerprints of the master keys that seal the vault's keys: one, unless damaged."""
    rows = connection.execute("SELECT DISTINCT fingerprint FROM vault_keys").fetchall()
    return [row[0] for row in rows]


def open_keys(connection: Connection, master_keys: Sequence[bytes], path: Path) -> VaultKeys:
    """
    Open the vault's keys with one of the master keys of the key file.

    Raises:
        MasterKeyError: none of them seals the keys, or a row is damaged.
    """
    rows = connection.execute("SELECT number, sealed, fingerprint FROM vault_keys").fetchall()
    for master_key in master_keys:
        if {row[2] for row in rows} != {fingerprint_of(master_key)}:
            continue
        box = master_box(master_key)
        opened = {number: box.open(sealed, *_place(number)) for number, sealed, _ in rows}
        digest = opened.pop(DIGEST_NUMBER, None)
        if digest is not None and opened:
            return VaultKeys(digest, opened)
    wanted = " and ".join(sorted({str(row[2]) for row in rows})) or "unknown"
    found = ", ".join(map(fingerprint_of, master_keys))
    raise MasterKeyError(
        f"{path} is sealed with another master key (its fingerprint is {wanted}, that of the key "
        f"file {found}); set PROFILEGATE_KEY_FILE to the key file that belongs to it"
    )


def _place(number: int) -> tuple[str, ...]:
    return ("vault_keys", "", str(number))
