"""Navixy: the operations of specs/navixy.yaml."""

from profilegate.provider import Call

from ._generated import PersonalInfoUpdate, Success, changes_from_personal_info_update


async def update_personal_info(call: Call, *, body: PersonalInfoUpdate) -> Success:
    """Change the personal info of the user whose hash was sent."""
    await call.update(call.caller.user, changes_from_personal_info_update(body))
    return {"success": True}
