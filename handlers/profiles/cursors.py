"""Cursors of lists that are ordered by time and id; the patterns of all cursors are in the spec."""

from datetime import datetime

from profilegate.store.encoding import timestamp_or_none

LIMIT_DEFAULT = 20

UTC_OFFSET = "+00:00"
"""The end of every stored time; a cursor leaves it out, for a query would need to escape it."""


def of_time_and_id(time: datetime | None, item_id: str) -> str:
    """The cursor of an item: ``2026-11-22T00:00:00.000000_5f0c1c1e-…``."""
    return f"{(timestamp_or_none(time) or '').removesuffix(UTC_OFFSET)}_{item_id}"


def time_and_id(cursor: str | None) -> tuple[str, str] | None:
    """The time (as text) and the id of the item after which a list continues."""
    if cursor is None:
        return None
    time, _, item_id = cursor.partition("_")
    return f"{time}{UTC_OFFSET}" if time else "", item_id
