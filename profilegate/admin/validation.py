"""Validation of what an admin writes into shared fields: values in their common form."""

from collections.abc import Sequence
from difflib import get_close_matches

from profilegate.errors import InvalidFieldsError, Violation
from profilegate.openapi.profile_schema import validate_changes
from profilegate.profile.fields import FIELDS, Changes


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
    for path in (path for path in changes if path not in FIELDS):
        similar = get_close_matches(path, FIELDS, n=1)
        found.append(Violation((path,), "unknown", similar[0] if similar else None))
    known = {path: value for path, value in changes.items() if path in FIELDS}
    return found + validate_changes(known)
