"""The pattern of texts without control and private use characters, as several engines read it."""

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
