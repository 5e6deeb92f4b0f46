"""Kraken Embed: the operations of specs/kraken.yaml."""

from contextlib import suppress
from datetime import UTC, datetime

from profilegate.errors import AccountExistsError, UnexpectedError
from profilegate.gateway.call import Call

from ._generated import (
    CreateResult,
    GetResult,
    NewUser,
    UpdateResult,
    UserInfo,
    UserUpdate,
    new_user_to_changes,
    user_update_to_changes,
)
from .iiban import new_iiban, spaced, unspaced
from .required_actions import required_actions

IIBAN_ATTEMPTS_MAX = 8
"""Two random IIBANs of 36**8 are rarely equal, and never eight times in a row."""


async def create_user(call: Call, *, body: NewUser) -> CreateResult:
    """Create a user of the calling partner under an unused IIBAN."""
    changes = new_user_to_changes(body)
    changes["account.created_at"] = _written(call.now)
    for _ in range(IIBAN_ATTEMPTS_MAX):
        iiban = new_iiban()
        with suppress(AccountExistsError):
            await call.create(iiban, changes, reference=body["external_id"])
            return {"result": {"user": spaced(iiban)}}
    raise UnexpectedError


async def get_user(call: Call, *, user: str) -> GetResult:
    """Show the status of a user and the details that are still required, never a detail itself."""
    fields = await call.account(unspaced(user))
    await call.use_nonce()
    info: UserInfo = {
        "user": spaced(fields["account.id"]),
        "user_type": "individual",
        "status": {"state": "ok", "required_actions": required_actions(fields)},
    }
    if "account.external_id" in fields:
        info["external_id"] = fields["account.external_id"]
    if "account.created_at" in fields:
        info["created_at"] = fields["account.created_at"]
    return {"result": info}


async def update_user(call: Call, *, user: str, body: UserUpdate) -> UpdateResult:
    """Update the fields of the body; Kraken never shows a profile, so the response is one word."""
    await call.update(unspaced(user), user_update_to_changes(body))
    return {"result": "success"}


def _written(time: datetime) -> str:
    """A time in the form of Kraken's samples: 2023-11-07T05:31:56Z."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
