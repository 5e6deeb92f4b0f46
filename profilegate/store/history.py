"""The rows of history: one event for each change, each chained to the one before.

The hash covers what is sealed and not what is meant, so a history can be verified without any
key, and after its profile was erased as well.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any, Final, NamedTuple

import msgspec

from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, Fields
from profilegate.store import AccountKey, Event, Origin
from profilegate.store.encoding import encode, timestamp
from profilegate.store.vault import Box

BEFORE_ALL: Final = bytes(32)
"""What stands for the hash before the first event."""

Changed = Mapping[str, tuple[Any, Any]]


class ChainHead(NamedTuple):
    """A profile at one version: its key, and the hash of its last event."""

    namespace: str
    profile_id: str
    box: Box
    version: int
    hash: bytes


class _Payload(msgspec.Struct, array_like=True, frozen=True):
    origin: tuple[str, str, str]
    account: tuple[str, str] | None
    changes: dict[str, tuple[Any, Any]]


_decode = msgspec.json.Decoder(_Payload).decode


def append(
    connection: Connection,
    head: ChainHead,
    changed: Changed,
    account: AccountKey | None,
    origin: Origin,
    now: datetime,
) -> ChainHead:
    """Add an event; whoever calls keeps the new head in the profile's row."""
    version, at = head.version + 1, timestamp(now)
    prefix = "" if account is None else f"{account.provider}:"
    payload = (
        (origin.context, origin.who, origin.request_id),
        None if account is None else account[1:],
        {
            prefix + path if path.startswith(ACCOUNT_PREFIX) else path: values
            for path, values in changed.items()
        },
    )
    sealed = head.box.seal(encode(payload), *_where(head.namespace, head.profile_id, version))
    digest = chained(head.hash, head.profile_id, version, at, sealed)
    connection.execute(
        "INSERT INTO events (profile_id, version, at, sealed, hash) VALUES (?, ?, ?, ?, ?)",
        (head.profile_id, version, at, sealed, digest),
    )
    return ChainHead(head.namespace, head.profile_id, head.box, version, digest)


def chained(before: bytes, profile_id: str, version: int, at: str, sealed: bytes) -> bytes:
    """The hash of an event, from the hash before it and the event's own row."""
    return hashlib.sha256(before + f"{profile_id}\n{version}\n{at}\n".encode() + sealed).digest()


def events(
    connection: Connection, head: ChainHead, *, after: int = 0, limit: int = -1
) -> Iterator[Event]:
    """The events behind a version, oldest first."""
    rows = connection.execute(
        "SELECT version, at, sealed, hash FROM events WHERE profile_id = ? AND version > ?"
        " ORDER BY version LIMIT ?",
        (head.profile_id, min(after, head.version), min(limit, head.version)),
    )
    for version, at, sealed, digest in rows.fetchall():
        yield opened(head, version, at, sealed, digest)


def opened(head: ChainHead, version: int, at: str, sealed: bytes, digest: bytes) -> Event:
    """
    An event from its row.

    Raises:
        MasterKeyError: it was moved or damaged.
    """
    payload = _decode(head.box.open(sealed, *_where(head.namespace, head.profile_id, version)))
    return Event(
        version=version,
        at=datetime.fromisoformat(at),
        origin=Origin(*payload.origin),
        changes=payload.changes,
        hash=digest,
        account=None if payload.account is None else AccountKey(head.namespace, *payload.account),
    )


def version_at(connection: Connection, head: ChainHead, at: datetime) -> int:
    """The version that a profile had at a time; 0 before its birth."""
    (version,) = connection.execute(
        "SELECT coalesce(max(version), 0) FROM events WHERE profile_id = ? AND at <= ?",
        (head.profile_id, timestamp(at)),
    ).fetchone()
    return int(version)


def path_of(path: str) -> str:
    """The path without the provider that an account's own path carries in an event."""
    return path.rpartition(":")[2]


def gained(fields: Fields) -> dict[str, tuple[Any, Any]]:
    """What changes when all of these fields are new."""
    return {path: (None, value) for path, value in fields.items()}


def joining(key: AccountKey, own: Fields) -> dict[str, tuple[Any, Any]]:
    """What changes when an account comes to a profile: its id is there, and its own fields."""
    return gained({ACCOUNT_ID: key.external_id, **own})


def leaving(key: AccountKey, own: Fields) -> dict[str, tuple[Any, Any]]:
    """What changes when an account leaves a profile."""
    return {path: (value, None) for path, (_, value) in joining(key, own).items()}


class Replay:
    """A profile as its events make it, one after another."""

    def __init__(self) -> None:
        self.shared: Fields = {}
        self.own: dict[AccountKey, Fields] = {}

    def apply(self, event: Event) -> None:
        for path, (_, after) in event.changes.items():
            fields = self.shared
            if path_of(path) != path and event.account is not None:
                fields = self.own.setdefault(event.account, {})
            if after is None:
                fields.pop(path_of(path), None)
            else:
                fields[path_of(path)] = after
        if event.account is not None and not self.own.get(event.account):
            self.own.pop(event.account, None)


def _where(namespace: str, profile_id: str, version: int) -> tuple[str, ...]:
    return ("events", namespace, profile_id, str(version))
