"""The store in a SQLite file: one process or several, one machine.

Reads run in the event loop, on a connection of their own: under WAL they wait for no writer
and take microseconds. Whatever writes is a job of the writer (``writer.py``), which answers
after its commit; the order of the steps in a job is the order in which refusals win.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection

from profilegate.errors import (
    AccountExistsError,
    AccountUnknownError,
    RequirementUnmetError,
    StoreUnavailableError,
)
from profilegate.profile.change import decide
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN
from profilegate.profile.rules import DoorRules, Fields
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    Mail,
    NewAccount,
    NonceUse,
    Update,
    credentials,
    logins,
    outbox,
    rows,
)
from profilegate.store.database import connect, open_database
from profilegate.store.vault import Vault
from profilegate.store.writer import Writer

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(
    path: Path, *, key_file: Path, rules: Mapping[str, DoorRules], now: Clock = utc_now
) -> "SqliteStore":
    """
    Open the store in a file; the file, its folder and its key are made if they are not there.

    Raises:
        MasterKeyError: the key file is not fit to be used, or does not belong to the store.
        SettingError: the file cannot be opened, or a newer Profilegate wrote it.
    """
    connection, vault = open_database(path, key_file)
    return SqliteStore(Writer(connection), connect(path, query_only=True), vault, rules, now)


class SqliteStore:
    """A ``Store`` in a SQLite file; made by ``open_store``."""

    def __init__(
        self,
        writer: Writer,
        reader: Connection,
        vault: Vault,
        rules: Mapping[str, DoorRules],
        now: Clock,
    ) -> None:
        self.rules = rules
        self._writer = writer
        self._reader = reader
        self._vault = vault
        self._now = now

    async def credential(self, key: CredentialKey) -> Credential | None:
        with _reading():
            return credentials.find(self._reader, self._vault, key, self._now())

    async def account(self, key: AccountKey, tenant: str | None = None) -> Fields:
        with _reading():
            return rows.find(self._reader, self._vault, key, tenant).fields

    async def mails(self, world: str, *, unsent_only: bool = False) -> list[Mail]:
        with _reading():
            return outbox.mails(self._reader, self._vault, world, unsent_only=unsent_only)

    async def update(self, update: Update) -> Fields:
        return await self._writer.submit(lambda connection: self._update(connection, update))

    async def confirm_login(self, world: str, provider: str, token: str) -> Fields:
        return await self._writer.submit(
            lambda connection: self._confirm_login(connection, world, provider, token)
        )

    async def create(self, new: NewAccount) -> Fields:
        return await self._writer.submit(lambda connection: self._create(connection, new))

    async def account_of_login(self, world: str, provider: str, login: str) -> str | None:
        with _reading():
            return logins.holder(self._reader, self._vault, world, provider, login)

    async def put_credential(self, credential: Credential) -> None:
        await self._writer.submit(
            lambda connection: credentials.put(connection, self._vault, credential)
        )

    async def renew_credential(self, key: CredentialKey, expires_at: datetime) -> None:
        await self._writer.submit(
            lambda connection: credentials.renew(connection, self._vault, key, expires_at)
        )

    async def revoke_credential(self, key: CredentialKey) -> None:
        await self._writer.submit(
            lambda connection: credentials.revoke(connection, self._vault, key)
        )

    async def use_nonce(self, nonce: NonceUse) -> None:
        await self._writer.submit(
            lambda connection: credentials.use_nonce(connection, self._vault, nonce)
        )

    async def mark_mail(self, mail_id: int, *, sent: bool) -> None:
        await self._writer.submit(
            lambda connection: outbox.mark(connection, mail_id, sent=sent, now=self._now())
        )

    async def close(self) -> None:
        await self._writer.close()
        self._reader.close()

    # --- Jobs of the writer -----------------------------------------------------------------

    def _update(self, connection: Connection, update: Update) -> Fields:
        record = rows.find(connection, self._vault, update.account, update.tenant)
        if update.nonce is not None:
            credentials.use_nonce(connection, self._vault, update.nonce)
        fields = record.fields
        for path, wanted in update.requires:
            if not _holds(fields.get(path), wanted):
                raise RequirementUnmetError(path, wanted)
        decision = decide(fields, update.changes, record.locks(self.rules))
        if update.login is not None and logins.is_change(record, update.login):
            now = self._now()
            logins.ask(connection, self._vault, record, update.login, now)
            outbox.put(connection, record, update.login.mail, now)
        if decision.changed:
            rows.write(connection, record, decision, self._now())
        return decision.fields

    def _confirm_login(
        self, connection: Connection, world: str, provider: str, token: str
    ) -> Fields:
        now = self._now()
        record, login = logins.confirm(connection, self._vault, world, provider, token, now)
        # The link is the one way past the lock on a login.
        decision = decide(record.fields, {ACCOUNT_LOGIN: login})
        if decision.changed:
            rows.write(connection, record, decision, now)
        return decision.fields

    def _create(self, connection: Connection, new: NewAccount) -> Fields:
        if rows.exists(connection, new.account):
            if new.must_be_new:
                raise AccountExistsError
            return rows.find(connection, self._vault, new.account).fields
        if new.nonce is not None:
            credentials.use_nonce(connection, self._vault, new.nonce)
        now = self._now()
        shared = rows.shared_of(new.fields)
        if new.profile_of is None:
            record = rows.add_profile(connection, self._vault, new.account)
            decision = decide({}, shared)
        elif new.profile_of.world != new.account.world:
            raise AccountUnknownError
        else:
            linked = rows.find(connection, self._vault, new.profile_of)
            record = replace(linked, key=new.account, own={})
            decision = decide(linked.shared, shared, linked.locks(self.rules))
        rows.add_account(connection, self._vault, record, new)
        if decision.changed:
            rows.write(connection, record, decision, now)
        if (login := new.fields.get(ACCOUNT_LOGIN)) is not None:
            logins.claim(connection, self._vault, new.account, login, now)
        return {**decision.fields, **rows.own_of(new.fields), ACCOUNT_ID: record.key.external_id}


def _holds(value: object, wanted: object) -> bool:
    return wanted in value if isinstance(value, list) else value == wanted


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailableError from error
