"""The locks that the accounts of a profile hold on its fields, and what they let an update do."""

from collections.abc import Iterable, Iterator, Mapping

from profilegate.errors import FieldsLockedError, LockHolder
from profilegate.profile.decision import Decision, decide
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN, ACCOUNT_PREFIX, Changes
from profilegate.profile.locks import ALWAYS, Lock, LockRules
from profilegate.store.records import AccountRecord, ProfileRecord
from profilegate.store.session import Session

OWN_LOCKS = (Lock(ACCOUNT_ID, ALWAYS), Lock(ACCOUNT_LOGIN, ALWAYS))
"""An account's id never changes, and its login changes through its mailed link only."""


def locks_of(rules: Mapping[str, LockRules], account: AccountRecord) -> list[Lock]:
    """The locks that one account holds, those on its own fields among them."""
    known = rules.get(account.key.provider)
    return known.locks_of(account.fields) if known else []


def locks_on(
    session: Session, profile: ProfileRecord, acting: AccountRecord | None = None
) -> Iterator[Lock]:
    """
    All locks that hold for a change of the shared fields, and of the acting account's own.

    Locks on own fields of other accounts do not count: nobody else changes these.
    """
    if acting is not None:
        yield from OWN_LOCKS
    for account in profile.accounts:
        for lock in locks_of(session.rules, account):
            if account is acting or not lock.path.startswith(ACCOUNT_PREFIX):
                yield lock


def with_lock_holders(
    session: Session, accounts: Iterable[AccountRecord], error: FieldsLockedError
) -> FieldsLockedError:
    """The same error, with the accounts whose status locks the fields."""
    wanted = {path.partition(":")[0] for path in error.paths}
    holders: dict[LockHolder, None] = {}
    for account in accounts:
        for lock in locks_of(session.rules, account):
            if lock.path in wanted:
                states = session.rules[account.key.provider].states
                _, provider, external_id = account.key
                state = tuple(states.get(lock.when, {}).items())
                holders.setdefault(LockHolder(provider, external_id, state))
    return FieldsLockedError(error.paths, tuple(holders))


def decide_update(
    session: Session, profile: ProfileRecord, acting: AccountRecord | None, changes: Changes
) -> Decision:
    """
    What changes do to a profile, and to the own fields of the account that sends them.

    Raises:
        FieldsLockedError: locked fields would get new values; with the accounts that lock them.
    """
    fields = profile.fields if acting is None else {**profile.fields, **acting.fields}
    try:
        return decide(fields, changes, locks_on(session, profile, acting))
    except FieldsLockedError as error:
        raise with_lock_holders(session, profile.accounts, error) from None
