"""Read a spec: YAML in, checked OpenAPI out, or an error that says what to fix."""

import keyword
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from profilegate.errors import SpecError
from profilegate.openapi.mapping import mapping_of
from profilegate.openapi.object_checks import check_object
from profilegate.openapi.spec import Spec, pointer
from profilegate.openapi.yaml_files import load_map, read_text
from profilegate.profile.fields import FIELDS


def read_spec(path: Path) -> Spec:
    """
    Read a spec and check it: its keywords, its references, and its use of the shared profile.

    Raises:
        SpecError: with the file, a JSON pointer, what is wrong there and what to do.
    """
    return parse_spec(path.stem, read_text(path))


def parse_spec(name: str, text: str, fields: Mapping[str, str | None] = FIELDS) -> Spec:
    """
    As ``read_spec``, from a text; ``fields`` are the shared fields, with their codecs.

    Raises:
        SpecError: with the file, a JSON pointer, what is wrong there and what to do.
    """
    file = f"specs/{name}.yaml"
    document = load_map(text, file, "an OpenAPI document", "openapi")
    version = str(document.get("openapi"))
    if not version.startswith("3.0."):
        raise SpecError(
            file, "/openapi", f"OpenAPI {version} is not supported", 'write `openapi: "3.0.3"`'
        )
    check_object(file, document, "document", ())
    spec = Spec(name, document, fields)
    _check_references(spec, document, ())
    _check_operations(spec)
    for schema in spec.schemas():
        spec.component(schema)
    mapping_of(spec)
    return spec


def validate_spec(spec: Spec) -> None:
    """
    Check a spec against the OpenAPI specification as a whole (openapi-spec-validator).

    It costs half a second to import, so ``generate`` and ``check`` do it, not ``serve``:
    there Connexion makes its own check of the structure.

    Raises:
        SpecError: with the first violation.
    """
    from openapi_spec_validator import OpenAPIV30SpecValidator

    for error in OpenAPIV30SpecValidator(spec.document).iter_errors():
        raise SpecError(
            spec.file,
            pointer(tuple(error.absolute_path)),
            error.message.split("\n")[0],
            "see the OpenAPI 3.0.3 specification for this object",
        )


def _check_operations(spec: Spec) -> None:
    """Every operation has an id of its own, which can be a function's name."""
    seen: set[str] = set()
    for operation in spec.operations():
        at = (*spec.where(operation.node), "operationId")
        if not operation.id.isidentifier() or keyword.iskeyword(operation.id):
            raise spec.error(
                at,
                f'no function can be called "{operation.id}"',
                "name it as its function in handlers/ is named",
            )
        if operation.id in seen:
            raise spec.error(
                at, "another operation has this id", "give each operation an id of its own"
            )
        seen.add(operation.id)


def _check_references(spec: Spec, node: Any, at: tuple[str | int, ...]) -> None:
    """Every ``$ref`` points at something in the same file."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            spec.resolve(node, at)
        for key, value in node.items():
            if key not in ("example", "value"):
                _check_references(spec, value, (*at, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            _check_references(spec, value, (*at, place))
