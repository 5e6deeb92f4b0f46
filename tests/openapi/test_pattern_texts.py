"""Examples: a value that is valid by its schema, also by a pattern."""

import pytest

from profilegate.openapi.examples import example_of_media
from profilegate.openapi.reader import parse_spec
from profilegate.openapi.validator import compile_json_schema, compile_validator

PATTERNS = [
    "^AC[0-9a-fA-F]{32}$",
    r"^\+[1-9]\d{6,14}$",
    "^(?:[a-z]{2}|[A-Z]{3})-[0-9]+$",
    r"^[^\x00<>]{3,}$",
    r"^urn:[\w.-]+:(?<id>\p{L}+)$",
    "^(?=.*[0-9])[a-z0-9]{8,}$",
    r"^\d{4}-\d{2}(-\d{2})?$",
    "a|b",
    "^(x|y){2}[-+]$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_example_matches_its_pattern(pattern: str) -> None:
    """
    The first response of a new provider, and the first request to it, follow its spec.
    """
    schema = {"type": "string", "pattern": pattern, "minLength": 1}
    spec = parse_spec("acme", "{openapi: 3.0.3, info: {title: T, version: '1'}, paths: {}}")

    made = example_of_media(spec, {"schema": schema})

    assert [] == compile_json_schema({"type": "string", "pattern": pattern})(made)


SCHEMAS = {
    "an invalid example is passed over": {"type": "integer", "example": "one"},
    "a branch that requires a property": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "a required property that is not described": {"type": "object", "required": ["a"]},
    "a reference beside a type": {"type": "string", "allOf": [{"enum": ["x"]}]},
}


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_an_example_is_valid(schema: dict[str, object]) -> None:
    """
    What the author wrote counts only if it follows the author's own rules.
    """
    spec = parse_spec("acme", "{openapi: 3.0.3, info: {title: T, version: '1'}, paths: {}}")

    made = example_of_media(spec, {"schema": schema}, of_request=True)

    assert [] == compile_validator(spec, schema)(made)
