"""The state that processes share: the present root key, and the latest time.

The writer reads it at the beginning of each transaction, with one statement. The last event has the
time of the last change; the row of ``clock`` covers what writes no event, to the second.
"""

from datetime import datetime
from sqlite3 import Connection
from typing import Final

from profilegate.errors import StoreDamagedError
from profilegate.store.clock import SteadyClock
from profilegate.store.encoding import timestamp
from profilegate.store.vault import Vault

_STATE: Final = (
    "SELECT (SELECT max(number) FROM vault_keys), (SELECT time FROM clock),"
    " (SELECT at FROM events ORDER BY rowid DESC LIMIT 1)"
)

_TO_THE_SECOND: Final = len("2026-11-22T00:00:00")


def stored_state(connection: Connection) -> tuple[int, str, str | None]:
    """The number of the present root key, the recorded time, and the time of the last event."""
    state: tuple[int, str, str | None] = connection.execute(_STATE).fetchone()
    return state


class SharedState:
    """Follows the state in the database."""

    def __init__(self, vault: Vault, clock: SteadyClock) -> None:
        self._vault = vault
        self._clock = clock
        self._seen = ""
        self._recorded = ""
        self._changes = 0

    def read(self, connection: Connection) -> str:
        """
        Adopt the state that the database has; return the recorded time.

        Raises:
            MasterKeyError: another process rotated the master key, and the key file is unusable.
            StoreDamagedError: the state is not readable.
        """
        number, recorded, last = stored_state(connection)
        try:
            self._vault.expect(number)
            latest = max(recorded, last or "")
            if latest > self._seen:
                self._clock.advance(datetime.fromisoformat(latest))
                self._seen = latest
        except (TypeError, ValueError) as error:
            raise StoreDamagedError from error
        return str(recorded)

    def begin(self, connection: Connection) -> None:
        """Adopt the state at the beginning of a transaction."""
        self._recorded = self.read(connection)
        self._changes = connection.total_changes

    def end(self, connection: Connection) -> None:
        """Record the time in a transaction that changed something, at most once a second."""
        if connection.total_changes == self._changes:
            return
        now, recorded = timestamp(self._clock()), self._recorded
        if now[:_TO_THE_SECOND] > recorded[:_TO_THE_SECOND]:
            connection.execute("UPDATE clock SET time = ? WHERE id = 1", (now,))
