"""Doors side by side: what each shows of a profile, and what a change through one does to all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.codegen.mapping import paths_below
from profilegate.codegen.operations import body_schema
from profilegate.errors import AccountUnknownError, RequestError
from profilegate.gateway.gateway import Gate
from profilegate.gateway.projections import DoorView, Verdict, WhatIf
from profilegate.gateway.provider import Provider
from profilegate.gateway.provisioning import Issuing
from profilegate.openapi import Operation, Spec
from profilegate.openapi.messages import sentence
from profilegate.openapi.validator import FindFaults, compile_check, nul_faults
from profilegate.profile.fields import ACCOUNT_PREFIX
from profilegate.profile.rules import DoorMap, Fields, Writing
from profilegate.store import Account, Preview, Profile, Update

TAKEN = "taken"
REFUSED = "refused"
CANNOT_EXPRESS = "cannot express"


@dataclass(slots=True)
class _Side:
    """One provider's door, with the checks of its spec compiled."""

    door: DoorMap
    view_checks: Mapping[str, FindFaults]
    view_paths: Mapping[str, frozenset[str]]
    body_checks: Mapping[str, FindFaults]
    operations: Mapping[str, Operation]
    issuing: Issuing | None

    def shown(self, account: Account, fields: Fields) -> dict[str, Any]:
        """
        The profile as the account's door shows it.

        A part that another door wrote and that breaks this door's rules cannot be expressed
        here, and is left out.
        """
        own = account.fields
        view = self.door.view_of(own)
        if view is None:
            return {}
        body = dict(view.read({**fields, **own}))
        while parts := {f.at[0] for f in self.view_checks[view.schema](body) if f.at} & body.keys():
            for part in parts:
                del body[str(part)]
        return body

    def has_name_for(self, account: Account, path: str) -> bool:
        """Whether the account's door shows a path at all: a business has no given name."""
        view = self.door.view_of(account.fields)
        return view is not None and path in self.view_paths[view.schema]

    def names(self, paths: Mapping[str, Any] | tuple[str, ...]) -> list[str]:
        """What this door calls some paths, in its own words."""
        return list(dict.fromkeys(self.door.field_names.get(path, path) for path in paths))


@dataclass(slots=True)
class Doors:
    """All providers' doors; made once, when the gate starts."""

    gate: Gate
    _sides: dict[str, _Side] = field(default_factory=dict)

    def add(self, spec: Spec, provider: Provider) -> None:
        """Compile one provider's side."""
        operations = {operation.id: operation for operation in spec.operations()}
        updates = {form.operation: operations[form.operation] for form in provider.door.updates}
        self._sides[provider.name] = _Side(
            door=provider.door,
            view_checks={
                view.schema: compile_check(spec, {"$ref": f"#/components/schemas/{view.schema}"})
                for view in provider.door.views
            },
            view_paths={
                view.schema: frozenset(paths_below(spec, spec.schemas()[view.schema]))
                for view in provider.door.views
            },
            body_checks={
                name: compile_check(spec, body_schema(spec, operation) or {})
                for name, operation in updates.items()
            },
            operations=updates,
            issuing=provider.issuing,
        )

    def issuing(self, provider: str) -> Issuing | None:
        """How a provider's accounts and credentials are made; None for no provider."""
        side = self._sides.get(provider)
        return None if side is None else side.issuing

    def views(self, profile: Profile) -> list[DoorView]:
        """The profile as each linked door shows it, in the order of its accounts."""
        return [
            DoorView(
                account.key.provider, account.key.external_id, side.shown(account, profile.fields)
            )
            for account in profile.accounts
            if (side := self._sides.get(account.key.provider)) is not None
        ]

    async def what_if(self, profile: Profile, provider: str, external_id: str, body: Any) -> WhatIf:
        """
        What an update by one of the profile's accounts would do at every linked door.

        Nothing is written. What waits for a mailed link (a new login) is not looked at.

        Raises:
            AccountUnknownError: the profile has no such account, or its door changes nothing.
        """
        acting = next(
            (a for a in profile.accounts if a.key[1:] == (provider, external_id)),
            None,
        )
        side = self._sides.get(provider)
        if acting is None or side is None or (form := side.door.writing_of(acting.fields)) is None:
            raise AccountUnknownError
        preview = await self._tried(acting, side, form, body)
        if isinstance(preview, Verdict):
            return WhatIf((preview,), profile.fields)
        verdicts = [Verdict(provider, external_id, TAKEN, tuple(side.names(preview.changed)), None)]
        for account in profile.accounts:
            other = self._sides.get(account.key.provider)
            if account is not acting and other is not None:
                verdicts += _verdicts(other, account, profile.fields, preview)
        return WhatIf(tuple(verdicts), _shared(preview.fields))

    async def _tried(
        self, acting: Account, side: _Side, form: Writing, body: Any
    ) -> Preview | Verdict:
        """What the store says to the update, or why it is refused."""

        def refused(fields: list[str], why: str) -> Verdict:
            return Verdict(acting.key.provider, acting.key.external_id, REFUSED, tuple(fields), why)

        faults = side.body_checks[form.operation](body) + nul_faults(body)
        if faults:
            why = "; ".join(f"{fault.field or 'body'} {sentence(fault)}" for fault in faults)
            return refused([fault.field for fault in faults], why)
        update = Update(
            account=acting.key,
            changes=form.changes(body),
            requires=side.operations[form.operation].requires,
        )
        try:
            preview = await self.gate.store.preview(update)
        except RequestError as error:
            return refused([], str(error))
        if preview.locked:
            paths = tuple(path.partition(":")[0] for path in preview.locked)
            return refused(side.names(paths), "held fast by a linked account's state")
        return preview


def _verdicts(side: _Side, account: Account, before: Fields, preview: Preview) -> list[Verdict]:
    """What becomes of each changed field at a door that did not change it."""
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
    for paths, outcome, why in (
        (taken, TAKEN, None),
        (lost, CANNOT_EXPRESS, "this door has no form for the new value"),
    ):
        if paths:
            names = tuple(side.names(tuple(paths)))
            found.append(
                Verdict(account.key.provider, account.key.external_id, outcome, names, why)
            )
    return found


def _shared(fields: Fields) -> Fields:
    return {path: value for path, value in fields.items() if not path.startswith(ACCOUNT_PREFIX)}
