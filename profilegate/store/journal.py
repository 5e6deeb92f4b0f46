"""The journal: the last exchanges of each namespace, sealed, for those who test a client.

It is an aid, no record: a crash may lose its last moment, and an exchange that does not fit is left
out. The erasure of a profile deletes the journal of its namespace, because any of the exchanges may
show the profile.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from profilegate.errors import ExchangeUnknownError
from profilegate.profile.private import Private
from profilegate.profile.times import utc_now
from profilegate.store.encoding import timestamp
from profilegate.store.records import DEFAULT_NAMESPACE
from profilegate.store.session import Row, Session

Outcome = Literal["accepted", "rejected", "failed", "unanswered"]
"""What became of a request; ``failed``: the gateway could not do its work."""

ERASED: Final = "journal erased: "
"""The row of ``meta`` with a namespace's name behind it: when its journal was deleted last. An
exchange that began before may still wait in the memory of a process, and is left out."""

COLUMNS: Final = "number, namespace, request_id, at, provider, operation, outcome, status, sealed"
GONE: Final = "9999"
"""A text after that of each time."""

_INSERT: Final = (
    "INSERT INTO journal (namespace, request_id, at, provider, operation, outcome, status, sealed)"
    " VALUES (:namespace, :request_id, :at, :provider, :operation, :outcome, :status, :sealed)"
)


class Content(Private, frozen=True):
    """A body, of which only the beginning may be kept: ``size_bytes`` is the length of all."""

    kept: bytes = b""
    size_bytes: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it is kept."""
        return len(self.kept) == self.size_bytes


class Recorded(Private, array_like=True, frozen=True):
    """What is sealed of an exchange, as it was received and sent.

    ``path`` are the parameters of the path; ``error`` is the name of the error, empty without one,
    and ``facts`` are its facts. ``events`` are the events of histories that the request caused:
    the profile's id and its version.
    """

    method: str
    target: bytes
    path: dict[str, str]
    headers: list[tuple[bytes, bytes]]
    body: Content
    response_headers: list[tuple[bytes, bytes]]
    response_body: Content
    duration_ms: float
    error: str = ""
    message: str = ""
    facts: dict[str, Any] = msgspec.field(default_factory=dict)
    events: list[tuple[str, int]] = msgspec.field(default_factory=list)


class Entry(Private, frozen=True):
    """An exchange in the journal: one request at a provider's API, and its response.

    ``operation`` is empty if the provider has none for the path and the method. ``number`` rises
    from exchange to exchange; it is 0 until the entry is stored.
    """

    namespace: str
    request_id: str
    at: datetime
    provider: str
    operation: str
    outcome: Outcome
    status: int
    recorded: Recorded
    number: int = 0


class Filter(Private, frozen=True):
    """Which exchanges are wanted; None is any."""

    provider: str | None = None
    operation: str | None = None
    outcome: str | None = None
    status: int | None = None
    request_id: str | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Recorded).decode


def append(session: Session, entries: Sequence[Entry], kept: int) -> None:
    """Add exchanges, and delete the oldest of each namespace that has more than ``kept``."""
    namespaces = {entry.namespace for entry in entries}
    erased = {name: _erased_at(session, name) for name in namespaces}
    session.run_many(_INSERT, _rows(session, entries, erased))
    for namespace in namespaces:
        session.run(
            "DELETE FROM journal WHERE namespace = :namespace AND number <= (SELECT number"
            " FROM journal WHERE namespace = :namespace ORDER BY number DESC LIMIT 1 OFFSET :kept)",
            namespace=namespace,
            kept=kept,
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
    where, values = _condition(wanted)
    direction = "ASC" if after is not None else "DESC"
    rows = session.rows(
        f"SELECT {COLUMNS} FROM journal"  # noqa: S608 (our own names)
        " WHERE namespace = :namespace AND number > :after AND number < :before"
        f"{where} ORDER BY number {direction} LIMIT :limit",
        namespace=namespace,
        after=after or 0,
        before=NUMBER_MAX if before is None else before,
        limit=limit,
        **values,
    )
    return [open_entry(session, row) for row in (rows if after is not None else rows[::-1])]


NUMBER_MAX: Final = 2**63 - 1
"""The largest number of a row."""


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


def clear(session: Session, namespace: str) -> int:
    """Delete the journal of a namespace; return how many exchanges it had."""
    session.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value)"
        " ON CONFLICT (name) DO UPDATE SET value = :value",
        name=ERASED + namespace,
        value=timestamp(utc_now()).encode(),
    )
    return session.run("DELETE FROM journal WHERE namespace = :namespace", namespace=namespace)


def drop(session: Session, namespace: str) -> None:
    """Delete the journal of a namespace that is dropped, and the time of its last deletion."""
    session.run("DELETE FROM journal WHERE namespace = :namespace", namespace=namespace)
    session.run("DELETE FROM meta WHERE name = :name", name=ERASED + namespace)


def open_entry(session: Session, row: Row) -> Entry:
    """
    An exchange from its row.

    Raises:
        MasterKeyError: the row was moved or damaged.
    """
    number, namespace, request_id, at, provider, operation, outcome, status, sealed = row
    recorded = _decode(session.vault.box.open(sealed, *place(namespace, request_id)))
    time = datetime.fromisoformat(at)
    return Entry(
        namespace, request_id, time, provider, operation, outcome, status, recorded, number
    )


def place(namespace: str, request_id: str) -> tuple[str, ...]:
    """The place of a sealed exchange."""
    return "journal", namespace, request_id


def _erased_at(session: Session, namespace: str) -> str:
    """When a journal was deleted last; after all times for a namespace that is gone."""
    is_known = namespace == DEFAULT_NAMESPACE or session.row(
        "SELECT 1 FROM namespaces WHERE name = :name", name=namespace
    )
    if not is_known:
        return GONE
    found = session.row("SELECT value FROM meta WHERE name = :name", name=ERASED + namespace)
    return "" if found is None else found[0].decode()


def _rows(
    session: Session, entries: Iterable[Entry], erased: dict[str, str]
) -> Iterator[dict[str, Any]]:
    seal = session.vault.box.seal
    for entry in entries:
        at = timestamp(entry.at)
        if at > erased[entry.namespace]:
            yield {
                "namespace": entry.namespace,
                "request_id": entry.request_id,
                "at": at,
                "provider": entry.provider,
                "operation": entry.operation,
                "outcome": entry.outcome,
                "status": entry.status,
                "sealed": seal(_encode(entry.recorded), *place(entry.namespace, entry.request_id)),
            }


def _condition(wanted: Filter) -> tuple[str, dict[str, Any]]:
    values = {
        name: value
        for name in Filter.__struct_fields__
        if (value := getattr(wanted, name)) is not None
    }
    return "".join(f" AND {name} = :{name}" for name in values), values
