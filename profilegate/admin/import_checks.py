"""Reject a document that is not an exported profile, before anything of it is written."""

from typing import Any

from profilegate.errors import BodyUnreadableError
from profilegate.openapi.messages import sentence
from profilegate.openapi.profile_schema import FindForm, validate_export

VIOLATIONS_SHOWN_MAX = 20
"""Of one profile; further violations show after these are fixed."""


def check_exported(document: Any, find_form: FindForm) -> None:
    """
    Check that a document is a profile as an export contains it.

    Raises:
        BodyUnreadableError: it is not; the message names each field and the rule that it breaks.
    """
    violations = validate_export(document, find_form)[:VIOLATIONS_SHOWN_MAX]
    if violations:
        raise BodyUnreadableError(
            "; ".join(f"{each.field or 'the profile'} {sentence(each)}" for each in violations)
        )
