"""Long enumerations: a violation lists their options, with any characters in them."""

from typing import Any

import pytest

from profilegate.errors import Violation
from profilegate.openapi import Spec
from profilegate.openapi.enumerations import OPTIONS_QUOTED_MAX
from profilegate.openapi.validator import compile_validator

AWKWARD = [
    *(f"word {number}" for number in range(OPTIONS_QUOTED_MAX)),
    "",
    "a.c",
    "[a-z]+",
    "^both$",
    "either|or",
    "(?i)x",
    "back\\slash",
    "{2}",
    "a/b & c-d, 'e' \"f\" #g",
    "Côte d'Ivoire",
    "two\nlines",
]
"""Options that a pattern made of them carelessly would not take, or take for others."""

NEAR = [
    "abc",
    "z",
    "both",
    "either",
    "or",
    "X",
    "word",
    "word 1\n",
    " ",
    "backslash",
    "two",
    "Cote",
]

SPEC = Spec("test", {"components": {"schemas": {}}})


def violations_of(value: Any, **more: Any) -> list[Violation]:
    """The violations of a value that is to be one of many words."""
    node = {"type": "string", "enum": AWKWARD, **more}
    return compile_validator(SPEC, node, ("at",))(value)


@pytest.mark.parametrize("word", AWKWARD)
def test_each_option_is_taken(word: str) -> None:
    """
    An enumeration accepts its own values only, letter by letter.
    """
    assert [] == violations_of(word)


@pytest.mark.parametrize("word", NEAR)
def test_any_other_text_is_rejected_with_all_options(word: str) -> None:
    """
    Whatever an option's letters mean elsewhere: "a.c" is not "abc".
    """
    assert [Violation(("at",), "enum", tuple(AWKWARD))] == violations_of(word)


@pytest.mark.parametrize("value", [1, 1.5, True, ["a.c"], {"a.c": "a.c"}, None], ids=repr)
def test_what_is_no_text_hears_that_it_must_be_one(value: Any) -> None:
    """
    A list of words does not help a client that sends a number.
    """
    assert [Violation(("at",), "type", ("string",))] == violations_of(value)


def test_null_is_taken_where_it_is_authenticated() -> None:
    """
    ``nullable`` authenticates null beside the words, and nothing else.
    """
    options = (*AWKWARD, None)

    assert [] == violations_of(None, nullable=True)
    assert [Violation(("at",), "enum", options)] == violations_of("abc", nullable=True)


def test_an_enumeration_of_other_values_is_reported_as_well() -> None:
    """
    Not only texts can be listed.
    """
    numbers = list(range(2 * OPTIONS_QUOTED_MAX))
    validate = compile_validator(SPEC, {"type": "integer", "enum": numbers})

    assert [Violation((), "enum", tuple(numbers))] == validate(-1)


def test_two_long_enumerations_tell_each_its_own() -> None:
    """
    Options are found by the place of the rule, also below lists and choices.
    """
    letters, digits = list("abcdefghijklmnopqrstuvwxyz"), [f"n{number}" for number in range(30)]
    validate = compile_validator(
        SPEC,
        {
            "type": "object",
            "properties": {
                "enum": {"type": "array", "items": {"type": "string", "enum": letters}},
                "pattern": {"allOf": [{"type": "string", "enum": digits}]},
            },
        },
    )

    assert [
        Violation(("enum", 1), "enum", tuple(letters)),
        Violation(("pattern",), "enum", tuple(digits)),
    ] == validate({"enum": ["a", "n1"], "pattern": "a"})
