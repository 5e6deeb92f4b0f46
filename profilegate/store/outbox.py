"""The rows of the outbox: mails that were promised together with an update."""

from datetime import datetime
from sqlite3 import Connection

import msgspec

from profilegate.store import Mail, OutgoingMail
from profilegate.store.encoding import encode, timestamp
from profilegate.store.history import ChainHead
from profilegate.store.rows import Record
from profilegate.store.vault import Vault

_ALL = (
    "SELECT mail.id, mail.sealed, mail.created_at, mail.sent_at, mail.attempts,"
    " profile.id, profile.wrapped_key"
    " FROM outbox AS mail JOIN profiles AS profile ON profile.id = mail.profile_id"
    " WHERE mail.namespace = ? ORDER BY mail.id"
)
_UNSENT = _ALL.replace("WHERE", "WHERE mail.sent_at IS NULL AND")

_decode = msgspec.json.Decoder(OutgoingMail).decode


def put(connection: Connection, record: Record, draft: OutgoingMail, now: datetime) -> None:
    # Its number is part of what seals it; we hold the write lock, so nobody takes it meanwhile.
    (mail_id,) = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM outbox").fetchone()
    namespace = record.key.namespace
    connection.execute(
        "INSERT INTO outbox (id, namespace, profile_id, sealed, created_at) VALUES (?, ?, ?, ?, ?)",
        (
            mail_id,
            namespace,
            record.profile_id,
            record.box.seal(encode(draft), *_where(namespace, mail_id)),
            timestamp(now),
        ),
    )


def mails(connection: Connection, vault: Vault, namespace: str, *, unsent_only: bool) -> list[Mail]:
    rows = connection.execute(_UNSENT if unsent_only else _ALL, (namespace,)).fetchall()
    found = []
    for mail_id, sealed, created_at, sent_at, attempts, profile_id, wrapped_key in rows:
        box = vault.unwrap(wrapped_key, "profiles", namespace, profile_id)
        draft = _decode(box.open(sealed, *_where(namespace, mail_id)))
        found.append(
            Mail(
                id=mail_id,
                to=draft.to,
                subject=draft.subject,
                text=draft.text,
                created_at=datetime.fromisoformat(created_at),
                sent_at=datetime.fromisoformat(sent_at) if sent_at else None,
                attempts=attempts,
            )
        )
    return found


def mark(connection: Connection, mail_id: int, *, sent: bool, now: datetime) -> None:
    connection.execute(
        "UPDATE outbox SET attempts = attempts + 1, sent_at = coalesce(sent_at, ?) WHERE id = ?",
        (timestamp(now) if sent else None, mail_id),
    )


def seal_again(connection: Connection, old: ChainHead, new: ChainHead) -> None:
    """Let another profile have all mails of one."""
    rows = connection.execute(
        "SELECT id, sealed FROM outbox WHERE profile_id = ?", (old.profile_id,)
    ).fetchall()
    for mail_id, sealed in rows:
        where = _where(old.namespace, mail_id)
        connection.execute(
            "UPDATE outbox SET profile_id = ?, sealed = ? WHERE id = ?",
            (new.profile_id, new.box.seal(old.box.open(sealed, *where), *where), mail_id),
        )


def _where(namespace: str, mail_id: int) -> tuple[str, ...]:
    return ("outbox", namespace, str(mail_id))
