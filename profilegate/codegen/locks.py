"""The lock table of a spec, as data: which field is locked in which state of which account."""

from collections.abc import Iterator
from typing import Any

from profilegate.codegen.python_types import repr_text
from profilegate.openapi import Node, Spec
from profilegate.openapi.mapping import has_nested_places, place_of
from profilegate.openapi.properties import properties
from profilegate.profile.locks import ALWAYS


def write_rules(spec: Spec, schemas: list[str]) -> str:
    """
    Source of ``RULES``, from ``x-lock``, ``x-applies`` and ``x-lock-states``.

    Raises:
        SpecError: a lock names a state that the spec does not define, or stands on a property
            that lives nowhere in the profile.
    """
    states = spec.document.get("x-lock-states", {})
    tables = []
    for name in schemas:
        node = spec.schemas()[name]
        locks = list(_locks(spec, node, states))
        if locks:
            rows = "".join(f"            {lock},\n" for lock in locks)
            tables.append(
                "    LockTable(\n"
                f"        applies={literal(node.get('x-applies', {}))},\n"
                f"        locks=(\n{rows}        ),\n    ),"
            )
    # A schema that adds to another one what is not locked has the very same table.
    inner = "\n".join(dict.fromkeys(tables))
    return (
        f"RULES = LockRules(states={literal(states)}, tables=(\n{inner}\n))\n"
        '"""What this provider locks, and in which state of the account."""'
    )


def _locks(spec: Spec, node: Node, states: Node) -> Iterator[str]:
    for member in properties(spec, node):
        holder = member.node if "x-lock" in member.node else spec.resolve(member.node)
        lock: Any = holder.get("x-lock")
        if lock is None:
            if has_nested_places(spec, member.node):
                yield from _locks(spec, member.node, states)
            continue
        place = place_of(spec, member.node)
        when = lock if isinstance(lock, str) else lock["when"]
        at = (*spec.where(holder), "x-lock")
        if place is None:
            raise spec.error(at, "a lock needs a place to lock", "give the property an x-profile")
        if when != ALWAYS and when not in states:
            raise spec.error(
                at, f'"{when}" is not a state', "define it in x-lock-states, or write always"
            )
        types = "" if isinstance(lock, str) else f", frozenset({literal(lock['document_types'])})"
        yield f"Lock({repr_text(place.key)}, {repr_text(when)}{types})"


def literal(value: Any) -> str:
    """Source of a value made of dicts, lists and scalars."""
    if isinstance(value, dict):
        inner = ", ".join(f"{repr_text(key)}: {literal(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"{{{', '.join(map(repr_text, value))}}}"
    return repr_text(value)
