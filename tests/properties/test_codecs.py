"""Codecs are lossless: what is written is read, and a common form that is shown stays itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.openapi import keywords
from profilegate.profile import codecs
from profilegate.profile.codecs import Codec
from tests.properties.bodies import COUNTRIES, E164, PLAIN, SCRIPTS
from tests.properties.forms import PROVIDERS, thorough

OWN = {
    (spec.name, name): codecs.phone_without(name, said["omits"])
    for spec, _ in PROVIDERS.values()
    for name, said in spec.document.get("x-codecs", {}).items()
}
"""The codecs that a provider's spec defines."""

CODECS = {
    codec.name: codec
    for codec in (*vars(codecs).values(), *OWN.values())
    if isinstance(codec, Codec)
}

NAMES = tuple(name for name in codecs._country_names().values() if name)

DIGITS = st.text("0123456789", max_size=17)

TEXTS = st.one_of(
    st.text(PLAIN, max_size=20),
    st.sampled_from((*SCRIPTS, *NAMES, *COUNTRIES, *E164)),
    st.builds("{}{}".format, st.sampled_from(["", "+", "1", "+1", "7", "+49", "00", " "]), DIGITS),
)
"""Any text at all; and texts that are countries, phones, or nearly."""

COMMON = st.sampled_from((*COUNTRIES, *E164)) | st.builds("+{}".format, DIGITS)
"""Texts in the common forms: ISO codes and E.164, and what only looks like E.164."""


def is_common(text: str) -> bool:
    """Whether a text is a common form, so that it can be what a profile holds."""
    return codecs.country.parse(text) is not None or codecs.phone.parse(text) is not None


def test_a_spec_may_name_every_codec() -> None:
    """
    The names that specs may use are those of the codecs, and no two providers share a name.
    """
    named = {name for _, name in OWN}

    assert len(OWN) == len(named)
    assert {*keywords.CODECS, *named} == {*CODECS, "lower-case", "whole-number"}


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@thorough
@given(text=TEXTS)
def test_any_text_reads_as_it_was_written(codec: Codec, text: str) -> None:
    """
    ``show(store(text)) == text``: a value goes into the common form only if that loses nothing.
    """
    assert text == codec.show(codec.store(text))


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@thorough
@given(common=COMMON.filter(is_common))
def test_a_common_form_that_is_shown_is_stored_as_itself(codec: Codec, common: str) -> None:
    """
    ``store(show(common)) == common``, for every common form that a provider shows.
    """
    is_phone = codecs.phone.parse(common) is not None
    shown = codec.show(common) if is_phone == codec.name.startswith("phone") else None

    assert shown is None or common == codec.store(shown)


@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
@thorough
@given(text=TEXTS)
def test_what_is_stored_is_a_common_form_or_known_by_its_codec(codec: Codec, text: str) -> None:
    """
    "Otherwise it is stored as written": under the codec's own name, where no
    other provider reads it.
    """
    stored = codec.store(text)

    assert is_common(stored) if isinstance(stored, str) else {codec.name: text} == stored


@thorough
@given(number=st.integers(0, 10**18), zeros=st.integers(0, 3))
def test_a_whole_number_is_one_number_however_it_was_written(number: int, zeros: int) -> None:
    """
    Machnet's sample sends digits and shows a number.
    """
    codec = codecs.whole_number
    text = "0" * zeros + str(number)

    assert number == codec.show(codec.store(number)) == codec.show(codec.store(text))
    assert number == codec.show(text)
