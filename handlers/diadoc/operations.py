"""Kontur Diadoc: the operations of specs/diadoc.yaml."""

from profilegate.provider import Call

from ._generated import (
    Sentence,
    UserToUpdate,
    UserV2,
    changes_from_user_to_update,
    user_v2_from_profile,
)
from .login import login_change


async def update_my_user(call: Call, *, body: UserToUpdate) -> UserV2:
    """Change the name at once; a new login waits until its mailed link is opened."""
    changes = changes_from_user_to_update(body)
    login = login_change(call, body["Login"]["Login"]) if "Login" in body else None
    return user_v2_from_profile(await call.update(call.caller.user, changes, login=login))


async def confirm_login(call: Call, *, token: str) -> Sentence:
    """Make the login that waits with this token the user's login."""
    await call.confirm_login(token)
    return "Новый логин подтверждён"
