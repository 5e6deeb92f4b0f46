"""This gate, whole, but for a store that answers every update at once and keeps nothing.

Credentials are still read from the database and signatures still verified.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from starlette.types import ASGIApp

from benchmarks.apps import Save
from benchmarks.names import DATABASE, KEY_FILE
from profilegate.gate import Gate
from profilegate.profile.rules import Fields
from profilegate.serving.app import GateApp, load_sources
from profilegate.serving.providers import load_provider
from profilegate.store import Store, Update
from profilegate.store.sqlite import SqliteStore, open_store


class KeepsNothing:
    """A store whose update is no work; all else is the real store's."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.credential = store.credential

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def update(self, update: Update) -> Fields:
        """Nothing, at once."""
        return {}


def create(save: Save | None) -> ASGIApp:
    """The app; with a store it is measured as `profilegate serve`."""
    if save is not None:
        raise ValueError("what keeps something is `profilegate serve`")
    return gate_over(lambda store: cast(Store, KeepsNothing(store)))


def gate_over(wrap: Callable[[SqliteStore], Store]) -> ASGIApp:
    """The gate over this world's store, as that is wrapped."""
    sources = load_sources()
    providers = {name: load_provider(source.spec) for name, source in sources.items()}
    rules = {name: provider.rules for name, provider in providers.items()}
    store = open_store(Path(DATABASE), key_file=Path(KEY_FILE), rules=rules)
    return GateApp(Gate(wrap(store), "http://gate.example", limits_rates=False), sources, providers)
