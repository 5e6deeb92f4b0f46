"""Stamps: short texts that differ once what a page shows has changed; cheap to ask for again."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

from profilegate.store.session import Session

STAMP_SIZE_BYTES: Final = 8
"""We chose: two pages in a row have the same stamp once in 10**19 changes."""

_PROFILE: Final = (
    "SELECT version, (SELECT MAX(pending.expires_at) FROM pending_logins AS pending"
    " JOIN accounts AS account ON account.namespace = pending.namespace"
    " AND account.provider = pending.provider AND account.digest = pending.account"
    " WHERE account.profile_id = profile.id AND pending.state = 'waiting')"
    " FROM profiles AS profile"
    " WHERE namespace = :namespace AND id = :id AND erased_at IS NULL"
)

_LIST: Final = (
    "SELECT id, version FROM profiles WHERE namespace = :namespace AND id > :after"
    " AND erased_at IS NULL ORDER BY id LIMIT :limit"
)


class Watched(NamedTuple):
    """What a page shows: one profile, or (``limit``) the first profiles after an id."""

    namespace: str
    id: str
    limit: int | None = None


def stamps(session: Session, watched: Sequence[Watched]) -> list[str]:
    """
    The stamp of each page.

    That of a profile differs after each event, and once a new login is pending; that of a list
    after each event of a profile in it, and once it has other profiles.
    """
    return [_stamp(session, each) for each in watched]


def _stamp(session: Session, watched: Watched) -> str:
    namespace, place, limit = watched
    if limit is None:
        rows = list(session.rows(_PROFILE, namespace=namespace, id=place))
    else:
        rows = list(session.rows(_LIST, namespace=namespace, after=place, limit=limit))
    content = repr([tuple(row) for row in rows]).encode()
    return blake2b(content, digest_size=STAMP_SIZE_BYTES).hexdigest()
