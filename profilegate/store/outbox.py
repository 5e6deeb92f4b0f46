"""The outbox: mails that an update writes, and that a mail server gets later."""

import secrets
import time
import uuid
from datetime import datetime, timedelta
from math import ceil
from typing import Final, NamedTuple

import msgspec

from profilegate.errors import MailLimitExceededError, MailUnknownError, MasterKeyError
from profilegate.store.encoding import encode, time_of, timestamp
from profilegate.store.records import AccountRecord, ChainHead, Mail, OutgoingMail
from profilegate.store.session import Row, Session

RETRY_AFTER_MAX_SECONDS: Final = 900
"""The longest delay between two attempts; the delay begins at one second and doubles."""

REJECTIONS_MAX: Final = 5
"""After this many permanent rejections (SMTP 5xx) the gateway gives up a mail."""

CLAIMED_FOR: Final = timedelta(minutes=1)
"""How long the mail of a process waits that has ended while it sent the mail. We chose: a mail
server that takes longer has hung up already."""

MAIL_EVERY: Final = timedelta(minutes=1)
"""The time between two mails that one account causes, or that one address gets: who waits for a
mail looks for a minute before asking again. Auth0 and Firebase limit them likewise."""

MAILS_A_DAY_OF_ACCOUNT_MAX: Final = 5
"""A user corrects a mistyped address a few times; we chose."""

MAILS_A_DAY_TO_ADDRESS_MAX: Final = 20
"""More than one account causes, so that no single stranger uses up the mails of an address."""

_SELECT: Final = (
    "SELECT mail.id, mail.sealed, mail.created_at, mail.sent_at, mail.attempts, mail.rejections,"
    " mail.next_attempt_at, profile.id, key.wrapped"
    " FROM outbox AS mail JOIN profiles AS profile ON profile.id = mail.profile_id"
    " JOIN profile_keys AS key ON key.id = profile.key_id"
    " WHERE mail.namespace = :namespace"
)

_decode = msgspec.json.Decoder(OutgoingMail).decode


COUNTED_MAX: Final = 10_000
"""Mails that ``backlog`` looks at: a millisecond. Without a mail server all mails wait."""


class Backlog(NamedTuple):
    """How many mails wait (at most COUNTED_MAX), and when the oldest of them was written."""

    waiting: int
    oldest: datetime | None


class DueMails(msgspec.Struct, frozen=True):
    """Mails that are due, and the ids of due mails whose rows do not open."""

    mails: list[Mail]
    damaged: list[str]


def put(session: Session, head: ChainHead, account: AccountRecord, mail: OutgoingMail) -> None:
    """
    Add a mail of an account to the outbox, due at once.

    Raises:
        MailLimitExceededError: the account caused, or the address got, too many mails.
    """
    reject_too_many(session, head, account, mail.to)
    mail_id = new_id()
    session.run(
        "INSERT INTO outbox (id, namespace, profile_id, account, address, sealed, created_at,"
        " next_attempt_at)"
        " VALUES (:id, :namespace, :profile_id, :account, :address, :sealed, :now, :now)",
        id=mail_id,
        namespace=head.namespace,
        profile_id=head.profile_id,
        account=account.digest,
        address=_address_digest(session, head, mail.to),
        sealed=head.box.seal(encode(mail), *place(head.namespace, mail_id)),
        now=timestamp(session.now),
    )


def reject_too_many(session: Session, head: ChainHead, account: AccountRecord, to: str) -> None:
    """
    Check that an account may cause one more mail to an address.

    Raises:
        MailLimitExceededError: the account caused, or the address got, too many mails.
    """
    address = _address_digest(session, head, to)
    _check_limit(session, head, "account", account.digest, MAILS_A_DAY_OF_ACCOUNT_MAX)
    session.lock_name("mail address", head.namespace, address.hex())
    if _has_mailed(session, head, account, address):
        _check_limit(session, head, "address", address, MAILS_A_DAY_TO_ADDRESS_MAX)


def _address_digest(session: Session, head: ChainHead, to: str) -> bytes:
    return session.vault.digest("mail addresses", head.namespace, to.casefold())


def _has_mailed(session: Session, head: ChainHead, account: AccountRecord, address: bytes) -> bool:
    """
    Whether an account has caused a mail to an address within a day.

    Its first mail is sent whatever others have caused: the address may be its own.
    """
    row = session.row(
        "SELECT 1 FROM outbox WHERE namespace = :namespace AND account = :account"
        " AND address = :address AND created_at > :yesterday LIMIT 1",
        namespace=head.namespace,
        account=account.digest,
        address=address,
        yesterday=timestamp(session.now - timedelta(days=1)),
    )
    return row is not None


def _check_limit(
    session: Session, head: ChainHead, column: str, digest: bytes, per_day: int
) -> None:
    """
    Check that one more mail stays within the limits of an account or of an address.

    Raises:
        MailLimitExceededError: it does not.
    """
    day = timedelta(days=1)
    rows = session.rows(
        f"SELECT created_at FROM outbox WHERE namespace = :namespace AND {column} = :digest"  # noqa: S608 (our own names)
        " AND created_at > :yesterday ORDER BY created_at DESC LIMIT :per_day",
        namespace=head.namespace,
        digest=digest,
        yesterday=timestamp(session.now - day),
        per_day=per_day,
    )
    times = [at for (text,) in rows if (at := time_of(text)) is not None]
    allowed_at = [at + MAIL_EVERY for at in times[:1]]
    if len(times) == per_day:
        allowed_at.append(times[-1] + day)
    wait = max(((at - session.now).total_seconds() for at in allowed_at), default=0)
    if wait > 0:
        raise MailLimitExceededError(ceil(wait))


def backlog(session: Session, namespace: str) -> Backlog:
    """The mails of a namespace that wait for the mail server."""
    row = session.row(
        "SELECT count(*), min(created_at) FROM (SELECT created_at FROM outbox"
        " WHERE namespace = :namespace AND next_attempt_at IS NOT NULL LIMIT :limit) AS waiting",
        namespace=namespace,
        limit=COUNTED_MAX,
    )
    count, oldest = row or (0, None)
    return Backlog(count, None if oldest is None else time_of(oldest))


def page(
    session: Session,
    namespace: str,
    *,
    after: Mail | tuple[str, str] | None = None,
    limit: int = 100,
) -> list[Mail]:
    """
    Mails, oldest first, from the first one after ``after``.

    ``after`` is a mail, or its ``created_at`` (as text) and id.
    """
    if isinstance(after, Mail):
        after = (timestamp(after.created_at), after.id)
    created_at, mail_id = after or ("", "")
    rows = session.rows(
        f"{_SELECT} AND (mail.created_at > :created_at"
        " OR (mail.created_at = :created_at AND mail.id > :id))"
        " ORDER BY mail.created_at, mail.id LIMIT :limit",
        namespace=namespace,
        created_at=created_at,
        id=mail_id,
        limit=limit,
    )
    return [_open(session, namespace, row, keep_damaged=True) for row in rows]


def due(session: Session, namespace: str, *, limit: int) -> DueMails:
    """The mails whose next attempt is due, the longest waiting ones first."""
    rows = session.rows(
        f"{_SELECT} AND mail.next_attempt_at <= :now"
        " ORDER BY mail.next_attempt_at, mail.id LIMIT :limit",
        namespace=namespace,
        now=timestamp(session.now),
        limit=limit,
    )
    found = DueMails([], [])
    for row in rows:
        try:
            found.mails.append(_open(session, namespace, row))
        except MasterKeyError:
            found.damaged.append(row[0])
    return found


def claim(session: Session, mail_id: str) -> bool:
    """
    Reserve a due mail for the process that is about to send it, for CLAIMED_FOR; False if another
    one has it.
    """
    due = session.row(
        "SELECT 1 FROM outbox WHERE id = :id AND next_attempt_at <= :now"  # noqa: S608
        f"{session.for_update_unlocked}",
        id=mail_id,
        now=timestamp(session.now),
    )
    if due is None:
        return False
    session.run(
        "UPDATE outbox SET next_attempt_at = :later WHERE id = :id",
        later=timestamp(session.now + CLAIMED_FOR),
        id=mail_id,
    )
    return True


def mark_sent(session: Session, mail_id: str) -> None:
    """Record that a server has taken the mail."""
    session.run(
        "UPDATE outbox SET attempts = attempts + 1, sent_at = :now, next_attempt_at = NULL"
        " WHERE id = :id AND sent_at IS NULL",
        now=timestamp(session.now),
        id=mail_id,
    )


def mark_failed(session: Session, mail_id: str, *, rejected: bool) -> None:
    """
    Record that an attempt has failed, and set the time of the next one; the delay doubles.

    ``rejected``: the server rejected the mail for good. After REJECTIONS_MAX rejections there is no
    next attempt; there is no limit to other failures.
    """
    row = session.row(
        f"SELECT attempts, rejections FROM outbox WHERE id = :id{session.for_update}",  # noqa: S608
        id=mail_id,
    )
    if row is None:
        return
    attempts, rejections = row[0] + 1, row[1] + rejected
    # A server that rejects everything for a while must not use up a mail's attempts.
    delay_seconds = min(2 ** min(attempts - 1, 30), RETRY_AFTER_MAX_SECONDS)
    if rejected:
        delay_seconds = RETRY_AFTER_MAX_SECONDS
    next_attempt_at = timestamp(session.now + timedelta(seconds=delay_seconds))
    session.run(
        "UPDATE outbox SET attempts = :attempts, rejections = :rejections,"
        " next_attempt_at = :next_attempt_at WHERE id = :id AND sent_at IS NULL",
        attempts=attempts,
        rejections=rejections,
        next_attempt_at=None if rejections >= REJECTIONS_MAX else next_attempt_at,
        id=mail_id,
    )


def retry(session: Session, namespace: str, mail_id: str | None = None) -> int:
    """
    Make unsent mails due at once, given-up ones too; one mail, or all. Return how many.

    Raises:
        MailUnknownError: there is no such unsent mail.
    """
    retried = session.run(
        "UPDATE outbox SET next_attempt_at = :now, attempts = 0, rejections = 0"
        " WHERE namespace = :namespace AND sent_at IS NULL"
        " AND (CAST(:id AS TEXT) IS NULL OR id = :id)",
        now=timestamp(session.now),
        namespace=namespace,
        id=mail_id,
    )
    if retried == 0 and mail_id is not None:
        raise MailUnknownError
    return retried


def reseal(session: Session, old: ChainHead, new: ChainHead) -> None:
    """Move all mails of a profile to another one, sealed under the key of that one."""
    rows = session.rows(
        "SELECT id, sealed FROM outbox WHERE profile_id = :profile_id", profile_id=old.profile_id
    )
    for mail_id, sealed in rows:
        where = place(old.namespace, mail_id)
        session.run(
            "UPDATE outbox SET profile_id = :profile_id, sealed = :sealed WHERE id = :id",
            profile_id=new.profile_id,
            sealed=new.box.seal(old.box.open(sealed, *where), *where),
            id=mail_id,
        )


def new_id() -> str:
    """
    A unique id for a mail; the order of ids is the order of their creation.

    RFC 9562, 5.7: a UUID of version 7, with the clock's fraction of a millisecond (6.2, method 3).
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    random_bits = secrets.randbits(62)
    number = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random_bits
    return str(uuid.UUID(int=number))


def place(namespace: str, mail_id: str) -> tuple[str, ...]:
    """The place (see ``vault.py``) of a mail's row."""
    return ("outbox", namespace, mail_id)


def _open(session: Session, namespace: str, row: Row, *, keep_damaged: bool = False) -> Mail:
    """
    A mail from its row.

    Raises:
        MasterKeyError: it is damaged, unless ``keep_damaged``.
    """
    mail_id, sealed, created_at, sent_at, attempts, rejections, next_at, profile_id, wrapped = row
    mail, is_damaged = OutgoingMail("", "", ""), False
    try:
        box = session.vault.unwrap(wrapped, "profiles", namespace, profile_id)
        mail = _decode(box.open(sealed, *place(namespace, mail_id)))
    except MasterKeyError:
        if not keep_damaged:
            raise
        is_damaged = True
    created = time_of(created_at)
    assert created is not None  # noqa: S101 (the column is NOT NULL)
    return Mail(
        id=mail_id,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        created_at=created,
        sent_at=time_of(sent_at),
        attempts=attempts,
        rejections=rejections,
        next_attempt_at=time_of(next_at),
        damaged=is_damaged,
    )
