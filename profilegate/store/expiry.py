"""Expiry: finds and deletes what nobody needs any more, some rows at a time."""

from datetime import timedelta
from typing import Final

from profilegate.store.encoding import timestamp
from profilegate.store.session import Session

SENT_MAIL_AGE_MAX: Final = timedelta(days=30)
"""We chose: long enough to answer "did you send it?". The mail holds an address and a login."""

LINK_AGE_MAX: Final = timedelta(days=30)
"""How long an expired link is told from an unknown one. We chose: as long as the sent mail."""

BATCH_ROWS: Final = 500
"""How many rows of a table one transaction deletes: some milliseconds."""


# ruff: noqa: S608 (the condition is a constant)
_BY_OUR_CLOCK: Final = (
    "namespace NOT IN (SELECT name FROM namespaces WHERE frozen_at IS NOT NULL OR ahead <> 0)"
)
"""Namespaces whose clock is not moved: by the gateway's clock, nothing in others has expired."""


def is_due(session: Session) -> bool:
    """Whether there is something to delete; three lookups in indexes."""
    row = session.row(
        f"SELECT EXISTS (SELECT 1 FROM credentials WHERE expires_at <= :now AND {_BY_OUR_CLOCK})"
        f" OR EXISTS (SELECT 1 FROM outbox WHERE sent_at <= :sent AND {_BY_OUR_CLOCK})"
        f" OR EXISTS (SELECT 1 FROM pending_logins WHERE expires_at <= :links"
        f" AND {_BY_OUR_CLOCK})",
        **_times(session),
    )
    return row is not None and bool(row[0])


def delete_expired(session: Session) -> None:
    """Delete expired credentials, old sent mails and old links, up to BATCH_ROWS of each."""
    now, sent, links = _times(session).values()
    session.run(
        "DELETE FROM credentials WHERE (namespace, provider, kind, digest) IN"
        " (SELECT namespace, provider, kind, digest FROM credentials"
        f" WHERE expires_at <= :now AND {_BY_OUR_CLOCK} LIMIT :limit)",
        now=now,
        limit=BATCH_ROWS,
    )
    session.run(
        "DELETE FROM outbox WHERE id IN"
        f" (SELECT id FROM outbox WHERE sent_at <= :sent AND {_BY_OUR_CLOCK} LIMIT :limit)",
        sent=sent,
        limit=BATCH_ROWS,
    )
    session.run(
        "DELETE FROM pending_logins WHERE (namespace, provider, token_digest) IN"
        " (SELECT namespace, provider, token_digest FROM pending_logins"
        f" WHERE expires_at <= :links AND {_BY_OUR_CLOCK} LIMIT :limit)",
        links=links,
        limit=BATCH_ROWS,
    )


def _times(session: Session) -> dict[str, str]:
    return {
        "now": timestamp(session.now),
        "sent": timestamp(session.now - SENT_MAIL_AGE_MAX),
        "links": timestamp(session.now - LINK_AGE_MAX),
    }
