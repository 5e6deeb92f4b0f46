"""Null that is the same as not sent (``x-null: absent``)."""

from typing import Any


def without_nulls(value: Any) -> Any:
    """A JSON value without each key of an object whose value is null."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value
