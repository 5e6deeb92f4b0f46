"""Machnet SEND: the operations of specs/machnet.yaml."""

from typing import cast

from profilegate.provider import Call

from ._generated import (
    BusinessUpdate,
    IndividualUpdate,
    User,
    UserUpdate,
    business_user_from_profile,
    changes_from_business_update,
    changes_from_individual_update,
    individual_user_from_profile,
)


async def update_user(call: Call, *, user_id: str, body: UserUpdate) -> User:
    """Change what is sent, by the table of the stored user's kind, and show the whole user."""
    user = await call.account(user_id)
    if user["account.business"]:
        changes = changes_from_business_update(cast(BusinessUpdate, body))
        return business_user_from_profile(await call.update(user_id, changes))
    changes = changes_from_individual_update(cast(IndividualUpdate, body))
    return individual_user_from_profile(await call.update(user_id, changes))
