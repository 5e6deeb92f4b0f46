"""Codecs by example: which phone numbers and country names are common forms, and which are not."""

import pytest

from profilegate.profile.codecs import country_name, phone_dialled, phone_digits, phone_e164

PHONES = {
    "+14155550100": "an eleven-digit number of North America",
    "+442071838750": "a British number",
    "+2906123": "seven digits, the shortest",
    "+493012345678901": "fifteen digits, the longest",
}

NO_PHONES = {
    "+1415555010": "calling code 1 with nine digits",
    "+141555501000": "calling code 1 with eleven digits",
    "+1": "calling code 1 alone",
    "+123456": "calling code 1 and five digits",
    "+290612": "six digits",
    "+4930123456789012": "sixteen digits",
    "+9991234567": "a calling code that does not exist",
    "+0123456789": "a calling code does not begin with 0",
    "14155550100": "no plus sign",
}


def test_a_phone_is_shared_if_it_is_an_e164_number() -> None:
    """
    ITU-T E.164: a calling code that exists, fifteen digits at most; the North American plan: ten
    digits after calling code 1. Anything else is kept for its own provider, as it was written.
    """
    stored = {text: phone_e164.store(text) for text in (*PHONES, *NO_PHONES)}
    expected = {text: text for text in PHONES} | {text: {"phone-e164": text} for text in NO_PHONES}

    assert expected == stored


def test_each_provider_writes_a_phone_in_its_own_way() -> None:
    """
    Navixy has digits alone, Machnet ten digits within North America.
    """
    us, uk = "+14155550100", "+442071838750"

    assert ("14155550100", "442071838750") == (phone_digits.show(us), phone_digits.show(uk))
    assert ("4155550100", uk) == (phone_dialled.show(us), phone_dialled.show(uk))
    assert (us, us) == (phone_digits.store("14155550100"), phone_dialled.store("4155550100"))


@pytest.mark.parametrize(
    ("code", "name"),
    [("BO", "Bolivia"), ("TW", "Taiwan"), ("TZ", "Tanzania"), ("VN", "Vietnam"), ("NO", "Norway"),
     ("GB", "United Kingdom"), ("XK", "Kosovo"), ("IC", "Canary Islands")],
)  # fmt: skip
def test_a_country_has_its_common_english_name(code: str, name: str) -> None:
    """
    People write "Bolivia": neither ISO 3166-1's "Bolivia, Plurinational State of" nor its official
    name, which is "Kingdom of Norway" for Norway.
    """
    assert (name, code) == (country_name.show(code), country_name.store(name))
