"""Admin API: shared profiles."""

from werkzeug.http import parse_etags

from profilegate.admin import profiles
from profilegate.admin.context import Admin
from profilegate.errors import VersionChangedError
from profilegate.gateway.call import Call

from . import cursors
from ._generated import Profile, ProfileFields, ProfilePage, profile_fields_to_changes
from .context import admin_of
from .representations import listed_profile, shown_profile


async def list_profiles(
    call: Call, *, cursor: str | None = None, limit: int | None = None
) -> ProfilePage:
    """List profiles in the order of their ids."""
    count = limit or cursors.LIMIT_DEFAULT
    found = await profiles.page(admin_of(call), after=cursor, limit=count)
    page: ProfilePage = {"profiles": [listed_profile(profile) for profile in found.profiles]}
    if found.damaged:
        page["damaged"] = found.damaged
    if found.next is not None:
        page["next"] = found.next
    return page


async def create_profile(call: Call, *, body: ProfileFields) -> Profile:
    """Create a profile without accounts."""
    profile = await profiles.create(admin_of(call), profile_fields_to_changes(body))
    call.response_headers.append((b"location", f"/profiles/{profile.id}".encode()))
    return shown_profile(call, profile)


async def get_profile(call: Call, *, profile_id: str) -> Profile:
    """Show a profile with its accounts."""
    return shown_profile(call, await profiles.get(admin_of(call), profile_id))


async def update_profile(call: Call, *, profile_id: str, body: ProfileFields) -> Profile:
    """Merge the body into a profile, unless it has changed since the caller read it."""
    admin = admin_of(call)
    version = await _wanted_version(call, admin, profile_id)
    changes = profile_fields_to_changes(body)
    return shown_profile(call, await profiles.update(admin, profile_id, changes, version=version))


async def erase_profile(call: Call, *, profile_id: str) -> None:
    """Erase a profile."""
    await profiles.erase(admin_of(call), profile_id)


async def _wanted_version(call: Call, admin: Admin, profile_id: str) -> int | None:
    """
    The version that If-Match requires; None if it allows any.

    Raises:
        VersionChangedError: If-Match does not match the version of the profile.
    """
    header = call.request.header(b"if-match")
    if header is None or header == "*":
        return None
    present = await profiles.get(admin, profile_id)
    # RFC 9110, 13.1.1: If-Match compares strongly, so a weak tag never matches.
    if not parse_etags(header).contains(str(present.version)):
        raise VersionChangedError(present.version)
    return present.version
