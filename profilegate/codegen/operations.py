"""The ``Operations`` protocol: one method for each operation that a handler must response."""

from collections.abc import Iterator

from profilegate.codegen.python_types import TypeWriter, docstring, is_name, pascal, sentence
from profilegate.openapi import Operation, Spec
from profilegate.openapi.operations import body_schema, is_body_required, response_schema

NO_RESPONSE = "None"

TAKEN = frozenset({"self", "call", "body"})
"""Arguments that a handler has already."""


def write_operations(spec: Spec, types: TypeWriter) -> str:
    """Source of the protocol."""
    lines = [
        "class Operations(Protocol):",
        f'    """What a handler module for {spec.file} provides."""',
    ]
    for operation in spec.operations():
        lines += ["", *(f"    {line}" for line in method(spec, types, operation))]
    return "\n".join(lines)


def method(spec: Spec, types: TypeWriter, operation: Operation) -> Iterator[str]:
    """The lines of one method: its signature, its docstring, and no body."""
    summary = operation.node.get("summary", operation.id)
    yield f"async def {operation.id}({signature(spec, types, operation, first='self, ')}:"
    words = f"{operation.method} {operation.paths[0]}: {sentence({}, summary)}"
    # It stands in a class: its rows are so much shorter.
    yield docstring(words, " " * 8).removeprefix("    ")
    yield "    ..."


def signature(spec: Spec, types: TypeWriter, operation: Operation, *, first: str = "") -> str:
    """
    Parameters and response: path and query parameters and the body, by keyword.

    Raises:
        SpecError: a parameter cannot be called so in Python.
    """
    arguments = []
    for parameter in operation.parameters:
        if parameter["in"] in ("path", "query"):
            if not is_name(parameter["name"]) or parameter["name"] in TAKEN:
                raise spec.error(
                    (*spec.where(parameter), "name"),
                    f'no argument in Python can be called "{parameter["name"]}"',
                    "give the parameter another name",
                )
            kind = types.type_of(parameter["schema"], pascal(parameter["name"]))
            default = "" if parameter.get("required") else " | None = None"
            arguments.append(f"{parameter['name']}: {kind}{default}")
    body = body_schema(spec, operation)
    if body is not None:
        default = "" if is_body_required(spec, operation) else " | None = None"
        kind = types.type_of(body, pascal(operation.id) + "Body")
        arguments.append(f"body: {kind}{default}")
    keywords = f", *, {', '.join(arguments)}" if arguments else ""
    response = response_schema(spec, operation)
    kind = types.type_of(response, pascal(operation.id) + "Response") if response else NO_RESPONSE
    return f"{first}call: Call{keywords}) -> {kind}"
