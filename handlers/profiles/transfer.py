"""Profiles as lines of JSON, from one gateway to another."""

from contextlib import suppress
from typing import Any, cast

from profilegate.admin.import_checks import check_exported
from profilegate.errors import (
    BodyUnreadableError,
    ImportConflictError,
    ProfileUnknownError,
)
from profilegate.gateway.call import Call

from . import cursors
from ._generated import ExportedProfile, ExportLines, ImportCounts


async def export_profile(call: Call, *, profile_id: str) -> ExportedProfile:
    """Give a whole profile away."""
    return await _exported(call, profile_id)


async def export_profiles(
    call: Call, *, cursor: str | None = None, limit: int | None = None
) -> ExportLines:
    """Give some profiles away, and tell by a header where the next ones are."""
    count = limit or cursors.LIMIT_DEFAULT
    found = await call.context.store.profiles(
        call.context.namespace, after=cursors.decoded(cursor), limit=count + 1
    )
    if len(found) > count:
        place = f"/export?cursor={cursors.encoded(found[count - 1].id)}&limit={count}"
        call.response_headers.append((b"link", f'<{place}>; rel="next"'.encode()))
    lines = []
    for profile in found[:count]:
        # One that was erased meanwhile is none any more.
        with suppress(ProfileUnknownError):
            lines.append(await _exported(call, profile.id))
    return lines


async def import_profiles(call: Call, *, body: ExportLines) -> ImportCounts:
    """Make the profiles that are not here yet, each by itself."""
    counts: ImportCounts = {"imported": 0, "unchanged": 0, "rejected": []}
    for item, document in enumerate(body):
        try:
            check_exported(document, call.projections.account_form)
            imported = await call.context.store.import_profile(
                call.context.namespace, cast(dict[str, Any], document)
            )
        except (BodyUnreadableError, ImportConflictError) as error:
            counts["rejected"].append({"item": item, "detail": str(error)})
        else:
            counts["imported" if imported else "unchanged"] += 1
    return counts


async def _exported(call: Call, profile_id: str) -> ExportedProfile:
    document = await call.context.store.export_profile(call.context.namespace, profile_id)
    return cast(ExportedProfile, document)
