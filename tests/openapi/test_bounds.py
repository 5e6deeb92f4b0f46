"""Bounds: ``generate`` rejects a spec in which a client can send endless texts or lists, or NUL."""

import pytest

from profilegate.errors import SpecError
from profilegate.openapi.bounds import (
    LIST_HINT,
    NO_NUL,
    NUL_HINT,
    TEXT_HINT,
    check_bounds,
    excludes_nul,
    is_bounded,
)
from profilegate.openapi.reader import parse_spec
from profilegate.openapi.validator import compile_json_schema

SPEC = """\
openapi: "3.0.3"
info: {{title: "T", version: "1"}}
paths:
  /users:
    patch:
      operationId: update_user
      parameters:
        - {{name: token, in: query, schema: {parameter}}}
      requestBody:
        content:
          application/json:
            schema: {{$ref: "#/components/schemas/Update"}}
      responses:
        "200": {{description: D, content: {{text/plain: {{schema: {{type: string}}}}}}}}
components:
  schemas:
    Update:
      type: object
      properties:
        given: {given}
"""

GOOD = "{type: string, enum: [a]}"
GIVEN = "/components/schemas/Update/properties/given"
TOKEN = "/paths/~1users/patch/parameters/0/schema"

UNBOUNDED = {
    "a text without a maximum": (
        {"given": "{type: string, pattern: '^[a-z]*$'}"},
        (GIVEN, "this text has no maximum length", TEXT_HINT),
    ),
    "a parameter without a maximum": (
        {"parameter": "{type: string, format: email}"},
        (TOKEN, "this text has no maximum length", TEXT_HINT),
    ),
    "a text that can hold NUL": (
        {"given": "{type: string, maxLength: 10}"},
        (GIVEN, "this text can hold the NUL character", NUL_HINT),
    ),
    "a list without a maximum": (
        {"given": "{type: array, items: {type: integer}}"},
        (GIVEN, "this list has no maximum", LIST_HINT),
    ),
    "a list of endless texts": (
        {"given": "{type: array, maxItems: 3, items: {type: string}}"},
        (f"{GIVEN}/items", "this text has no maximum length", TEXT_HINT),
    ),
}


@pytest.mark.parametrize(("schemas", "expected"), UNBOUNDED.values(), ids=UNBOUNDED)
def test_an_unbounded_request_is_rejected(
    schemas: dict[str, str], expected: tuple[str, str, str]
) -> None:
    """
    What has no maximum fills memory and files; the error says where and what to add.
    """
    spec = parse_spec("broken", SPEC.format(**{"parameter": GOOD, "given": GOOD} | schemas))

    with pytest.raises(SpecError) as caught:
        check_bounds(spec, everywhere=True)

    assert expected == (caught.value.pointer, caught.value.what, caught.value.hint)


def test_a_response_needs_no_bounds() -> None:
    """
    The gateway itself writes responses.
    """
    spec = parse_spec("good", SPEC.format(parameter=GOOD, given=GOOD))

    check_bounds(spec, everywhere=True)


STORED = {
    "a text of the profile": ("{type: string, x-profile: name.given}", GIVEN),
    "a list of the profile": (
        "{type: array, x-profile: account.marks, items: {type: integer}}",
        GIVEN,
    ),
    "a text below the profile": (
        "{type: array, maxItems: 3, x-profile: account.tags, items: {type: string}}",
        f"{GIVEN}/items",
    ),
}


@pytest.mark.parametrize(("given", "expected"), STORED.values(), ids=STORED)
def test_what_is_stored_needs_bounds(given: str, expected: str) -> None:
    """
    What is stored is shown by all other providers, to which the sender's limits say nothing.
    """
    spec = parse_spec("broken", SPEC.format(parameter=GOOD, given=given))

    with pytest.raises(SpecError) as caught:
        check_bounds(spec)

    assert expected == caught.value.pointer


def test_what_is_not_stored_needs_no_bounds() -> None:
    """
    The size of a body bounds it; nearly no public spec has a maximum for every text.
    """
    spec = parse_spec("good", SPEC.format(parameter="{type: string}", given="{type: string}"))

    check_bounds(spec)


NUL_PATTERNS = {
    NO_NUL: True,
    r"^[^*\x00]+$": True,
    r"^([^\x00]{8}|[^\x00]{10})?$": True,
    r"^\+?[0-9]{7,15}$": True,
    r'^(\*|"[!#-~]*")$': True,
    r"^.*$": False,
    r"^[^*]+$": False,
    r"[a-z]": False,
    r"^[a-z]": False,
    r"^a|b$": False,
    r"^[\Da]*$": False,
    r"^\W*$": False,
    r"^a\x00?$": False,
    r"^[\x00a]*$": False,
    r"^a\$": False,
}


@pytest.mark.parametrize(("pattern", "expected"), NUL_PATTERNS.items(), ids=NUL_PATTERNS)
def test_a_pattern_shows_whether_it_excludes_nul(pattern: str, expected: bool) -> None:
    """
    The check reads the pattern; a pattern that passes it matches no text with NUL.
    """
    takes = compile_json_schema({"type": "string", "pattern": pattern})
    texts = ["\0", "a\0", "\0b", "a\0b", "\0" * 8, "+1234567\0"]

    assert expected is excludes_nul(pattern)
    assert not (expected and [text for text in texts if not takes(text)])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    {"^[a-z]{2}$": True, r"^\+?(a|[*+]{1,3})$": True, "^a*$": False, "^a{2,}$": False, "a": False}
    .items(),
)  # fmt: skip
def test_a_pattern_shows_whether_it_is_bounded(pattern: str, expected: bool) -> None:
    """
    A text whose pattern has an end needs no maxLength.
    """

    assert expected is is_bounded(pattern)


def test_a_violations_place_ends_before_a_name_of_the_senders() -> None:
    """
    Only the schema's names and positions in lists are repeated, however deep the value is.
    """
    things = {"type": "array", "items": {"additionalProperties": {"type": "integer"}}}
    validate = compile_json_schema({"properties": {"things": things}})

    (violation,) = validate({"things": [{}, {"ivan@example.com": "4509"}]})

    assert ("things", 1) == violation.at
