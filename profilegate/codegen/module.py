"""Print one provider's ``_generated.py``: everything that follows from its spec, in one file."""

from profilegate.codegen.formatting import format_source
from profilegate.codegen.from_fields import FromFieldsWriter
from profilegate.codegen.locks import write_rules
from profilegate.codegen.operations import write_operations
from profilegate.codegen.profile_mapping import write_field_names, write_mapping
from profilegate.codegen.python_types import TYPING, TypeWriter, docstring, repr_text
from profilegate.codegen.to_changes import ToChangesWriter
from profilegate.openapi import Spec
from profilegate.openapi.mapping import SpecMapping, mapping_of


def generate_module(spec: Spec) -> str:
    """
    The source of ``handlers/<name>/_generated.py``: the same spec gives the same bytes.

    Raises:
        SpecError: a name of the spec cannot be one in Python.
        SettingError: ruff, which formats the source, is not installed.
    """
    mapping = mapping_of(spec)
    types = TypeWriter(spec)
    operations = write_operations(spec, types)
    shown = (*mapping.responses, *mapping.projections)
    to_changes = ToChangesWriter(mapping, types)
    from_fields = FromFieldsWriter(types, frozenset(each.name for each in shown))
    for schema in mapping.bodies:
        to_changes.write(schema)
    for schema in shown:
        from_fields.write(schema)
    for name in spec.schemas():
        types.component(name)
    order = list(spec.schemas())
    written_mapping = write_mapping(mapping, from_fields.form)
    parts = [
        _header(spec),
        *types.definitions.values(),
        operations,
        *_codecs(mapping),
        *to_changes.functions.values(),
        *from_fields.functions.values(),
        write_rules(mapping),
        write_field_names(sorted(to_changes.written, key=lambda each: order.index(each.name))),
        written_mapping,
    ]
    return format_source("\n\n\n".join(parts) + "\n", f"{spec.name}/_generated.py")


def _codecs(mapping: SpecMapping) -> list[str]:
    """Constants for the provider's own codecs."""
    return [
        f"_{name.replace('-', '_').upper()} = "
        f"codecs.phone_without({repr_text(name)}, {repr_text(said['omits'])})"
        for name, said in mapping.codecs.items()
    ]


def _header(spec: Spec) -> str:
    """Docstring and imports; ruff removes the unused ones."""
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
            "from profilegate.profile.text_forms import SentForm, TextForm",
        ]
    )
