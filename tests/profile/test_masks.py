"""Masks: what is shown of a value."""

import pytest

from profilegate.profile.masks import from_last4, hides, last4

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


@pytest.mark.parametrize(("value", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_mask_that_is_sent_means_the_value_that_is_shown_so(value: str, shown: str) -> None:
    """
    A client that sends back what it read does not know the value.
    """
    masked = from_last4(shown)

    assert isinstance(masked, dict)
    assert hides(masked, value)
    assert not hides(masked, "000000000")


@pytest.mark.parametrize("text", ["111111112", "****1112", "*****11112", "*****111*", ""])
def test_any_other_text_is_a_value(text: str) -> None:
    """
    Five stars and up to four other characters are a mask, and nothing else is.
    """
    assert text == from_last4(text)
