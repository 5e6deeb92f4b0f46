"""Machnet SEND: the operations of specs/machnet.yaml."""

from datetime import UTC, datetime

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes

from ._generated import (
    NewUser,
    ReceiveUsers,
    User,
    UserUpdate,
    VerificationInitiated,
    VerificationStatus,
    new_user_to_changes,
    user_from_fields,
    user_update_to_changes,
)
from .verification import UNVERIFIED, cip_info, verified

RECEIVERS_SHOWN_MAX = 1000
"""Users in one list of receivers: no page names a largest number or pages, so we chose one that
bounds the response."""


async def create_user(call: Call, *, body: NewUser) -> User:
    """Register a user of the calling client and show it."""
    registration: Changes = {
        "account.business": False,
        "account.type": "SEND",
        **new_user_to_changes(body),
        "account.status": UNVERIFIED,
        "account.created_at": written(call.now),
    }
    return user_from_fields(await call.create(await call.new_id(), registration))


async def get_user(call: Call, *, user_id: str) -> User:
    """Show the whole user."""
    return user_from_fields(await call.account(user_id))


async def list_receive_users(call: Call, *, user_id: str) -> ReceiveUsers:
    """Show the users that were registered as receivers of a user, oldest first."""
    return list(map(user_from_fields, await call.children(user_id, limit=RECEIVERS_SHOWN_MAX)))


async def update_user(call: Call, *, user_id: str, body: UserUpdate) -> User:
    """Update the fields of the body by the table of the stored user's kind; show the whole user."""
    changes = user_update_to_changes(body, await call.account(user_id))
    return user_from_fields(await call.update(user_id, changes))


async def initiate_verification(call: Call, *, user_id: str) -> VerificationInitiated:
    """Verify a user as the sandbox does; the response says only that it was initiated."""
    await call.update_by(user_id, verified)
    return {"success": True, "status": "INITIATED"}


async def get_verification_status(call: Call, *, user_id: str) -> VerificationStatus:
    """Show the status of the user, and of each piece of information that the user has."""
    fields = await call.account(user_id)
    return {
        "user_id": fields["account.id"],
        "kyc_status": fields["account.status"],
        "cip_info": cip_info(fields),
    }


def written(time: datetime) -> str:
    """A time in the form of the page: to the microsecond, without a zone."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
