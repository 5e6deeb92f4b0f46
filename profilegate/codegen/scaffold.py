"""First handlers: a package that can be served, with a function for each operation that has none.

A function updates, creates or reads an account where the spec says how (``x-update``, and bodies
that live in the profile); every other one responds with the example of its spec.
"""

import ast
import re
from pathlib import Path

from profilegate.codegen.formatting import format_source, sort_imports
from profilegate.codegen.operations import signature
from profilegate.codegen.python_types import TYPING, TypeWriter, docstring, snake
from profilegate.openapi import Node, Operation, Spec
from profilegate.openapi.mapping import MappedSchema, mapping_of


def write_package(spec: Spec, package: Path) -> bool:
    """Write the package's ``__init__.py``, if there is none; return whether it was missing."""
    module = package / "__init__.py"
    if module.exists():
        return False
    caption = docstring(f"{_title(spec)}: the handlers of {spec.file}.")
    module.write_text(f"{caption}\n{PACKAGE}", "utf-8")
    return True


def write_first_handlers(spec: Spec, module: Path) -> bool:
    """
    Append a function for each operation that has none.

    Returns whether there was any.
    """
    present = module.read_text("utf-8") if module.exists() else ""
    tree = ast.parse(present)
    defined = _names(tree)
    missing = [operation for operation in spec.operations() if operation.id not in defined]
    if not missing:
        return False
    types = TypeWriter(spec)
    handlers = [_first_handler(spec, types, operation) for operation in missing]
    functions = "\n\n".join(handlers)
    imports = _imports(set(re.findall(r"\w+", functions)) - defined, types)
    file = f"handlers/{spec.name}/{module.name}"
    if not present:
        caption = docstring(f"{_title(spec)}: the operations of {spec.file}.")
        source = format_source("\n".join([caption, *imports, functions]), file)
    else:
        # Hand-written code stays unchanged; only the imports are sorted, with the new ones.
        lines = present.splitlines()
        end = _end_of_imports(tree)
        source = sort_imports("\n".join([*lines[:end], *imports, *lines[end:], ""]), file)
        source = f"{source.rstrip()}\n\n\n{format_source(functions, file)}"
    module.write_text(source, "utf-8")
    return True


def _title(spec: Spec) -> str:
    title: str = spec.document["info"]["title"]
    return " ".join(title.split())


def _imports(words: set[str], types: TypeWriter) -> list[str]:
    """The imports of those words that are names of the engine or of the generated module."""
    functions = {word for word in words if word.endswith(("_to_changes", "_from_fields"))}
    modules = {
        "typing": words & set(TYPING),
        "profilegate.gateway.call": words & {"Call"},
        "profilegate.gateway.examples": words & {"example"},
        "._generated": words & types.definitions.keys() | functions,
    }
    return [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in modules.items()
        if names
    ]


def _first_handler(spec: Spec, types: TypeWriter, operation: Operation) -> str:
    summary = " ".join((operation.node.get("summary") or operation.id).split()).rstrip(".")
    body = "\n".join(f"    {line}" for line in _first_body(spec, operation))
    return (
        f"async def {operation.id}({signature(spec, types, operation)}:\n"
        f"{docstring(f'{summary}.', '    ')}\n{body}\n"
    )


def _first_body(spec: Spec, operation: Operation) -> list[str]:
    """The lines that do what the spec says of the profile, or respond with the example."""
    mapping = mapping_of(spec)
    example = [f'return example(call, "{operation.id}")'] if operation.content else ["return None"]
    sent = _component(operation.body, mapping.bodies, spec)
    shown = _component(operation.response, mapping.responses, spec)
    respond = [f"return {snake(shown)}_from_fields(fields)"] if shown else example
    kept = "fields = " if shown else ""
    ids = [each.argument for each in operation.parameters if each.location == "path"]
    if sent and len(ids) == 1 and operation.is_update:
        return [f"{kept}await call.update({ids[0]}, {snake(sent)}_to_changes(body))", *respond]
    if sent and not ids and operation.method == "POST":
        create = f"await call.create(await call.new_id(), {snake(sent)}_to_changes(body))"
        return [f"{kept}{create}", *respond]
    if shown and len(ids) == 1 and operation.method == "GET":
        return [f"fields = await call.account({ids[0]})", *respond]
    return example


def _component(node: Node | None, mapped: tuple[MappedSchema, ...], spec: Spec) -> str:
    """The name of the mapped schema of a body that is no choice; empty for any other."""
    if node is None:
        return ""
    name = spec.schema(node).name
    return next((each.name for each in mapped if each.name == name and not each.is_choice), "")


PACKAGE = """
from . import operations
from ._generated import MAPPING, Operations

__all__ = ["MAPPING", "handlers"]

handlers: Operations = operations
"""


def _names(tree: ast.Module) -> set[str]:
    """The names that a module defines or imports."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found


def _end_of_imports(tree: ast.Module) -> int:
    """The last line of a module's docstring and of the imports after it."""
    end = 0
    for node in tree.body:
        is_caption = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not is_caption and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        end = node.end_lineno or end
    return end
