"""Verifies a database: SQLite's own check first, then the audit."""

from collections.abc import Callable, Iterator
from sqlite3 import Connection, DatabaseError
from typing import Final

from msgspec.structs import replace

from profilegate.store.audit import audit
from profilegate.store.records import Audit, Damage
from profilegate.store.session import Session

DAMAGES_MAX: Final = 100
"""How many damages SQLite's check lists (its own default)."""

PAGES: Final = "database"
"""The name of damages that are not in a row of a table."""


def verified(connection: Connection, session: Callable[[], Session], namespace: str) -> Audit:
    """Verify a database, in one snapshot, on a connection that does nothing else."""
    # A damaged text need not be UTF-8.
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.execute("BEGIN")
    pages = list(_damaged_pages(connection))
    found = audit(session(), namespace)
    return replace(found, damaged=(*pages, *found.damaged))


def _damaged_pages(connection: Connection) -> Iterator[Damage]:
    """What SQLite finds: damaged pages, rows that an index lacks, rows that refer to no row."""
    try:
        for (message,) in connection.execute(f"PRAGMA integrity_check({DAMAGES_MAX})"):
            if message != "ok":
                yield Damage(PAGES, "", message)
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            yield Damage(table, str(row or ""), f"a row of {parent} is missing")
    except DatabaseError as error:
        yield Damage(PAGES, "", str(error))
