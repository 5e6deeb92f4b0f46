"""The store in a SQLite file: one process or several, one machine.

Reads run in the event loop, on a connection of their own: under WAL they wait for no writer
and take microseconds. Whatever writes is a job of the writer (``writer.py``), which responses
after its commit; the order of the steps in a job is the order in which error responses win.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Literal

from profilegate.errors import (
    AccountExistsError,
    AccountUnknownError,
    FieldsLockedError,
    ProfileUnknownError,
    RequirementUnmetError,
    StoreUnavailableError,
)
from profilegate.profile.decision import Decision, decide
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN, Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.store import (
    AccountKey,
    Audit,
    Credential,
    CredentialInfo,
    CredentialKey,
    Event,
    Mail,
    NewAccount,
    NonceUse,
    Origin,
    Preview,
    Profile,
    Update,
    credentials,
    erasing,
    exports,
    history,
    linking,
    logins,
    outbox,
    profiles,
    rows,
)
from profilegate.store.audit import audit
from profilegate.store.database import connect, open_database
from profilegate.store.history import ChainHead
from profilegate.store.vault import Vault
from profilegate.store.writer import Writer

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(
    path: Path, *, key_file: Path, rules: Mapping[str, LockRules], now: Clock = utc_now
) -> "SqliteStore":
    """
    Open the store in a file; the file, its folder and its key are made if they are not there.

    Raises:
        MasterKeyError: the key file is not fit to be used, or does not belong to the store.
        SettingError: the file cannot be opened, or a newer Profilegate wrote it.
    """
    connection, vault = open_database(path, key_file)
    return SqliteStore(path, Writer(connection), connect(path, query_only=True), vault, rules, now)


class SqliteStore:
    """A ``Store`` in a SQLite file; made by ``open_store``."""

    def __init__(
        self,
        path: Path,
        writer: Writer,
        reader: Connection,
        vault: Vault,
        rules: Mapping[str, LockRules],
        now: Clock,
    ) -> None:
        self.rules = rules
        self._path = path
        self._remains = erasing.Remains(path)
        self._to_forget: list[bytes] = []
        self._writer = writer
        self._reader = reader
        self._vault = vault
        self._now = now

    async def credential(self, key: CredentialKey) -> Credential | None:
        with _Reading():
            return credentials.find(self._reader, self._vault, key, self._now)

    async def account(self, key: AccountKey, tenant: str | None = None) -> Fields:
        with _Reading():
            return rows.find(self._reader, self._vault, key, tenant).fields

    async def mails(self, namespace: str, *, unsent_only: bool = False) -> list[Mail]:
        with _Reading():
            return outbox.mails(self._reader, self._vault, namespace, unsent_only=unsent_only)

    async def update(self, update: Update) -> Fields:
        return await self._writer.submit(lambda connection: self._update(connection, update))

    async def preview(self, update: Update) -> Preview:
        with _Reading():
            record = rows.find(self._reader, self._vault, update.account, update.tenant)
            _require(record.fields, update)
            try:
                decision = decide(record.fields, update.changes, record.locks(self.rules))
            except FieldsLockedError as error:
                return Preview(record.fields, {}, error.paths)
            if update.login is not None and logins.is_change(record, update.login):
                logins.reject_taken(
                    self._reader, self._vault, record.key, update.login.login, self._now()
                )
        return Preview(decision.fields, decision.changed, ())

    async def confirm_login(
        self, namespace: str, provider: str, token: str, origin: Origin | None = None
    ) -> Fields:
        return await self._writer.submit(
            lambda connection: self._confirm_login(connection, namespace, provider, token, origin)
        )

    async def create(self, new: NewAccount) -> Fields:
        return await self._writer.submit(lambda connection: self._create(connection, new))

    async def account_of_login(self, namespace: str, provider: str, login: str) -> str | None:
        with _Reading():
            return logins.holder(self._reader, self._vault, namespace, provider, login)

    async def put_credential(self, credential: Credential) -> str:
        return await self._writer.submit(
            lambda connection: credentials.put(connection, self._vault, credential, self._now())
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

    # --- The profile behind all providers -------------------------------------------------------

    async def profile(self, namespace: str, profile_id: str) -> Profile:
        with _Reading():
            return profiles.find(self._reader, self._vault, namespace, profile_id).shown()

    async def profile_of(self, account: AccountKey) -> Profile:
        with _Reading():
            return profiles.find_of(self._reader, self._vault, account).shown()

    async def profiles(self, namespace: str, *, after: str | None, limit: int) -> list[Profile]:
        with _Reading():
            found = profiles.page(self._reader, self._vault, namespace, after, limit)
        return [whole.shown() for whole in found]

    async def create_profile(self, namespace: str, fields: Fields, origin: Origin) -> Profile:
        return await self._writer.submit(
            lambda connection: profiles.create(
                connection, self._vault, namespace, fields, origin, self._now()
            ).shown()
        )

    async def update_profile(
        self,
        namespace: str,
        profile_id: str,
        changes: Changes,
        origin: Origin,
        *,
        version: int | None = None,
    ) -> Profile:
        def job(connection: Connection) -> Profile:
            whole = profiles.find(connection, self._vault, namespace, profile_id)
            return profiles.update(
                connection, self._vault, self.rules, whole, changes, origin, self._now(), version
            ).shown()

        return await self._writer.submit(job)

    async def erase(self, namespace: str, profile_id: str) -> None:
        def job(connection: Connection) -> list[bytes]:
            whole = profiles.find(connection, self._vault, namespace, profile_id)
            return erasing.erase(connection, whole.head, self._now())

        try:
            self._to_forget += await self._writer.submit(job)
        finally:
            # After an error response as well: perhaps the log could not be emptied the first time.
            await self._forget()

    async def _forget(self) -> None:
        """Let what was erased be in no file any more; what fails is left for the next time."""
        await self._writer.submit(erasing.empty_log, alone=True)
        wanted = list(self._to_forget)
        is_left: bool = await asyncio.to_thread(self._remains.hold, wanted)
        if is_left:
            await self._writer.submit(erasing.rewrite, alone=True)
        self._to_forget = [each for each in self._to_forget if each not in wanted]

    async def link(
        self,
        account: AccountKey,
        profile_id: str,
        origin: Origin,
        *,
        prefer: Literal["profile", "account"] | None,
    ) -> Profile:
        def job(connection: Connection) -> Profile:
            old = profiles.find_of(connection, self._vault, account)
            if old.head.profile_id == profile_id:
                return old.shown()
            target = profiles.find(connection, self._vault, account.namespace, profile_id)
            return linking.link(
                connection,
                self._vault,
                self.rules,
                account,
                old,
                target,
                prefer,
                origin,
                self._now(),
            ).shown()

        profile = await self._writer.submit(job)
        # The old profile may be erased; whoever still reads keeps nobody from linking.
        with suppress(StoreUnavailableError):
            await self._writer.submit(erasing.empty_log, alone=True)
        return profile

    async def unlink(self, account: AccountKey, origin: Origin) -> Profile:
        def job(connection: Connection) -> Profile:
            old = profiles.find_of(connection, self._vault, account)
            return linking.unlink(
                connection, self._vault, account, old, origin, self._now()
            ).shown()

        return await self._writer.submit(job)

    async def history(
        self, namespace: str, profile_id: str, *, after: int = 0, limit: int = 100
    ) -> list[Event]:
        with _Reading():
            head = profiles.find(self._reader, self._vault, namespace, profile_id).head
            return list(history.events(self._reader, head, after=after, limit=limit))

    async def profile_at(self, namespace: str, profile_id: str, at: datetime) -> Fields:
        with _Reading():
            head = profiles.find(self._reader, self._vault, namespace, profile_id).head
            version = history.version_at(self._reader, head, at)
            if version == 0:
                raise ProfileUnknownError
            replay = history.Replay()
            for event in history.events(self._reader, head, limit=version):
                replay.apply(event)
        return replay.shared

    async def undo(self, namespace: str, profile_id: str, version: int, origin: Origin) -> Profile:
        def job(connection: Connection) -> Profile:
            whole = profiles.find(connection, self._vault, namespace, profile_id)
            return profiles.undo(
                connection, self._vault, self.rules, whole, version, origin, self._now()
            ).shown()

        return await self._writer.submit(job)

    async def audit(self, namespace: str) -> Audit:
        # It takes long: in a thread, with a connection of its own.
        def walk() -> Audit:
            with _Reading(), closing(connect(self._path, query_only=True)) as connection:
                return audit(connection, self._vault, namespace)

        return await asyncio.to_thread(walk)

    # --- Credentials, exports ---------------------------------------------------------------

    async def credentials(
        self, namespace: str, *, provider: str | None = None
    ) -> list[CredentialInfo]:
        with _Reading():
            return credentials.infos(self._reader, namespace, provider, self._now())

    async def revoke_credential_by_id(self, namespace: str, credential_id: str) -> None:
        await self._writer.submit(
            lambda connection: credentials.revoke_by_id(
                connection, namespace, credential_id, self._now()
            )
        )

    async def export_profile(self, namespace: str, profile_id: str) -> dict[str, Any]:
        with _Reading():
            self._reader.execute("BEGIN")
            try:
                whole = profiles.find(self._reader, self._vault, namespace, profile_id)
                return exports.export(self._reader, self._vault, whole)
            finally:
                self._reader.execute("ROLLBACK")

    async def import_profile(self, namespace: str, document: dict[str, Any]) -> bool:
        return await self._writer.submit(
            lambda connection: exports.put(
                connection, self._vault, namespace, document, self._now()
            )
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
        _require(fields, update)
        decision = decide(fields, update.changes, record.locks(self.rules))
        if update.login is not None and logins.is_change(record, update.login):
            now = self._now()
            logins.ask(connection, self._vault, record, update.login, now)
            outbox.put(connection, record, update.login.mail, now)
        if decision.changed:
            origin = update.origin or _by_itself(update.account)
            rows.write(connection, record, decision, origin, self._now())
        return decision.fields

    def _confirm_login(
        self,
        connection: Connection,
        namespace: str,
        provider: str,
        token: str,
        origin: Origin | None,
    ) -> Fields:
        now = self._now()
        record, login = logins.confirm(connection, self._vault, namespace, provider, token, now)
        # The link is the one way past the lock on a login.
        decision = decide(record.fields, {ACCOUNT_LOGIN: login})
        if decision.changed:
            if origin is None or not origin.who:
                origin = _by_itself(record.key, origin)
            rows.write(connection, record, decision, origin, now)
        return decision.fields

    def _create(self, connection: Connection, new: NewAccount) -> Fields:
        if rows.exists(connection, new.account):
            if new.must_be_new:
                raise AccountExistsError
            return rows.find(connection, self._vault, new.account).fields
        if new.nonce is not None:
            credentials.use_nonce(connection, self._vault, new.nonce)
        now = self._now()
        decision, head = self._first_fields(connection, new)
        rows.add_account(connection, self._vault, head, new)
        own = rows.own_of(new.fields)
        came = (new.account, history.joining(new.account, own))
        origin = new.origin or _by_itself(new.account)
        rows.put_shared(connection, head, decision, origin, now, account=came)
        if (login := own.get(ACCOUNT_LOGIN)) is not None:
            logins.claim(connection, self._vault, new.account, login, now)
        return {**decision.fields, **own, ACCOUNT_ID: new.account.external_id}

    def _first_fields(self, connection: Connection, new: NewAccount) -> tuple[Decision, ChainHead]:
        """The profile of an account that is to be created, and what it comes to."""
        shared = rows.shared_of(new.fields)
        if new.profile_of is None:
            return decide({}, shared), rows.add_profile(
                connection, self._vault, new.account.namespace
            )
        if new.profile_of.namespace != new.account.namespace:
            raise AccountUnknownError
        linked = rows.find(connection, self._vault, new.profile_of)
        return decide(linked.shared, shared, linked.locks(self.rules)), linked.head


def _require(fields: Fields, update: Update) -> None:
    for path, wanted in update.requires:
        if not _holds(fields.get(path), wanted):
            raise RequirementUnmetError(path, wanted)


def _holds(value: object, wanted: object) -> bool:
    return wanted in value if isinstance(value, list) else value == wanted


def _by_itself(account: AccountKey, origin: Origin | None = None) -> Origin:
    """The origin of what an account does through its own provider API."""
    return Origin(account.provider, account.external_id, origin.request_id if origin else "")


class _Reading:
    """Says in our words what goes wrong inside. A class: a generator would cost a microsecond."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise StoreUnavailableError from error
