"""Print ``FIELD_NAMES`` and ``MAPPING``: what a provider calls, shows and changes."""

from collections.abc import Callable, Iterable, Iterator

from profilegate.codegen.python_types import repr_text, snake
from profilegate.codegen.sources import literal
from profilegate.openapi.field_tree import Field, FieldForm
from profilegate.openapi.mapping import MappedSchema, SpecMapping


def write_field_names(schemas: Iterable[MappedSchema]) -> str:
    """Source of ``FIELD_NAMES``: path of the profile -> the field of a body that writes it."""
    names: dict[str, str] = {}
    for schema in schemas:
        for path, name in _names(schema.fields, ""):
            names.setdefault(path, name)
    rows = "".join(f"    {repr_text(path)}: {repr_text(name)},\n" for path, name in names.items())
    return (
        f"FIELD_NAMES: Mapping[str, str] = {{\n{rows}}}\n"
        '"""What this provider calls each path of the profile that it can write."""'
    )


def _names(fields: Iterable[Field], prefix: str) -> Iterator[tuple[str, str]]:
    for each in fields:
        name = f"{prefix}{each.name}"
        if each.place is not None:
            yield each.place.key, name
        yield from _names(each.children, f"{name}.")


def write_mapping(mapping: SpecMapping, form: Callable[[str, FieldForm], str]) -> str:
    """Source of ``MAPPING``, from ``x-projection`` on schemas, ``x-update`` on operations, and
    ``x-only`` on what they send; ``form`` gives the name of a form's constant."""
    representations = [
        f"Representation({repr_text(each.name)}, {literal(each.projection)}, "
        f"{snake(each.name)}_from_fields)"
        for each in mapping.projections
    ]
    updates = [
        f"UpdateForm({repr_text(each.operation.id)}, {literal(each.schema.schema.applies or {})}, "
        f"{snake(each.schema.name)}_to_changes)"
        for each in mapping.updates
    ]
    forms = [
        f"SentForm({', '.join(values)})"
        for each in mapping.bodies
        for values in _forms(each.fields, (), form)
    ]
    given = f"    forms=({_rows(list(dict.fromkeys(forms)))}),\n" if forms else ""
    return (
        "MAPPING = ProfileMapping(\n"
        "    rules=RULES,\n"
        "    field_names=FIELD_NAMES,\n"
        f"    representations=({_rows(representations)}),\n"
        f"    updates=({_rows(updates)}),\n"
        f"{given})\n"
        '"""Everything that the engine knows of this provider."""'
    )


def _forms(
    fields: Iterable[Field], at: tuple[str, ...], form: Callable[[str, FieldForm], str]
) -> Iterator[list[str]]:
    """The arguments of each ``SentForm``: what another value decides, no schema can check."""
    for each in fields:
        here = (*at, each.name)
        yield from _forms(each.children, here, form)
        if each.place is None:
            continue
        key = repr_text(each.place.key)
        if each.form is not None and each.form.by:
            yield [key, repr_text(here), form(each.name, each.form)]
        for part in each.item.fields if each.item is not None else ():
            if part.form is not None and part.form.by and part.place is not None:
                name = form(part.name, part.form)
                yield [key, repr_text((*here, part.name)), name, repr_text(part.place.key)]


def _rows(rows: list[str]) -> str:
    return "".join(f"\n        {row}," for row in rows)
