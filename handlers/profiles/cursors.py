"""Cursors: where a list goes on, as a text that says nothing to whoever carries it."""

import base64
import re

from profilegate.errors import InvalidFieldsError, Violation

LIMIT_DEFAULT = 20

VERSION = re.compile("[0-9]{1,15}", re.ASCII)


def encoded(place: str) -> str:
    """The cursor of a place."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decoded(cursor: str | None) -> str | None:
    """
    The place of a cursor; None for none.

    Raises:
        InvalidFieldsError: it is not one of ours.
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
    The place of a cursor in a history.

    Raises:
        InvalidFieldsError: it is not one of ours.
    """
    place = decoded(cursor)
    if place is None:
        return 0
    if not VERSION.fullmatch(place):
        raise _not_ours()
    return int(place)


def _not_ours() -> InvalidFieldsError:
    return InvalidFieldsError([Violation(("cursor",), "cursor", is_parameter=True)])
