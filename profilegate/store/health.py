"""Health: the checks of a store, and the write that shows whether it takes writes."""

from collections.abc import Mapping
from typing import Final

from profilegate.store.session import Session

Health = Mapping[str, str]
"""Name of a check -> what is wrong, in words without values; empty if nothing is."""

CHECKS: Final = ("database", "writes", "migrations", "key", "disk")
"""The checks of a store; one that cannot run, because another one failed, is not in the result."""


def touch(session: Session) -> None:
    """Write a row as it is, durably."""
    session.run("UPDATE clock SET time = time WHERE id = 1")
