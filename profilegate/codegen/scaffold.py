"""First handlers: a function to complete for each operation that has none yet."""

import ast
import re
from pathlib import Path

from profilegate.codegen.formatting import format_source, sort_imports
from profilegate.codegen.operations import signature
from profilegate.codegen.python_types import TYPING, TypeWriter, docstring
from profilegate.openapi import Operation, Spec


def write_first_handlers(spec: Spec, module: Path) -> bool:
    """
    Append a function that raises NotImplementedError for each operation that has none.

    Returns whether there was any.
    """
    present = module.read_text("utf-8") if module.exists() else ""
    tree = ast.parse(present)
    defined = _names(tree)
    missing = [operation for operation in spec.operations() if operation.id not in defined]
    if not missing:
        return False
    types = TypeWriter(spec)
    signatures = [signature(spec, types, operation) for operation in missing]
    functions = "\n\n".join(map(_first_handler, missing, signatures))
    imports = _imports(set(re.findall(r"\w+", " ".join(signatures))) - defined, types)
    file = f"handlers/{spec.name}/{module.name}"
    if not present:
        caption = docstring(f"{spec.document['info']['title']}: the operations of {spec.file}.")
        source = format_source("\n".join([caption, *imports, functions]), file)
    else:
        # Hand-written code stays unchanged; only the imports are sorted, with the new ones.
        lines = present.splitlines()
        end = _end_of_imports(tree)
        source = sort_imports("\n".join([*lines[:end], *imports, *lines[end:], ""]), file)
        source = f"{source.rstrip()}\n\n\n{format_source(functions, file)}"
    module.write_text(source, "utf-8")
    return True


def _imports(words: set[str], types: TypeWriter) -> list[str]:
    """The imports of those words that are names of the engine or of the generated module."""
    modules = {
        "typing": words & set(TYPING),
        "profilegate.gateway.call": words & {"Call"},
        "._generated": words & types.definitions.keys(),
    }
    return [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in modules.items()
        if names
    ]


def _first_handler(operation: Operation, signature: str) -> str:
    summary = operation.node.get("summary", operation.id).rstrip(".")
    return (
        f"async def {operation.id}({signature}:\n"
        f"{docstring(f'{summary}.', '    ')}\n"
        f'    raise NotImplementedError("{operation.id} is not written yet")\n'
    )


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
