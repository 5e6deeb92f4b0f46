"""The state that processes share: the present root key, and the latest time.

At the beginning of each transaction the writer asks whether another connection has written, and
then reads the state. The last event has the time of the last change; the row of ``clock`` covers
what writes no event, to the second.
"""

from datetime import datetime, timedelta
from sqlite3 import Connection
from typing import Final

from profilegate.errors import StoreDamagedError
from profilegate.store.clock import BEGINNING, SteadyClock
from profilegate.store.encoding import timestamp
from profilegate.store.vault import Vault

_STATE: Final = (
    "SELECT (SELECT max(number) FROM vault_keys), (SELECT time FROM clock),"
    " (SELECT at FROM events JOIN profiles ON profiles.id = events.profile_id WHERE namespace"
    " NOT IN (SELECT name FROM namespaces WHERE frozen_at IS NOT NULL OR ahead <> 0)"
    " ORDER BY events.rowid DESC LIMIT 1)"
)

RECORD_EVERY: Final = timedelta(seconds=1)
"""We chose: sessions live for hours, and one row a second costs nothing."""


def stored_state(connection: Connection) -> tuple[int, str, str | None]:
    """The number of the present root key, the recorded time, and the time of the last event."""
    state: tuple[int, str, str | None] = connection.execute(_STATE).fetchone()
    return state


class SharedState:
    """Follows the state in the database."""

    def __init__(self, vault: Vault, clock: SteadyClock) -> None:
        self._vault = vault
        self._clock = clock
        self._data_version = -1
        self._changes = 0
        self._record_at = BEGINNING

    def read(self, connection: Connection) -> datetime:
        """
        Adopt the state that the database has; return the recorded time.

        Raises:
            StoreUnavailableError: the master key was rotated, and the key file is the old one.
            StoreDamagedError: the state is not readable.
        """
        number, recorded, last = stored_state(connection)
        try:
            self._vault.expect(number)
            times = [datetime.fromisoformat(each) for each in (recorded, last) if each]
            self._clock.advance(max(times, default=BEGINNING))
            return datetime.fromisoformat(recorded) if recorded else BEGINNING
        except (TypeError, ValueError) as error:
            raise StoreDamagedError from error

    def begin(self, connection: Connection) -> None:
        """Adopt the state at the beginning of a transaction, if another connection has written."""
        self._changes = connection.total_changes
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._data_version:
            self._record_at = self.read(connection) + RECORD_EVERY
            self._data_version = version

    def end(self, connection: Connection) -> None:
        """Record the time in a transaction that changed something, once a second."""
        if connection.total_changes != self._changes and (now := self._clock()) >= self._record_at:
            connection.execute("UPDATE clock SET time = ? WHERE id = 1", (timestamp(now),))
            self._record_at = now + RECORD_EVERY
