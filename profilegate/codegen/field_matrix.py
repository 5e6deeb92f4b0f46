"""The field matrix: which provider writes which shared field, under which name and limits."""

from collections.abc import Iterator, Mapping
from typing import Any

from profilegate.openapi import Node, Spec
from profilegate.openapi.mapping import has_nested_places, mapped, place_of, speaks_for_some
from profilegate.openapi.operations import body_schema
from profilegate.openapi.properties import properties
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
        "A provider never changes a field that it has no name for.",
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
    """A column for each kind of body by which a spec's providers change the profile."""
    found: dict[str, dict[str, list[str]]] = {}
    for operation in spec.operations():
        body = body_schema(spec, operation)
        if "x-update" not in operation.node or body is None:
            continue
        names = list(mapped(spec, body))
        whole = spec.schemas()[names[-1]]
        kinds = [name for name in names if speaks_for_some(spec, spec.schemas()[name])]
        if "discriminator" in whole:
            kinds = names[:-1]
        for name in kinds or names[-1:]:
            title = f"{spec.name} {name}" if kinds else spec.name
            found[title] = dict(_cells(spec, spec.schemas()[name], ""))
    return found


def _cells(spec: Spec, node: Node, above: str) -> Iterator[tuple[str, list[str]]]:
    for member in properties(spec, node):
        inner = spec.resolve(member.node)
        place = place_of(spec, member.node)
        if place is None:
            if has_nested_places(spec, member.node):
                yield from _cells(spec, member.node, f"{above}{member.name}.")
        elif not place.key.startswith(ACCOUNT_PREFIX):
            notes = [f"`{above}{member.name}`", *_limits(spec, inner)]
            if place.codec:
                notes.append(f"as {place.codec.replace('_', '-')}")
            lock = member.node.get("x-lock") or inner.get("x-lock")
            if lock is not None:
                notes.append(f"locked: {_lock(lock)}")
            yield place.key, notes


def _limits(spec: Spec, node: Node) -> Iterator[str]:
    branches = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    words = [word for word in node.get("enum", ()) if word is not None]
    if words:
        yield f"one of {len(words)} words"
    for key, text in _LIMITS.items():
        if key in node:
            yield text.format(str(node[key]).replace("|", "\\|"))
    for branch in branches:
        yield from _limits(spec, spec.resolve(branch))


def _lock(lock: Any) -> str:
    if isinstance(lock, str):
        return lock
    return f"{lock['when']}, for {', '.join(lock['document_types'])}"
