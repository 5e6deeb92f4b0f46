"""Nonces: accepts each nonce of a credential once, in the transaction of its request."""

from collections.abc import Callable
from functools import partial
from typing import Final

from profilegate.errors import CredentialIdUnknownError, NonceNotIncreasingError
from profilegate.store.encoding import timestamp
from profilegate.store.records import CredentialKey, NonceUse
from profilegate.store.session import Session, locks

NONCE_SIZE_BYTES: Final = 8
NONCE_MAX: Final = 2 ** (8 * NONCE_SIZE_BYTES) - 1

NONCES_REMEMBERED_MAX: Final = 1000
"""Of a key with a window the largest nonces are remembered; smaller ones are rejected, so that the
table is bounded whatever the window. We chose 1000: more requests than overtake each other."""

_ADVANCE: Final = (
    "UPDATE credentials SET nonce = :nonce WHERE namespace = :namespace AND provider = :provider"
    " AND kind = :kind AND digest = :digest AND nonce < :nonce"
)
_LAST: Final = (
    "SELECT nonce FROM credentials WHERE namespace = :namespace AND provider = :provider"
    " AND kind = :kind AND digest = :digest"
)
_REMEMBERED: Final = (
    "SELECT count(*), min(nonce) FROM used_nonces WHERE namespace = :namespace"
    " AND provider = :provider AND kind = :kind AND digest = :digest"
)
_REMEMBER: Final = (
    "INSERT INTO used_nonces (namespace, provider, kind, digest, nonce)"
    " VALUES (:namespace, :provider, :kind, :digest, :nonce) ON CONFLICT DO NOTHING"
)
_FORGET: Final = (
    "DELETE FROM used_nonces WHERE namespace = :namespace AND provider = :provider"
    " AND kind = :kind AND digest = :digest AND nonce <= :forgotten"
)


@locks(lambda use: [use])
def use(session: Session, use: NonceUse) -> None:
    """
    Accept a nonce: it is larger than all before, or within the credential's window and unused.

    Raises:
        NonceNotIncreasingError: it was used, or is too small, or the credential does not exist any
            more.
    """
    start(session, use)()


def start(session: Session, use: NonceUse) -> Callable[[], None]:
    """Accept a nonce as ``use`` does; its error is raised when the returned function is called."""
    where = _where(session, use.credential)
    if use.window:
        return partial(_remember, session, use, where)
    advanced = session.start(_ADVANCE, nonce=encoded(use.value), **where)
    return partial(_require, session, advanced, where)


def _require(session: Session, advanced: Callable[[], int], where: dict[str, str | bytes]) -> None:
    if advanced() == 0:
        found = session.row(_LAST, **where)
        raise NonceNotIncreasingError(None if found is None else int.from_bytes(found[0]))


def _remember(session: Session, use: NonceUse, where: dict[str, str | bytes]) -> None:
    found = session.row(_LAST + session.for_update, **where)
    if found is None:
        raise NonceNotIncreasingError(None, use.window)
    if use.is_below(last := int.from_bytes(found[0])):
        raise NonceNotIncreasingError(last, use.window)
    nonce = encoded(use.value)
    count, smallest = session.row(_REMEMBERED, **where) or (0, None)
    is_full = count == NONCES_REMEMBERED_MAX
    # One that is smaller than all that are remembered may have been used, and forgotten.
    if (is_full and nonce < smallest) or session.run(_REMEMBER, nonce=nonce, **where) == 0:
        raise NonceNotIncreasingError(last, use.window)
    session.run(_ADVANCE, nonce=nonce, **where)
    late = encoded(max(0, max(last, use.value) - use.window))
    session.run(_FORGET, forgotten=max(late, smallest) if is_full else late, **where)


def reset(session: Session, namespace: str, credential_id: str) -> None:
    """
    Forget the nonces of a credential: its next one may be any.

    Raises:
        CredentialIdUnknownError: there is no such credential (any more).
    """
    row = session.row(
        "SELECT provider, kind, digest FROM credentials WHERE namespace = :namespace AND id = :id"
        " AND (expires_at IS NULL OR expires_at > :now)",
        namespace=namespace,
        id=credential_id,
        now=timestamp(session.now),
    )
    if row is None:
        raise CredentialIdUnknownError
    provider, kind, digest = row
    session.run(_FORGET, forgotten=encoded(NONCE_MAX), **_place(namespace, provider, kind, digest))
    session.run(
        "UPDATE credentials SET nonce = :nonce WHERE namespace = :namespace AND id = :id",
        nonce=encoded(0),
        namespace=namespace,
        id=credential_id,
    )


def encoded(nonce: int) -> bytes:
    """A nonce as it is stored: eight bytes that compare as the number does."""
    return nonce.to_bytes(NONCE_SIZE_BYTES)


def _where(session: Session, key: CredentialKey) -> dict[str, str | bytes]:
    digest = session.vault.digest("credentials", key.namespace, key.provider, key.kind, key.text)
    return _place(key.namespace, key.provider, key.kind, digest)


def _place(namespace: str, provider: str, kind: str, digest: bytes) -> dict[str, str | bytes]:
    return {"namespace": namespace, "provider": provider, "kind": kind, "digest": digest}
