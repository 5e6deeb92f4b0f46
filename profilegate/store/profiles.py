"""Profiles: reads, creates and updates them, undoes changes."""

from datetime import datetime

from profilegate.errors import (
    EventUnknownError,
    FieldsLockedError,
    UndoAccountMoveError,
    UndoConflictError,
    VersionChangedError,
)
from profilegate.profile.decision import decide, restore
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, Changes, Fields
from profilegate.store import history
from profilegate.store.locks import decide_update, locks_on, with_lock_holders
from profilegate.store.records import AccountKey, Event, Origin, ProfileRecord
from profilegate.store.rows import find, find_of, insert, page, save
from profilegate.store.session import Session

__all__ = [
    "create",
    "events",
    "fields_at",
    "find",
    "find_of",
    "page",
    "shared_of",
    "undo",
    "update",
    "without_none",
]


def create(session: Session, namespace: str, fields: Fields, origin: Origin) -> ProfileRecord:
    """
    Create a profile without accounts.

    Raises:
        FieldsLockedError: a field is an account's own.
    """
    _reject_own(fields)
    profile = insert(session, namespace)
    save(session, profile, decide({}, without_none(fields), new_id=session.new_id), origin)
    return find(session, namespace, profile.id)


def update(
    session: Session,
    namespace: str,
    profile_id: str,
    changes: Changes,
    origin: Origin,
    *,
    version: int | None = None,
) -> ProfileRecord:
    """
    Change shared fields.

    Raises (nothing is written then):
        ProfileUnknownError: there is no such profile.
        VersionChangedError: the profile is not at this version.
        FieldsLockedError: an account locks a field, or a field is an account's own.
    """
    profile = find(session, namespace, profile_id)
    if version not in (None, profile.version):
        raise VersionChangedError(profile.version)
    _reject_own(changes)
    decision = decide_update(session, profile, None, changes)
    if decision.changed:
        save(session, profile, decision, origin)
    return find(session, namespace, profile_id)


def events(
    session: Session, namespace: str, profile_id: str, *, after: int = 0, limit: int = 100
) -> list[Event]:
    """
    A profile's events, oldest first, from the first one after version ``after``.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    head = find(session, namespace, profile_id).head
    return list(history.events(session, head, after=after, limit=limit))


def fields_at(session: Session, namespace: str, profile_id: str, at: datetime) -> Fields:
    """
    The shared fields as they were at a time.

    Raises:
        ProfileUnknownError: there is no such profile, or there was none yet.
    """
    return history.fields_at(session, find(session, namespace, profile_id).head, at)


def undo(
    session: Session, namespace: str, profile_id: str, version: int, origin: Origin
) -> ProfileRecord:
    """
    Restore the values before an event, as a new change.

    Raises (nothing is written then):
        ProfileUnknownError, EventUnknownError: there is no such profile or event.
        UndoAccountMoveError: an account joined or left the profile by this event.
        UndoConflictError: a later event changed one of the fields, or the account has left.
        FieldsLockedError: an account locks a field.
    """
    profile = find(session, namespace, profile_id)
    if not 1 <= version <= profile.version:
        raise EventUnknownError
    event, *later = history.events(session, profile.head, after=version - 1)
    _reject_move(event)
    present = {account.key for account in profile.accounts}
    touched = {place for each in later for place in _places(each)}
    conflicts = [
        path
        for path, place in zip(event.changes, _places(event), strict=True)
        if place in touched or (place[0] is not None and place[0] not in present)
    ]
    if conflicts:
        raise UndoConflictError(conflicts)
    account = profile.account(event.account) if event.account in present else None
    before = {history.path_of(path): values[0] for path, values in event.changes.items()}
    fields = profile.fields if account is None else {**profile.fields, **account.fields}
    try:
        decision = restore(fields, before, locks_on(session, profile, account))
    except FieldsLockedError as error:
        raise with_lock_holders(session, profile.accounts, error, account) from None
    if decision.changed:
        save(session, profile, decision, origin, account=account)
    return find(session, namespace, profile_id)


def without_none(changes: Changes) -> Fields:
    """The changes that set a value; None removes one."""
    return {path: value for path, value in changes.items() if value is not None}


def shared_of(fields: Fields) -> Fields:
    """The shared ones of some fields: all but the accounts' own."""
    return {path: value for path, value in fields.items() if not path.startswith(ACCOUNT_PREFIX)}


def _reject_move(event: Event) -> None:
    """
    Check that no account joined or left the profile by an event.

    Raises:
        UndoAccountMoveError: one did.
    """
    for path, (before, _) in event.changes.items():
        if history.path_of(path) == ACCOUNT_ID and event.account is not None:
            _, provider, external_id = event.account
            raise UndoAccountMoveError(provider, external_id, before is None)


def _places(event: Event) -> list[tuple[AccountKey | None, str]]:
    """The places that an event changed: (None, path), or (account, path) for an own field."""
    return [
        (None if history.path_of(path) == path else event.account, history.path_of(path))
        for path in event.changes
    ]


def _reject_own(changes: Changes) -> None:
    if own := [path for path in changes if path.startswith(ACCOUNT_PREFIX)]:
        raise FieldsLockedError(own)
