"""The error tables: a row for every documented error, and how to produce it."""

from profilegate.codegen.error_tables import BODY_CHARACTERS_MAX, write_error_tables
from profilegate.openapi import Node, Spec
from profilegate.openapi.documented_errors import errors_of
from tests.specs.all_specs import SPECS


def rows(specs: dict[str, Spec]) -> list[list[str]]:
    """The cells of all rows but the heads."""
    lines = write_error_tables(specs).splitlines()
    tables = [line.split(" | ") for line in lines if line.startswith("| `")]
    return [[cell.strip("| ") for cell in row] for row in tables]


def test_every_error_of_every_operation_has_a_row() -> None:
    """
    "Generated table in the docs": name, status and operations, with the header that produces it.
    """
    for name, spec in SPECS.items():
        operations = [each.id for each in spec.operations()]
        found = {
            (operation, row[0].strip("`"), int(row[1]), row[4])
            for row in rows({name: spec})
            for operation in (operations if row[3] == "all" else row[3].split(", "))
        }

        assert {
            (operation, error.name, error.status, f"`Prefer: error={error.name}`")
            for operation, errors in errors_of(spec).items()
            for error in errors.values()
        } == found


def test_a_body_fits_into_a_cell() -> None:
    """
    A long body is cut, a bar does not end the cell, and no body is a dash.
    """
    texts = {"short": "a|b\nc", "long": "x" * 500}
    content: Node = {
        "text/plain": {
            "schema": {"type": "string"},
            "examples": {name: {"value": text} for name, text in texts.items()},
        }
    }
    responses: Node = {
        "200": {"description": "Read."},
        "400": {"description": "Wrong.", "content": content},
        "503": {"description": "Busy."},
    }
    operation = {"operationId": "read", "responses": responses}
    spec = Spec("test", {"paths": {"/things": {"get": operation}}})

    assert ["`a\\|b c`", f"`{'x' * BODY_CHARACTERS_MAX}…`", "–"] == [
        row[2] for row in rows({"test": spec})
    ]
