"""Scripted faults: what tests make go wrong in a namespace, and how often it has done so."""

import hashlib
import random
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from profilegate.errors import FaultUnknownError, NamespaceLimitExceededError
from profilegate.profile.private import Private
from profilegate.store.encoding import encode
from profilegate.store.session import Row, Session, one_statement
from profilegate.store.vault import Vault

DELAY_MAX_SECONDS: Final = 60
"""The longest delay and the slowest body of a response. We chose: most clients give up earlier."""

FAULTS_MAX: Final = 100
"""The faults of one namespace, all of which each of its requests may be compared with. We chose:
a test scripts a few."""

ID_SIZE_BYTES: Final = 8
"""An id is unique in its namespace and no secret."""

Broken = Literal["no_response", "head_only", "malformed", "truncated"]
"""How a response breaks: the connection ends before it or after its head; its body is not what its
media type says; or the connection ends in the middle of the body."""

_SELECT: Final = "SELECT id, sealed, calls, hits FROM faults WHERE namespace = :namespace"


class HeaderMatch(Private, frozen=True, omit_defaults=True):
    """A header of a request: present, or with this value, or with a value that fits a pattern."""

    header: str
    value: str | None = None
    pattern: str | None = None


class Match(Private, frozen=True, omit_defaults=True):
    """
    Which requests of an operation a fault affects: those that satisfy everything here.

    ``body`` maps paths of fields, in the provider's own names, to their values. ``nth`` is the
    first matching request that is affected; ``probability`` is that of each, and ``seed`` makes
    the same choices again.
    """

    headers: tuple[HeaderMatch, ...] = ()
    body: Mapping[str, Any] = {}
    nth: int | None = None
    probability: float | None = None
    seed: int | None = None


class Effect(Struct, frozen=True, omit_defaults=True):
    """
    What happens to a request: one or several of these.

    ``error`` is the name of a documented error, ``status`` any status: either of them takes the
    place of the operation's response. ``after`` is whether the operation runs before that.
    ``delay_seconds`` pass before anything else, or ``after`` the operation; the body arrives in
    ``body_seconds``.
    """

    error: str | None = None
    status: int | None = None
    delay_seconds: float = 0
    body_seconds: float = 0
    broken: Broken | None = None
    after: bool = False

    @property
    def replaces_operation(self) -> bool:
        """Whether the operation does not run."""
        has_response = self.error is not None or self.status is not None
        return not self.after and (has_response or self.broken == "no_response")


class Fault(Private, frozen=True, omit_defaults=True):
    """
    A scripted fault of a provider's operation, or of all of its operations.

    It ends after ``times`` requests, or when it is removed (None). ``calls`` are the requests that
    it matched, ``hits`` those that it affected; only a fault that ``is_counted`` counts them.
    """

    provider: str
    effect: Effect
    operation: str | None = None
    match: Match = Match()
    times: int | None = None
    id: str = ""
    calls: int = 0
    hits: int = 0

    @property
    def is_counted(self) -> bool:
        """Whether the fault depends on earlier requests."""
        return (self.times, self.match.nth, self.match.seed) != (None, None, None)

    def affects(self, call: int) -> bool:
        """Whether the fault affects the request of this number among those that it matched."""
        probability = 1.0 if self.match.probability is None else self.match.probability
        return call >= (self.match.nth or 1) and _chance(self.match.seed, call) < probability


def _chance(seed: int | None, call: int) -> float:
    """A number from 0 to below 1; the same one for the same seed and request."""
    if seed is None:
        return random.random()  # noqa: S311 (nothing secret depends on it)
    digest = hashlib.blake2b(f"{seed}:{call}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


_decode = msgspec.json.Decoder(Fault).decode


@one_statement
def find_all(session: Session, namespace: str) -> list[Fault]:
    """The faults of a namespace, in the order in which they are tried: the oldest first."""
    rows = session.rows(f"{_SELECT} ORDER BY number", namespace=namespace)
    return [_open(session, namespace, row) for row in rows]


def put(session: Session, namespace: str, fault: Fault) -> Fault:
    """
    Add a fault behind those that exist; return it with its id.

    Raises:
        NamespaceLimitExceededError: the namespace has FAULTS_MAX already.
    """
    session.lock_name("faults", namespace)
    found = session.row(
        "SELECT count(*), coalesce(max(number), 0) FROM faults WHERE namespace = :namespace",
        namespace=namespace,
    )
    count, last = found or (0, 0)
    if count >= FAULTS_MAX:
        raise NamespaceLimitExceededError("scripted faults", FAULTS_MAX)
    added = replace(fault, id=secrets.token_hex(ID_SIZE_BYTES))
    session.run(
        "INSERT INTO faults (namespace, id, number, sealed, calls, hits)"
        " VALUES (:namespace, :id, :number, :sealed, 0, 0)",
        namespace=namespace,
        id=added.id,
        number=last + 1,
        sealed=session.vault.box.seal(encode(added), *place(namespace, added.id)),
    )
    return added


def remove(session: Session, namespace: str, fault_id: str) -> None:
    """
    Remove a fault.

    Raises:
        FaultUnknownError: there is no such fault (any more).
    """
    if not _delete(session, namespace, fault_id):
        raise FaultUnknownError


def remove_all(session: Session, namespace: str) -> int:
    """Remove all faults of a namespace; return how many there were."""
    return session.run("DELETE FROM faults WHERE namespace = :namespace", namespace=namespace)


def count_call(session: Session, namespace: str, fault_ids: Sequence[str]) -> Fault | None:
    """
    The first of some faults that affects a request, which all of them match; None if none does.

    Each fault that is tried counts the request. One that has affected as many as it may is removed.
    """
    for fault_id in fault_ids:
        row = session.row(
            f"{_SELECT} AND id = :id{session.for_update}", namespace=namespace, id=fault_id
        )
        if row is None:
            # Another request has used it up since the caller found it.
            continue
        fault = _open(session, namespace, row)
        calls = fault.calls + 1
        is_hit = fault.affects(calls)
        hits = fault.hits + is_hit
        if fault.times is not None and hits >= fault.times:
            _delete(session, namespace, fault_id)
        elif fault.is_counted:
            session.run(
                "UPDATE faults SET calls = :calls, hits = :hits"
                " WHERE namespace = :namespace AND id = :id",
                calls=calls,
                hits=hits,
                namespace=namespace,
                id=fault_id,
            )
        if is_hit:
            return fault
    return None


def place(namespace: str, fault_id: str) -> tuple[str, ...]:
    """The place (see ``vault.py``) of a fault's row."""
    return ("faults", namespace, fault_id)


def _delete(session: Session, namespace: str, fault_id: str) -> int:
    return session.run(
        "DELETE FROM faults WHERE namespace = :namespace AND id = :id",
        namespace=namespace,
        id=fault_id,
    )


def _open(session: Session, namespace: str, row: Row) -> Fault:
    fault_id, sealed, calls, hits = row
    fault = session.vault.cached(_opened, namespace, fault_id, sealed)
    return replace(fault, calls=calls, hits=hits)


def _opened(vault: Vault, namespace: str, fault_id: str, sealed: bytes) -> Fault:
    return _decode(vault.box.open(sealed, *place(namespace, fault_id)))
