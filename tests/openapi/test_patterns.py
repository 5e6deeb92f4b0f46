"""Patterns: those of specs (ECMA 262) as several engines read them."""

import itertools
import json
import re
import shutil
import subprocess
import sys
import unicodedata

import jsonschema_rs
import pytest

from profilegate.errors import Violation
from profilegate.openapi import Node, Spec
from profilegate.openapi.bounds import NO_CONTROL
from profilegate.openapi.patterns import is_readable, pattern_of_validator
from profilegate.openapi.validator import compile_validator

WHITE_SPACE = "\t\n\v\f\r"
CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
FORBIDDEN = {
    character
    for character in CHARACTERS
    if unicodedata.category(character) in {"Cc", "Co"} and character not in WHITE_SPACE
}

PLANE_0 = {character for character in FORBIDDEN if character <= "\uffff"}

IN_JAVASCRIPT = """
const found = ["", "u"].map((flags) => {
  const pattern = new RegExp(process.argv[1], flags);
  return Array.from({length: 0x110000}, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .filter((code) => !pattern.test(String.fromCodePoint(code)));
});
console.log(JSON.stringify(found));
"""


def test_the_validator_rejects_control_and_private_use_characters_alone() -> None:
    """
    Each character of the Unicode categories Cc, but white space, and Co, of all planes; the error
    has the pattern as the spec has it.
    """
    node: Node = {"type": "string", "pattern": NO_CONTROL}
    validate = compile_validator(Spec("test", {}), node)
    allowed = [character for character in CHARACTERS if character not in FORBIDDEN]

    assert [] == validate("".join(allowed))
    assert FORBIDDEN == {character for character in FORBIDDEN if validate(f"a{character}b")}
    assert [Violation((), "pattern", NO_CONTROL)] == validate("\ue000")


def test_the_pattern_says_nearly_the_same_to_python_and_rust() -> None:
    """
    Clients and tools take it as it stands: of the private use characters it names those of plane 0.
    """
    in_rust = jsonschema_rs.Draft202012Validator({"pattern": NO_CONTROL}).is_valid
    in_python = re.compile(NO_CONTROL).search

    assert PLANE_0 == {character for character in CHARACTERS if not in_rust(character)}
    assert PLANE_0 == {character for character in CHARACTERS if not in_python(character)}


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js has a RegExp of ECMA 262")
def test_the_pattern_says_the_same_to_javascript() -> None:
    """
    OpenAPI 3.0: a pattern "SHOULD be a valid regular expression, according to the Ecma-262 Edition
    5.1 regular expression dialect". Swagger UI reads it so; others use the flag u.
    """
    command = ["node", "-e", IN_JAVASCRIPT, NO_CONTROL]
    found = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout

    assert [PLANE_0, PLANE_0] == [set(map(chr, codes)) for codes in json.loads(found)]


TRANSLATED = (
    r"^(?<n>[ab])\k<n>$", r"^(b)(?<x>[ac])\k<x>1$", r"^((?:a)(b))\2$", r"^[\w-.]+$",
    r"^[a-\d]$", r"^[^]$", r"^a[]$", r"^\x41\0?$", r"^[[a]]$", r"^[[]$", r"^[^[]$", r"^[[]]$",
    r"^[a&&b]$", r"^[a~~b]$", r"^[\b]$", r"^a{,3}$", r"^a{1,2}$", r"^{$", r"^[\<\>]$", r"^\<a\>$",
    r"^[\]]$", r"^\\[a]$", r"^(?=a)[^]b?(?<!c)$", r"^[()]{2}$", r"^a\/\-b$", r"^\ca?a$",
)  # fmt: skip
"""Patterns with parts that mean something else in the validator's engine."""

TEXTS = ["".join(each) for n in range(4) for each in itertools.product("ab1[]&~{<-", repeat=n)]
TEXTS += ["baa1", "bcc1", "abb", "A", "A\0", "\b", "a{,3}", "<a>", "\\a", "()", "a/-b", "\1a"]

MATCHES_IN_JAVASCRIPT = """
const [patterns, texts] = JSON.parse(process.argv[1]);
const shown = patterns.map(each => texts.filter(text => new RegExp(each).test(text)));
console.log(JSON.stringify(shown));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js has a RegExp of ECMA 262")
def test_a_pattern_of_a_spec_says_the_same_to_the_validator() -> None:
    """
    A class in a class, or an operator on classes, would be another rule, without a word.
    """
    argument = json.dumps([TRANSLATED, TEXTS])
    command = ["node", "-e", MATCHES_IN_JAVASCRIPT, argument]
    found = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    validators = [
        jsonschema_rs.Draft202012Validator({"pattern": pattern_of_validator(each)})
        for each in TRANSLATED
    ]

    assert dict(zip(TRANSLATED, json.loads(found), strict=True)) == {
        pattern: list(filter(validator.is_valid, TEXTS))
        for pattern, validator in zip(TRANSLATED, validators, strict=True)
    }


@pytest.mark.parametrize(
    "pattern", [r"[a-", r"^[\ud800-\udfff]$", "^.{1,100000}$", r"^\Aa\Z$", "a**"]
)
def test_a_pattern_that_the_validator_cannot_compile_is_found(pattern: str) -> None:
    """
    ``generate`` asks the engine that will serve the pattern.
    """
    assert not is_readable(pattern)
