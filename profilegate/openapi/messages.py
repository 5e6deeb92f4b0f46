"""Violations in plain English: the rule that is broken and how to fix it, never what was sent."""

from collections.abc import Callable, Mapping
from typing import Any

from profilegate.errors import Violation
from profilegate.openapi.bounds import NO_CONTROL, NO_NUL

OPTIONS_SHOWN_MAX = 20
"""A longer list of words is told by its length; it stands in the spec."""

_FORMATS = {
    "byte": "must be base64",
    "hostname": "must be a host name",
    "ipv4": "must be an IPv4 address",
    "ipv6": "must be an IPv6 address",
    "uri": "must be a URI",
    "country": "must be a country's code of two capital letters (ISO 3166-1)",
    "date": "must be a date as YYYY-MM-DD",
    "date-time": "must be a date and time as YYYY-MM-DDThh:mm:ssZ",
    "email": "must be an e-mail address",
    "phone": "must be a phone number with + and its country's calling code (E.164)",
    "uuid": "must be a UUID",
}

_PATTERNS = {
    NO_NUL: "must not contain the NUL character",
    NO_CONTROL: "must not contain control characters or private use characters",
}

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _options(words: Any) -> str:
    shown = [str(word) for word in words if word is not None]
    if len(shown) == 1:
        return f"must be {shown[0]}"
    if len(shown) > OPTIONS_SHOWN_MAX:
        return f"must be one of the {len(shown)} values in the specification"
    return f"must be one of {', '.join(shown)}"


def _types(types: Any) -> str:
    names = (types,) if isinstance(types, str) else sorted(types, key="null".__eq__)
    return "must be " + " or ".join(_TYPES.get(name, name) for name in names)


_SENTENCES: Mapping[str, Callable[[Any], str]] = {
    "required": lambda limit: "is required",
    "type": _types,
    "enum": _options,
    "const": lambda limit: _options((limit,)),
    "format": lambda limit: _FORMATS.get(limit, f"must be a {limit}"),
    "pattern": lambda limit: _PATTERNS.get(limit, f"must match {limit}"),
    "minLength": lambda limit: (
        "must not be empty" if limit == 1 else f"must have at least {limit} characters"
    ),
    "maxLength": lambda limit: f"must have at most {limit} characters",
    "minimum": lambda limit: f"must be at least {limit}",
    "maximum": lambda limit: f"must be at most {limit}",
    "exclusiveMinimum": lambda limit: f"must be more than {limit}",
    "exclusiveMaximum": lambda limit: f"must be less than {limit}",
    "multipleOf": lambda limit: f"must be a multiple of {limit}",
    "minItems": lambda limit: f"must have at least {limit} items",
    "maxItems": lambda limit: f"must have at most {limit} items",
    "uniqueItems": lambda limit: "must not repeat an item",
    "minProperties": lambda limit: f"must have at least {limit} members",
    "maxProperties": lambda limit: f"must have at most {limit} members",
    "additionalProperties": lambda limit: "must have no fields but those in the specification",
    "not": lambda limit: "must not have the form that the specification excludes",
    # Rules of the admin services, for which no schema has a keyword.
    "foreign": lambda limit: "is not a field of this provider's accounts",
    "future": lambda limit: "must be in the future",
    "holder": lambda limit: f"must be absent: this provider's credentials are held by {limit}",
    "immutable": lambda limit: (
        f"cannot be changed; of this provider's accounts {limit or 'nothing'} can"
    ),
    "nonceless": lambda limit: "must be absent: this provider's credentials have no nonces",
    "segment": lambda limit: "must not be empty, . or .., which stand for another path",
    "cookie": lambda limit: "must not contain ;, which begins another cookie",
    "framing": lambda limit: "must not be given: the length of the body is known",
    "unprintable": lambda limit: "must not contain control characters",
    "nonces": lambda limit: "must be that of a credential with nonces",
    "passwordless": lambda limit: "must be absent: this provider's accounts have no passwords",
    "tenantless": lambda limit: "must be absent: this provider has no tenants",
    "unknown": lambda limit: (
        "is not a field of a profile" + (f"; did you mean {limit}?" if limit else "")
    ),
    # Rules of seeds.
    "own_holder": lambda limit: f"has no credential of its own here: {limit} holds them",
    "null": lambda limit: "must have a value, or be left out",
    "paired": lambda limit: f"must stand beside {limit}; without both, they are generated",
    "secretless": lambda limit: "must be absent: credentials of this kind have no secret",
    "unexpected": lambda limit: (
        f"is not a name that is known here; did you mean {limit}?"
        if isinstance(limit, str)
        else f"is not a name that is known here; there are {', '.join(limit)}"
    ),
    # Rules of scripted faults.
    "reserved": lambda limit: f"must not be {limit}, which a reset restores",
    "beside": lambda limit: f"must be absent beside {limit}",
    "documented": lambda limit: f"must be one of the documented errors: {', '.join(limit)}",
    "effect": lambda limit: f"must have an effect: one of {', '.join(limit)}",
    "regex": lambda limit: "must be a regular expression (ECMA 262)",
    "without": lambda limit: f"must be absent without {limit}",
    # Rules of recorded requests and responses.
    "repeated": lambda limit: "must not be repeated",
    "undocumented": lambda limit: f"is {limit}, which the specification does not have",
    "x-mask": lambda limit: "must be masked",
    # Rules of calls.
    "bodyless": lambda limit: "must be absent: the specification has none here",
    "unreadable": lambda limit: f"cannot be read: {limit}",
    # Rules of imported profiles that no keyword of a schema expresses.
    "members": lambda limit: f"may only hold {limit}",
    "prefix": lambda limit: f"may only hold names that begin with {limit}",
    "same": lambda limit: f"must be the same as {limit}",
    "served": lambda limit: "must be one of the providers that are served here",
    "written": lambda limit: "must be text, or one text under the name of its form",
}


def sentence(violation: Violation) -> str:
    """What a field must be: ``must have at most 15 characters``."""
    word = _SENTENCES.get(violation.rule)
    return word(violation.limit) if word else "must have one of the forms in the specification"
