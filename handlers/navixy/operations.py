"""Navixy: the operations of specs/navixy.yaml, each by POST and by the query of a GET."""

from profilegate.gateway import logins
from profilegate.gateway.call import Call

from . import sessions
from ._generated import (
    LoggedIn,
    PersonalInfoUpdate,
    SessionRequest,
    Success,
    UserAuth,
    UserInfoRequest,
    UserShown,
    personal_info_update_to_changes,
)
from .user_info import is_requested, user_shown


async def log_in(call: Call, *, body: UserAuth) -> LoggedIn:
    """Open a session for the user with this login and password."""
    external_id = await logins.log_in(call, body["login"], body["password"])
    key = await sessions.open_session(call.context, external_id)
    return {"success": True, "type": "authenticated", "hash": key}


async def log_in_by_query(call: Call, *, credentials: UserAuth) -> LoggedIn:
    """Open a session, by query."""
    return await log_in(call, body=credentials)


async def get_info(
    call: Call, *, iso_datetime: str | None = None, body: UserInfoRequest | None = None
) -> UserShown:
    """Show the calling user."""
    in_body = body.get("iso_datetime") if body else None
    in_header = call.request.header(b"nvx-iso-datetime")
    fields = await call.account(call.caller.account_id)
    return user_shown(fields, iso_datetime=is_requested(in_body, iso_datetime, in_header))


async def get_info_by_query(call: Call, *, iso_datetime: str | None = None) -> UserShown:
    """Show the user, by query."""
    return await get_info(call, iso_datetime=iso_datetime)


async def log_out(call: Call, *, body: SessionRequest | None = None) -> Success:
    """End the session of the request."""
    await sessions.end(call)
    return {"success": True}


async def log_out_by_query(call: Call) -> Success:
    """End the session, by query."""
    return await log_out(call)


async def renew_session(call: Call, *, body: SessionRequest | None = None) -> Success:
    """Prolong the session of the request."""
    await sessions.renew(call)
    return {"success": True}


async def renew_session_by_query(call: Call) -> Success:
    """Prolong the session, by query."""
    return await renew_session(call)


async def update_personal_info(call: Call, *, body: PersonalInfoUpdate) -> Success:
    """Update the personal info of the calling user."""
    await call.update(call.caller.account_id, personal_info_update_to_changes(body))
    return {"success": True}


async def update_personal_info_by_query(call: Call, *, info: PersonalInfoUpdate) -> Success:
    """Update the personal info, by query."""
    return await update_personal_info(call, body=info)
