"""The history of a profile: one event for each change, chained by hashes.

Each hash covers the previous hash and the sealed bytes of its event, so verifying a history needs
no key, and works after its profile is erased.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec

from profilegate.errors import ProfileUnknownError
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from profilegate.profile.private import Private
from profilegate.store.encoding import encode, timestamp
from profilegate.store.records import AccountKey, ChainHead, Event, Origin
from profilegate.store.session import Session

GENESIS_HASH: Final = bytes(32)
"""The previous hash of the first event."""

Changed = Mapping[str, tuple[Any, Any]]
"""Path -> value before and after."""


class _Payload(Private, array_like=True, frozen=True):
    origin: tuple[str, str, str]
    account: tuple[str, str] | None
    changes: dict[str, tuple[Any, Any]]


_decode = msgspec.json.Decoder(_Payload).decode


def append(
    session: Session,
    head: ChainHead,
    changed: Changed,
    *,
    account: AccountKey | None,
    origin: Origin,
) -> ChainHead:
    """
    Add an event and return the new head, which the caller writes into the profile's row.

    ``account`` is the account whose own fields are among the changes.
    """
    version, at = head.version + 1, timestamp(session.now)
    prefix = "" if account is None else f"{account.provider}:"
    payload = (
        (origin.channel, origin.who, origin.request_id),
        None if account is None else account[1:],
        {
            prefix + path if path.startswith(ACCOUNT_PREFIX) else path: values
            for path, values in changed.items()
        },
    )
    sealed = head.box.seal(encode(payload), *_place(head, version))
    digest = chain(head.hash, head.profile_id, version, at, sealed)
    session.start(
        "INSERT INTO events (profile_id, version, at, sealed, hash)"
        " VALUES (:profile_id, :version, :at, :sealed, :hash)",
        profile_id=head.profile_id,
        version=version,
        at=at,
        sealed=sealed,
        hash=digest,
    )
    if origin.events is not None:
        session.after_commit(partial(origin.events.append, (head.profile_id, version)))
    return ChainHead(head.namespace, head.profile_id, head.box, version, digest)


def chain(before: bytes, profile_id: str, version: int, at: str, sealed: bytes) -> bytes:
    """The hash of an event, over the previous hash (``before``) and the event's row."""
    return hashlib.sha256(before + f"{profile_id}\n{version}\n{at}\n".encode() + sealed).digest()


def events(
    session: Session, head: ChainHead, *, after: int = 0, limit: int | None = None
) -> Iterator[Event]:
    """The events after a version, oldest first."""
    rows = session.rows(
        "SELECT version, at, sealed, hash FROM events"
        " WHERE profile_id = :profile_id AND version > :after ORDER BY version LIMIT :limit",
        profile_id=head.profile_id,
        # SQLite rejects numbers of more than 64 bits.
        after=min(after, head.version),
        limit=head.version if limit is None else min(limit, head.version),
    )
    for version, at, sealed, digest in rows:
        yield open_event(head, version, at, sealed, digest)


def open_event(head: ChainHead, version: int, at: str, sealed: bytes, digest: bytes) -> Event:
    """
    An event from its row.

    Raises:
        MasterKeyError: the row was moved or damaged.
    """
    payload = _decode(head.box.open(sealed, *_place(head, version)))
    account = None if payload.account is None else AccountKey(head.namespace, *payload.account)
    return Event(
        version=version,
        at=datetime.fromisoformat(at),
        origin=Origin(*payload.origin),
        changes=payload.changes,
        hash=digest,
        account=account,
    )


def fields_at(session: Session, head: ChainHead, at: datetime) -> Fields:
    """
    The shared fields as they were at a time.

    Raises:
        ProfileUnknownError: the profile did not exist yet.
    """
    row = session.row(
        "SELECT max(version) FROM events WHERE profile_id = :profile_id AND at <= :at",
        profile_id=head.profile_id,
        at=timestamp(at),
    )
    if row is None or row[0] is None:
        raise ProfileUnknownError
    replay = Replay()
    for event in events(session, head, limit=row[0]):
        replay.apply(event)
    return replay.shared


def path_of(path: str) -> str:
    """A path of an event without its provider: ``kraken:account.id`` -> ``account.id``."""
    return path.rpartition(":")[2]


def gained(fields: Fields) -> dict[str, tuple[Any, Any]]:
    """The changes that set all of these fields, which an account brings when it joins."""
    return {path: (None, value) for path, value in fields.items()}


def lost(fields: Fields) -> dict[str, tuple[Any, Any]]:
    """The changes that remove all of these fields, which an account takes when it leaves."""
    return {path: (value, None) for path, value in fields.items()}


class Replay:
    """Rebuilds a profile from its events.

    ``own`` holds the fields of each account, ``account.id`` among them.
    """

    def __init__(self) -> None:
        self.shared: Fields = {}
        self.own: dict[AccountKey, Fields] = {}

    def apply(self, event: Event) -> None:
        """Apply one event; call it in the order of the events' versions."""
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


def _place(head: ChainHead, version: int) -> tuple[str, ...]:
    return ("events", head.namespace, head.profile_id, str(version))
