"""Validation of what an admin writes: shared fields, and whole exported profiles."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from profilegate.errors import BodyUnreadableError, InvalidFieldsError, Violation
from profilegate.gateway.gateway import ProviderDescription
from profilegate.gateway.provisioning import PasswordRule
from profilegate.openapi.export_schema import (
    AccountForm,
    own_value_violations,
    validate_export,
)
from profilegate.openapi.messages import sentence
from profilegate.openapi.profile_schema import validate_changes
from profilegate.profile.fields import FIELDS, Changes

VIOLATIONS_SHOWN_MAX = 20
"""The maximum of violations that an error about one exported profile reports."""


TENANT_SIZE_MAX = 200
"""Characters in the name of a tenant."""


JSON_TYPES: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", list: "array"}
"""Python type of an account's own field -> type in a schema."""


def tenant_violations(tenant: str | None) -> list[Violation]:
    """The violations of a tenant's name; None is no name and is valid."""
    if tenant is None:
        return []
    if not tenant:
        return [Violation(("tenant",), "minLength", 1)]
    if len(tenant) > TENANT_SIZE_MAX:
        return [Violation(("tenant",), "maxLength", TENANT_SIZE_MAX)]
    return []


def reject_invalid(violations: Sequence[Violation]) -> None:
    """
    Raise an error if there are violations.

    Raises:
        InvalidFieldsError: there are; with all of them.
    """
    if violations:
        raise InvalidFieldsError(violations)


def shared_violations(changes: Changes) -> list[Violation]:
    """The violations in changes of shared fields; None removes a value and is valid."""
    unknown = [path for path in changes if path not in FIELDS]
    known = {path: value for path, value in changes.items() if path in FIELDS}
    return [*(_unknown(path) for path in unknown), *validate_changes(known)]


def own_field_violations(provider: ProviderDescription, own: Mapping[str, Any]) -> list[Violation]:
    """The violations of an account's own fields against the provider's spec; None removes one."""
    form = _account_form(provider)
    values = {path: value for path, value in own.items() if value is not None}
    return [] if form is None else [*own_value_violations((), values, form.own)]


def type_violations(own: Mapping[str, Any], types: Mapping[str, type]) -> list[Violation]:
    """The own fields whose values have another type than those of the provider's accounts."""
    return [
        Violation((path,), "type", JSON_TYPES[types[path]])
        for path, value in own.items()
        if value is not None and path in types and type(value) is not types[path]
    ]


def password_violations(rule: PasswordRule | None, password: str) -> list[Violation]:
    """The violations of a password; without a rule the provider's accounts have none."""
    at = ("password",)
    if rule is None:
        return [Violation(at, "passwordless")]
    found = []
    if not password:
        found.append(Violation(at, "minLength", 1))
    if len(password) > rule.length_max:
        found.append(Violation(at, "maxLength", rule.length_max))
    if rule.excluded.search(password):
        found.append(Violation(at, "unprintable"))
    return found


def reject_not_exported(document: Any, providers: Mapping[str, ProviderDescription]) -> None:
    """
    Check that a document is a profile as an export contains it.

    Raises:
        BodyUnreadableError: it is not; the message names each field and the rule that it breaks.
    """
    forms = {name: form for name, each in providers.items() if (form := _account_form(each))}
    violations = validate_export(document, forms.get)[:VIOLATIONS_SHOWN_MAX]
    if violations:
        raise BodyUnreadableError(
            "; ".join(f"{each.field or 'the profile'} {sentence(each)}" for each in violations)
        )


@cache
def _account_form(provider: ProviderDescription) -> AccountForm | None:
    policy = provider.policy
    if policy is None:
        return None
    return AccountForm.of(
        provider.spec, policy.external_id, policy.default_fields, has_tenant=policy.has_tenant
    )


def _unknown(path: str) -> Violation:
    similar = get_close_matches(path, FIELDS, n=1)
    return Violation((path,), "unknown", similar[0] if similar else None)
