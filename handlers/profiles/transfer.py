"""Admin API: exports and imports profiles as lines of JSON."""

from typing import cast

from profilegate.admin import transfer
from profilegate.errors import BodyUnreadableError, ImportConflictError
from profilegate.gateway.call import Call

from . import cursors
from ._generated import ExportedProfile, ExportLines, ImportCounts, ImportLines
from .context import admin_of


async def export_profile(call: Call, *, profile_id: str) -> ExportedProfile:
    """Export a whole profile."""
    return cast(ExportedProfile, await transfer.export_profile(admin_of(call), profile_id))


async def export_profiles(
    call: Call, *, cursor: str | None = None, limit: int | None = None
) -> ExportLines:
    """Export a page of profiles; headers name the next page and the damaged profiles.

    All lines are profiles, so that an import accepts them.
    """
    count = limit or cursors.LIMIT_DEFAULT
    found = await transfer.export_page(admin_of(call), after=cursor, limit=count)
    if found.damaged:
        call.response_headers.append((b"damaged-profiles", ", ".join(found.damaged).encode()))
    if found.next is not None:
        place = f"/export?cursor={found.next}&limit={count}"
        call.response_headers.append((b"link", f'<{place}>; rel="next"'.encode()))
    return cast(ExportLines, found.documents)


async def import_profiles(call: Call, *, body: ImportLines) -> ImportCounts:
    """Create the profiles that do not exist yet, each in its own transaction."""
    admin = admin_of(call)
    counts: ImportCounts = {"imported": 0, "unchanged": 0, "rejected": []}
    for item, document in enumerate(body):
        try:
            imported = await transfer.import_profile(admin, document)
        except (BodyUnreadableError, ImportConflictError) as error:
            counts["rejected"].append({"item": item, "detail": str(error)})
        else:
            counts["imported" if imported else "unchanged"] += 1
    return counts
