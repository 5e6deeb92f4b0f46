"""Validation: every violation of a request at once, none of them repeating what was sent."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any, Protocol

import jsonschema_rs

from profilegate.errors import Violation
from profilegate.openapi import EXACT_INTEGER, Node, Spec, json_schema
from profilegate.openapi.enumerations import Options, Place, without_long_enums
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.patterns import pattern_of_spec
from profilegate.openapi.walk import objects
from profilegate.profile import codecs


class Validate(Protocol):
    """Finds the violations of a value; none of a good one."""

    def __call__(self, value: Any, size_bytes: int | None = None) -> list[Violation]:
        """All violations; ``size_bytes`` is the length of the text that the value came in, if
        any."""
        ...


_LIMIT_OF_RULE = {
    "required": "property",
    "enum": "options",
    "const": "expected_value",
    "format": "format",
    "pattern": "pattern",
    "type": "types",
    "multipleOf": "multiple_of",
}
"""Where jsonschema-rs keeps what a rule asks for; all other rules call it ``limit``."""

VIOLATIONS_MAX = 50
"""More are not told: nobody reads them, and a response must not grow with what was sent."""

LISTED_ITEMS_MAX = 1000
"""Of a value with more items in its lists only the first violation is told.

The validator makes all its errors before it gives the first, each with its value and its rule in
words: they take many times the memory of the body.
"""

MESSAGE_CHARACTERS_MAX = 160
"""A longer message of the library quotes a schema; we chose two lines of a screen."""

_is_mailbox = jsonschema_rs.Draft202012Validator(
    {"format": "email"}, validate_formats=True
).is_valid


def _is_email(text: str) -> bool:
    """An address and nothing else: the validator alone takes ``Ivan <ivan@example.com>`` too."""
    return _is_mailbox(text) and not text.rstrip().endswith(">")


def _is_base64(text: str) -> bool:
    """RFC 4648, 4; with padding and without line ends."""
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def _is_country(text: str) -> bool:
    return codecs.country.parse(text) is not None


def _is_phone(text: str) -> bool:
    return codecs.phone.parse(text) is not None


_CONTAINERS = (dict, list)


class _ExactInteger:
    """Rejects 1.0 where an integer is wanted, which the validator alone takes for one."""

    def __init__(self, *_: object) -> None:
        pass

    def validate(self, value: object) -> None:
        """Raise for a number with a fraction that is zero."""
        if isinstance(value, float) and value.is_integer():
            raise ValueError


def compile_validator(spec: Spec, node: Node, at: tuple[str, ...] = ()) -> Validate:
    """
    A function from a value to its violations (an empty list for a valid one).

    ``at`` is put before every violation's place, which ends before the first name that the schema
    does not have: such a name is the caller's, and may be personal or long. Formats are checked.
    """
    return compile_json_schema(json_schema(spec, node), at)


def check_validators(spec: Spec) -> None:
    """
    Compile the validator of every parameter and body, as the server does when it starts.

    Raises:
        SpecError, SpecsRejectedError: with the schemas that cannot be compiled, and the defaults
            that do not fit their schemas.
    """
    errors = ErrorList()
    for kind, node, at in objects(spec.document, "document"):
        if kind == "schema" and node.get("default") is not None:
            with errors.collecting():
                if compile_validator(spec, node)(node["default"]):
                    what = "the default does not fit its schema"
                    raise spec.error((*at, "default"), what, "correct it, or leave it out")
    for operation in spec.operations():
        bodies = [media["schema"] for media in operation.bodies.values()]
        for node in (*(parameter.schema for parameter in operation.parameters), *bodies):
            with errors.collecting():
                try:
                    compile_validator(spec, node)
                except ValueError as error:
                    message = str(error).split("\n")[0][:MESSAGE_CHARACTERS_MAX]
                    at = spec.where(spec.resolve(node))
                    hint = "correct the rule"
                    errors.add(spec.error(at, f"no validator can be compiled: {message}", hint))
    errors.raise_errors()


def compile_json_schema(schema: Node, at: tuple[str, ...] = ()) -> Validate:
    """As ``compile_validator``, for a JSON Schema 2020-12."""
    is_valid = _validator(schema).is_valid

    @cache
    def explaining() -> _Explanation:
        """Made for the first violation: most schemas never meet one."""
        options: dict[Place, Options] = {}
        validator = _validator(without_long_enums(schema, (), options))
        return _Explanation(validator, options, frozenset(_names(schema)), at)

    def validate(value: Any, size_bytes: int | None = None) -> list[Violation]:
        if is_valid(value):
            return []
        explanation = explaining()
        validator = explanation.validator
        violations: dict[Violation, None] = {}
        # An item takes two bytes at least, itself and a comma.
        is_small = size_bytes is not None and size_bytes <= 2 * LISTED_ITEMS_MAX
        few = is_small or _has_few_items(value)
        for error in validator.iter_errors(value) if few else _first_error(validator, value):
            violations.setdefault(explanation.violation(error))
            if len(violations) >= VIOLATIONS_MAX:
                break
        # What the check rejects is rejected, even if the explanation should have no word for it.
        return list(violations) or [Violation(at, "form")]

    return validate


def _validator(schema: Node) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema,
        validate_formats=True,
        formats={
            "byte": _is_base64,
            "country": _is_country,
            "email": _is_email,
            "phone": _is_phone,
        },
        keywords={EXACT_INTEGER: _ExactInteger},
        # Otherwise an error quotes its value, which takes a second for 16 MiB of quotation marks.
        mask="",
    )


def _has_few_items(value: Any) -> bool:
    """Whether all lists in a value together have at most LISTED_ITEMS_MAX items."""
    items = 0
    waiting = [value]
    for container in waiting:
        if isinstance(container, list):
            items += len(container)
            if items > LISTED_ITEMS_MAX:
                return False
            waiting += [item for item in container if isinstance(item, _CONTAINERS)]
        elif isinstance(container, dict):
            waiting += [item for item in container.values() if isinstance(item, _CONTAINERS)]
    return True


def _first_error(
    validator: jsonschema_rs.Draft202012Validator, value: Any
) -> Iterator[jsonschema_rs.ValidationError]:
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as error:
        yield error


def _names(schema: Any) -> Iterator[str]:
    """The names of all properties in a schema."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "properties":
                yield from value
                yield from _names([*value.values()])
            else:
                yield from _names(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _names(each)


def _hashable(limit: Any) -> Any:
    """A list or an object as JSON: violations are compared."""
    return json.dumps(limit, ensure_ascii=False) if isinstance(limit, _CONTAINERS) else limit


@dataclass(frozen=True, slots=True)
class _Explanation:
    """Makes violations of the errors of a validator."""

    validator: jsonschema_rs.Draft202012Validator
    options: Mapping[Place, Options]
    names: frozenset[str]
    at: tuple[str, ...]

    def violation(self, error: jsonschema_rs.ValidationError) -> Violation:
        """One error as a violation."""
        rule = error.kind.name
        place = (*self.at, *takewhile(self._is_known, error.instance_path))
        if rule == EXACT_INTEGER:
            return Violation(place, "type", ("integer",))
        if rule == "pattern" and (many := self.options.get(tuple(error.schema_path))) is not None:
            return Violation(place, "enum", many)
        facts: Mapping[str, Any] = error.kind.as_dict()
        limit = facts.get(_LIMIT_OF_RULE.get(rule, "limit"))
        if rule == "pattern":
            return Violation(place, rule, pattern_of_spec(str(limit)))
        if rule == "required":
            return Violation((*place, str(limit)), rule)
        if isinstance(limit, list):
            return Violation(place, rule, tuple(map(_hashable, limit)))
        return Violation(place, rule, _hashable(limit))

    def _is_known(self, step: str | int) -> bool:
        return isinstance(step, int) or step in self.names
