"""All errors of a spec in one run, each with its file, line, place and hint."""

from pathlib import Path

import pytest

from profilegate.codegen.files import write_files
from profilegate.errors import SPEC_ERRORS_SHOWN_MAX, SpecError, SpecsRejectedError
from profilegate.openapi import validate_spec
from profilegate.openapi.reader import parse_spec
from profilegate.openapi.validator import check_validators

ACME = """\
openapi: "3.0.3"
info: {title: Acme, version: "1"}
paths:
  /users/{id}:
    get:
      operationId: list
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, pattern: '^[a-'}}
      responses:
        "200": {description: D, content: {application/json: {schema: {$ref: "#/nowhere"}}}}
    put:
      operationId: put_user
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        "404": {description: D}
components:
  schemas:
    User:
      type: object
      properties:
        name: {type: string, minLength: "3"}
        mail: {type: string, patern: a}
"""

ACME_JSON = """{
  "openapi": "3.0.3",
  "info": {"title": "Acme", "version": "1"},
  "paths": {},
  "components": {
    "schemas": {
      "User": {
        "type": "string",
        "patern": "a"
      }
    }
  }
}
"""

EXAMPLE = """\
openapi: "3.0.3"
info: {title: Example, version: "1"}
paths:
  /things:
    post:
      operationId: add-thing
      requestBody: {content: {application/json: {schema: {type: string}}}}
      responses: {"204": {description: D}}
    get:
      operationId: things
      responses: {"404": {description: D}}
    delete:
      operationId: drop
      parameters: [{name: ids, in: query, schema: {type: array, items: {type: integer}}}]
      responses: {"204": {}}
"""


def errors_of(text: str) -> list[str]:
    """The lines of the errors of one spec."""
    with pytest.raises(SpecsRejectedError) as caught:
        parse_spec("acme", text)
    return [str(error) for error in caught.value.errors]


def test_every_error_of_the_objects_is_told() -> None:
    """
    "All errors of a spec in one run, each with file, line, pointer and hint".
    """
    hint = "see the OpenAPI 3.0.3 specification for this object"
    get = "#/paths/~1users~1{id}/get"

    assert [
        f"specs/acme.yaml:8: {get}/parameters/0/schema/pattern: the pattern ^[a- cannot be "
        "compiled; write a regular expression of ECMA 262, without surrogates and huge repetitions",
        "specs/acme.yaml:22: #/components/schemas/User/properties/name/minLength: minLength must "
        f"be a whole number, 0 or more; {hint}",
        "specs/acme.yaml:23: #/components/schemas/User/properties/mail/patern: keyword "
        '"patern" is not supported on a schema; did you mean pattern?',
    ] == errors_of(ACME)


def test_every_error_of_operations_and_references_is_told() -> None:
    """
    They are looked for as soon as every object has its form.
    """
    sound = ACME.replace('"3"}', "3}").replace("patern: a", "x-a: a").replace("^[a-", "^a")
    pointed = sound.replace("#/nowhere", "#/components/schemas/User")

    with pytest.raises(SpecError, match="names nothing in this file"):
        parse_spec("acme", sound)
    assert ["list", "there is no successful response"] == [
        word
        for line, word in zip(
            errors_of(pointed), ("list", "there is no successful response"), strict=True
        )
        if word in line
    ]


def test_the_errors_of_all_specs_are_told_at_once(tmp_path: Path) -> None:
    """
    Nothing is written, and no spec hides the errors of another.
    """
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "acme.json").write_text(ACME_JSON)
    (specs / "example.yml").write_text(EXAMPLE)
    with pytest.raises(SpecsRejectedError) as caught:
        write_files(specs, tmp_path / "handlers")

    assert [
        ("specs/acme.json:9", "/components/schemas/User/patern"),
        ("specs/example.yml:6", "/paths/~1things/post/operationId"),
        ("specs/example.yml:11", "/paths/~1things/get/responses"),
        ("specs/example.yml:15", "/paths/~1things/delete/responses/204"),
    ] == [(each.place, each.pointer) for each in caught.value.errors]
    assert str(caught.value).startswith("4 errors\nspecs/acme.json:9: #/components/")
    assert not (tmp_path / "handlers").exists()


def test_at_most_a_screen_of_errors_is_shown() -> None:
    """
    The number of the others is told.
    """
    error = SpecError("specs/acme.yaml", "", "this is wrong", "correct it")
    lines = str(SpecsRejectedError([error] * (SPEC_ERRORS_SHOWN_MAX + 2))).splitlines()

    assert SPEC_ERRORS_SHOWN_MAX + 2 == len(lines)
    assert ["52 errors", "and 2 more"] == [lines[0], lines[-1]]


def test_what_follows_from_an_error_is_not_told() -> None:
    """
    A misspelt keyword of a schema is an unknown rule too, and no object of OpenAPI; once is enough.
    """
    text = ACME_JSON.replace("patern", "minimumLength").replace('"a"', "1")
    with pytest.raises(SpecError) as caught:
        parse_spec("acme", text, checks=(validate_spec, check_validators))

    assert "/components/schemas/User/minimumLength" == caught.value.pointer
