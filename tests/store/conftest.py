"""A store of each backend, with two providers and a clock that tests can turn."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from profilegate.profile.locks import ALWAYS, Lock, LockRules, LockTable
from profilegate.store import Store, opening
from tests import postgres
from tests.raw_database import RawDatabase

RULES = {
    "kraken": LockRules(states={}, tables=()),
    "machnet": LockRules(
        states={"verified": {"account.status": "VERIFIED"}},
        tables=(
            LockTable(
                applies={"account.business": False},
                locks=(
                    Lock("name.given", "verified"),
                    Lock("documents.virtual", "verified", frozenset({"SSN"})),
                    Lock("account.country", ALWAYS),
                    Lock("account.note", "verified"),
                ),
            ),
        ),
    ),
}


class Clock:
    """A clock that stands still until a test lets time pass: ``clock.advance(hours=25)``."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, hours: int) -> None:
        self.time += timedelta(hours=hours)


@pytest.fixture
def clock() -> Clock:
    """The clock of every store in the test."""
    return Clock()


@pytest.fixture(params=postgres.BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database of each backend, whose key file is ``master.key``."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'profiles.db'}"
        return
    name = postgres.new_store(tmp_path / "master.key")
    yield postgres.url_of(name)
    postgres.drop_database(name)


@pytest.fixture
def open_store(database: str, tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Open the test's store once more, as another process would."""
    opened: list[Store] = []

    def open_one() -> Store:
        key_file = tmp_path / "master.key"
        opened.append(opening.open_store(database, key_file=key_file, rules=RULES, now=clock))
        return opened[-1]

    yield open_one
    for store in opened:
        asyncio.run(store.close())


@pytest.fixture
def raw(database: str, store: Store) -> Iterator[RawDatabase]:
    """A connection to the store's database, behind its back."""
    connection = RawDatabase(database)
    yield connection
    connection.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """An empty store."""
    return open_store()


in_a_file = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For tests of what only a SQLite file has."""
