"""The field matrix: which provider writes which shared field, under which name and limits."""

from collections.abc import Iterable, Iterator, Mapping

from profilegate.openapi import Schema, Spec
from profilegate.openapi.bounds import NO_CONTROL
from profilegate.openapi.field_tree import Field, FieldLock
from profilegate.openapi.mapping import mapping_of
from profilegate.profile.fields import ACCOUNT_PREFIX

MATRIX = "fields.md"
"""The generated page's name, in ``docs/``."""

_LIMITS = {
    "format": "{}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "pattern": "`{}`",
}


def write_matrix(specs: Mapping[str, Spec]) -> str:
    """The page, as Markdown; only specs whose operations update the profile have a column."""
    columns: dict[str, dict[str, list[str]]] = {}
    for spec in specs.values():
        columns |= _columns(spec)
    lines = [
        "<!-- Generated from specs/*.yaml by `make generate`. Edit the specs, not this file. -->",
        "",
        "# The field matrix",
        "",
        "Each row is a field of the shared profile, each column a provider (and, where a provider",
        "has several, a kind of account): the provider's own name for the field and its limits.",
        "A provider never changes a field that it has no name for. What is cleared when left out",
        "is left out of the body, or of the object in it, that replaces what is stored.",
        "",
        f"| shared field | {' | '.join(columns)} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for path in sorted(set().union(*columns.values())):
        cells = ["<br>".join(column.get(path, ["–"])) for column in columns.values()]
        if any(cell != "–" for cell in cells):
            lines.append(f"| `{path}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _columns(spec: Spec) -> dict[str, dict[str, list[str]]]:
    """A column for each kind of body by which an operation changes the profile."""
    found: dict[str, dict[str, list[str]]] = {}
    for update in mapping_of(spec).updates:
        kinds = list(update.schema.tagged.values())
        is_one_of_several = bool(kinds) or update.schema.schema.applies is not None
        for schema in kinds or [update.schema]:
            title = f"{spec.name} {schema.name}" if is_one_of_several else spec.name
            found[title] = dict(_cells(schema.fields, ""))
    return found


def _cells(fields: Iterable[Field], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for each in fields:
        yield from _cells(each.children, f"{prefix}{each.name}.")
        if each.place is not None and not each.place.key.startswith(ACCOUNT_PREFIX):
            notes = [f"`{prefix}{each.name}`", *_limits(each.schema)]
            if each.place.codec:
                notes.append(f"as {each.place.codec}")
            if each.is_removed_if_omitted and not each.is_required:
                notes.append("cleared when left out")
            if each.lock is not None:
                notes.append(f"locked: {_lock(each.lock)}")
            yield each.place.key, notes


def _limits(schema: Schema) -> Iterator[str]:
    words = [word for word in schema.enum or () if word is not None]
    if words:
        yield f"one of {len(words)} words"
    for key, text in _LIMITS.items():
        if schema.node.get(key) == NO_CONTROL:
            yield "no control characters"
        elif key in schema.node:
            yield text.format(str(schema.node[key]).replace("|", "\\|"))
    for branch in (*schema.any_of, *schema.one_of, *schema.all_of):
        yield from _limits(branch)


def _lock(lock: FieldLock) -> str:
    types = lock.document_types
    return lock.when if types is None else f"{lock.when}, for {', '.join(types)}"
