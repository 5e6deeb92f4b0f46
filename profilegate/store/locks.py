"""The locks that a profile's accounts hold on its fields, and updates under these locks."""

from collections.abc import Iterable, Iterator, Mapping

from profilegate.errors import FieldsLockedError, LockHolder
from profilegate.profile.decision import Decision, decide
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN, ACCOUNT_PREFIX, Changes
from profilegate.profile.locks import ALWAYS, Lock, LockRules
from profilegate.store.records import AccountRecord, ProfileRecord
from profilegate.store.session import Session

OWN_LOCKS = (Lock(ACCOUNT_ID, ALWAYS), Lock(ACCOUNT_LOGIN, ALWAYS))
"""Locks of every account: its id never changes, and its login only through a mailed link."""


def locks_of(rules: Mapping[str, LockRules], account: AccountRecord) -> list[Lock]:
    """The locks that one account holds, including those on its own fields."""
    known = rules.get(account.key.provider)
    return known.locks_of(account.fields) if known else []


def locks_on(
    session: Session, profile: ProfileRecord, acting: AccountRecord | None = None
) -> Iterator[Lock]:
    """
    The locks that apply to a change of the shared fields and of the acting account's own fields.

    A lock on another account's own fields does not apply, because this change cannot touch them.
    """
    if acting is not None:
        yield from OWN_LOCKS
    for account in profile.accounts:
        for lock in locks_of(session.rules, account):
            if _applies(lock, account, acting):
                yield lock


def _applies(lock: Lock, account: AccountRecord, acting: AccountRecord | None) -> bool:
    return account is acting or not lock.path.startswith(ACCOUNT_PREFIX)


def with_lock_holders(
    session: Session,
    accounts: Iterable[AccountRecord],
    error: FieldsLockedError,
    acting: AccountRecord | None = None,
) -> FieldsLockedError:
    """The same error, with the accounts that lock the fields: only the acting account locks its
    own ones."""
    wanted = {path.partition(":")[0] for path in error.paths}
    holders: dict[LockHolder, None] = {}
    for account in accounts:
        for lock in locks_of(session.rules, account):
            if lock.path in wanted and _applies(lock, account, acting):
                states = session.rules[account.key.provider].states
                _, provider, external_id = account.key
                state = tuple(states.get(lock.when, {}).items())
                holders.setdefault(LockHolder(provider, external_id, state))
    return FieldsLockedError(error.paths, tuple(holders))


def decide_update(
    session: Session, profile: ProfileRecord, acting: AccountRecord | None, changes: Changes
) -> Decision:
    """
    Decide what changes do to a profile, and to the own fields of the acting account.

    Raises:
        FieldsLockedError: a locked field would get a new value; with the accounts that lock it.
    """
    fields = profile.fields if acting is None else {**profile.fields, **acting.fields}
    try:
        return decide(fields, changes, locks_on(session, profile, acting), new_id=session.new_id)
    except FieldsLockedError as error:
        raise with_lock_holders(session, profile.accounts, error, acting) from None
