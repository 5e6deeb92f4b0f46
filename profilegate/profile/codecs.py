"""Codecs: the common form of a value, and how each provider writes it.

A value is stored in the common form (an ISO country code, an E.164 number) only if rendering
it for the same provider gives the very same text; otherwise it is stored as written, under
the codec's name, and only providers with that codec see it. So one provider's "Germany" is ``DE``
for another one, and "Wakanda" stays "Wakanda" for its own provider and is absent for the others.

Two laws, tested for every ``Codec``: ``show(store(text)) == text``, and for every common form
that a provider shows, ``store(show(common)) == common``. ``WholeNumber`` and ``LowerCase`` keep
only the second: their provider documents that it does not show the text that was sent.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import phonenumbers


@dataclass(frozen=True, slots=True)
class Codec:
    """One notation of a kind of value.

    ``parse`` turns the provider's text into the common form, ``render`` the common form into the
    provider's text; each returns None for a value that it cannot express.
    """

    name: str
    parse: Callable[[str], str | None]
    render: Callable[[str], str | None]

    def store(self, text: str) -> str | dict[str, str]:
        """The value to store for the provider's text: the common form, or ``{codec: text}``."""
        common = self.parse(text)
        if common == text and self.render is self.parse:
            return text
        if common is not None and self.render(common) == text:
            return common
        return {self.name: text}

    def show(self, stored: str | dict[str, str] | None) -> str | None:
        """The provider's text for a stored value; None if the provider cannot express it."""
        if isinstance(stored, str):
            return self.render(stored)
        return None if stored is None else stored.get(self.name)


# --- Countries ---------------------------------------------------------------------------

# Part of the common form, and not of one provider's notation: what Kraken calls XK is Kosovo in
# Navixy's names. Kraken's list goes beyond ISO 3166-1; these are its other codes, with their names
# in CLDR and in ISO's reserved list. JX and 0C have no name that we could find.
EXTRA_COUNTRIES = {
    "AC": "Ascension Island",
    "AN": "Netherlands Antilles",
    "AP": "African Regional Industrial Property Organization",
    "CP": "Clipperton Island",
    "DG": "Diego Garcia",
    "EA": "Ceuta and Melilla",
    "EU": "European Union",
    "IC": "Canary Islands",
    "JX": None,
    "TA": "Tristan da Cunha",
    "QO": "Outlying Oceania",
    "XK": "Kosovo",
    "0C": None,
}


@cache
def _country_names() -> dict[str, str | None]:
    """Code -> English name, of ISO 3166-1 (pycountry) and the extra codes."""
    # Imported here, because reading its database takes a good part of the start.
    import pycountry

    names: dict[str, str | None] = {
        country.alpha_2: getattr(country, "common_name", country.name)
        for country in pycountry.countries
    }
    return names | EXTRA_COUNTRIES


@cache
def _country_codes() -> dict[str, str]:
    """English name -> code."""
    return {name: code for code, name in _country_names().items() if name is not None}


def _known_country_code(text: str) -> str | None:
    return text if text in _country_names() else None


country_code = Codec("country-code", _known_country_code, _known_country_code)
"""Two letters, ISO 3166-1 alpha-2 and Kraken's extra codes."""

country = Codec("country", _known_country_code, _known_country_code)
"""The common form alone: a value that is stored as written is not shown."""

country_name = Codec(
    "country-name",
    lambda text: _country_codes().get(text),
    lambda common: _country_names().get(common),
)
"""A country's English name; any other text is stored as written."""


# --- Phones ------------------------------------------------------------------------------

# Seven to fifteen digits; eleven in North America, whose calling code is 1.
_E164 = re.compile(r"\+(?:1[0-9]{10}|[2-9][0-9]{6,14})", re.ASCII)
_CALLING_CODES = tuple(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
_FIRST_THREE = frozenset(
    digits for digits in map(str, range(100, 1000)) if digits.startswith(_CALLING_CODES)
)
"""The first three digits of all numbers with an existing calling code of one to three digits."""


def _known_e164(text: str) -> str | None:
    """The text, if it is an E.164 number with an existing calling code."""
    return text if _E164.fullmatch(text) and text[1:4] in _FIRST_THREE else None


phone = Codec("phone", _known_e164, _known_e164)
"""The common form alone: a value that is stored as written is not shown."""

phone_e164 = Codec("phone-e164", _known_e164, _known_e164)
"""E.164 with its plus sign; any other text is stored as written."""


def phone_without(name: str, omitted: str) -> Codec:
    """A codec of one provider, which omits the beginning of a number (``+``, or ``+1``).

    A number with its plus sign is read too.
    """
    return Codec(
        name,
        lambda text: _known_e164(text if text.startswith("+") else f"{omitted}{text}"),
        lambda common: common.removeprefix(omitted),
    )


# --- Numbers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A number that may be sent or stored as digits and is always shown as an integer.

    Machnet's sample sends ``"122"`` and shows ``122``. Accounts' ids are stored as text; Navixy
    shows numbers.
    """

    def store(self, value: str | int) -> int:
        """The number, from an integer or from digits."""
        return int(value)

    def show(self, stored: Any) -> int | None:
        """The stored number; None if the value is none."""
        if isinstance(stored, str) and stored.isascii() and stored.isdigit():
            return int(stored)
        return stored if isinstance(stored, int) else None


whole_number = WholeNumber()


# --- Words -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LowerCase:
    """A word that may be sent in any case and is stored and shown in lower case.

    Machnet documents ``Male`` and shows ``female``.
    """

    def store(self, text: str) -> str:
        """The word in lower case."""
        return text.lower()

    def show(self, stored: Any) -> str | None:
        """The stored word; None if there is none."""
        return stored if isinstance(stored, str) else None


lower_case = LowerCase()
