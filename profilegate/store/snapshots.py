"""Snapshots: keeps the rows of a namespace as they are at one time, and restores them.

A snapshot holds what the database holds: sealed values and wrapped keys. The erasure of a profile
deletes the snapshots of its namespace but ``INITIAL``, which has what a seed file has; a rotation
of the master key deletes all of them. A migration that
changes a table of ``TABLES`` deletes all of them too: a snapshot has no names of columns.
"""

from typing import Final

import msgspec

from profilegate.errors import NamespaceLimitExceededError, SnapshotUnknownError
from profilegate.store.namespaces import KEYS, TABLES, clear, ensure_row, find
from profilegate.store.session import Row, Session

# ruff: noqa: S608 (the names of tables are ours)

INITIAL: Final = "initial"
"""The snapshot that a namespace for tests has from its creation on, for a reset."""

SNAPSHOTS_MAX: Final = 20
"""Snapshots of a namespace. We chose: a test needs one or two."""

PROFILES_MAX: Final = 10_000
"""Profiles in a snapshot, which is one value in memory. We chose: far more than a test has."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def take(session: Session, namespace: str, name: str) -> None:
    """
    Keep the rows of a namespace as they are; a snapshot of this name is replaced.

    Raises:
        NamespaceUnknownError: there is no such namespace.
        NamespaceLimitExceededError: there are SNAPSHOTS_MAX, or more than PROFILES_MAX profiles.
    """
    others = [each for each in names(session, namespace) if each != name]
    if len(others) >= SNAPSHOTS_MAX:
        raise NamespaceLimitExceededError("snapshots", SNAPSHOTS_MAX)
    (profiles,) = session.row(
        "SELECT count(*) FROM profiles WHERE namespace = :namespace", namespace=namespace
    ) or (0,)
    if profiles > PROFILES_MAX:
        raise NamespaceLimitExceededError("profiles in a snapshot", PROFILES_MAX)
    ensure_row(session, namespace)
    session.lock_tables()
    rows: dict[str, list[Row]] = {
        table: session.rows(f"SELECT * FROM {table} WHERE {condition}", namespace=namespace)
        for table, condition in TABLES
    }
    rows["profile_keys"] = session.rows(
        f"SELECT * FROM profile_keys WHERE {KEYS}", namespace=namespace
    )
    (draws,) = session.row("SELECT draws FROM namespaces WHERE name = :name", name=namespace) or (
        0,
    )
    session.run(
        "INSERT INTO snapshots (namespace, name, rows) VALUES (:namespace, :name, :rows)"
        " ON CONFLICT (namespace, name) DO UPDATE SET rows = excluded.rows",
        namespace=namespace,
        name=name,
        rows=_encode((draws, rows)),
    )


def restore(session: Session, namespace: str, name: str) -> None:
    """
    Give a namespace the rows of a snapshot again; its clock goes on.

    Raises:
        NamespaceUnknownError, SnapshotUnknownError: there is no such namespace or snapshot.
    """
    find(session, namespace)
    row = session.row(
        "SELECT rows FROM snapshots WHERE namespace = :namespace AND name = :name",
        namespace=namespace,
        name=name,
    )
    if row is None:
        raise SnapshotUnknownError
    draws, tables = _decode(row[0])
    clear(session, namespace)
    for key_id, wrapped in tables.pop("profile_keys"):
        session.run(
            "UPDATE profile_keys SET wrapped = :wrapped WHERE id = :id", id=key_id, wrapped=wrapped
        )
    for table, rows in tables.items():
        for values in rows:
            _insert_row(session, table, values)
    session.run(
        "UPDATE namespaces SET draws = :draws WHERE name = :name", draws=draws, name=namespace
    )


def forget(session: Session, namespace: str) -> None:
    """Delete the snapshots of a namespace but the initial one, because a profile is erased."""
    session.run(
        "DELETE FROM snapshots WHERE namespace = :namespace AND name <> :initial",
        namespace=namespace,
        initial=INITIAL,
    )


def names(session: Session, namespace: str) -> list[str]:
    """
    The names of a namespace's snapshots.

    Raises:
        NamespaceUnknownError: there is no such namespace.
    """
    find(session, namespace)
    found = session.rows(
        "SELECT name FROM snapshots WHERE namespace = :namespace ORDER BY name", namespace=namespace
    )
    return [name for (name,) in found]


def _insert_row(session: Session, table: str, values: Row) -> None:
    parameters = {f"v{place}": value for place, value in enumerate(values)}
    placeholders = ", ".join(f":{name}" for name in parameters)
    session.run(f"INSERT INTO {table} VALUES ({placeholders})", **parameters)
