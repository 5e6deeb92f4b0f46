"""Copies a database into one of the other backend, or of the same: `profilegate migrate`.

Rows are equal on both backends, and stay sealed: the copy needs the same key file. Tables are
copied in an order in which no row refers to one that is missing, and each in the order of its key,
some rows in a transaction. A row of ``meta`` of the target (``MARK``) says how far the copy is, so
a copy that ended early continues there.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import msgspec

from profilegate.errors import SettingError
from profilegate.store.session import Row, Session

MARK: Final = "copy"
"""The row of ``meta`` of a target that is not complete."""

OWN: Final = (MARK, "version", "compaction", "plain text")
"""Rows of ``meta`` that belong to one database."""

BATCH_ROWS: Final = 500
"""Rows of one transaction: a few of them are a megabyte."""

BATCH_LARGE_ROWS: Final = 10
"""The same for tables whose rows may have megabytes each."""

COMPARED_PROFILES: Final = 200
"""Profiles that are compared at a time."""


def reject_incomplete(session: Session, database: object) -> None:
    """
    Check that a database is not the beginning of a copy.

    Raises:
        SettingError: it is.
    """
    if session.row("SELECT 1 FROM meta WHERE name = :name", name=MARK) is not None:
        raise SettingError(
            "PROFILEGATE_DATABASE",
            f"{database} is a copy that is not complete; run `profilegate migrate` again",
        )


class Table(NamedTuple):
    """A table, its key, its columns, and how many of its rows are copied at a time."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    at_once: int = BATCH_ROWS


def _table(name: str, key: str, columns: str, at_once: int = BATCH_ROWS) -> Table:
    keys = tuple(key.split())
    return Table(name, keys, (*keys, *columns.split()), at_once)


TABLES: Final = (
    _table("meta", "name", "value"),
    _table("namespaces", "name", "created_at frozen_at ahead seed draws"),
    _table("snapshots", "namespace name", "rows", 1),
    _table("profile_keys", "id", "wrapped"),
    _table("profiles", "id", "namespace version sealed head erased_at key_id"),
    _table("events", "profile_id version", "at sealed hash"),
    _table(
        "accounts",
        "namespace provider digest",
        "profile_id reference_digest sealed parent created_at",
    ),
    _table("documents", "profile_id id", "namespace path sealed archived_at", BATCH_LARGE_ROWS),
    _table(
        "credentials",
        "namespace provider kind digest",
        "id account sealed nonce created_at expires_at nonce_window anywhere",
    ),
    _table("used_nonces", "namespace provider kind digest nonce", ""),
    _table("logins", "namespace provider digest", "account anywhere"),
    _table(
        "pending_logins",
        "namespace provider token_digest",
        "account sealed expires_at state anywhere",
    ),
    _table(
        "outbox",
        "id",
        "namespace profile_id sealed created_at sent_at attempts rejections next_attempt_at"
        " account address",
    ),
    _table("lockouts", "namespace digest", "series until"),
    _table("known_peers", "namespace digest", "seen_at"),
    _table("faults", "namespace id", "number sealed calls hits"),
    _table("journal", "namespace last", "first sealed", BATCH_LARGE_ROWS),
)
"""All tables but those of the vault's keys and the clock, each after those to which it refers."""

OF_PROFILE: Final = {
    "profiles": "id",
    "events": "profile_id",
    "accounts": "profile_id",
    "documents": "profile_id",
    "outbox": "profile_id",
}
"""Tables whose rows belong to a profile, and the column that names it."""

Report = Callable[[str, int, int], None]
"""Called with what is done, the number of finished rows, and of all."""


class Place(NamedTuple):
    """One side of a copy: a session, and what the backends do differently.

    ``identity`` is equal for two names of one database. ``latest`` reads the latest time of the
    database, ``set_latest`` sets it and ends a copy; ``transaction`` is one in which many rows are
    written, or read as they are at one time.
    """

    name: str
    identity: str
    session: Session
    transaction: Callable[[], AbstractContextManager[None]]
    latest: Callable[[], str]
    set_latest: Callable[[str], None]


class _Mark(msgspec.Struct):
    """How far a copy is: whose it is, the table that is being copied, and the last copied key."""

    source: bytes
    table: str = ""
    after: tuple[Any, ...] = ()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Mark).decode


# ruff: noqa: S608 (the statements consist of constants)
def copy(source: Place, target: Place, report: Report) -> dict[str, int]:
    """
    Copy what the target does not have yet, and compare both; return the rows of each table.

    Raises:
        SettingError: the target has data of its own, or both differ afterwards.
    """
    with source.transaction():
        mark = _begin(source, target)
        counts = {each.name: _count(source, each) for each in TABLES}
        total, done = sum(counts.values()), 0
        names = [each.name for each in TABLES]
        start = names.index(mark.table) if mark.table else 0
        for place, table in enumerate(TABLES):
            if place > start:
                mark.table, mark.after = table.name, ()
            if place >= start:
                for rows in _copied(source, target, table, mark):
                    done += rows
                    report("copied", done, total)
            else:
                done += counts[table.name]
        done = 0
        for rows in _compared(source, target):
            done += rows
            report("compared", done, total)
        with target.transaction():
            target.set_latest(source.latest())
            target.session.run("DELETE FROM meta WHERE name = :name", name=MARK)
    return counts


def _begin(source: Place, target: Place) -> _Mark:
    """
    The mark of the target, whose vault gets the keys of the source.

    Raises:
        SettingError: the target has data of its own, or is a copy of another database.
    """
    columns = ("number", "sealed", "fingerprint")
    keys = source.session.rows(f"SELECT {', '.join(columns)} FROM vault_keys ORDER BY number")
    identity = hashlib.sha256(repr(keys).encode()).digest()
    found = target.session.row("SELECT value FROM meta WHERE name = :name", name=MARK)
    if found is not None:
        mark = _decode(found[0])
        if mark.source != identity:
            raise SettingError("--to", f"{target.name} is the beginning of another copy")
        return mark
    if any(_count(target, each) for each in TABLES):
        raise SettingError("--to", f"{target.name} has data already; name an empty database")
    mark = _Mark(identity)
    with target.transaction():
        target.session.run("DELETE FROM vault_keys")
        target.session.run_many(
            "INSERT INTO vault_keys (number, sealed, fingerprint)"
            " VALUES (:number, :sealed, :fingerprint)",
            [dict(zip(columns, key, strict=True)) for key in keys],
        )
        _write(target, mark)
    return mark


def _write(target: Place, mark: _Mark) -> None:
    target.session.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=MARK,
        value=_encode(mark),
    )


def _copied(source: Place, target: Place, table: Table, mark: _Mark) -> Iterator[int]:
    """Copy the rows of a table that follow the mark; yield how many each time."""
    columns = ", ".join(table.columns)
    values = ", ".join(f":{column}" for column in table.columns)
    insert = f"INSERT INTO {table.name} ({columns}) VALUES ({values})"
    while rows := _after(source, table, mark.after):
        mark.after = rows[-1][: len(table.key)]
        with target.transaction():
            target.session.run_many(
                insert, [dict(zip(table.columns, row, strict=True)) for row in rows]
            )
            _write(target, mark)
        yield len(rows)


def _after(place: Place, table: Table, after: Sequence[Any]) -> list[Row]:
    """The next rows of a table in the order of its key."""
    key, columns = ", ".join(table.key), ", ".join(table.columns)
    marks = ", ".join(f":{column}" for column in table.key)
    is_after = f"({key}) > ({marks})" if after else "TRUE"
    return place.session.rows(
        f"SELECT {columns} FROM {table.name} WHERE {is_after}{_ours(table)}"
        f" ORDER BY {key} LIMIT :at_once",
        **dict(zip(table.key, after, strict=False)),
        at_once=table.at_once,
    )


def _count(place: Place, table: Table) -> int:
    ((count,),) = place.session.rows(f"SELECT count(*) FROM {table.name} WHERE TRUE{_ours(table)}")
    return int(count)


def _ours(table: Table) -> str:
    if table.name != "meta":
        return ""
    return f" AND name NOT IN ({', '.join(repr(name) for name in OWN)})"


# --- Compare -------------------------------------------------------------------------------


def _compared(source: Place, target: Place) -> Iterator[int]:
    """
    Compare all rows of both sides, those of each profile by one digest; yield how many each time.

    Raises:
        SettingError: they differ.
    """
    ids = _ids(source)
    for page in ids:
        yield _compare_profiles(source, target, page)
    for table in TABLES:
        ours, theirs = _count(source, table), _count(target, table)
        if ours != theirs:
            raise _differs(target, f"table {table.name} has {theirs} rows, not {ours}")
        if table.name in OF_PROFILE:
            continue
        after: tuple[Any, ...] = ()
        while rows := _after(source, table, after):
            if rows != _after(target, table, after):
                raise _differs(target, f"rows of table {table.name} differ")
            after = rows[-1][: len(table.key)]
            yield len(rows)


def _ids(place: Place) -> Iterator[list[str]]:
    after = ""
    while rows := place.session.rows(
        "SELECT id FROM profiles WHERE id > :after ORDER BY id LIMIT :limit",
        after=after,
        limit=COMPARED_PROFILES,
    ):
        yield [profile_id for (profile_id,) in rows]
        after = rows[-1][0]


def _compare_profiles(source: Place, target: Place, ids: list[str]) -> int:
    ours, rows = _digests(source, ids[0], ids[-1])
    theirs, _ = _digests(target, ids[0], ids[-1])
    for one, other in zip_longest(ours.items(), theirs.items()):
        if one != other:
            raise _differs(target, f"profile {(one or other or ('?', b''))[0]} differs")
    return rows


def _digests(place: Place, first: str, last: str) -> tuple[dict[str, bytes], int]:
    """A digest of all rows of each profile from one id to another; and how many rows."""
    digests: dict[str, Any] = {}
    count = 0
    for table in TABLES:
        column = OF_PROFILE.get(table.name)
        if column is None:
            continue
        for row in place.session.rows(
            f"SELECT {column}, {', '.join(table.columns)} FROM {table.name}"
            f" WHERE {column} >= :first AND {column} <= :last ORDER BY {', '.join(table.key)}",
            first=first,
            last=last,
        ):
            digests.setdefault(row[0], hashlib.sha256()).update(repr(row).encode())
            count += 1
    return {profile_id: digests[profile_id].digest() for profile_id in sorted(digests)}, count


def _differs(target: Place, what: str) -> SettingError:
    return SettingError(
        "--to",
        f"{target.name} is not equal to its source: {what}; something has written to one of them; "
        "stop the gateways, empty the target and begin again",
    )
