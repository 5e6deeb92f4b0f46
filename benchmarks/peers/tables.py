"""The tables that one writes first, with SQLAlchemy: users as JSON documents, and the keys."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, BigInteger, Connection, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks.names import CONNECTIONS_MAX, kraken_key, kraken_secret, kraken_user
from benchmarks.work import kraken_body

ROWS_AT_ONCE = 5000


class Base(DeclarativeBase):
    """SQLAlchemy's register of tables."""


class Profile(Base):
    """A user, and all that is known of it, as one JSON document."""

    __tablename__ = "profiles"

    user: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)

    def change(self, changes: Mapping[str, Any]) -> None:
        """Apply an update."""
        self.document = {**self.document, **changes}
        self.version += 1


class ApiKey(Base):
    """A key of the partner: its secret, and its last nonce."""

    __tablename__ = "api_keys"

    name: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[bytes]
    nonce: Mapped[int] = mapped_column(BigInteger)


def create_tables(connection: Connection, profiles: int) -> None:
    """Make the tables, with so many users and everybody's key."""
    Base.metadata.create_all(connection)
    keys = [
        {"name": kraken_key(i), "secret": kraken_secret(i), "nonce": 0}
        for i in range(CONNECTIONS_MAX)
    ]
    connection.execute(insert(ApiKey), keys)
    document = kraken_body("ACME")
    for first in range(0, profiles, ROWS_AT_ONCE):
        numbers = range(first, min(first + ROWS_AT_ONCE, profiles))
        rows = [{"user": kraken_user(i), "version": 0, "document": document} for i in numbers]
        connection.execute(insert(Profile), rows)
