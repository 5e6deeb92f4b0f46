"""The rows of the vault's keys: writes the first ones, opens them, seals them anew."""

from collections.abc import Sequence
from typing import Final

from profilegate.errors import MasterKeyError
from profilegate.store.session import Session
from profilegate.store.vault import VaultKeys, fingerprint_of, master_box

DIGEST_NUMBER: Final = 0
"""The number of the digest key; root keys count from 1."""

KEYS_LOCK: Final = "vault keys"
"""The name (``Session.lock_name``) that a rotation locks while it replaces the keys."""


def write_first_keys(session: Session, keys: VaultKeys, master_key: bytes) -> None:
    """Write the keys of a database that has none."""
    for number, key in ((DIGEST_NUMBER, keys.digest), *keys.roots.items()):
        put_key(session, number, key, master_key)


def put_key(session: Session, number: int, key: bytes, master_key: bytes) -> None:
    """Write one key, sealed under a master key."""
    session.run(
        "INSERT INTO vault_keys (number, sealed, fingerprint)"
        " VALUES (:number, :sealed, :fingerprint) ON CONFLICT (number) DO UPDATE"
        " SET sealed = excluded.sealed, fingerprint = excluded.fingerprint",
        number=number,
        sealed=master_box(master_key).seal(key, *_place(number)),
        fingerprint=fingerprint_of(master_key),
    )


def fingerprints(session: Session) -> list[str]:
    """The fingerprints of the master keys that seal the vault's keys: one, unless damaged."""
    return [row[0] for row in session.rows("SELECT DISTINCT fingerprint FROM vault_keys")]


def open_keys(session: Session, master_keys: Sequence[bytes], database: object) -> VaultKeys:
    """
    Open the vault's keys with one of the master keys of the key file.

    ``database`` is what a message calls it.

    Raises:
        MasterKeyError: none of them seals the keys, or a row is damaged.
    """
    rows = session.rows("SELECT number, sealed, fingerprint FROM vault_keys")
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
        f"{database} is sealed with another master key (its fingerprint is {wanted}, that of the "
        f"key file {found}); set PROFILEGATE_KEY_FILE to the key file that belongs to it"
    )


def _place(number: int) -> tuple[str, ...]:
    return ("vault_keys", "", str(number))
