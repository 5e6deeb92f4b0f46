"""Masks: what is shown of a value."""

import pytest

from profilegate.profile.masks import last4

SHOWN = {
    "the page's SSN": ("111111112", "*****1112"),
    "twice as long as what is shown": ("12345678", "*****5678"),
    "hardly longer than what would be shown": ("1234567", "*****"),
    "no longer than what would be shown": ("1112", "*****"),
    "nothing": ("", "*****"),
}


@pytest.mark.parametrize(("value", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_mask_hides_most_of_a_value(value: str, shown: str) -> None:
    """
    Machnet shows five stars and the last four characters; of a value that short, nothing.
    """
    assert shown == last4(value)
