"""Random schemas and values: what is valid here, and what openapi-schema-validator says."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30WriteValidator

from profilegate.openapi import Node, Spec
from profilegate.openapi.validator import compile_validator

NAMES = st.sampled_from(["a", "b", "c"])
NUMBERS = st.integers(-3, 9)


def some(**options: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    """A map with any of some keys."""
    return st.fixed_dictionaries({}, optional=options)


TEXTS = some(
    minLength=st.integers(0, 2),
    maxLength=st.integers(0, 3),
    pattern=st.sampled_from(["^a", "b$", r"^\d+$", "^[^x]*$"]),
    format=st.sampled_from(["date", "ipv4", "uuid", "password", "ulid"]),
    nullable=st.booleans(),
).map(lambda node: {"type": "string", **node})

WORDS = st.lists(st.sampled_from(["a", "b", "1"]), min_size=1, max_size=2, unique=True).map(
    lambda words: {"type": "string", "enum": words}
)

NUMERIC = st.builds(
    lambda kind, node: {"type": kind, **node},
    st.sampled_from(["integer", "number"]),
    some(
        minimum=NUMBERS,
        maximum=NUMBERS,
        exclusiveMinimum=st.booleans(),
        exclusiveMaximum=st.booleans(),
        multipleOf=st.sampled_from([2, 3]),
        nullable=st.booleans(),
    ),
)

LEAVES: st.SearchStrategy[Node] = (
    TEXTS | WORDS | NUMERIC | st.just({"type": "boolean"}) | st.just({})
)


def nested(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Objects, lists and combinations of schemas."""
    objects = some(
        properties=st.dictionaries(NAMES, children, max_size=3),
        required=st.lists(NAMES, max_size=2, min_size=1, unique=True),
        minProperties=st.integers(0, 2),
        maxProperties=st.integers(1, 3),
        additionalProperties=st.booleans() | children,
        nullable=st.booleans(),
    ).map(lambda node: {"type": "object", **node})
    lists = st.builds(
        lambda items, node: {"type": "array", "items": items, **node},
        children,
        some(
            minItems=st.integers(0, 2),
            maxItems=st.integers(1, 3),
            uniqueItems=st.booleans(),
            nullable=st.booleans(),
        ),
    )
    several = st.lists(children, min_size=1, max_size=3)
    combined = st.builds(
        lambda key, parts: {key: parts}, st.sampled_from(["oneOf", "anyOf", "allOf"]), several
    )
    return objects | lists | combined | children.map(lambda node: {"not": node})


SCHEMAS = st.recursive(LEAVES, nested, max_leaves=6)

SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers(-4, 10)
    | st.sampled_from([0.5, 2.5])
    | st.sampled_from(["", "a", "ab", "b", "1", "12", "x", "2024-02-29", "10.0.0.1"])
)
VALUES = st.recursive(
    SIMPLE,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(NAMES, each, max_size=3),
    max_leaves=6,
)


@settings(derandomize=True, database=None, deadline=None, max_examples=1000)
@given(schema=SCHEMAS, values=st.lists(VALUES, min_size=4, max_size=4))
def test_an_independent_validator_agrees(schema: Node, values: list[Any]) -> None:
    """
    OpenAPI 3.0.3, Schema Object: each keyword means what its JSON Schema draft says. None of the
    deliberate differences (1.0 is no integer, an enumeration need not list null) can occur here.
    """
    spec = Spec("test", {"components": {"schemas": {"Thing": schema}}})
    ours = compile_validator(spec, {"$ref": "#/components/schemas/Thing"})
    other = OAS30WriteValidator(schema, format_checker=OAS30WriteValidator.FORMAT_CHECKER)

    assert [other.is_valid(value) for value in values] == [not ours(value) for value in values]
