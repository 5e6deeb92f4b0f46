"""The state that processes share: the present root key, and the latest time (ADR 21, 36).

Each transaction reads it in its first exchange. The latest time is the value of a sequence, because
a row of it would make all transactions of all processes wait for each other; a sequence changes
outside of transactions.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from profilegate.errors import StoreDamagedError
from profilegate.store.clock import SteadyClock
from profilegate.store.encoding import timestamp
from profilegate.store.postgresql.connection import Pending
from profilegate.store.postgresql.links import Link
from profilegate.store.postgresql.session import lock_key
from profilegate.store.vault import Vault
from profilegate.store.vault_keys import KEYS_LOCK

_STATE: Final = "SELECT (SELECT max(number) FROM vault_keys), (SELECT last_value FROM latest_time)"
_SHARE_KEYS: Final = "SELECT pg_advisory_xact_lock_shared(:key)"
_RECORD: Final = "SELECT setval('latest_time', :time) FROM latest_time WHERE last_value < :time"
_KEYS_LOCK: Final = {"key": lock_key(KEYS_LOCK)}

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds_of(time: datetime) -> int:
    """A time as the sequence has it."""
    return (time - EPOCH) // timedelta(microseconds=1)


def number_of(time: str) -> int:
    """A time as rows hold it (empty: none), as the sequence has it."""
    return microseconds_of(datetime.fromisoformat(time)) if time else 0


def text_of(number: int) -> str:
    """A time of the sequence as rows hold it."""
    return timestamp(EPOCH + timedelta(microseconds=number))


class SharedState:
    """Follows the state in the database."""

    def __init__(self, vault: Vault, clock: SteadyClock) -> None:
        self._vault = vault
        self._clock = clock

    def now(self) -> datetime:
        """The time."""
        return self._clock()

    def share_keys(self, link: Link) -> Pending:
        """Keep a rotation from replacing the vault's keys before the transaction ends."""
        return link.queue(_SHARE_KEYS, _KEYS_LOCK)

    def ask(self, link: Link) -> Pending:
        """Read the state, with the next exchange."""
        return link.queue(_STATE, {})

    def adopt(self, answer: Pending) -> None:
        """
        Adopt the state that was read.

        Raises:
            StoreUnavailableError: the master key was rotated, and the key file is the old one.
            StoreDamagedError: the state is not readable.
        """
        ((number, latest),) = answer.rows
        if number is None:
            raise StoreDamagedError
        self._vault.expect(number)
        self._clock.advance(EPOCH + timedelta(microseconds=latest))

    def record(self, link: Link) -> Pending:
        """Record the time, with the next exchange."""
        return link.queue(_RECORD, {"time": microseconds_of(self._clock())})
