"""Projections of a profile onto the provider APIs, and dry runs of updates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from profilegate.admin.context import Admin
from profilegate.admin.update_bodies import bodies_of
from profilegate.errors import (
    AccountUnknownError,
    InvalidFieldsError,
    RequestError,
    Violation,
)
from profilegate.gateway.gateway import ProviderDescription
from profilegate.media.nulls import without_nulls
from profilegate.openapi import Operation
from profilegate.openapi.mapping import mapping_of
from profilegate.openapi.messages import sentence
from profilegate.openapi.validator import Validate, compile_validator
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    AccountRecord,
    Preview,
    ProfileRecord,
    Update,
    accounts,
)
from profilegate.store.profiles import shared_of

Outcome = Literal["accepted", "rejected", "not representable"]


@dataclass(frozen=True, slots=True, repr=False)
class Projection:
    """A profile as the API of one account's provider returns it."""

    provider: str
    external_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class DryRunOutcome:
    """The outcome of an update at one account; ``reason`` is None if it is accepted.

    ``fields`` have the provider's own names.
    """

    provider: str
    external_id: str
    outcome: Outcome
    fields: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class DryRun:
    """The outcomes of an update at a profile's accounts, and the shared fields after it."""

    outcomes: tuple[DryRunOutcome, ...]
    fields: Fields


def projections(admin: Admin, profile: ProfileRecord) -> list[Projection]:
    """The profile as the API of each account's provider returns it."""
    return [
        Projection(
            account.key.provider,
            account.key.external_id,
            _compiled(provider).projection(account, profile.fields),
        )
        for account in profile.accounts
        if (provider := admin.providers.get(account.key.provider)) is not None
    ]


def update_body(
    admin: Admin, account: AccountRecord, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    """
    A body of an update that changes nothing, for a person to change; None if there is no update.

    ``values`` are those that the account's provider shows, by their paths in the profile. What
    would be rejected, such as a masked text, is left out.
    """
    compiled = _compiled(admin.providers[account.key.provider])
    form = compiled.provider.mapping.update_form_of(account.fields)
    if form is None:
        return None
    # The generator writes the forms in the order of the spec's mapping.
    place = compiled.provider.mapping.updates.index(form)
    schema = mapping_of(compiled.provider.spec).updates[place].schema
    validate = compiled.body_validators[form.operation]
    for body in bodies_of(schema, values):
        while parts := {each.at[0] for each in validate(body) if each.at} & body.keys():
            for part in parts:
                del body[str(part)]
        if body and not validate(body):
            return body
    return {}


async def dry_run(admin: Admin, profile: ProfileRecord, key: AccountKey, body: Any) -> DryRun:
    """
    Dry-run an update by one of the profile's accounts, and report the outcome at all of them.

    ``body`` is the body that the account's provider would get.

    It writes nothing. A new login is tried too, but is not among the fields: it only becomes
    pending.

    Raises:
        AccountUnknownError: the profile has no such account, or the provider's API has no update
            for it.
    """
    acting = profile.account(key)
    compiled = _compiled(admin.providers[key.provider])
    attempt = await _attempt(admin, acting, compiled, body)
    if isinstance(attempt, DryRunOutcome):
        return DryRun((attempt,), profile.fields)
    _, provider, external_id = key
    outcomes = [DryRunOutcome(provider, external_id, "accepted", compiled.names(attempt.changed))]
    for account in profile.accounts:
        other = admin.providers.get(account.key.provider)
        if account is not acting and other is not None:
            outcomes += _outcomes_elsewhere(_compiled(other), account, profile.fields, attempt)
    return DryRun(tuple(outcomes), shared_of(attempt.fields))


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A provider with the validators of its spec compiled."""

    provider: ProviderDescription
    body_validators: Mapping[str, Validate]
    projection_validators: Mapping[str, Validate]
    projection_paths: Mapping[str, frozenset[str]]
    operations: Mapping[str, Operation]

    def projection(self, account: AccountRecord, fields: Fields) -> dict[str, Any]:
        """
        The profile as the account's provider returns it.

        It omits top-level fields that break this provider's rules: another provider wrote them,
        and this provider's API cannot represent them.
        """
        representation = self.provider.mapping.representation_of(account.fields)
        if representation is None:
            return {}
        body = dict(representation.from_fields({**fields, **account.fields}))
        validate = self.projection_validators[representation.schema]
        while parts := {each.at[0] for each in validate(body) if each.at} & body.keys():
            for part in parts:
                del body[str(part)]
        return body

    def represents(self, account: AccountRecord, path: str) -> bool:
        """Whether the account's provider can return a path: a business has no given name."""
        representation = self.provider.mapping.representation_of(account.fields)
        schema = None if representation is None else representation.schema
        return schema is not None and path in self.projection_paths[schema]

    def names(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The provider's own names for some paths."""
        names = self.provider.mapping.field_names
        return tuple(dict.fromkeys(names.get(path, path) for path in paths))


@cache
def _compiled(provider: ProviderDescription) -> _Compiled:
    spec, mapping = provider.spec, provider.mapping
    operations = {operation.id: operation for operation in spec.operations()}
    updates = {form.operation: operations[form.operation] for form in mapping.updates}
    return _Compiled(
        provider=provider,
        body_validators={
            name: compile_validator(spec, operation.body or {})
            for name, operation in updates.items()
        },
        projection_validators={
            each.schema: compile_validator(spec, {"$ref": f"#/components/schemas/{each.schema}"})
            for each in mapping.representations
        },
        projection_paths={
            each.schema: mapping_of(spec).paths_of(each.schema) for each in mapping.representations
        },
        operations=updates,
    )


async def _attempt(
    admin: Admin, acting: AccountRecord, compiled: _Compiled, body: Any
) -> Preview | DryRunOutcome:
    """The store's preview of the update, or its outcome if the update is rejected."""
    _, provider, external_id = acting.key
    form = compiled.provider.mapping.update_form_of(acting.fields)
    if form is None:
        raise AccountUnknownError
    if compiled.provider.spec.document.get("x-null") == "absent":
        body = without_nulls(body)
    violations = compiled.body_validators[form.operation](body)
    if violations:
        return _invalid(acting.key, violations)
    requires = compiled.operations[form.operation].requires
    update = Update(
        acting.key,
        form.to_changes(body),
        tenant=ANY_TENANT,
        requires=requires,
        forms=compiled.provider.mapping.forms,
    )
    new_login = compiled.provider.new_login
    login = None if new_login is None else new_login(body)
    try:
        preview = await admin.store.read(accounts.preview, update, login=login)
    except InvalidFieldsError as error:
        return _invalid(acting.key, error.violations)
    except RequestError as error:
        return DryRunOutcome(provider, external_id, "rejected", (), str(error))
    if preview.locked:
        names = compiled.names(path.partition(":")[0] for path in preview.locked)
        return DryRunOutcome(provider, external_id, "rejected", names, preview.lock_reason)
    return preview


def _invalid(key: AccountKey, violations: Sequence[Violation]) -> DryRunOutcome:
    """The outcome of an update whose fields break their rules."""
    reason = "; ".join(f"{each.field or 'body'} {sentence(each)}" for each in violations)
    fields = tuple(each.field for each in violations)
    return DryRunOutcome(key.provider, key.external_id, "rejected", fields, reason)


def _outcomes_elsewhere(
    compiled: _Compiled, account: AccountRecord, before: Fields, preview: Preview
) -> list[DryRunOutcome]:
    """The outcomes for the changed fields at an account that does not send the update.

    A field is accepted if its new value appears in the provider's projection. It is not
    representable if the provider could return the path, but omits the new value.
    """
    after = shared_of(preview.fields)
    accepted, lost = [], []
    for path in preview.changed:
        if path.startswith(ACCOUNT_PREFIX):
            continue
        # For a removed field, look at the value that disappears.
        fields = after if path in after else before
        without = {name: value for name, value in fields.items() if name != path}
        if compiled.projection(account, fields) != compiled.projection(account, without):
            accepted.append(path)
        elif compiled.represents(account, path):
            lost.append(path)
    _, provider, external_id = account.key
    found = []
    if accepted:
        names = compiled.names(accepted)
        found.append(DryRunOutcome(provider, external_id, "accepted", names))
    if lost:
        names = compiled.names(lost)
        reason = "this provider has no form for the new value"
        found.append(DryRunOutcome(provider, external_id, "not representable", names, reason))
    return found
