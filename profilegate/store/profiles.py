"""The rows of a profile with all of its accounts: what lies behind the providers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from profilegate.errors import (
    AccountUnknownError,
    EventUnknownError,
    FieldsLockedError,
    ProfileUnknownError,
    UndoConflictError,
    VersionChangedError,
)
from profilegate.profile.decision import decide, restore
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, Changes, Fields
from profilegate.profile.locks import Lock, LockRules
from profilegate.store import Account, AccountKey, Event, Origin, Profile
from profilegate.store.encoding import decode
from profilegate.store.history import ChainHead, events, path_of
from profilegate.store.rows import (
    OWN_LOCKS,
    Record,
    add_profile,
    locks_of,
    put_shared,
    shared_of,
    write,
)
from profilegate.store.vault import Vault

# ruff: noqa: S608 (the statements are put together from our own words)
_SELECT = (
    "SELECT profile.id, profile.wrapped_key, profile.sealed, profile.version, profile.head,"
    " account.provider, account.external_id, account.tenant, account.sealed"
    " FROM profiles AS profile LEFT JOIN accounts AS account ON account.profile_id = profile.id"
    " WHERE profile.namespace = ? AND profile.erased_at IS NULL AND profile.id"
)
_ORDER = " ORDER BY profile.id, account.provider, account.external_id"
_BY_ID = f"{_SELECT} = ?{_ORDER}"
_BY_ACCOUNT = (
    f"{_SELECT} = (SELECT profile_id FROM accounts"
    f" WHERE namespace = ? AND provider = ? AND external_id = ?){_ORDER}"
)
_PAGE = (
    f"{_SELECT} IN (SELECT id FROM profiles WHERE namespace = ? AND id > ? AND erased_at IS NULL"
    f" ORDER BY id LIMIT ?){_ORDER}"
)


@dataclass(frozen=True, slots=True)
class Whole:
    """A profile with all of its accounts, opened. What accounts own is here without their id."""

    head: ChainHead
    shared: Fields
    accounts: Mapping[AccountKey, tuple[str | None, Fields]]

    def locks(self, rules: Mapping[str, LockRules]) -> Iterator[Lock]:
        """All that locks the shared fields."""
        for key, (_, own) in self.accounts.items():
            for lock in locks_of(key, own, rules):
                if not lock.path.startswith(ACCOUNT_PREFIX):
                    yield lock

    def shown(self) -> Profile:
        """The profile as the store gives it out."""
        return Profile(
            namespace=self.head.namespace,
            id=self.head.profile_id,
            version=self.head.version,
            fields=self.shared,
            accounts=tuple(
                Account(key, tenant, {**own, ACCOUNT_ID: key.external_id})
                for key, (tenant, own) in self.accounts.items()
            ),
        )


def find(connection: Connection, vault: Vault, namespace: str, profile_id: str) -> Whole:
    """
    Read a profile.

    Raises:
        ProfileUnknownError: there is none, or it is erased.
    """
    for whole in _read(connection, vault, namespace, _BY_ID, profile_id):
        return whole
    raise ProfileUnknownError


def find_of(connection: Connection, vault: Vault, account: AccountKey) -> Whole:
    """
    Read the profile of an account.

    Raises:
        AccountUnknownError: there is no such account.
    """
    for whole in _read(connection, vault, account.namespace, _BY_ACCOUNT, *account):
        return whole
    raise AccountUnknownError


def page(
    connection: Connection, vault: Vault, namespace: str, after: str | None, limit: int
) -> list[Whole]:
    return _read(connection, vault, namespace, _PAGE, namespace, after or "", limit)


def create(
    connection: Connection,
    vault: Vault,
    namespace: str,
    fields: Fields,
    origin: Origin,
    now: datetime,
) -> Whole:
    """
    Make a profile without accounts.

    Raises:
        FieldsLockedError: fields of an account are among its first ones.
    """
    _reject_own(fields)
    head = add_profile(connection, vault, namespace)
    decision = decide({}, {path: value for path, value in fields.items() if value is not None})
    put_shared(connection, head, decision, origin, now)
    return find(connection, vault, namespace, head.profile_id)


def update(
    connection: Connection,
    vault: Vault,
    rules: Mapping[str, LockRules],
    whole: Whole,
    changes: Changes,
    origin: Origin,
    now: datetime,
    version: int | None,
) -> Whole:
    """
    Change shared fields.

    Raises:
        VersionChangedError: the profile is not of the version.
        FieldsLockedError: an account locks a field, or it is an account's own.
    """
    if version not in (None, whole.head.version):
        raise VersionChangedError(whole.head.version)
    _reject_own(changes)
    decision = decide(whole.shared, changes, whole.locks(rules))
    if decision.changed:
        put_shared(connection, whole.head, decision, origin, now)
    return find(connection, vault, whole.head.namespace, whole.head.profile_id)


def undo(
    connection: Connection,
    vault: Vault,
    rules: Mapping[str, LockRules],
    whole: Whole,
    version: int,
    origin: Origin,
    now: datetime,
) -> Whole:
    """
    Put back what was before an event, as a new change.

    Raises:
        EventUnknownError: the profile has no such event.
        UndoConflictError: a later event changed one of its fields, or its account has left.
        FieldsLockedError: an account locks a field.
    """
    if not 1 <= version <= whole.head.version:
        raise EventUnknownError
    event, *later = events(connection, whole.head, after=version - 1)
    touched = {place for each in later for place in _places(each)}
    conflicts = [
        path
        for path, place in zip(event.changes, _places(event), strict=True)
        if place in touched or (place[0] is not None and place[0] not in whole.accounts)
    ]
    if conflicts:
        raise UndoConflictError(conflicts)
    back = {path_of(path): before for path, (before, _) in event.changes.items()}
    locks = list(whole.locks(rules))
    if event.account is None or event.account not in whole.accounts:
        decision = restore(whole.shared, back, locks)
        if decision.changed:
            put_shared(connection, whole.head, decision, origin, now)
    else:
        own = whole.accounts[event.account][1]
        locks += [*OWN_LOCKS, *locks_of(event.account, own, rules)]
        fields = {**whole.shared, **own, ACCOUNT_ID: event.account.external_id}
        decision = restore(fields, back, locks)
        if decision.changed:
            record = Record(event.account, whole.head, whole.shared, own, {})
            write(connection, record, decision, origin, now)
    return find(connection, vault, whole.head.namespace, whole.head.profile_id)


def _places(event: Event) -> list[tuple[AccountKey | None, str]]:
    """Where an event changed something: an account's own field is another one at each account."""
    return [
        (None if path_of(path) == path else event.account, path_of(path)) for path in event.changes
    ]


def _reject_own(fields: Fields | Changes) -> None:
    shared = shared_of(fields)
    if own := [path for path in fields if path not in shared]:
        raise FieldsLockedError(own)


def _read(
    connection: Connection, vault: Vault, namespace: str, query: str, *arguments: object
) -> list[Whole]:
    found: dict[str, Whole] = {}
    accounts: dict[AccountKey, tuple[str | None, Fields]] = {}
    for row in connection.execute(query, (namespace, *arguments)).fetchall():
        profile_id, wrapped_key, sealed, version, digest, provider, external_id, tenant, own = row
        if profile_id not in found:
            where = ("profiles", namespace, profile_id)
            box = vault.unwrap(wrapped_key, *where)
            accounts = {}
            head = ChainHead(namespace, profile_id, box, version, digest)
            found[profile_id] = Whole(head, decode(box.open(sealed, *where)), accounts)
        if provider is not None:
            key, box = AccountKey(namespace, provider, external_id), found[profile_id].head.box
            accounts[key] = (tenant, decode(box.open(own, "accounts", *key)))
    return list(found.values())
