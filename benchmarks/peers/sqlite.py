"""SQLAlchemy and SQLite: one commit for each request, in a worker thread, one at a time.

As durable as this project's store: WAL, and ``PRAGMA synchronous = FULL``.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker

from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError
from benchmarks.peers.tables import ApiKey, Profile, create_tables


def open_sqlite(url: str, profiles: int) -> Accept:
    """Make the database, which must be new, and give back what verifies and saves."""
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _be_durable)
    with engine.begin() as connection:
        create_tables(connection, profiles)
    sessions = sessionmaker(engine)
    # SQLite lets one write at a time and lets the others poll for their turn; a lock is both
    # faster and fair, so it is given to those whom we are measured against.
    turn = threading.Lock()

    def save(signed: Signed, user: str, changes: Callable[[], Mapping[str, Any]]) -> None:
        with turn, sessions() as session:
            key = session.get(ApiKey, signed.key)
            if key is None:
                raise UnauthenticatedError
            key.nonce = signed.verify(key.secret, key.nonce)
            session.get_one(Profile, user).change(changes())
            session.commit()

    async def accept(signed: Signed, user: str, changes: Callable[[], Mapping[str, Any]]) -> None:
        await asyncio.to_thread(save, signed, user, changes)

    return accept


def _be_durable(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
