"""Read a spec: YAML or JSON in, checked OpenAPI out, or all errors, which say what to fix."""

import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from profilegate.errors import SpecError
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.keywords import REFERABLE
from profilegate.openapi.mapping import mapping_of
from profilegate.openapi.object_checks import ObjectCheck
from profilegate.openapi.sources import Bundler, Sources, steps_of
from profilegate.openapi.spec import Operation, Spec
from profilegate.openapi.walk import is_reference, objects, step_into
from profilegate.openapi.yaml_files import Place, load_map, read_text
from profilegate.profile.fields import FIELDS

Check = Callable[[Spec], None]
"""A check of a spec; it raises a SpecError, or a SpecsRejectedError with several."""

NAMES_IN_HANDLERS: Final = frozenset(
    "Any Call Literal bool bytes dict example float int list str uuid4".split()
)
"""Names that first handlers use: a function of such a name would hide it."""

_PARAMETER: Final = re.compile(r"\{([^{}]*)\}")


def read_spec(path: Path) -> Spec:
    """
    Read a spec and check it: its keywords, its references, and its use of the shared profile.

    Raises:
        SpecError, SpecsRejectedError: each with the file, the line, a JSON pointer, what is wrong
            there and what to do.
    """
    file = f"specs/{path.name}"
    return parse_spec(path.stem, read_text(path, file), path=path)


def parse_spec(
    name: str,
    text: str,
    fields: Mapping[str, str | None] = FIELDS,
    *,
    path: Path | None = None,
    checks: Iterable[Check] = (),
) -> Spec:
    """
    As ``read_spec``, from a text.

    ``fields`` are the shared fields, with their codecs. Files that the text refers to are looked
    for beside ``path``, its own file. ``checks`` are further ones.

    Raises:
        SpecError, SpecsRejectedError: as ``read_spec``.
    """
    errors = ErrorList()
    spec, is_sound = _load(name, text, fields, path, errors)
    if is_sound:
        errors.next_stage()
        _check_operations(spec, errors)
        _check_schemas(spec, errors)
        errors.next_stage()
        with errors.collecting():
            mapping_of(spec)
        for check in checks:
            with errors.collecting():
                check(spec)
    errors.raise_errors()
    return spec


def _load(
    name: str,
    text: str,
    fields: Mapping[str, str | None],
    path: Path | None,
    errors: ErrorList,
) -> tuple[Spec, bool]:
    """The spec, with the errors of its objects and references, and whether it can be read on."""
    sources = Sources(f"specs/{path.name}" if path else f"specs/{name}.yaml")
    sources.texts[sources.file] = text
    document = load_map(text, sources.file, "an OpenAPI document", "openapi")
    version = str(document.get("openapi"))
    if not version.startswith("3.0."):
        raise sources.error(
            ("openapi",), f"OpenAPI {version} is not supported", 'write `openapi: "3.0.3"`'
        )
    spec = Spec(name, document, fields, sources)
    check = ObjectCheck(lambda *error: errors.add(sources.error(*error)))
    folder = None if path is None else path.parent
    Bundler(document, sources, folder, check.unsound).run()
    check.check(document, "document", ())
    if check.is_sound:
        _check_references(spec, check)
    return spec, check.is_sound


def _check_references(spec: Spec, check: ObjectCheck) -> None:
    """Every reference leads to an object of its kind; what is in plain data is none."""
    found = list(objects(spec.document, "document"))
    kinds = {id(node): kind for kind, node, _ in found}
    for kind, node, at in found:
        if not is_reference(node, kind):
            continue
        try:
            spec.resolve(node, at)
        except SpecError as error:
            check.unsound(at, error.what, error.hint)
            continue
        target: Any = step_into(spec.document, steps_of(node["$ref"].removeprefix("#")))
        if kinds.get(id(target)) != kind:
            hint = f"refer to #/components/{REFERABLE[kind]}/<name>"
            check.unsound((*at, "$ref"), f"this names no {kind}", hint)


def _check_operations(spec: Spec, errors: ErrorList) -> None:
    """Each operation can be read; it has an id of its own, and the parameters of its path."""
    seen: set[str] = set()
    for path, method in spec.places_of_operations():
        at = ("paths", path, method)
        with errors.collecting():
            operation = spec.read_operation(path, method)
            _check_id(spec, operation.id, seen, at)
            _check_path_parameters(spec, operation, at)


def _check_id(spec: Spec, name: str, seen: set[str], at: Place) -> None:
    at = (*at, "operationId")
    hint = "name it as its function in handlers/ is named"
    if not name.isidentifier() or keyword.iskeyword(name):
        raise spec.error(at, f'no function can be called "{name}"', hint)
    if name in NAMES_IN_HANDLERS:
        what = f'a function called "{name}" would hide a name that handlers need'
        raise spec.error(at, what, f"name it {name}_users, for example")
    if name in seen:
        raise spec.error(
            at, "another operation has this id", "give each operation an id of its own"
        )
    seen.add(name)


def _check_path_parameters(spec: Spec, operation: Operation, at: Place) -> None:
    in_path = _PARAMETER.findall(operation.path)
    described = [each.name for each in operation.parameters if each.location == "path"]
    for name in in_path:
        if name not in described:
            what = f"the path has a parameter {name} that is not described"
            raise spec.error(at, what, f"add `name: {name}` with `in: path` to its parameters")
    for each in operation.parameters:
        if each.location != "path":
            continue
        if each.name not in in_path:
            what = f"the path has no parameter {each.name}"
            raise spec.error(spec.where(each.node), what, f"write {{{each.name}}} into the path")
        if not each.is_required:
            what = "a parameter of the path is always required"
            raise spec.error(spec.where(each.node), what, "add `required: true`")
    if len(set(in_path)) < len(in_path):
        what = "the path has one parameter twice"
        raise spec.error(at, what, "give each parameter a name of its own")


def _check_schemas(spec: Spec, errors: ErrorList) -> None:
    for name in spec.schemas():
        with errors.collecting():
            spec.component(name)
