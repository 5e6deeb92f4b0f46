"""Print the ``Operations`` protocol: one method for each operation of a spec."""

from collections.abc import Iterator

from profilegate.codegen.python_types import TypeWriter, docstring, pascal, sentence
from profilegate.openapi import Operation, Spec

NO_RESPONSE = "None"


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
    summary = operation.node.get("summary") or operation.id
    yield f"async def {operation.id}({signature(spec, types, operation, first='self, ')}:"
    words = f"{operation.method} {operation.paths[0]}: {sentence({}, summary)}"
    # Inside a class the lines are shorter by its indent.
    yield docstring(words, " " * 8).removeprefix("    ")
    yield "    ..."


def signature(spec: Spec, types: TypeWriter, operation: Operation, *, first: str = "") -> str:
    """Parameters and response: path and query parameters and the body, by keyword."""
    arguments = []
    for parameter in operation.parameters:
        if parameter.is_argument:
            kind = types.type_of(spec.schema(parameter.schema), pascal(parameter.argument))
            default = "" if parameter.is_required else " | None = None"
            arguments.append(f"{parameter.argument}: {kind}{default}")
    if operation.body is not None:
        default = "" if operation.is_body_required else " | None = None"
        kinds = [
            types.type_of(spec.schema(media["schema"]), pascal(operation.id) + "Body")
            for media in operation.bodies.values()
        ]
        kind = " | ".join(dict.fromkeys(kinds))
        arguments.append(f"body: {kind}{default}")
    keywords = f", *, {', '.join(arguments)}" if arguments else ""
    kind = NO_RESPONSE
    if operation.response is not None:
        kind = types.type_of(spec.schema(operation.response), pascal(operation.id) + "Response")
    return f"{first}call: Call{keywords}) -> {kind}"
