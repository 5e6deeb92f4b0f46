"""Health: the checks of a store, and the write that shows whether it takes writes."""

from collections.abc import Awaitable, Mapping
from typing import Final

from profilegate.errors import StoreUnavailableError
from profilegate.store.session import Session

Health = Mapping[str, str]
"""Name of a check -> what is wrong, in words without values; empty if nothing is."""

CHECKS: Final = ("database", "writes", "migrations", "key", "disk")
"""The checks of a store; one that cannot run, because another one failed, is not in the result."""


async def trouble_of(written: Awaitable[None]) -> str:
    """What is wrong with a write (``touch``), in words; empty if nothing is."""
    try:
        await written
    except StoreUnavailableError as error:
        return str(error)
    return ""


def touch(session: Session) -> None:
    """Write a row as it is, durably."""
    session.run("UPDATE clock SET time = time WHERE id = 1")
