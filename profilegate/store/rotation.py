"""Rotates the master key, while gateways serve the same database (ADR 20).

Each step leaves key file and database such that they fit, so that a rotation that ends at any
moment can be continued by another one:

1. The old key is kept in a file of its own. The key file holds the new key and the old one.
2. One transaction seals the vault's keys under the new master key, and adds a new root key.
3. The key file holds the new key alone.
4. Small transactions wrap every profile's key, and seal every value of no profile, under the new
   root key.
5. One transaction deletes the old root key.
"""

import os
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from msgspec import Struct

from profilegate.errors import MasterKeyError
from profilegate.store import credentials, faults, journal
from profilegate.store.erasure import COMPACTION
from profilegate.store.files import locked
from profilegate.store.master_key import (
    keep_old_key,
    new_master_key,
    read_master_keys,
    write_master_keys,
)
from profilegate.store.records import Rotation
from profilegate.store.session import Session
from profilegate.store.vault import Vault, fingerprint_of, new_root_key
from profilegate.store.vault_keys import DIGEST_NUMBER, KEYS_LOCK, fingerprints, open_keys, put_key

BATCH_ROWS: Final = 200
"""The rows of one transaction: some milliseconds, so that updates hardly wait."""

JOURNAL_ROWS: Final = 20
"""The same for the journal, whose rows have many exchanges each."""

T = TypeVar("T")
Write = Callable[[Callable[[Session], T]], Awaitable[T]]
"""``Store.write``: runs a function in a transaction of its own."""
Report = Callable[[int, int], None]
"""Called with the number of finished rows, and of all."""


class _Batch(Struct, frozen=True):
    last: tuple[str | bytes | int, ...] | None
    rows: int
    damaged: int


_Step = Callable[[tuple[str | bytes | int, ...], Session], _Batch]
"""Processes the rows of a table that follow a key."""


class _SealedRows(NamedTuple):
    """Rows that the root key seals: their table, its key, their places, and which of its rows."""

    table: str
    key: tuple[str, ...]
    place: Callable[..., tuple[str, ...]]
    condition: str = "TRUE"
    at_once: int = BATCH_ROWS


# ruff: noqa: S608 (the statements consist of constants)
ROOT_SEALED: Final = (
    _SealedRows(
        "credentials",
        ("namespace", "provider", "kind", "digest"),
        credentials.place,
        "account IS NULL",
    ),
    _SealedRows("faults", ("namespace", "id"), faults.place),
    _SealedRows("journal", ("namespace", "first", "last"), journal.place, at_once=JOURNAL_ROWS),
)
"""All values of no profile."""


async def rotate(
    write: "Write[object]", vault: Vault, database: object, key_file: Path, report: Report
) -> Rotation:
    """
    Rotate the master key, or continue a rotation that ended early.

    Raises:
        MasterKeyError: the key file is unusable, or cannot be written.
    """
    with locked(key_file.parent):
        is_continued, old_key_file = await _replace_master_key(write, database, key_file)
    # Its own transactions do not tell the writer that the root key is another one.
    vault.expect(await _run(write, _present_number))
    total = await _run(write, _count)
    done = damaged = 0
    steps: list[_Step] = [_rewrap_profile_keys, *(partial(_reseal, each) for each in ROOT_SEALED)]
    for step in steps:
        last: tuple[str | bytes | int, ...] | None = ()
        while last is not None:
            batch = await _run(write, partial(step, last))
            last, done, damaged = batch.last, done + batch.rows, damaged + batch.damaged
            report(done, total)
    await _run(write, _delete_old_roots)
    keys = read_master_keys(key_file)
    return Rotation(
        fingerprint=fingerprint_of(keys[0]),
        old_key_file=old_key_file,
        holds_old_key=len(keys) > 1,
        is_continued=is_continued,
        rows=done,
        damaged=damaged,
    )


async def _run(write: "Write[object]", job: Callable[[Session], T]) -> T:
    result: T = await write(job)  # type: ignore[assignment]
    return result


async def _replace_master_key(
    write: "Write[object]", database: object, key_file: Path
) -> tuple[bool, Path | None]:
    """Steps 1 to 3: return whether an earlier rotation is continued, and where the old key is."""
    keys = read_master_keys(key_file)
    has_two_roots = await _run(write, _has_two_roots)
    is_read_only = bool(os.statvfs(key_file).f_flag & os.ST_RDONLY)
    is_continued = has_two_roots or len(keys) > 1
    if len(keys) == 1:
        if has_two_roots:
            return True, None
        if is_read_only:
            raise MasterKeyError(
                f"{key_file} is on a read-only file system; put a new key above the old one into "
                "the secret (`openssl rand -base64 32`, one key on each line), then run "
                "this again"
            )
        keys = [new_master_key(), *keys]
    old_key_file = None
    if not is_read_only:
        old_key_file = keep_old_key(key_file, keys[1])
        write_master_keys(key_file, keys)
    new, old = keys
    await _run(write, partial(_seal_under, database, new, old))
    if not is_read_only:
        write_master_keys(key_file, [new])
    return is_continued, old_key_file


def _has_two_roots(session: Session) -> bool:
    return len(session.rows("SELECT number FROM vault_keys")) > 2


def _present_number(session: Session) -> int:
    ((number,),) = session.rows("SELECT max(number) FROM vault_keys")
    return int(number)


def _seal_under(database: object, new: bytes, old: bytes, session: Session) -> None:
    """Step 2, unless it is done."""
    # Transactions that run still seal under the old root key; none begins before the end of this.
    session.lock_name(KEYS_LOCK)
    if fingerprints(session) == [fingerprint_of(new)]:
        return
    keys = open_keys(session, [old], database)
    number = max(keys.roots) + 1
    for each, key in ((DIGEST_NUMBER, keys.digest), *keys.roots.items(), (number, new_root_key())):
        put_key(session, each, key, new)


def _count(session: Session) -> int:
    counted = [
        ("profiles", "erased_at IS NULL"),
        *((t, where) for t, _, _, where, _ in ROOT_SEALED),
    ]
    counts = " + ".join(f"(SELECT count(*) FROM {table} WHERE {where})" for table, where in counted)
    ((count,),) = session.rows(f"SELECT {counts}")
    return int(count)


def _rewrap_profile_keys(after: tuple[str | bytes | int, ...], session: Session) -> _Batch:
    rows = session.rows(
        "SELECT profile.id, profile.namespace, key.id, key.wrapped FROM profiles AS profile"
        " JOIN profile_keys AS key ON key.id = profile.key_id"
        " WHERE profile.id > :after AND profile.erased_at IS NULL ORDER BY profile.id LIMIT :limit",
        after=after[0] if after else "",
        limit=BATCH_ROWS,
    )
    damaged = 0
    for profile_id, namespace, key_id, wrapped in rows:
        if session.vault.is_present(wrapped):
            continue
        try:
            again = session.vault.rewrap(wrapped, "profiles", namespace, profile_id)
        except MasterKeyError:
            damaged += 1
            continue
        # Another transaction may have erased the key meanwhile.
        session.start(
            "UPDATE profile_keys SET wrapped = :again WHERE id = :id AND wrapped = :wrapped",
            again=again,
            id=key_id,
            wrapped=wrapped,
        )
    return _Batch((rows[-1][0],) if len(rows) == BATCH_ROWS else None, len(rows), damaged)


def _reseal(
    sealed_rows: _SealedRows, after: tuple[str | bytes | int, ...], session: Session
) -> _Batch:
    table, columns, place_of, condition, at_once = sealed_rows
    key, marks = ", ".join(columns), ", ".join(f":{column}" for column in columns)
    is_after = f"({key}) > ({marks})" if after else "TRUE"
    rows = session.rows(
        f"SELECT {key}, sealed FROM {table} WHERE {condition} AND {is_after}"
        f" ORDER BY {key} LIMIT :at_once",
        **dict(zip(columns, after, strict=False)),
        at_once=at_once,
    )
    damaged = 0
    for *values, sealed in rows:
        if session.vault.is_present(sealed):
            continue
        place = place_of(*values)
        try:
            again = session.vault.box.seal(session.vault.box.open(sealed, *place), *place)
        except MasterKeyError:
            damaged += 1
            continue
        session.start(
            f"UPDATE {table} SET sealed = :again WHERE ({key}) = ({marks}) AND sealed = :sealed",
            **dict(zip(columns, values, strict=True)),
            again=again,
            sealed=sealed,
        )
    return _Batch(tuple(rows[-1][:-1]) if len(rows) == at_once else None, len(rows), damaged)


def _delete_old_roots(session: Session) -> None:
    """Step 5; the maintenance then removes what the database still has of the old rows."""
    session.run(
        "DELETE FROM vault_keys WHERE number > :digest"
        " AND number < (SELECT max(number) FROM vault_keys)",
        digest=DIGEST_NUMBER,
    )
    # Their keys are wrapped by the old root.
    session.run("DELETE FROM snapshots")
    session.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING",
        name=COMPACTION,
        value=b"",
    )
