"""Verify histories: that no event was changed, moved or taken away, and that they end well.

What is chained is ciphertext, so erased profiles are verified too. A profile that is not erased
is replayed besides: whoever cuts its history short and fixes the last hash has not fixed what
is sealed under the profile's key.
"""

from collections.abc import Iterator
from sqlite3 import Connection
from typing import NamedTuple

from profilegate.errors import MasterKeyError
from profilegate.store import AccountKey, Audit, Break
from profilegate.store.encoding import decode
from profilegate.store.history import BEFORE_ALL, ChainHead, Replay, chained, opened
from profilegate.store.rows import own_of
from profilegate.store.vault import Vault


class _Row(NamedTuple):
    id: str
    wrapped_key: bytes
    sealed: bytes
    version: int
    head: bytes
    erased_at: str | None


def audit(connection: Connection, vault: Vault, namespace: str) -> Audit:
    """Walk all histories of a namespace, in one state of the database."""
    broken: list[Break] = []
    profiles = events = 0
    connection.execute("BEGIN")
    try:
        found = connection.execute(
            "SELECT id, wrapped_key, sealed, version, head, erased_at FROM profiles"
            " WHERE namespace = ? ORDER BY id",
            (namespace,),
        )
        for row in map(_Row._make, found):
            profiles += 1
            walk = _Walk(connection, vault, namespace, row)
            broken += walk.breaks()
            events += walk.events
        broken += _lost(connection)
    finally:
        connection.execute("ROLLBACK")
    return Audit(profiles, events, tuple(broken))


class _Walk:
    """One history, from its first event to where its profile says that it ends."""

    def __init__(self, connection: Connection, vault: Vault, namespace: str, profile: _Row) -> None:
        self._connection = connection
        self._vault = vault
        self._namespace = namespace
        self._profile = profile
        self.events = 0

    def breaks(self) -> Iterator[Break]:
        profile = self._profile
        version, digest, is_whole = 0, BEFORE_ALL, True
        rows = self._connection.execute(
            "SELECT version, at, sealed, hash FROM events WHERE profile_id = ? ORDER BY version",
            (profile.id,),
        ).fetchall()
        for found, at, sealed, kept in rows:
            self.events += 1
            if found != version + 1:
                is_whole = False
                yield self._break(version + 1, "the event is missing")
            elif kept != chained(digest, profile.id, found, at, sealed):
                is_whole = False
                yield self._break(found, "the event is not what was written")
            version, digest = found, kept
        if version < profile.version:
            is_whole = False
            yield self._break(version + 1, "the end of the history is missing")
        elif (version, digest) != (profile.version, profile.head):
            is_whole = False
            yield self._break(profile.version, "the profile's row names another last event")
        if is_whole and profile.erased_at is None:
            yield from self._replayed(rows)

    def _replayed(self, rows: list[tuple[int, str, bytes, bytes]]) -> Iterator[Break]:
        profile, where = self._profile, ("profiles", self._namespace, self._profile.id)
        replay, version = Replay(), 0
        try:
            box = self._vault.unwrap(profile.wrapped_key, *where)
            head = ChainHead(self._namespace, profile.id, box, profile.version, profile.head)
            for row in rows:
                version = row[0]
                replay.apply(opened(head, *row))
            shared = decode(box.open(profile.sealed, *where))
            accounts = self._connection.execute(
                "SELECT provider, external_id, sealed FROM accounts WHERE profile_id = ?",
                (profile.id,),
            ).fetchall()
            own = {}
            for provider, external_id, sealed in accounts:
                key = AccountKey(self._namespace, provider, external_id)
                own[key] = decode(box.open(sealed, "accounts", *key))
        except MasterKeyError:
            yield self._break(version, "what is sealed does not open")
            return
        if (shared, own) != (replay.shared, {key: own_of(f) for key, f in replay.own.items()}):
            yield self._break(version, "the profile is not what its history makes it")

    def _break(self, version: int, what: str) -> Break:
        return Break(self._profile.id, version, what)


def _lost(connection: Connection) -> list[Break]:
    """Histories without a profile: nobody knows whose they were, nor of which namespace."""
    rows = connection.execute(
        "SELECT profile_id, max(version) FROM events"
        " WHERE profile_id NOT IN (SELECT id FROM profiles) GROUP BY profile_id"
    ).fetchall()
    return [Break(profile_id, version, "the profile is missing") for profile_id, version in rows]
