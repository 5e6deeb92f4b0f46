"""Machnet SEND: the operations of specs/machnet.yaml."""

import uuid
from datetime import UTC, datetime
from typing import cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields

from ._generated import (
    BusinessUpdate,
    IndividualUpdate,
    NewBusiness,
    NewIndividual,
    NewUser,
    User,
    UserUpdate,
    business_update_to_changes,
    business_user_from_fields,
    individual_update_to_changes,
    individual_user_from_fields,
    new_business_to_changes,
    new_individual_to_changes,
)

UNVERIFIED = "UNVERIFIED"

# "Various KYC statuses can be simulated in Sandbox by supplying specific values in the First
# Name field": RaaS, test values for sender verification.
STATUS_OF_FIRST_NAME = {"Verified": "VERIFIED", "Retry": "RETRY", "Suspended": "SUSPENDED"}


async def create_user(call: Call, *, body: NewUser) -> User:
    """Register a user of the calling client, and show it."""
    registration: Changes = {
        "account.business": False,
        "account.type": "SEND",
        **_new_user_to_changes(body),
        "account.status": STATUS_OF_FIRST_NAME.get(body["first_name"], UNVERIFIED),
        "account.created_at": _written(call.now),
    }
    return _shown(await call.create(str(uuid.uuid4()), registration))


async def get_user(call: Call, *, user_id: str) -> User:
    """Show the whole user."""
    return _shown(await call.account(user_id))


async def update_user(call: Call, *, user_id: str, body: UserUpdate) -> User:
    """Change what is sent, by the table of the stored user's kind, and show the whole user."""
    user = await call.account(user_id)
    if user["account.business"]:
        changes = business_update_to_changes(cast(BusinessUpdate, body))
    else:
        changes = individual_update_to_changes(cast(IndividualUpdate, body))
    return _shown(await call.update(user_id, changes))


def _new_user_to_changes(body: NewUser) -> Changes:
    if body.get("business"):
        return new_business_to_changes(cast(NewBusiness, body))
    return new_individual_to_changes(cast(NewIndividual, body))


def _shown(user: Fields) -> User:
    if user["account.business"]:
        return business_user_from_fields(user)
    return individual_user_from_fields(user)


def _written(time: datetime) -> str:
    """A time as the page prints it: to the microsecond, without a zone."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
