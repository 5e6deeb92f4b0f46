"""Linking: moves accounts between profiles, and seals their data under the new key."""

from collections.abc import Callable
from typing import Any, Literal

from profilegate.errors import FieldsLockedError, LinkConflictError, LockHolder
from profilegate.profile.decision import Decision, is_same, restore
from profilegate.profile.fields import Fields
from profilegate.profile.locks import Lock
from profilegate.store import credentials, documents, history, logins, outbox
from profilegate.store.erasure import erase_profile
from profilegate.store.locks import locks_of, locks_on, with_lock_holders
from profilegate.store.records import AccountKey, AccountRecord, Origin, ProfileRecord
from profilegate.store.rows import find, find_of, insert, save, save_account
from profilegate.store.session import Session

Prefer = Literal["profile", "account"] | None
"""Whose value stays where the profile and the account differ; None: then do not link."""


def link(
    session: Session, key: AccountKey, profile_id: str, origin: Origin, *, prefer: Prefer
) -> ProfileRecord:
    """
    Move an account to another profile, with the fields that only its old profile has.

    If the account is the last one of the old profile, all documents and mails move too, archived
    documents included, and the old profile is erased.

    Raises (nothing is written then):
        AccountUnknownError, ProfileUnknownError: there is no such account or profile.
        LinkConflictError: values differ, and ``prefer`` is None.
        FieldsLockedError: a field would change that an account of the profile or the joining
            account locks.
    """
    old = find_of(session, key)
    if old.id == profile_id:
        return old
    target = find(session, key.namespace, profile_id)
    account = old.account(key)
    values = _brought(old.fields, target.fields, prefer)
    decision = _decide(session, account, old, target=target, values=values)
    is_last = len(old.accounts) == 1
    shown = documents.ids_of(decision.fields)
    _move(session, account, old, target)
    documents.copy(session, old.head, target.head, None if is_last else shown)
    if is_last:
        outbox.reseal(session, old.head, target.head)
        erase_profile(session, old)
    else:
        _leave(session, account, old, origin)
    moved = history.gained(account.fields)
    save(session, target, decision, origin, account=account, moved=moved)
    documents.archive_all_but(session, target.head, shown)
    return find(session, key.namespace, target.id)


def unlink(session: Session, key: AccountKey, origin: Origin) -> ProfileRecord:
    """
    Move an account to a copy of its profile, documents included, and return the copy.

    The old profile stays, even without any account.

    Raises:
        AccountUnknownError: there is no such account.
    """
    old = find_of(session, key)
    account = old.account(key)
    copy = insert(session, key.namespace)
    _move(session, account, old, copy)
    documents.copy(session, old.head, copy.head)
    _leave(session, account, old, origin)
    moved = history.gained(account.fields)
    save(session, copy, restore({}, old.fields), origin, account=account, moved=moved)
    return find(session, key.namespace, copy.id)


def _brought(old: Fields, target: Fields, prefer: Prefer) -> Fields:
    """The fields that an account brings to the target.

    Raises:
        LinkConflictError: values differ, and ``prefer`` is None.
    """
    differences: dict[str, tuple[Any, Any]] = {
        path: (target[path], value)
        for path, value in old.items()
        if path in target and not is_same(path, target[path], value)
    }
    if differences and prefer is None:
        raise LinkConflictError(differences)
    return {
        path: value
        for path, value in old.items()
        if path not in target or (path in differences and prefer == "account")
    }


def _decide(
    session: Session,
    account: AccountRecord,
    old: ProfileRecord,
    *,
    target: ProfileRecord,
    values: Fields,
) -> Decision:
    """What the target becomes.

    Raises:
        FieldsLockedError: a locked field would change: a field of the target, or one that the
            joining account locks and that would differ from its old profile.
    """
    after = {**target.fields, **values}
    seen = {
        path: after.get(path)
        for path in (old.fields | after)
        if not is_same(path, old.fields.get(path), after.get(path))
    }
    own_locks: list[Lock] = locks_of(session.rules, account)
    paths: dict[str, None] = {}
    holders: dict[LockHolder, None] = {}

    def attempt(decide: Callable[[], Decision], accounts: tuple[AccountRecord, ...]) -> Decision:
        try:
            return decide()
        except FieldsLockedError as error:
            paths.update(dict.fromkeys(error.paths))
            known = with_lock_holders(session, accounts, error)
            holders.update(dict.fromkeys(known.holders))
            return Decision(target.fields)

    decision = attempt(
        lambda: restore(target.fields, values, locks_on(session, target)), target.accounts
    )
    attempt(lambda: restore(old.fields, seen, own_locks), (account,))
    if paths:
        raise FieldsLockedError(list(paths), tuple(holders))
    return decision


def _move(session: Session, account: AccountRecord, old: ProfileRecord, new: ProfileRecord) -> None:
    """Move an account's row, its credentials and its pending logins."""
    save_account(session, new.head, account, account.fields)
    credentials.reseal(session, account, old.head, new.head)
    logins.reseal(session, account, old.head, new.head)


def _leave(session: Session, account: AccountRecord, old: ProfileRecord, origin: Origin) -> None:
    moved = history.lost(account.fields)
    save(session, old, Decision(old.fields), origin, account=account, moved=moved)
