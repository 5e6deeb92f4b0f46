"""Lockouts, and the peers from which accounts have logged in: rows of digests that expire."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from profilegate.store.encoding import time_of, timestamp
from profilegate.store.session import Session, one_statement

ROWS_MAX: Final = 10_000
"""The rows of each of the two tables; to push one out takes 100,000 requests (we chose)."""

SERIES_KEPT: Final = timedelta(minutes=15)
"""How long after its end a lock still makes the next one longer."""

PEER_KEPT: Final = timedelta(days=30)
"""How long after its last login a peer is known for a login: as long as a session of Navixy."""


class Lock(Struct, frozen=True):
    """A lock that ends at ``until``; ``series`` locks in a row came before it."""

    digest: bytes
    series: int
    until: datetime


@one_statement
def digest(session: Session, namespace: str, *parts: str) -> bytes:
    """The keyed digest under which a lock or a known peer is stored."""
    return session.vault.digest("lockouts", namespace, *parts)


@one_statement
def find_all(session: Session) -> dict[bytes, Lock]:
    """
    The locks of all namespaces by their digests, those that have lately ended too: another one soon
    after is longer. One whose namespace has a moved clock is found whenever it ends.
    """
    found = session.rows(
        "SELECT digest, series, until FROM lockouts WHERE until > :ended OR namespace IN"
        " (SELECT name FROM namespaces WHERE frozen_at IS NOT NULL OR ahead <> 0)",
        ended=timestamp(session.now - SERIES_KEPT),
    )
    return {
        digest: Lock(digest, series, datetime.fromisoformat(until))
        for digest, series, until in found
    }


def put(session: Session, namespace: str, lock: Lock) -> None:
    """Store a lock in place of an older one; delete those that ended, and the first ones to end
    if there are more than ROWS_MAX."""
    session.run(
        "INSERT INTO lockouts (namespace, digest, series, until)"
        " VALUES (:namespace, :digest, :series, :until)"
        " ON CONFLICT (namespace, digest) DO UPDATE SET series = :series, until = :until",
        namespace=namespace,
        digest=lock.digest,
        series=lock.series,
        until=timestamp(lock.until),
    )
    session.run(
        "DELETE FROM lockouts WHERE namespace = :namespace AND (until <= :ended OR until <"
        " (SELECT until FROM lockouts WHERE namespace = :namespace"
        " ORDER BY until DESC LIMIT 1 OFFSET :rows_max))",
        namespace=namespace,
        ended=timestamp(session.now - SERIES_KEPT),
        rows_max=ROWS_MAX - 1,
    )


@one_statement
def last_login(session: Session, namespace: str, key: bytes) -> datetime | None:
    """When a login has last succeeded from a peer; ``key`` is the digest of both."""
    found = session.row(
        "SELECT seen_at FROM known_peers WHERE namespace = :namespace AND digest = :digest"
        " AND seen_at > :expired",
        namespace=namespace,
        digest=key,
        expired=timestamp(session.now - PEER_KEPT),
    )
    return None if found is None else time_of(found[0])


def put_known_peer(session: Session, namespace: str, key: bytes) -> None:
    """Remember that a login has succeeded from a peer, and forget the oldest others."""
    session.run(
        "INSERT INTO known_peers (namespace, digest, seen_at) VALUES (:namespace, :digest, :now)"
        " ON CONFLICT (namespace, digest) DO UPDATE SET seen_at = :now",
        namespace=namespace,
        digest=key,
        now=timestamp(session.now),
    )
    session.run(
        "DELETE FROM known_peers WHERE namespace = :namespace AND (seen_at <= :expired OR seen_at <"
        " (SELECT seen_at FROM known_peers WHERE namespace = :namespace"
        " ORDER BY seen_at DESC LIMIT 1 OFFSET :rows_max))",
        namespace=namespace,
        expired=timestamp(session.now - PEER_KEPT),
        rows_max=ROWS_MAX - 1,
    )
