"""Profiles as plain JSON, from one gateway to another."""

from functools import cache
from typing import Any

from profilegate.admin.context import Admin
from profilegate.errors import BodyUnreadableError
from profilegate.gateway.gateway import ProviderDescription
from profilegate.openapi.messages import sentence
from profilegate.openapi.profile_schema import AccountForm, validate_export
from profilegate.store import Session, profiles, transfer

VIOLATIONS_SHOWN_MAX = 20
"""Of one profile; further violations show after these are fixed."""


async def export_profile(admin: Admin, profile_id: str) -> dict[str, Any]:
    """
    A whole profile, its accounts and the contents of its documents; without credentials and
    history.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    return await admin.store.read(transfer.export_profile, admin.namespace, profile_id)


async def export_page(
    admin: Admin, *, after: str | None = None, limit: int
) -> list[dict[str, Any]]:
    """Whole profiles in the order of their ids, from the first one after ``after``."""

    def read(session: Session) -> list[dict[str, Any]]:
        found = profiles.page(session, admin.namespace, after=after, limit=limit)
        return [transfer.export_profile(session, admin.namespace, each.id) for each in found]

    return await admin.store.read(read)


async def import_profile(admin: Admin, document: Any) -> bool:
    """
    Create the profile that was exported; False if the same profile exists already.

    Raises (nothing is written then):
        BodyUnreadableError: this is not an exported profile; with each field and its rule.
        ImportConflictError: the profile or one of its accounts exists with other values, or was
            erased.
    """

    def find_form(name: str) -> AccountForm | None:
        provider = admin.providers.get(name)
        return None if provider is None else _account_form(provider)

    violations = validate_export(document, find_form)[:VIOLATIONS_SHOWN_MAX]
    if violations:
        raise BodyUnreadableError(
            "; ".join(f"{each.field or 'the profile'} {sentence(each)}" for each in violations)
        )
    return await admin.store.write(transfer.import_profile, admin.namespace, document)


@cache
def _account_form(provider: ProviderDescription) -> AccountForm | None:
    """The rules for a provider's accounts; None for an API without accounts of its own."""
    policy = provider.policy
    if policy is None:
        return None
    return AccountForm.of(provider.spec, policy.external_id, policy.default_fields)
