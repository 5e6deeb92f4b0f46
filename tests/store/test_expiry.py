"""Maintenance deletes expired credentials, sent mails and old links, and nothing else."""

from datetime import timedelta

import pytest

from profilegate.errors import LoginLinkInvalidError, LoginLinkUnknownError
from profilegate.store import (
    Credential,
    CredentialKey,
    LoginChange,
    OutgoingMail,
    Store,
    Update,
    accounts,
    credentials,
    outbox,
)
from tests.raw_database import RawDatabase
from tests.store.conftest import Clock
from tests.store.people import IVAN, create, read, run, write


def counts(raw: RawDatabase) -> dict[str, int]:
    """How many rows the tables have."""
    tables = ("credentials", "outbox", "pending_logins", "logins")
    return {table: raw.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def test_maintenance_deletes_what_has_expired(store: Store, raw: RawDatabase, clock: Clock) -> None:
    """
    Expired sessions at once; sent mails and links, used or expired, after 30 days. Active logins,
    unsent mails and credentials without an end stay.
    """
    create(store, IVAN, {"account.login": "ivan@kontur.ru"})
    for number in (1, 2, 3):
        clock.advance(hours=1)
        mail = OutgoingMail("new@kontur.ru", "subject", "text")
        change = LoginChange(f"{number}@kontur.ru", f"token-{number}", clock() + timedelta(1), mail)
        write(store, accounts.update, Update(IVAN, {}, login=change))
        if number == 2:
            write(store, accounts.confirm_login, "default", "diadoc", "token-2")
    for number, expires_at in ((1, clock() + timedelta(hours=1)), (2, None)):
        key = CredentialKey("default", "diadoc", "token", str(number))
        write(store, credentials.put, Credential(key, tenant="t", expires_at=expires_at))
    sent, *_ = read(store, outbox.page, "default")
    write(store, outbox.mark_sent, sent.id)
    found = [counts(raw)]
    for hours in (2, 24 * 28, 24 * 4):
        clock.advance(hours=hours)
        run(store.maintain())
        found.append(counts(raw))
        with pytest.raises(LoginLinkUnknownError if hours == 24 * 4 else LoginLinkInvalidError):
            write(store, accounts.confirm_login, "default", "diadoc", "token-1")

    full = {"credentials": 2, "outbox": 3, "pending_logins": 3, "logins": 1}
    after_the_session = {**full, "credentials": 1}
    left = {"credentials": 1, "outbox": 2, "pending_logins": 0, "logins": 1}
    assert [full, after_the_session, after_the_session, left] == found
    assert ((), ()) == ((audit := run(store.audit("default"))).broken, audit.damaged)
