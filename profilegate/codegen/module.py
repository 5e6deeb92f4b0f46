"""One provider's ``_generated.py``: everything that follows from its spec, in one file."""

from profilegate.codegen.formatting import format_source
from profilegate.codegen.locks import write_rules
from profilegate.codegen.operations import write_operations
from profilegate.codegen.profile_mapping import write_provider
from profilegate.codegen.python_types import TYPING, TypeWriter, docstring, repr_text
from profilegate.codegen.to_body import ToBodyWriter
from profilegate.codegen.to_changes import ToChangesWriter
from profilegate.openapi import Spec
from profilegate.openapi.mapping import mapped
from profilegate.openapi.operations import body_schema, response_schema


def generate_module(spec: Spec) -> str:
    """
    The source of ``handlers/<name>/_generated.py``: the same spec gives the same bytes.

    Raises:
        SpecError: the spec says something that cannot be mapped.
        SettingError: ruff, which formats the source, is not installed.
    """
    types = TypeWriter(spec)
    changes = ToChangesWriter(spec, types)
    readings = ToBodyWriter(spec, types)
    operations = write_operations(spec, types)
    bodies, responses = _mapped(spec)
    for name in bodies:
        changes.write(name)
    for name in (*bodies, *responses, *_shown(spec)):
        readings.write(name)
    for name in spec.schemas():
        types.component(name)
    parts = [
        _header(spec),
        *types.definitions.values(),
        operations,
        *changes.functions.values(),
        *readings.functions.values(),
        write_rules(spec, [name for name in bodies if "discriminator" not in spec.schemas()[name]]),
        _names(changes),
        write_provider(spec),
    ]
    return format_source("\n\n\n".join(parts) + "\n", f"{spec.name}/_generated.py")


def _mapped(spec: Spec) -> tuple[list[str], list[str]]:
    """The schemas with a mapping of their own of which bodies, and responses, are made."""
    bodies: dict[str, None] = {}
    responses: dict[str, None] = {}
    for operation in spec.operations():
        if (body := body_schema(spec, operation)) is not None:
            bodies.update(dict.fromkeys(mapped(spec, body)))
        if (response := response_schema(spec, operation)) is not None:
            responses.update(dict.fromkeys(mapped(spec, response)))
    return list(bodies), list(responses)


def _shown(spec: Spec) -> list[str]:
    """The schemas in which a provider shows the profile."""
    return [name for name, node in spec.schemas().items() if "x-projection" in node]


def _header(spec: Spec) -> str:
    """Caption and imports; the tidying afterwards takes out what is not used."""
    title = spec.document["info"]["title"].replace(": ", ", ")
    return "\n".join(
        [
            f"# Generated from {spec.file} by `make generate`. Edit the spec, not this file.",
            docstring(f"{title}: types, operations and the mapping to the profile."),
            "",
            "from collections.abc import Mapping",
            f"from typing import {', '.join(TYPING)}",
            "",
            "from profilegate.gateway.call import Call",
            "from profilegate.profile import codecs, masks",
            "from profilegate.profile.union_members import known_parts",
            "from profilegate.profile.fields import Changes, Fields",
            "from profilegate.profile.locks import Lock, LockRules, LockTable",
            "from profilegate.profile.mapping import ProfileMapping, Representation, UpdateForm",
        ]
    )


def _names(changes: ToChangesWriter) -> str:
    rows = "".join(
        f"    {repr_text(path)}: {repr_text(name)},\n"
        for path, name in changes.field_names().items()
    )
    return (
        f"FIELD_NAMES: Mapping[str, str] = {{\n{rows}}}\n"
        '"""What this provider calls each path of the profile that it can write."""'
    )
