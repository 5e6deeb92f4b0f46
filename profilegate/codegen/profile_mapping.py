"""The provider of a spec, as data: its locks, its names, what it shows and what it can change."""

from typing import Any

from profilegate.codegen.locks import literal
from profilegate.codegen.python_types import repr_text, snake
from profilegate.openapi import Spec
from profilegate.openapi.mapping import mapped, speaks_for_some
from profilegate.openapi.operations import body_schema


def write_provider(spec: Spec) -> str:
    """
    Source of ``MAPPING``, from ``x-projection`` on schemas and ``x-update`` on operations.

    Raises:
        SpecError: an operation that updates the profile has a body that lives nowhere in it.
    """
    return (
        "MAPPING = ProfileMapping(\n"
        "    rules=RULES,\n"
        "    field_names=FIELD_NAMES,\n"
        f"    representations=({_rows(_representations(spec))}),\n"
        f"    updates=({_rows(_updates(spec))}),\n"
        ")\n"
        '"""All that the engine must know of this provider."""'
    )


def _rows(rows: list[str]) -> str:
    return "".join(f"\n        {row}," for row in rows)


def _representations(spec: Spec) -> list[str]:
    return [
        f"Representation({repr_text(name)}, {_condition(node['x-projection'])}, "
        f"{snake(name)}_from_fields)"
        for name, node in spec.schemas().items()
        if "x-projection" in node
    ]


def _updates(spec: Spec) -> list[str]:
    rows = []
    for operation in spec.operations():
        if "x-update" not in operation.node:
            continue
        body = body_schema(spec, operation)
        names = [] if body is None else list(mapped(spec, body))
        if not names:
            raise spec.error(
                (*spec.where(operation.node), "x-update"),
                "the body of this operation lives nowhere in the profile",
                "give its properties an x-profile, or take the x-update away",
            )
        kinds = [name for name in names if speaks_for_some(spec, spec.schemas()[name])]
        rows += [
            f"UpdateForm({repr_text(operation.id)}, "
            f"{_condition(spec.schemas()[name].get('x-applies'))}, "
            f"{snake(name)}_to_changes)"
            for name in kinds or names[-1:]
        ]
    return rows


def _condition(said: Any) -> str:
    """Source of the accounts that something speaks of; of all of them, where nothing is said."""
    return literal(said if isinstance(said, dict) else {})
