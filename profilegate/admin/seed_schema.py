"""The JSON Schema of seeds: the form that every seed has, and what each provider adds to it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from profilegate.admin.validation import JSON_TYPES
from profilegate.gateway.gateway import ProviderDescription
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.openapi.export_schema import OWN_VALUE, own_field_schemas
from profilegate.openapi.own_fields import own_fields
from profilegate.openapi.profile_schema import TEXT, typed_schema
from profilegate.openapi.schema import Node
from profilegate.openapi.validator import Validate, compile_json_schema
from profilegate.profile.fields import ACCOUNT_CREATED_AT, ACCOUNT_ID

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SECRET_LENGTH_MAX = 4096
"""Characters of a credential's text or secret: more than any provider issues. We chose it."""

DESCRIPTION = (
    "People, their accounts at the providers, and credentials, which fill a namespace. What is "
    "left out is generated: ids, logins, and the texts and secrets of credentials."
)

_SECRET: Node = {"type": "string", "minLength": 1, "maxLength": SECRET_LENGTH_MAX}
_HELD: Node = {
    "kind": {**TEXT, "description": "One of the provider's kinds; the first one by default."},
    "text": {**_SECRET, "description": "What a caller sends; without it one is generated."},
    "secret": {**_SECRET, "description": "The secret half, as text."},
    "secret_base64": {**_SECRET, "format": "byte", "description": "The secret half, in base64."},
}
_CREDENTIAL: Node = {
    "provider": TEXT,
    **_HELD,
    "tenant": {**TEXT, "minLength": 1, "description": "The tenant that holds it, by its name."},
}
_ACCOUNT: Node = {
    "provider": TEXT,
    "id": {**TEXT, "description": "The provider's id for the account."},
    "tenant": {**TEXT, "minLength": 1, "description": "The tenant to which it belongs."},
    "reference": {**TEXT, "minLength": 1, "description": "The tenant's own name for it."},
    "fields": {
        "type": "object",
        "description": "The account's own fields: paths below `account.`",
        **OWN_VALUE,
    },
    "credentials": {"type": "array", "items": {"$ref": "#/$defs/held"}},
    "password": {**TEXT, "minLength": 1},
}
_PERSON: Node = {
    "fields": {"type": "object", "description": "Fields of the shared profile, by their paths."},
    "accounts": {"type": "array", "items": {"$ref": "#/$defs/account"}},
}


def _closed(properties: Node, *required: str) -> Node:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


FORM: Node = {
    "$schema": DIALECT,
    "title": "A seed of a Profilegate namespace",
    "description": DESCRIPTION,
    **_closed(
        {
            "$schema": {"type": "string", "description": "The schema, for editors."},
            "credentials": {
                "type": "array",
                "description": "Credentials of tenants, and of clients without one.",
                "items": {"$ref": "#/$defs/credential"},
            },
            "people": {
                "type": "array",
                "description": "Each person has one profile, and an account at some providers.",
                "items": {"$ref": "#/$defs/person"},
            },
        }
    ),
    "$defs": {
        "own_value": OWN_VALUE,
        "held": _closed(_HELD),
        "credential": _closed(_CREDENTIAL, "provider"),
        "account": _closed(_ACCOUNT, "provider"),
        "person": _closed(_PERSON),
    },
}
"""What every seed looks like; ``seed_checks`` says the rest in words of its own."""


@cache
def validate_form() -> Validate:
    """The validator of ``FORM``."""
    return compile_json_schema(FORM)


def properties_at(at: tuple[str | int, ...]) -> Mapping[str, Any]:
    """The members that an object of a seed may have, at a place."""
    node: Any = FORM
    for step in at:
        node = node["items"] if isinstance(step, int) else node["properties"][step]
        if "$ref" in node:
            node = FORM["$defs"][node["$ref"].rpartition("/")[2]]
    properties: Mapping[str, Any] = node["properties"]
    return properties


def seed_schema(providers: Mapping[str, ProviderDescription]) -> Node:
    """The whole JSON Schema for the providers that are served, with which editors complete."""
    served = {name: (each, each.policy) for name, each in providers.items() if each.policy}
    names = {"enum": list(served)}
    person = {**_PERSON, "fields": {**typed_schema(), "description": "Of the shared profile."}}
    return {
        **FORM,
        "$defs": {
            **FORM["$defs"],
            "credential": {
                **_closed({**_CREDENTIAL, "provider": names}, "provider"),
                "allOf": [
                    _if(name, _kinds(policy, "tenant", "nobody"))
                    for name, (_, policy) in served.items()
                ],
            },
            "account": {
                **_closed({**_ACCOUNT, "provider": names}, "provider"),
                "allOf": [
                    _if(name, _account(each, policy)) for name, (each, policy) in served.items()
                ],
            },
            "person": _closed(person),
        },
    }


def own_paths(provider: ProviderDescription, policy: AccountPolicy) -> list[str]:
    """The own fields that an account of a seed may have: the id is not one of them."""
    named = {*own_fields(provider.spec), *policy.field_types, ACCOUNT_CREATED_AT}
    return sorted(named - {ACCOUNT_ID})


def _if(provider: str, rules: Node) -> Node:
    return {
        "if": {"properties": {"provider": {"const": provider}}, "required": ["provider"]},
        "then": {"properties": rules},
    }


def _kinds(policy: AccountPolicy, *holders: str) -> Node:
    return {"kind": {"enum": [each.kind for each in policy.issuers if each.holder in holders]}}


def _account(provider: ProviderDescription, policy: AccountPolicy) -> Node:
    types: Node = {path: {"type": JSON_TYPES[each]} for path, each in policy.field_types.items()}
    described = {**types, **own_field_schemas(provider.spec)}
    own = {path: described.get(path, True) for path in own_paths(provider, policy)}
    rules: Node = {
        "fields": {"type": "object", "properties": own, "additionalProperties": False},
        "credentials": {"items": {"properties": _kinds(policy, "account")}},
    }
    if not policy.has_tenant:
        rules["tenant"] = False
    if policy.password is None:
        rules["password"] = False
    else:
        rules["password"] = {"maxLength": policy.password.length_max}
    return rules
