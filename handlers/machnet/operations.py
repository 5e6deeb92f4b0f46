"""Machnet SEND: the operations of specs/machnet.yaml."""

import uuid
from datetime import UTC, datetime
from typing import cast

from profilegate.gateway.call import Call
from profilegate.profile.rules import Changes, Fields

from ._generated import (
    BusinessUpdate,
    IndividualUpdate,
    NewBusiness,
    NewIndividual,
    NewUser,
    User,
    UserUpdate,
    business_user_from_profile,
    changes_from_business_update,
    changes_from_individual_update,
    changes_from_new_business,
    changes_from_new_individual,
    individual_user_from_profile,
)

UNVERIFIED = "UNVERIFIED"

# "Various KYC statuses can be simulated in Sandbox by supplying specific values in the First
# Name field": RaaS, test values for sender verification.
STATUS_OF_FIRST_NAME = {"Verified": "VERIFIED", "Retry": "RETRY", "Suspended": "SUSPENDED"}


async def create_user(call: Call, *, body: NewUser) -> User:
    """Register a user of the calling client and show it."""
    registration: Changes = {
        "account.business": False,
        "account.type": "SEND",
        **_changes_from_new_user(body),
        "account.status": STATUS_OF_FIRST_NAME.get(body["first_name"], UNVERIFIED),
        "account.created_at": _written(call.now),
    }
    return _shown(await call.create(str(uuid.uuid4()), registration))


async def get_user(call: Call, *, user_id: str) -> User:
    """Show the whole user."""
    return _shown(await call.account(user_id))


async def update_user(call: Call, *, user_id: str, body: UserUpdate) -> User:
    """Update the fields of the body by the table of the stored user's kind; show the whole user."""
    user = await call.account(user_id)
    if user["account.business"]:
        changes = changes_from_business_update(cast(BusinessUpdate, body))
    else:
        changes = changes_from_individual_update(cast(IndividualUpdate, body))
    return _shown(await call.update(user_id, changes))


def _changes_from_new_user(body: NewUser) -> Changes:
    if body.get("business"):
        return changes_from_new_business(cast(NewBusiness, body))
    return changes_from_new_individual(cast(NewIndividual, body))


def _shown(user: Fields) -> User:
    if user["account.business"]:
        return business_user_from_profile(user)
    return individual_user_from_profile(user)


def _written(time: datetime) -> str:
    """A time in the form of the page: to the microsecond, without a zone."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
