"""The journal: the last exchanges of each namespace, sealed, for those who test a client.

It is an aid, no record: a crash may lose its last moment, and an exchange that does not fit is left
out. The erasure of a profile deletes the journal of its namespace, because any of the exchanges may
show the profile.

Exchanges that are stored together share a row and a seal, which costs a tenth of one for each.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple
from zlib import compress, decompress

import msgspec
from msgspec.structs import replace

from profilegate.errors import ExchangeUnknownError
from profilegate.profile.private import Private
from profilegate.profile.times import utc_now
from profilegate.store.records import DEFAULT_NAMESPACE
from profilegate.store.session import Row, Session

Outcome = Literal["accepted", "rejected", "failed", "unanswered"]
"""What became of a request; ``failed``: the gateway could not do its work."""

ERASED: Final = "journal erased: "
"""The row of ``meta`` with a namespace's name behind it: when its journal was deleted last, and its
last number. An exchange that began before may still wait in the memory of a process."""

COLUMNS: Final = "namespace, first, last, sealed"
NUMBER_MAX: Final = 2**63 - 1
"""The largest number of an exchange."""

ROWS_READ_AT_ONCE: Final = 20
"""Rows of up to 128 exchanges: some megabytes."""


class Failure(Private, array_like=True, frozen=True):
    """The error of an exchange: its outcome, its name, its sentence and its facts."""

    outcome: Literal["rejected", "failed"]
    error: str
    message: str
    facts: dict[str, Any]


class Content(NamedTuple):
    """A body, of which only the beginning may be kept: ``size_bytes`` is the length of all."""

    kept: bytes
    size_bytes: int

    @property
    def is_whole(self) -> bool:
        """Whether all of it is kept."""
        return len(self.kept) == self.size_bytes


class Entry(Private, array_like=True, frozen=True, gc=False):
    """
    An exchange in the journal, as it was received and sent: a request at a provider's API, and its
    response.

    ``at`` is the time in seconds since 1970, ``operation`` is empty if the provider has none for
    the path and the method, ``status`` is 0 without a response. ``path`` are the parameters of the
    path. Of a body the beginning and the length of all are kept. ``events`` are those that the
    request has added to histories: the profile's id and its version. ``number`` rises from exchange
    to exchange of a namespace; it is 0 until the entry is read.
    """

    request_id: str
    at: float
    provider: str
    operation: str
    status: int
    method: str
    target: bytes
    path: dict[str, str]
    headers: list[tuple[bytes, bytes]]
    request_body: bytes
    request_size_bytes: int
    response_headers: list[tuple[bytes, bytes]]
    response_body: bytes
    response_size_bytes: int
    duration_ms: float
    events: list[tuple[str, int]]
    failure: Failure | None = None
    number: int = 0

    @property
    def time(self) -> datetime:
        """The time at which the request came."""
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def outcome(self) -> Outcome:
        """What became of the request."""
        if self.failure is not None:
            return self.failure.outcome
        return "accepted" if self.status else "unanswered"

    @property
    def error(self) -> str:
        """The name of the error; empty without one."""
        return "" if self.failure is None else self.failure.error

    @property
    def facts(self) -> dict[str, Any]:
        """The facts of the error."""
        return {} if self.failure is None else self.failure.facts

    @property
    def request(self) -> Content:
        """The body of the request."""
        return Content(self.request_body, self.request_size_bytes)

    @property
    def response(self) -> Content:
        """The body of the response."""
        return Content(self.response_body, self.response_size_bytes)


class Filter(Private, frozen=True):
    """Which exchanges are wanted; None is any."""

    provider: str | None = None
    operation: str | None = None
    outcome: str | None = None
    status: int | None = None
    request_id: str | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an exchange is wanted."""
        return all(
            wanted is None or wanted == getattr(entry, name)
            for name in self.__struct_fields__
            if (wanted := getattr(self, name)) is not None
        )


COMPRESSION_LEVEL: Final = 1
"""zlib's fastest: exchanges of one client repeat each other, so their rows shrink to a seventh.
Without it the pages that SQLite writes, and overwrites later, cost four times as much."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Entry]).decode


class Packed(NamedTuple):
    """An exchange that waits to be stored: one text of bytes takes less memory than its parts."""

    at: float
    data: bytes

    def __repr__(self) -> str:
        """Without the exchange: a log must not hold it."""
        return "<Packed>"


def pack(entry: Entry) -> Packed:
    """Encode an exchange."""
    return Packed(entry.at, _encode(entry))


def append(session: Session, namespace: str, entries: Sequence[Packed], kept: int) -> None:
    """
    Add exchanges of one namespace, and delete its oldest ones beyond the last ``kept``.

    Those that share a row with one that is kept stay with it. Exchanges that began before the
    journal was deleted, or whose namespace is gone, are left out.
    """
    if not _exists(session, namespace):
        return
    session.lock_name("journal", namespace)
    erased_at, erased = _erased(session, namespace)
    new = [msgspec.Raw(entry.data) for entry in entries if entry.at > erased_at]
    first = max(_last(session, namespace), erased) + 1
    last = first + len(new) - 1
    if not new:
        return
    session.run(
        "INSERT INTO journal (namespace, first, last, sealed)"
        " VALUES (:namespace, :first, :last, :sealed)",
        namespace=namespace,
        first=first,
        last=last,
        sealed=session.vault.box.seal(
            compress(_encode(new), COMPRESSION_LEVEL), *place(namespace, first, last)
        ),
    )
    session.run(
        "DELETE FROM journal WHERE namespace = :namespace AND last <= :oldest",
        namespace=namespace,
        oldest=last - kept,
    )


def page(
    session: Session,
    namespace: str,
    wanted: Filter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int,
) -> list[Entry]:
    """Exchanges by their numbers, oldest first: the first ones after a number, or the last ones."""
    found: list[Entry] = []
    for entry in (
        _after(session, namespace, after) if after else _before(session, namespace, before)
    ):
        if wanted.takes(entry):
            found.append(entry)
            if len(found) == limit:
                break
    return found if after else found[::-1]


def find(session: Session, namespace: str, request_id: str) -> Entry:
    """
    The exchange of a request.

    Raises:
        ExchangeUnknownError: it is not in the journal (any more).
    """
    found = page(session, namespace, Filter(request_id=request_id), limit=1)
    if not found:
        raise ExchangeUnknownError
    return found[0]


def clear(session: Session, namespace: str) -> None:
    """Delete the journal of a namespace."""
    session.lock_name("journal", namespace)
    last = max(_last(session, namespace), _erased(session, namespace)[1])
    session.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = :value",
        name=ERASED + namespace,
        value=_encode((utc_now().timestamp(), last)),
    )
    session.run("DELETE FROM journal WHERE namespace = :namespace", namespace=namespace)


def drop(session: Session, namespace: str) -> None:
    """Delete the journal of a namespace that is dropped, and the time of its last deletion."""
    session.run("DELETE FROM journal WHERE namespace = :namespace", namespace=namespace)
    session.run("DELETE FROM meta WHERE name = :name", name=ERASED + namespace)


def open_entries(session: Session, row: Row) -> list[Entry]:
    """
    The exchanges of a row, oldest first.

    Raises:
        MasterKeyError: the row was moved or damaged.
    """
    namespace, first, last, sealed = row
    packed = session.vault.box.open(sealed, *place(namespace, first, last))
    entries = _decode(decompress(packed))
    return [replace(entry, number=first + number) for number, entry in enumerate(entries)]


def place(namespace: str, first: int, last: int) -> tuple[str, ...]:
    """The place of the sealed exchanges of a row."""
    return "journal", namespace, str(first), str(last)


def _before(session: Session, namespace: str, number: int | None) -> Iterator[Entry]:
    """The exchanges before a number, newest first."""
    end = NUMBER_MAX if number is None else number
    while rows := session.rows(
        f"SELECT {COLUMNS} FROM journal WHERE namespace = :namespace AND first < :end"  # noqa: S608
        " ORDER BY last DESC LIMIT :limit",
        namespace=namespace,
        end=end,
        limit=ROWS_READ_AT_ONCE,
    ):
        for row in rows:
            yield from (each for each in open_entries(session, row)[::-1] if each.number < end)
            end = row[1]


def _after(session: Session, namespace: str, number: int) -> Iterator[Entry]:
    """The exchanges after a number, oldest first."""
    while rows := session.rows(
        f"SELECT {COLUMNS} FROM journal WHERE namespace = :namespace AND last > :start"  # noqa: S608
        " ORDER BY last LIMIT :limit",
        namespace=namespace,
        start=number,
        limit=ROWS_READ_AT_ONCE,
    ):
        for row in rows:
            yield from (each for each in open_entries(session, row) if each.number > number)
            number = row[2]


def _last(session: Session, namespace: str) -> int:
    """The number of the newest exchange; 0 without one."""
    row = session.row(
        "SELECT max(last) FROM journal WHERE namespace = :namespace", namespace=namespace
    )
    return 0 if row is None else row[0] or 0


def _exists(session: Session, namespace: str) -> bool:
    return namespace == DEFAULT_NAMESPACE or bool(
        session.row("SELECT 1 FROM namespaces WHERE name = :name", name=namespace)
    )


def _erased(session: Session, namespace: str) -> tuple[float, int]:
    """When the journal was deleted last, and the last number that it had then."""
    found = session.row("SELECT value FROM meta WHERE name = :name", name=ERASED + namespace)
    if found is None:
        return 0.0, 0
    at, last = msgspec.msgpack.decode(found[0])
    return at, last
