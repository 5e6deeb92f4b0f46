"""Cursors: opaque texts at which a list continues."""

import base64
import re
from datetime import datetime

from profilegate.errors import InvalidFieldsError, Violation
from profilegate.store.encoding import timestamp_or_none

LIMIT_DEFAULT = 20

VERSION = re.compile("[0-9]{1,15}", re.ASCII)


def encoded(place: str) -> str:
    """The cursor of a place: the key of the last item of a page."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decoded(cursor: str | None) -> str | None:
    """
    The place of a cursor; None without a cursor.

    Raises:
        InvalidFieldsError: this API did not make the cursor.
    """
    if cursor is None:
        return None
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        raise _not_ours() from None
    if not place.isprintable() or encoded(place) != cursor:
        raise _not_ours()
    return place


def version_of(cursor: str | None) -> int:
    """
    The version of a history after which it continues; 0 without a cursor.

    Raises:
        InvalidFieldsError: this API did not make the cursor.
    """
    place = decoded(cursor)
    if place is None:
        return 0
    if not VERSION.fullmatch(place):
        raise _not_ours()
    return int(place)


def encoded_time_and_id(time: datetime | None, item_id: str) -> str:
    """The cursor of an item in a list that is ordered by time and id."""
    return encoded(f"{timestamp_or_none(time) or ''} {item_id}")


def time_and_id(cursor: str | None) -> tuple[str, str] | None:
    """
    The time (as text) and the id of the item after which a list continues.

    Raises:
        InvalidFieldsError: this API did not make the cursor.
    """
    place = decoded(cursor)
    if place is None:
        return None
    time, blank, item_id = place.partition(" ")
    if not blank:
        raise _not_ours()
    return time, item_id


def _not_ours() -> InvalidFieldsError:
    return InvalidFieldsError([Violation(("cursor",), "cursor", is_parameter=True)])
