"""The audit: verifies all histories, and that every sealed value opens.

The hashes cover ciphertext, so the audit verifies erased profiles too. It also replays each profile
that is not erased: an attacker who shortens a history and adapts the last hash cannot adapt the
values that are sealed under the profile's key.
"""

from collections.abc import Iterator
from typing import Any

from profilegate.errors import MasterKeyError
from profilegate.store.encoding import decode
from profilegate.store.failures import DATABASE_ERRORS
from profilegate.store.history import GENESIS_HASH, Replay, chain, open_event
from profilegate.store.records import Audit, Break, ChainHead, Damage
from profilegate.store.rows import account_place, open_account
from profilegate.store.seals import damaged_rows
from profilegate.store.session import Row, Session


def audit(session: Session, namespace: str) -> Audit:
    """
    Verify all histories of a namespace, and every row of the database, in one snapshot of it.
    """
    broken: list[Break] = []
    damaged = list(damaged_rows(session))
    profiles = events = 0
    for row in _rows(
        session,
        damaged,
        "profiles",
        "SELECT profile.id, key.wrapped, profile.sealed, profile.version, profile.head,"
        " profile.erased_at FROM profiles AS profile"
        " JOIN profile_keys AS key ON key.id = profile.key_id"
        " WHERE profile.namespace = :namespace ORDER BY profile.id",
        namespace=namespace,
    ):
        profiles += 1
        verification = _Verification(session, namespace, row)
        try:
            broken += verification.breaks()
        except (*DATABASE_ERRORS, TypeError, ValueError):
            broken.append(Break(str(row[0]), 0, "some events cannot be read"))
        events += verification.events
    broken += _orphans(session, damaged)
    return Audit(profiles, events, tuple(broken), tuple(damaged))


def _rows(
    session: Session, damaged: list[Damage], table: str, sql: str, **parameters: Any
) -> Iterator[Row]:
    """The rows of a query, up to a damaged page."""
    try:
        yield from session.each(sql, **parameters)
    except DATABASE_ERRORS:
        damaged.append(Damage(table, "", "some rows cannot be read"))


class _Verification:
    """The verification of one history against its profile's row; ``events`` counts its events."""

    def __init__(self, session: Session, namespace: str, row: Row) -> None:
        self._session = session
        self._namespace = namespace
        self._id, self._wrapped, self._sealed, self._version, self._head, erased_at = row
        self._is_erased = erased_at is not None
        self.events = 0

    def breaks(self) -> Iterator[Break]:
        version, digest, is_whole = 0, GENESIS_HASH, True
        rows = self._session.rows(
            "SELECT version, at, sealed, hash FROM events WHERE profile_id = :profile_id"
            " ORDER BY version",
            profile_id=self._id,
        )
        for found, at, sealed, kept in rows:
            self.events += 1
            if found != version + 1:
                is_whole = False
                yield self._break(version + 1, "the event is missing")
            elif kept != chain(digest, self._id, found, at, sealed):
                is_whole = False
                yield self._break(found, "the event was changed")
            version, digest = found, kept
        if version < self._version:
            is_whole = False
            yield self._break(version + 1, "the end of the history is missing")
        elif (version, digest) != (self._version, self._head):
            is_whole = False
            yield self._break(self._version, "the profile's row does not match the last event")
        if is_whole and not self._is_erased:
            yield from self._replay(rows)

    def _replay(self, rows: list[Row]) -> Iterator[Break]:
        place = ("profiles", self._namespace, self._id)
        replay, version = Replay(), 0
        try:
            box = self._session.vault.unwrap(self._wrapped, *place)
            head = ChainHead(self._namespace, self._id, box, self._version, self._head)
            for row in rows:
                version = row[0]
                replay.apply(open_event(head, *row))
            shared = decode(box.open(self._sealed, *place))
            own = {}
            for provider, digest, sealed in self._session.rows(
                "SELECT provider, digest, sealed FROM accounts WHERE profile_id = :profile_id",
                profile_id=self._id,
            ):
                plain = box.open(sealed, *account_place(self._namespace, provider, digest))
                account = open_account(plain, self._namespace, provider, digest)
                own[account.key] = account.fields
        except MasterKeyError:
            yield self._break(version, "a sealed value does not open")
            return
        if (shared, own) != (replay.shared, replay.own):
            yield self._break(version, "the profile does not match its history")

    def _break(self, version: int, what: str) -> Break:
        return Break(self._id, version, what)


def _orphans(session: Session, damaged: list[Damage]) -> list[Break]:
    """Histories without a profile; their namespace is unknown too."""
    rows = _rows(
        session,
        damaged,
        "events",
        "SELECT profile_id, max(version) FROM events"
        " WHERE profile_id NOT IN (SELECT id FROM profiles) GROUP BY profile_id",
    )
    return [Break(profile_id, version, "the profile is missing") for profile_id, version in rows]
