"""Personal data in responses: values that must be masked, and names that only personal data has."""

from collections.abc import Iterator, Sequence
from typing import Any

from profilegate.errors import Violation
from profilegate.openapi import Schema, Spec
from profilegate.openapi.inspection import HIDDEN, schemas_at
from profilegate.profile.masks import is_masked

Place = tuple[str | int, ...]

TYPE_OF_DOCUMENT = "type"
"""The key of a document's type in a list of documents (``profile/documents.py``)."""


def personal_names(spec: Spec) -> frozenset[str]:
    """
    The names of the properties that are personal wherever the spec has them.

    A name like ``id`` that is also one of something else says nothing.
    """
    personal: set[str] = set()
    others: set[str] = set()
    for node in spec.schemas().values():
        for each in spec.schema(node).own_properties:
            (personal if _is_personal(each.schema, set()) else others).add(each.name)
    return frozenset(personal - others)


def _is_personal(schema: Schema, seen: set[int]) -> bool:
    """Whether a value, or a part of it, is personal."""
    if id(schema) in seen:
        return False
    seen.add(id(schema))
    below = [each.schema for each in schema.own_properties]
    below += [*schema.all_of, *schema.one_of, *schema.any_of, *filter(None, [schema.items])]
    return "x-pii" in schema.node or any(_is_personal(each, seen) for each in below)


def unmasked(spec: Spec, schemas: Sequence[Schema], value: Any) -> Iterator[Violation]:
    """The texts of a response that the spec masks (``x-mask``), and that are shown as they are."""
    # Branches of a choice may share the schema of a document.
    yield from dict.fromkeys(_unmasked(spec, schemas, value, value, ()))


def _unmasked(
    spec: Spec, schemas: Sequence[Schema], root: Any, value: Any, at: Place
) -> Iterator[Violation]:
    if isinstance(value, dict):
        kinds = _types(schemas_at(schemas, root, at), value)
        for name, each in value.items():
            if isinstance(each, str):
                for schema in schemas_at(schemas, root, (*at, name)):
                    said = schema.node.get("x-mask")
                    if said is not None and not _is_shown_right(said, each, kinds):
                        yield Violation((*at, name), "x-mask")
            else:
                yield from _unmasked(spec, schemas, root, each, (*at, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _unmasked(spec, schemas, root, each, (*at, place))


def _is_shown_right(said: Any, text: str, kinds: set[str]) -> bool:
    mask, types = (said["as"], said["document_types"]) if isinstance(said, dict) else (said, ())
    is_meant = not types or bool(kinds & set(types))
    return not is_meant or text in ("", HIDDEN) or is_masked(mask, text)


def _types(schemas: Sequence[Schema], value: dict[str, Any]) -> set[str]:
    """The type of a document, by the property that lives there."""
    names = {
        each.name
        for schema in schemas
        for each in schema.own_properties
        if str(each.schema.node.get("x-profile", "")).endswith(f"[].{TYPE_OF_DOCUMENT}")
    }
    return {str(value[name]) for name in names if name in value}
