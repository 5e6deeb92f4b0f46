"""Transfer actions: export profiles as plain JSON, and import them."""

from typing import Any

from profilegate.admin.context import Admin
from profilegate.admin.validation import reject_not_exported
from profilegate.store import ExportPage, transfer


async def export_profile(admin: Admin, profile_id: str) -> dict[str, Any]:
    """
    A whole profile, its accounts and the contents of its documents.

    The export omits credentials and the history.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    return await admin.store.read(transfer.export_profile, admin.namespace, profile_id)


async def export_page(admin: Admin, *, after: str | None = None, limit: int) -> ExportPage:
    """Whole profiles in the order of their ids, from the first one after ``after``."""
    return await admin.store.read(transfer.export_page, admin.namespace, after=after, limit=limit)


async def import_profile(admin: Admin, document: Any) -> bool:
    """
    Create the profile that was exported; False if the same profile exists already.

    Raises (nothing is written then):
        BodyUnreadableError: this is not an exported profile; it names fields and rules.
        ImportConflictError: the profile or one of its accounts exists with other values, or was
            erased.
    """
    reject_not_exported(document, admin.providers)
    return await admin.store.write(transfer.import_profile, admin.namespace, document)
