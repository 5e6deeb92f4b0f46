"""Masks: how a value is shown without being given away."""

MASK_STARS = 5
SHOWN_CHARACTERS = 4


def last4(value: str) -> str:
    """Five stars and the last four characters: Machnet shows ``111111112`` as ``*****1112``."""
    return "*" * MASK_STARS + value[-SHOWN_CHARACTERS:]
