"""Masks: how a value is shown without being disclosed."""

MASK_STARS = 5
SHOWN_CHARACTERS = 4


def last4(value: str) -> str:
    """
    Five stars and the last four characters: Machnet shows ``111111112`` as ``*****1112``.

    Our choice: of a value with fewer than eight characters none is shown.
    """
    shown = value[-SHOWN_CHARACTERS:] if len(value) >= 2 * SHOWN_CHARACTERS else ""
    return "*" * MASK_STARS + shown
