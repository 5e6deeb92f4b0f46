"""The accounts, origins and short calls that tests of the shared profile have in common."""

import asyncio
from collections.abc import Coroutine
from typing import Any, ParamSpec, TypeVar

from profilegate.profile.fields import Fields
from profilegate.store import (
    AccountKey,
    NewAccount,
    Origin,
    ProfileRecord,
    Store,
    accounts,
    profiles,
)
from profilegate.store.store import RepositoryFunction

KAI = AccountKey("default", "kraken", "AA08N84GCPARUN7A")
VERA = AccountKey("default", "machnet", "0c7cb1a2-1f2e-4c55-9b0e-6a1f5d2c3b4a")
IVAN = AccountKey("default", "diadoc", "d064f6ba-8a3d-4a6f-a2ce-8f6a2d1d9f3b")

ADMIN = Origin("profiles", "admin", "request-1")
PARTNER = Origin("kraken", "demo", "request-2")

PASSPORT = {
    "type": "PASSPORT",
    "number": "X1234567",
    "front": "RlJPTlQtT0YtUEFTU1BPUlQ=",
    "back": "QkFDSy1PRi1QQVNTUE9SVA==",
}
SSN = {"type": "SSN", "value": "999-99-0001"}

P = ParamSpec("P")
T = TypeVar("T")


def run(call: Coroutine[Any, Any, T]) -> T:
    """The response of one call, in an event loop of its own."""
    return asyncio.run(call)


def write(store: Store, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a function that writes."""
    return run(store.write(function, *args, **kwargs))


def read(store: Store, function: RepositoryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a function that reads."""
    return run(store.read(function, *args, **kwargs))


def create(
    store: Store, key: AccountKey, fields: Fields | None = None, **more: Any
) -> ProfileRecord:
    """The profile of an account that was just created."""
    write(store, accounts.create, NewAccount(key, fields or {}, **more))
    return read(store, profiles.find_of, key)


def changes_of(store: Store, profile_id: str) -> list[dict[str, tuple[Any, Any]]]:
    """What each event of a history changed."""
    return [event.changes for event in read(store, profiles.events, "default", profile_id)]
