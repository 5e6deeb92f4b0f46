"""The storage that one writes first: SQLAlchemy and SQLite, one commit for each request.

As durable as this project's store: WAL, and ``PRAGMA synchronous = FULL``.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Engine, create_engine, event, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from benchmarks.apps import Save
from benchmarks.names import kraken_user
from benchmarks.work import kraken_body

ROWS_AT_ONCE = 5000


class Base(DeclarativeBase):
    """SQLAlchemy's register of tables."""


class Profile(Base):
    """A user, and all that is known of it, as one JSON document."""

    __tablename__ = "profiles"

    user: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


def open_saver(path: Path, profiles: int) -> Save:
    """Open the database, made and filled if it is not there, and give back what saves in it."""
    is_new = not path.exists()
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _be_durable)
    Base.metadata.create_all(engine)
    if is_new:
        _fill(engine, profiles)
    sessions = sessionmaker(engine)
    # SQLite lets one write at a time and lets the others poll for their turn; a lock is both
    # faster and fair, so it is given to those whom we are measured against.
    turn = threading.Lock()

    def save(user: str, changes: Mapping[str, Any]) -> None:
        with turn, sessions() as session:
            profile = session.get_one(Profile, user)
            profile.document = {**profile.document, **changes}
            profile.version += 1
            session.commit()

    return save


def _be_durable(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _fill(engine: Engine, profiles: int) -> None:
    document = kraken_body("ACME")
    with Session(engine) as session:
        for first in range(0, profiles, ROWS_AT_ONCE):
            numbers = range(first, min(first + ROWS_AT_ONCE, profiles))
            rows = [{"user": kraken_user(i), "version": 0, "document": document} for i in numbers]
            session.execute(insert(Profile), rows)
            session.commit()
