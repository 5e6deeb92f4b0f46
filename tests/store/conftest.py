"""A store of each backend, with two providers and a clock that tests can turn."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from profilegate.profile.locks import ALWAYS, Lock, LockRules, LockTable
from profilegate.store import Store, sqlite

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


@pytest.fixture(params=["sqlite"])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> Iterator[Callable[[], Store]]:
    """Open the test's store once more, as another process would."""
    backends: dict[str, Callable[[], Store]] = {
        "sqlite": lambda: sqlite.open_store(
            tmp_path / "profiles.db", key_file=tmp_path / "master.key", rules=RULES, now=clock
        ),
    }
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(backends[request.param]())
        return opened[-1]

    yield open_one
    for store in opened:
        asyncio.run(store.close())


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """An empty store."""
    return open_store()
