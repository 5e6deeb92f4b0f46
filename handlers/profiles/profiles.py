"""People and organisations, as all providers share them."""

from werkzeug.http import parse_etags

from profilegate.errors import VersionChangedError
from profilegate.gateway.call import Call

from . import cursors
from ._generated import Profile, ProfileFields, ProfilePage, profile_fields_to_changes
from .representations import listed_profile, shown_profile


async def list_profiles(
    call: Call, *, cursor: str | None = None, limit: int | None = None
) -> ProfilePage:
    """Show some profiles, in the order of their ids."""
    count = limit or cursors.LIMIT_DEFAULT
    # One more than is shown tells whether there is a next page.
    found = await call.context.store.profiles(
        call.context.namespace, after=cursors.decoded(cursor), limit=count + 1
    )
    page: ProfilePage = {"profiles": [listed_profile(profile) for profile in found[:count]]}
    if len(found) > count:
        page["next"] = cursors.encoded(found[count - 1].id)
    return page


async def create_profile(call: Call, *, body: ProfileFields) -> Profile:
    """Make a profile that no account sees yet."""
    changes = profile_fields_to_changes(body)
    fields = {path: value for path, value in changes.items() if value is not None}
    profile = await call.context.store.create_profile(call.context.namespace, fields, call.origin)
    call.response_headers.append((b"location", f"/profiles/{profile.id}".encode()))
    return shown_profile(call, profile)


async def get_profile(call: Call, *, profile_id: str) -> Profile:
    """Show a profile with its accounts."""
    return shown_profile(call, await call.context.store.profile(call.context.namespace, profile_id))


async def update_profile(call: Call, *, profile_id: str, body: ProfileFields) -> Profile:
    """Merge what is sent into a profile, unless it has changed since the caller saw it."""
    profile = await call.context.store.update_profile(
        call.context.namespace,
        profile_id,
        profile_fields_to_changes(body),
        call.origin,
        version=await _wanted_version(call, profile_id),
    )
    return shown_profile(call, profile)


async def erase_profile(call: Call, *, profile_id: str) -> None:
    """Forget a profile for ever."""
    await call.context.store.erase(call.context.namespace, profile_id)


async def _wanted_version(call: Call, profile_id: str) -> int | None:
    """
    The version that the caller means to change; None for whatever it is at.

    Raises:
        VersionChangedError: If-Match lets in none that the profile is at.
    """
    header = call.request.header(b"if-match")
    if header is None or header == "*":
        return None
    present = await call.context.store.profile(call.context.namespace, profile_id)
    # RFC 9110, 13.1.1: If-Match compares strongly, so a weak tag never matches.
    if not parse_etags(header).contains(str(present.version)):
        raise VersionChangedError(present.version)
    return present.version
