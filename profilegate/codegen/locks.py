"""Print the lock table of a spec: which field is locked in which state of which account."""

from collections.abc import Iterable, Iterator

from profilegate.codegen.python_types import repr_text
from profilegate.codegen.sources import literal
from profilegate.openapi.mapping import Field, SpecMapping


def write_rules(mapping: SpecMapping) -> str:
    """Source of ``RULES``, from ``x-lock``, ``x-applies`` and ``x-lock-states``."""
    tables = []
    for schema in mapping.bodies:
        if locks := list(_locks(schema.fields)):
            rows = "".join(f"            {lock},\n" for lock in locks)
            tables.append(
                "    LockTable(\n"
                f"        applies={literal(schema.schema.applies or {})},\n"
                f"        locks=(\n{rows}        ),\n    ),"
            )
    # A schema that adds only unlocked fields to another one has the very same table.
    inner = "\n".join(dict.fromkeys(tables))
    return (
        f"RULES = LockRules(states={literal(mapping.states)}, tables=(\n{inner}\n))\n"
        '"""What this provider locks, and in which state of the account."""'
    )


def _locks(fields: Iterable[Field]) -> Iterator[str]:
    for each in fields:
        yield from _locks(each.children)
        if each.lock is not None and each.place is not None:
            types = ""
            if each.lock.document_types is not None:
                types = f", frozenset({literal(each.lock.document_types)})"
            yield f"Lock({repr_text(each.place.key)}, {repr_text(each.lock.when)}{types})"
