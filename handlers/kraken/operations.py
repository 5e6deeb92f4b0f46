"""Kraken Embed: the operations of specs/kraken.yaml."""

from contextlib import suppress
from datetime import UTC, datetime

from profilegate.errors import AccountExistsError, UnexpectedError
from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields

from ._generated import (
    CreatedUser,
    CreateResult,
    CreateResultV1,
    CreateUserV1,
    GetResult,
    GetResultV1,
    GetUserV1,
    NewUser,
    UpdateResult,
    UpdateResultV1,
    UpdateUserV1,
    UserInfo,
    UserUpdate,
    create_user_v1_to_changes,
    new_user_to_changes,
    update_user_v1_to_changes,
    user_update_to_changes,
)
from .iiban import RANDOM_SIZE_BYTES, new_iiban, spaced, unspaced
from .required_actions import required_actions

IIBAN_ATTEMPTS_MAX = 8
"""Two random IIBANs of 36**8 are rarely equal, and never eight times in a row."""


async def create_user(call: Call, *, body: NewUser) -> CreateResult:
    """Create a user of the calling partner under an unused IIBAN."""
    return {"result": await _created(call, new_user_to_changes(body), body["external_id"])}


async def get_user(call: Call, *, user: str) -> GetResult:
    """Show the status of a user and the details that are still required, never a detail itself."""
    return {"result": await _shown(call, user)}


async def update_user(call: Call, *, user: str, body: UserUpdate) -> UpdateResult:
    """Update the fields of the body; Kraken never shows a profile, so the response is one word."""
    await call.update(unspaced(user), user_update_to_changes(body))
    return {"result": "success"}


async def create_user_v1(call: Call, *, body: CreateUserV1) -> CreateResultV1:
    """Create a user, as the first version of Embed does."""
    changes = create_user_v1_to_changes(body)
    return {"error": [], "result": await _created(call, changes, body["UserInfo"]["external_id"])}


async def get_user_v1(call: Call, *, user: str, body: GetUserV1) -> GetResultV1:
    """Show the status of a user, as the first version of Embed does."""
    return {"error": [], "result": await _shown(call, user)}


async def update_user_v1(call: Call, *, body: UpdateUserV1) -> UpdateResultV1:
    """Update the fields of a user, as the first version of Embed does."""
    await call.update(unspaced(body["query"]["user"]), update_user_v1_to_changes(body))
    return {"error": [], "result": "success"}


async def _created(call: Call, changes: Changes, external_id: str) -> CreatedUser:
    changes["account.created_at"] = written(call.now)
    for _ in range(IIBAN_ATTEMPTS_MAX):
        iiban = new_iiban(await call.context.random_bytes(RANDOM_SIZE_BYTES))
        with suppress(AccountExistsError):
            await call.create(iiban, changes, reference=external_id)
            return {"user": spaced(iiban)}
    raise UnexpectedError


async def _shown(call: Call, user: str) -> UserInfo:
    fields = await call.account(unspaced(user))
    await call.use_nonce()
    return user_info(fields)


def user_info(fields: Fields) -> UserInfo:
    """A user as Kraken shows it: the status and what is still required, never a detail itself."""
    info: UserInfo = {
        "user": spaced(fields["account.id"]),
        "external_id": fields.get("account.external_id"),
        "user_type": "individual",
        "status": {"state": "ok", "required_actions": required_actions(fields)},
    }
    if "account.created_at" in fields:
        info["created_at"] = fields["account.created_at"]
    return info


def written(time: datetime) -> str:
    """A time in the form of Kraken's samples: 2023-11-07T05:31:56Z."""
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
