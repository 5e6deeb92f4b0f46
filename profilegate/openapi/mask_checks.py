"""Masks: what is shown masked may be sent back, so a request must not take a mask for a value."""

from collections.abc import Iterable, Iterator

from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.field_tree import Field
from profilegate.openapi.mapping import MappedSchema, mapping_of
from profilegate.openapi.spec import Spec
from profilegate.openapi.validator import compile_validator
from profilegate.profile.fields import DOCUMENTS
from profilegate.profile.masks import MASKS

SAMPLES = ("", "12345678", "AB12CD34", "Zoe Example")
"""Values of the usual kinds: a short one, digits, letters and digits, words."""

HINT = "give it a schema of its own in requests, with a pattern without stars: '^[^*\\x00]*$'"


def check_masks(spec: Spec) -> None:
    """
    Check that no request can overwrite a value with the mask that a response shows of it.

    The value of a document is no part of this: there a mask stands for the stored value (ADR 26).

    Raises:
        SpecError, SpecsRejectedError: a text of a request takes a mask.
    """
    mapping = mapping_of(spec)
    errors = ErrorList()
    shown = {
        path: each.mask.function
        for path, each in _leaves((*mapping.responses, *mapping.bodies))
        if each.mask is not None
    }
    for path, each in _leaves(mapping.bodies):
        if path in shown:
            is_invalid = compile_validator(spec, each.schema.node)
            mask = MASKS[shown[path]]
            if not all(is_invalid(mask(value)) for value in SAMPLES):
                what = f"a request that sends back the mask of {path} overwrites the value"
                errors.add(spec.error(spec.where(each.schema.node), what, HINT))
    errors.raise_errors()


def _leaves(schemas: Iterable[MappedSchema]) -> Iterator[tuple[str, Field]]:
    """The fields with places, each with its path; without the values of documents."""
    for schema in schemas:
        yield from _below(schema.fields, "")


def _below(fields: Iterable[Field], list_path: str) -> Iterator[tuple[str, Field]]:
    for each in fields:
        if each.place is None:
            yield from _below(each.children, list_path)
            continue
        if each.item is not None:
            yield from _below(each.item.fields, each.place.key)
            continue
        rule = DOCUMENTS.get(list_path)
        if rule is None or rule.value != each.place.key:
            path = f"{list_path}[].{each.place.key}" if list_path else each.place.key
            yield path, each
