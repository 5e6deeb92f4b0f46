"""Stamps: short texts that differ once what a page shows has changed; cheap to ask for again."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

from profilegate.store.session import Session

STAMP_SIZE_BYTES: Final = 8
"""We chose: two pages in a row have the same stamp once in 10**19 changes."""

Kind = Literal["profile", "profiles", "journal"]

_ROWS: Final[Mapping[Kind, str]] = {
    "profile": (
        "SELECT version, (SELECT MAX(pending.expires_at) FROM pending_logins AS pending"
        " JOIN accounts AS account ON account.namespace = pending.namespace"
        " AND account.provider = pending.provider AND account.digest = pending.account"
        " WHERE account.profile_id = profile.id AND pending.state = 'waiting')"
        " FROM profiles AS profile"
        " WHERE namespace = :namespace AND id = :place AND erased_at IS NULL"
    ),
    "profiles": (
        "SELECT id, version FROM profiles WHERE namespace = :namespace AND id > :place"
        " AND erased_at IS NULL ORDER BY id LIMIT :limit"
    ),
    "journal": "SELECT MAX(last) FROM journal WHERE namespace = :namespace",
}
"""The rows that differ once there is something new."""


class Watched(NamedTuple):
    """
    What a page shows: one profile (``place`` is its id), the first ``limit`` profiles after an id,
    or the newest exchanges.
    """

    kind: Kind
    namespace: str
    place: str | None = None
    limit: int | None = None


def stamps(session: Session, watched: Sequence[Watched]) -> list[str]:
    """
    The stamp of each page.

    That of a profile differs after each event, and once a new login is pending; that of a list
    after each event of a profile in it, and once it has other profiles.
    """
    return [_stamp(session, each) for each in watched]


def _stamp(session: Session, watched: Watched) -> str:
    named = {name: value for name, value in watched._asdict().items() if value is not None}
    kind = named.pop("kind")
    content = repr([tuple(row) for row in session.rows(_ROWS[kind], **named)]).encode()
    return blake2b(content, digest_size=STAMP_SIZE_BYTES).hexdigest()
