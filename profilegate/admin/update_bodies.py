"""Update bodies: what an account's provider would get to change nothing, for a person to change."""

from collections.abc import Iterator, Mapping
from typing import Any

from profilegate.openapi.field_tree import Field
from profilegate.openapi.mapping import MappedSchema


def bodies_of(schema: MappedSchema, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """
    Bodies of a schema with these values, by their paths in the profile; the likeliest kind first.

    Lists of objects are left out: to send a document again archives the present one.
    """
    if schema.tag:
        for tag, branch in schema.tagged.items():
            yield {schema.tag: tag} | _body(branch.fields, values)
    else:
        yield _body(schema.fields, values)


def _body(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for each in fields:
        if each.place is None:
            if children := _body(each.children, values):
                body[each.name] = children
        elif each.item is None and each.place.key in values:
            body[each.name] = values[each.place.key]
    return body
