"""Inspection: what a schema says of a value's parts: which it hides, and which it does not know."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final

from profilegate.openapi.schema import Schema

HIDDEN: Final = "***"
"""What is shown of a value that is personal or secret."""

HIDDEN_NAME: Final = "(unknown name "
"""How what is shown in place of a name begins."""

GUESSES_MAX: Final = 20
"""Unknown names of one object that are compared with its known ones, which takes a while."""

LIKENESS_MIN: Final = 0.7
"""How like a known name an unknown one must be to be shown (``difflib``): ``fist_name`` is."""

NUMBER: Final = re.compile(r"-?[0-9.e+-]{1,30}")
"""A number, or its text in a form."""

Place = tuple[str | int, ...]


def masked(schemas: Sequence[Schema], value: Any, broken: Collection[Place] = ()) -> Any:
    """
    A value with all of its personal parts hidden (``x-pii``, ``x-mask``), and all that the schemas
    do not know or that does not fit them: nobody can tell what that is.

    ``broken`` are the places of parts that break a rule.
    """
    return _masked(schemas, value, frozenset(broken), ())


def _masked(schemas: Sequence[Schema], value: Any, broken: frozenset[Place], at: Place) -> Any:
    schemas = list(_with_branches(schemas, value))
    if at in broken or any("x-pii" in each.node or "x-mask" in each.node for each in schemas):
        return _hidden(value)
    if isinstance(value, dict):
        names = shown_names(value, _names(schemas))
        return {
            names[name]: _masked(_known(schemas, name), each, broken, (*at, name))
            for name, each in value.items()
        }
    if isinstance(value, list):
        items = [each.items for each in schemas if each.items is not None]
        return [_masked(items, each, broken, (*at, place)) for place, each in enumerate(value)]
    return value if value is None or any(_fits(each, value) for each in schemas) else HIDDEN


def unknown_fields(
    schemas: Sequence[Schema], value: Any, at: str = "", *, shows_all: bool = False
) -> Iterator[str]:
    """
    The parts of a value that the schemas do not know, by their paths: ``address.zip``.

    A name is shown as ``shown_names`` has it, or as it is (``shows_all``).
    """
    schemas = list(_with_branches(schemas, value))
    if isinstance(value, list):
        items = [each.items for each in schemas if each.items is not None]
        for place, each in enumerate(value if items else ()):
            yield from unknown_fields(items, each, f"{at}[{place}]", shows_all=shows_all)
    # A schema that names no property takes any.
    if isinstance(value, dict) and any(each.properties for each in schemas):
        names = {name: name for name in value}
        if not shows_all:
            names = shown_names(value, _names(schemas))
        for name, each in value.items():
            path = f"{at}.{names[name]}" if at else names[name]
            if known := _known(schemas, name):
                yield from unknown_fields(known, each, path, shows_all=shows_all)
            else:
                yield path


def schemas_at(schemas: Sequence[Schema], value: Any, at: Sequence[str | int]) -> Sequence[Schema]:
    """The schemas of a part of a value; none if they do not know it."""
    for step in at:
        schemas = list(_with_branches(schemas, value))
        if isinstance(step, int):
            schemas = [each.items for each in schemas if each.items is not None]
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            schemas = _known(schemas, step)
            value = value.get(step) if isinstance(value, dict) else None
    return list(_with_branches(schemas, value))


def shown_names(sent: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """
    The names of a request as they are shown: an unknown one only if it is like a known one.

    A name is the caller's choice, and may be somebody's data: ``{"ivan@example.com": …}``.
    """
    shown: dict[str, str] = {}
    small = {name.lower() for name in known}
    unknown = 0
    for name in sent:
        shown[name] = name
        if name not in known and name.lower() not in small:
            unknown += 1
            is_guessed = unknown <= GUESSES_MAX and len(name) <= NAME_SIZE_MAX
            if not (is_guessed and get_close_matches(name, known, 1, LIKENESS_MIN)):
                shown[name] = f"{HIDDEN_NAME}{unknown})"
    return shown


NAME_SIZE_MAX: Final = 64
"""A longer name is no mistyped one."""


def _hidden(value: Any) -> Any:
    """The value with its shape alone."""
    if isinstance(value, dict):
        names = shown_names(value, ())
        return {names[name]: _hidden(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_hidden(each) for each in value]
    return None if value is None else HIDDEN


def _with_branches(schemas: Sequence[Schema], value: Any) -> Iterator[Schema]:
    """The schemas with their parts, and with the branches that the value may be of."""
    for schema in schemas:
        yield schema
        yield from _with_branches(schema.all_of, value)
        chosen = schema.discriminator
        if chosen is not None and isinstance(value, dict):
            branch = chosen.branches.get(str(value.get(chosen.property_name)))
            if branch is not None:
                if branch is not schema:
                    yield from _parts(branch, schema, value)
                continue
        yield from _with_branches([*schema.one_of, *schema.any_of], value)


def _parts(branch: Schema, base: Schema, value: Any) -> Iterator[Schema]:
    """A branch with its parts; without the base that chose it, which may be one of them."""
    yield branch
    yield from _with_branches([each for each in branch.all_of if each is not base], value)


def _names(schemas: Iterable[Schema]) -> set[str]:
    return {each.name for schema in schemas for each in schema.own_properties}


def _known(schemas: Sequence[Schema], name: str) -> Sequence[Schema]:
    """The schemas of a member, by its name; in any letter case where the spec says so."""
    found = []
    for schema in schemas:
        names = (name, name.lower()) if "x-any-case" in schema.node else (name,)
        own = [each.schema for each in schema.own_properties if _is_named(each.name, names)]
        found += own or ([schema.additional] if schema.additional is not None else [])
    return found


def _is_named(name: str, names: tuple[str, ...]) -> bool:
    return name in names or (len(names) > 1 and name.lower() == names[1])


def _fits(schema: Schema, value: Any) -> bool:
    """Whether a scalar is of the schema's type and one of its values; a form has texts only."""
    if schema.enum is not None:
        return str(value) in map(str, schema.enum)
    if schema.type == "string":
        return isinstance(value, str)
    if schema.type == "boolean":
        return isinstance(value, bool) or value in ("true", "false")
    if schema.type in ("integer", "number"):
        return not isinstance(value, bool) and NUMBER.fullmatch(str(value)) is not None
    return False
