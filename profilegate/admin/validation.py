"""Validation of what an admin writes into shared fields: stored values, in their common form."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from profilegate.errors import InvalidFieldsError, Violation
from profilegate.profile.fields import DOCUMENTS, FIELDS
from profilegate.profile.rules import Changes
from profilegate.profile.values import CHECKS, any_text, list_of, texts_with

_NEW_DOCUMENTS = list_of(texts_with("type"))
"""A document gets its id from the store."""


def reject_invalid(violations: Sequence[Violation]) -> None:
    """
    Reject if there are violations.

    Raises:
        InvalidFieldsError: with all of them.
    """
    if violations:
        raise InvalidFieldsError(violations)


def shared_violations(changes: Changes) -> list[Violation]:
    """The violations of new values for shared fields; None removes a value and is valid."""
    found: list[Violation] = []
    for path, value in changes.items():
        if path not in FIELDS:
            similar = get_close_matches(path, FIELDS, n=1)
            found.append(Violation((path,), "unknown", similar[0] if similar else None))
        elif value is not None:
            found += _violations(path, value)
    return found


def _violations(path: str, value: Any) -> Iterator[Violation]:
    # Imported here: the calling codes of all countries take a while to read.
    from profilegate.profile import codecs

    at = (path,)
    if path != "phone" and not path.endswith(".country"):
        check = _NEW_DOCUMENTS if path in DOCUMENTS else CHECKS[path]
        yield from check(at, value)
        return
    codec = codecs.phone if path == "phone" else codecs.country
    violations = list(any_text(at, value))
    yield from violations
    if not violations and not codec.parse(value):
        yield Violation(at, "format", codec.name)
