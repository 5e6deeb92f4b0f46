"""The gateway at its most talkative: all loggers at debug, and unexpected errors on demand.

While the file ``boom`` exists in the working folder, each call of the store fails with a message
that quotes its arguments, as a programming error might; but for the functions that the file names.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from profilegate.cli.main import main
from profilegate.store import Store
from profilegate.store.postgresql import PostgresStore
from profilegate.store.sqlite import SqliteStore

BOOM = "boom"
AUTHENTICATION = "digest find renew"
"""The functions that authenticate a caller: with them spared, the errors come later."""


def _talkative(config: uvicorn.Config) -> None:
    configure(config)
    for name in ("", "uvicorn", "uvicorn.error", "asyncio", "profilegate", "connexion"):
        logging.getLogger(name).setLevel(logging.DEBUG)


def _failing(call: Callable[..., Any]) -> Callable[..., Any]:
    async def fail_or_call(store: Store, function: Any, *args: Any, **named: Any) -> Any:
        spared = _spared()
        if spared is not None and function.__name__ not in spared:
            quoted = [_plain(each) for each in (*args, *named.values())]
            raise RuntimeError(f"{function.__name__} failed for {quoted}")
        return await call(store, function, *args, **named)

    return fail_or_call


def _spared() -> list[str] | None:
    try:
        return Path(BOOM).read_text("ascii").split()
    except FileNotFoundError:
        return None


def _plain(value: Any) -> Any:
    """What a careless message would quote: all parts of a value."""
    names = getattr(value, "__struct_fields__", None)
    return tuple(getattr(value, name) for name in names) if names else value


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG)
    configure = uvicorn.Config.configure_logging
    uvicorn.Config.configure_logging = _talkative  # type: ignore[assignment, method-assign]
    for store in (SqliteStore, PostgresStore):
        for name in ("read", "write"):
            setattr(store, name, _failing(getattr(store, name)))
    main()
