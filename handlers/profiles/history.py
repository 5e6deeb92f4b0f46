"""Admin API: the history of a profile."""

from profilegate.admin import profiles
from profilegate.gateway.call import Call
from profilegate.profile.times import shown_time
from profilegate.store import Event as StoredEvent

from . import cursors
from ._generated import Change, Event, EventPage, PastProfile, Profile
from .context import admin_of
from .representations import past_profile, shown_profile
from .times import read_time


async def list_history(
    call: Call, *, profile_id: str, cursor: str | None = None, limit: int | None = None
) -> EventPage:
    """List changes of a profile, oldest first."""
    count = limit or cursors.LIMIT_DEFAULT
    found = await profiles.events(
        admin_of(call), profile_id, after=int(cursor or 0), limit=count + 1
    )
    page: EventPage = {"events": [_shown(event) for event in found[:count]]}
    if len(found) > count:
        page["next"] = str(found[count - 1].version)
    return page


async def undo_change(call: Call, *, profile_id: str, version: int) -> Profile:
    """Undo one change, as a new change."""
    return shown_profile(call, await profiles.undo(admin_of(call), profile_id, version))


async def get_profile_at(call: Call, *, profile_id: str, time: str) -> PastProfile:
    """Show the shared fields at a time in the past."""
    at = read_time(time, "time", is_parameter=True)
    return past_profile(profile_id, at, await profiles.fields_at(admin_of(call), profile_id, at))


def _shown(event: StoredEvent) -> Event:
    return {
        "version": event.version,
        "time": shown_time(event.at),
        "channel": event.origin.channel,
        "who": event.origin.who,
        "request_id": event.origin.request_id,
        "changes": [_change(path, *values) for path, values in event.changes.items()],
        "digest": event.hash.hex(),
    }


def _change(path: str, before: object, after: object) -> Change:
    change: Change = {"field": path}
    if before is not None:
        change["from"] = before
    if after is not None:
        change["to"] = after
    return change
