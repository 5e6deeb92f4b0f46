"""Profile actions: list, get, create, update, erase, read the history, undo a change."""

from datetime import datetime

from profilegate.admin.context import Admin
from profilegate.admin.validation import reject_invalid, shared_violations
from profilegate.profile.fields import Changes, Fields
from profilegate.store import Event, ProfilePage, ProfileRecord, erasure, profiles
from profilegate.store.profiles import without_none


async def page(admin: Admin, *, after: str | None = None, limit: int) -> ProfilePage:
    """Profiles in the order of their ids, from the first one after ``after``."""
    return await admin.store.read(profiles.page, admin.namespace, after=after, limit=limit)


async def get(admin: Admin, profile_id: str) -> ProfileRecord:
    """
    A profile with its accounts.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    return await admin.store.read(profiles.find, admin.namespace, profile_id)


async def create(admin: Admin, changes: Changes) -> ProfileRecord:
    """
    Create a profile without accounts.

    Raises:
        InvalidFieldsError: a profile cannot hold these fields; all violations.
    """
    reject_invalid(shared_violations(changes))
    return await admin.store.write(
        profiles.create, admin.namespace, without_none(changes), admin.origin
    )


async def update(
    admin: Admin, profile_id: str, changes: Changes, *, version: int | None = None
) -> ProfileRecord:
    """
    Change shared fields; with ``version``, only if the profile is at this version.

    Raises (nothing is written then):
        InvalidFieldsError: a profile cannot hold these fields; all violations.
        ProfileUnknownError, VersionChangedError, FieldsLockedError: as ``profiles.update``.
    """
    reject_invalid(shared_violations(changes))
    return await admin.store.write(
        profiles.update, admin.namespace, profile_id, changes, admin.origin, version=version
    )


async def erase(admin: Admin, profile_id: str) -> None:
    """
    Erase a profile with its accounts, credentials, documents and mails.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    await admin.store.write(erasure.erase, admin.namespace, profile_id)
    await admin.store.maintain()


async def undo(admin: Admin, profile_id: str, version: int) -> ProfileRecord:
    """
    Restore the values before one event, as a new change.

    Raises: as ``store.profiles.undo``.
    """
    return await admin.store.write(
        profiles.undo, admin.namespace, profile_id, version, admin.origin
    )


async def events(admin: Admin, profile_id: str, *, after: int = 0, limit: int) -> list[Event]:
    """
    A profile's events, oldest first, from the first one after version ``after``.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    return await admin.store.read(
        profiles.events, admin.namespace, profile_id, after=after, limit=limit
    )


async def fields_at(admin: Admin, profile_id: str, at: datetime) -> Fields:
    """
    The shared fields of a profile as they were at a time.

    Raises:
        ProfileUnknownError: the profile does not exist, or did not exist yet.
    """
    return await admin.store.read(profiles.fields_at, admin.namespace, profile_id, at)
