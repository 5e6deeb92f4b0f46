"""Projections: a profile as each provider shows it, and a dry run of a change for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.errors import AccountUnknownError, RequestError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.projections import DryRun, DryRunOutcome, Projection
from profilegate.gateway.provider import Provider
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.openapi import Operation, Spec
from profilegate.openapi.mapping import mapping_of
from profilegate.openapi.messages import sentence
from profilegate.openapi.profile_schema import AccountForm
from profilegate.openapi.validator import Validate, compile_validator, nul_violations
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from profilegate.profile.mapping import ProfileMapping, UpdateForm
from profilegate.store import Account, Preview, Profile, Update

ACCEPTED = "accepted"
REJECTED = "rejected"
NOT_REPRESENTABLE = "not representable"


@dataclass(slots=True)
class _Side:
    """One provider's API, with the checks of its spec compiled."""

    mapping: ProfileMapping
    view_checks: Mapping[str, Validate]
    view_paths: Mapping[str, frozenset[str]]
    body_checks: Mapping[str, Validate]
    operations: Mapping[str, Operation]
    policy: AccountPolicy | None
    account_form: AccountForm | None

    def shown(self, account: Account, fields: Fields) -> dict[str, Any]:
        """
        The profile as the account's provider shows it.

        A part that another provider wrote and that breaks this provider's rules cannot be expressed
        here, and is left out.
        """
        own = account.fields
        view = self.mapping.representation_of(own)
        if view is None:
            return {}
        body = dict(view.from_fields({**fields, **own}))
        while parts := {f.at[0] for f in self.view_checks[view.schema](body) if f.at} & body.keys():
            for part in parts:
                del body[str(part)]
        return body

    def has_name_for(self, account: Account, path: str) -> bool:
        """Whether the account's provider shows a path at all: a business has no given name."""
        view = self.mapping.representation_of(account.fields)
        return view is not None and path in self.view_paths[view.schema]

    def names(self, paths: Mapping[str, Any] | tuple[str, ...]) -> list[str]:
        """What this provider calls some paths, in its own words."""
        return list(dict.fromkeys(self.mapping.field_names.get(path, path) for path in paths))


@dataclass(slots=True)
class Projections:
    """All provider APIs; made once, when the gateway starts."""

    gateway: Gateway
    _sides: dict[str, _Side] = field(default_factory=dict)

    def add(self, spec: Spec, provider: Provider) -> None:
        """Compile one provider's side."""
        operations = {operation.id: operation for operation in spec.operations()}
        updates = {form.operation: operations[form.operation] for form in provider.mapping.updates}
        self._sides[provider.name] = _Side(
            mapping=provider.mapping,
            view_checks={
                view.schema: compile_validator(
                    spec, {"$ref": f"#/components/schemas/{view.schema}"}
                )
                for view in provider.mapping.representations
            },
            view_paths={
                view.schema: mapping_of(spec).paths_of(view.schema)
                for view in provider.mapping.representations
            },
            body_checks={
                name: compile_validator(spec, operation.body or {})
                for name, operation in updates.items()
            },
            operations=updates,
            policy=provider.policy,
            account_form=None
            if provider.policy is None
            else AccountForm.of(spec, provider.policy.external_id, provider.policy.own),
        )

    def policy(self, provider: str) -> AccountPolicy | None:
        """How a provider's accounts and credentials are made; None for no provider."""
        side = self._sides.get(provider)
        return None if side is None else side.policy

    def account_form(self, provider: str) -> AccountForm | None:
        """The rules for a provider's accounts in an export; None for no provider."""
        side = self._sides.get(provider)
        return None if side is None else side.account_form

    def views(self, profile: Profile) -> list[Projection]:
        """The profile as each linked provider shows it, in the order of its accounts."""
        return [
            Projection(
                account.key.provider, account.key.external_id, side.shown(account, profile.fields)
            )
            for account in profile.accounts
            if (side := self._sides.get(account.key.provider)) is not None
        ]

    async def what_if(self, profile: Profile, provider: str, external_id: str, body: Any) -> DryRun:
        """
        What an update by one of the profile's accounts would do at every linked provider.

        Nothing is written. What waits for a mailed link (a new login) is not looked at.

        Raises:
            AccountUnknownError: the profile has no such account, or its provider changes nothing.
        """
        acting = next(
            (a for a in profile.accounts if a.key[1:] == (provider, external_id)),
            None,
        )
        side = self._sides.get(provider)
        if (
            acting is None
            or side is None
            or (form := side.mapping.update_form_of(acting.fields)) is None
        ):
            raise AccountUnknownError
        preview = await self._tried(acting, side, form, body)
        if isinstance(preview, DryRunOutcome):
            return DryRun((preview,), profile.fields)
        outcomes = [
            DryRunOutcome(provider, external_id, ACCEPTED, tuple(side.names(preview.changed)), None)
        ]
        for account in profile.accounts:
            other = self._sides.get(account.key.provider)
            if account is not acting and other is not None:
                outcomes += _outcomes(other, account, profile.fields, preview)
        return DryRun(tuple(outcomes), _shared(preview.fields))

    async def _tried(
        self, acting: Account, side: _Side, form: UpdateForm, body: Any
    ) -> Preview | DryRunOutcome:
        """What the store says to the update, or why it is rejected."""

        def rejected(fields: list[str], reason: str) -> DryRunOutcome:
            return DryRunOutcome(
                acting.key.provider, acting.key.external_id, REJECTED, tuple(fields), reason
            )

        violations = side.body_checks[form.operation](body) + nul_violations(body)
        if violations:
            reason = "; ".join(
                f"{violation.field or 'body'} {sentence(violation)}" for violation in violations
            )
            return rejected([violation.field for violation in violations], reason)
        update = Update(
            account=acting.key,
            changes=form.to_changes(body),
            requires=side.operations[form.operation].requires,
        )
        try:
            preview = await self.gateway.store.preview(update)
        except RequestError as error:
            return rejected([], str(error))
        if preview.locked:
            paths = tuple(path.partition(":")[0] for path in preview.locked)
            return rejected(side.names(paths), "locked by a linked account's state")
        return preview


def _outcomes(
    side: _Side, account: Account, before: Fields, preview: Preview
) -> list[DryRunOutcome]:
    """What becomes of each changed field at a provider that did not change it."""
    after = _shared(preview.fields)
    taken, lost = [], []
    for path in preview.changed:
        if path.startswith(ACCOUNT_PREFIX):
            continue
        fields = after if path in after else before
        without = {name: value for name, value in fields.items() if name != path}
        if side.shown(account, fields) != side.shown(account, without):
            taken.append(path)
        elif side.has_name_for(account, path):
            lost.append(path)
    found = []
    for paths, outcome, reason in (
        (taken, ACCEPTED, None),
        (lost, NOT_REPRESENTABLE, "this provider has no form for the new value"),
    ):
        if paths:
            names = tuple(side.names(tuple(paths)))
            found.append(
                DryRunOutcome(account.key.provider, account.key.external_id, outcome, names, reason)
            )
    return found


def _shared(fields: Fields) -> Fields:
    return {path: value for path, value in fields.items() if not path.startswith(ACCOUNT_PREFIX)}
