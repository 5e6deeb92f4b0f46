"""Validation of an exported profile: its outer form, shared fields, accounts and documents.

An account's own fields follow the provider's spec. A provider API writes nothing that these rules
reject, so an import accepts everything that an export contains.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from profilegate.errors import Violation
from profilegate.openapi.json_schema import json_schema
from profilegate.openapi.profile_schema import (
    TEXT,
    UUID,
    Place,
    document_schema,
    redacted,
    stored_schema,
)
from profilegate.openapi.schema import Node, Schema
from profilegate.openapi.spec import Spec
from profilegate.openapi.validator import Validate, compile_json_schema
from profilegate.profile._generated import SCHEMAS
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, DOCUMENTS
from profilegate.profile.times import utc_time

KINDS: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", list: "array"}
"""The JSON type of an account's default value."""


_NESTED_VALUE: Node = {"$ref": "#/$defs/own_value"}

OWN_VALUE: Node = {
    **{key: rule for key, rule in TEXT.items() if key != "type"},
    "items": _NESTED_VALUE,
    "propertyNames": TEXT,
    "additionalProperties": _NESTED_VALUE,
}
"""The rule for every text in an account's own fields, at any depth. The provider's spec has more
rules; but it may describe a field in responses only, where nothing is bounded."""


@dataclass(frozen=True, slots=True)
class AccountForm:
    """The rules for one provider's accounts in an export.

    ``external_id`` is the form of an account's name, ``has_tenant`` whether accounts belong to
    tenants, ``defaults`` the fields that each account has (with the values of a new account; None:
    no default), ``own`` the validators of fields (``account.status``) that the provider's spec
    describes.
    """

    external_id: re.Pattern[str]
    has_tenant: bool
    defaults: Mapping[str, Any]
    own: Mapping[str, Validate]

    @classmethod
    def of(
        cls,
        spec: Spec,
        external_id: re.Pattern[str],
        defaults: Mapping[str, Any],
        *,
        has_tenant: bool,
    ) -> "AccountForm":
        """The form for a provider's spec and its account policy."""
        own = {path: compile_json_schema(s) for path, s in own_field_schemas(spec).items()}
        return cls(external_id, has_tenant, defaults, own)


FindForm = Callable[[str], AccountForm | None]
"""The form of accounts by a provider's name; None if no such provider has accounts here."""


def validate_export(document: Any, find_form: FindForm) -> list[Violation]:
    """
    The violations of one exported profile.

    ``{id, fields, accounts: [{provider, external_id, tenant, reference, fields}],
    documents: [{id, path, archived_at, document}]}``
    """
    violations = redacted(_export()(document), _export_schema())
    if violations:
        return violations
    for place, account in enumerate(document["accounts"]):
        violations += _account_violations(("accounts", place), account, find_form)
    for place, content in enumerate(document["documents"]):
        if not _is_utc_time(content["archived_at"]):
            violations.append(Violation(("documents", place, "archived_at"), "format", "date-time"))
    return list(dict.fromkeys(violations))


@cache
def _export() -> Validate:
    return compile_json_schema(_export_schema())


@cache
def _export_schema() -> Node:
    text_or_null = {**TEXT, "type": ["string", "null"]}
    identifier = {"type": "string", "pattern": UUID}
    # Only a list that archives keeps documents apart from the profile.
    paths = sorted(path for path, rule in DOCUMENTS.items() if rule.on_same_type == "archive")
    account = {
        "provider": TEXT,
        "external_id": TEXT,
        "tenant": text_or_null,
        "reference": text_or_null,
        "fields": {"type": "object", **OWN_VALUE},
    }
    document = {
        "id": identifier,
        "path": {"enum": paths},
        "archived_at": {"type": ["string", "null"], "format": "date-time"},
        "document": {"type": "object", "properties": dict.fromkeys(_parts_of(paths), True)},
    }
    contents = [
        {
            "if": {"properties": {"path": {"const": path}}},
            "then": {"properties": {"document": document_schema(path, hidden=("id",))}},
        }
        for path in paths
    ]
    profile = _closed(
        {
            "id": identifier,
            "fields": stored_schema(),
            "accounts": {"type": "array", "items": _closed(account)},
            "documents": {"type": "array", "items": {**_closed(document), "allOf": contents}},
        }
    )
    profile["$defs"] = {"own_value": OWN_VALUE}
    # Older releases wrote a version, which means nothing in another store.
    profile["properties"]["version"] = True
    return profile


def _parts_of(paths: list[str]) -> set[str]:
    """The names of the parts of documents in some lists."""
    return {name for path in paths for name in SCHEMAS[path]["items"]["properties"]}


def _closed(properties: Node) -> Node:
    """An object with these properties, all of them, and no other."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def _is_utc_time(text: str | None) -> bool:
    """Whether Python can represent a time in UTC; None is no time and is valid."""
    try:
        return text is None or bool(utc_time(text))
    except ValueError:
        return False


def _account_violations(at: Place, account: Node, find_form: FindForm) -> list[Violation]:
    form = find_form(account["provider"])
    if form is None:
        return [Violation((*at, "provider"), "served")]
    violations = []
    if not form.external_id.fullmatch(account["external_id"]):
        rule = f"^{form.external_id.pattern}$"
        violations.append(Violation((*at, "external_id"), "pattern", rule))
    if form.has_tenant is not bool(account["tenant"]):
        rule = "required" if form.has_tenant else "tenantless"
        violations.append(Violation((*at, "tenant"), rule))
    fields = account["fields"]
    return violations + _own_violations((*at, "fields"), fields, account["external_id"], form)


def _own_violations(at: Place, own: Node, external_id: str, form: AccountForm) -> list[Violation]:
    violations = []
    if own.get(ACCOUNT_ID) != external_id:
        violations.append(Violation((*at, ACCOUNT_ID), "same", "external_id"))
    if not all(path.startswith(ACCOUNT_PREFIX) for path in own):
        violations.append(Violation(at, "prefix", ACCOUNT_PREFIX))
    for path, default in form.defaults.items():
        kind = str if default is None else type(default)
        if path not in own:
            violations.append(Violation((*at, path), "required"))
        elif type(own[path]) is not kind:
            violations.append(Violation((*at, path), "type", KINDS[kind]))
    return [*violations, *own_value_violations(at, own, form.own)]


def own_value_violations(
    at: Place, own: Node, validators: Mapping[str, Validate]
) -> Iterator[Violation]:
    """The violations of an account's own fields against the provider's spec."""
    for path, validate in validators.items():
        if path in own:
            for each in validate(own[path]):
                yield Violation((*at, path, *each.at), each.rule, each.limit)


def own_field_schemas(spec: Spec) -> dict[str, Node]:
    """
    The JSON Schema of each of an account's own fields that a spec describes.

    A field that several schemas describe has the form of any of them. Left out are fields with a
    codec, which are not stored as the spec describes them, and the account's id, which must be the
    external id and has that one's form. An object in a field has no other keys than the spec's:
    a response shows it as it is stored.
    """
    found: dict[str, list[Node]] = {}
    left_out = {ACCOUNT_ID}
    for name in spec.schemas():
        for schema in _nested(spec.component(name)):
            said = schema.node.get("x-profile", "")
            if isinstance(said, dict):
                left_out.add(said["at"])
            elif said.startswith(ACCOUNT_PREFIX) and "[]" not in said:
                forms = found.setdefault(said, [])
                if (form := _closed_below(json_schema(spec, schema.node))) not in forms:
                    forms.append(form)
    return {
        path: forms[0] if len(forms) == 1 else {"anyOf": forms}
        for path, forms in found.items()
        if path not in left_out
    }


def _closed_below(form: Node) -> Node:
    """A JSON Schema whose objects, at any depth, have no unknown keys."""
    closed = dict(form)
    if "properties" in form:
        properties = form["properties"].items()
        closed["properties"] = {name: _closed_below(each) for name, each in properties}
        closed["additionalProperties"] = False
    if "items" in form:
        closed["items"] = _closed_below(form["items"])
    return closed


def _nested(schema: Schema) -> Iterator[Schema]:
    """The schemas of an object's properties, and of the objects in it."""
    for each in schema.properties:
        yield each.schema
        yield from _nested(each.schema)
