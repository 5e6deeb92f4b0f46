"""Masks: how a value is shown without being disclosed, and what a shown mask stands for."""

import re
from collections.abc import Callable, Mapping

MASK_STARS = 5
SHOWN_CHARACTERS = 4

_LAST4 = re.compile(rf"\*{{{MASK_STARS}}}[^*]{{0,{SHOWN_CHARACTERS}}}", re.DOTALL)


def last4(value: str) -> str:
    """
    Five stars and the last four characters: Machnet shows ``111111112`` as ``*****1112``.

    Our choice: of a value with fewer than eight characters none is shown.
    """
    shown = value[-SHOWN_CHARACTERS:] if len(value) >= 2 * SHOWN_CHARACTERS else ""
    return "*" * MASK_STARS + shown


def from_last4(text: str) -> str | dict[str, str]:
    """A value as it was sent; ``{"last4": text}`` for a mask, which stands for a stored value."""
    return {"last4": text} if _LAST4.fullmatch(text) else text


MASKS: Mapping[str, Callable[[str], str]] = {"last4": last4}
_FORMS: Mapping[str, re.Pattern[str]] = {"last4": _LAST4}


def is_masked(name: str, text: str) -> bool:
    """Whether a text has the form of a mask."""
    return _FORMS[name].fullmatch(text) is not None


def hides(masked: Mapping[str, str], value: str) -> bool:
    """Whether a stored value is shown as the mask that was sent."""
    return all(MASKS[name](value) == text for name, text in masked.items())
