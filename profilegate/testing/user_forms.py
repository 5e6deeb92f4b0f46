"""User forms: reads and shows users in a provider's own names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Any

from profilegate.errors import InvalidFieldsError
from profilegate.gateway.doubles import DoubleRules
from profilegate.gateway.loading import load_double
from profilegate.gateway.provider import Provider
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.validator import Validate, compile_validator
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, Changes, Fields
from profilegate.profile.text_forms import reject_unfit
from profilegate.store.profiles import without_none

PERSON: Fields = {"name.given": "Zoe", "name.family": "Example"}
"""Shared fields of a user of whom a test says nothing else."""

_NESTED = ("oneOf", "anyOf", "allOf")


@dataclass(frozen=True, slots=True)
class UserForm:
    """How one provider names the fields of a user."""

    provider: Provider
    rules: DoubleRules
    own_paths: Mapping[str, str]

    @classmethod
    @cache
    def of(cls, provider: Provider) -> "UserForm":
        """The form of a provider, from its spec and from what its package says of its double."""
        rules = load_double(provider.name)
        own = {
            name: path
            for path, name in provider.mapping.field_names.items()
            if path.startswith(ACCOUNT_PREFIX) and "." not in name
        }
        return cls(provider, rules, {**own, **rules.own_names})

    def to_fields(self, body: Mapping[str, Any], now: datetime) -> tuple[str | None, Fields]:
        """
        The id and the fields of a user that a test describes.

        Raises:
            TypeError: the provider has no field of this name.
            InvalidFieldsError: a field breaks the provider's rules.
        """
        policy = self.provider.policy
        defaults = {} if policy is None else policy.default_fields
        said = {self.own_paths[name]: body[name] for name in body if name in self.own_paths}
        own: Fields = {**defaults, **self.rules.new_user(now), **said}
        external_id = own.pop(ACCOUNT_ID, None)
        shared = {name: body[name] for name in body if name not in self.own_paths}
        changes = self._to_changes(shared, own)
        reject_unfit(self.provider.mapping.forms, {}, changes)
        fields = {**PERSON, **without_none(changes), **own}
        return None if external_id is None else str(external_id), fields

    def to_body(self, fields: Fields) -> Any:
        """A user as the provider shows it; empty if it shows none."""
        if self.rules.to_body is not None:
            return self.rules.to_body(fields)
        representation = self.provider.mapping.representation_of(fields)
        return {} if representation is None else representation.from_fields(fields)

    def _to_changes(self, body: Mapping[str, Any], own: Fields) -> Changes:
        form = self.provider.mapping.update_form_of(own)
        if form is None:
            self._reject_unknown(body, ())
            return {}
        operation = _operation(self.provider.spec, form.operation)
        self._reject_unknown(body, tuple(_names(self.provider.spec, operation.body or {})))
        whole = {**self.rules.new_body, **body}
        if not whole:
            return {}
        violations = _validator(self.provider.spec, operation.id)(whole)
        # A test says what it needs: what an update requires may be missing.
        wrong = [each for each in violations if each.rule != "required"]
        if wrong:
            raise InvalidFieldsError(wrong)
        return form.to_changes(whole)

    def _reject_unknown(self, body: Mapping[str, Any], names: tuple[str, ...]) -> None:
        for name in body:
            known = [*names, *self.own_paths]
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
                raise TypeError(f"{self.provider.name} has no field {name!r} of a user; {hint}")


@cache
def _operation(spec: Spec, operation_id: str) -> Operation:
    return next(each for each in spec.operations() if each.id == operation_id)


@cache
def _validator(spec: Spec, operation_id: str) -> Validate:
    return compile_validator(spec, _operation(spec, operation_id).body or {})


def _names(spec: Spec, node: Node) -> Iterator[str]:
    """The names of all properties that a body may have."""
    node = spec.resolve(node)
    yield from node.get("properties", ())
    for key in _NESTED:
        for each in node.get(key, ()):
            yield from _names(spec, each)
