"""Kraken Embed: the operations of specs/kraken.yaml."""

from profilegate.provider import Call

from ._generated import UpdateResult, UserUpdate, changes_from_user_update
from .iiban import unspaced


async def update_user(call: Call, *, user: str, body: UserUpdate) -> UpdateResult:
    """Change what is sent; Kraken never shows a profile, so the answer is one word."""
    await call.update(unspaced(user), changes_from_user_update(body))
    return {"result": "success"}
