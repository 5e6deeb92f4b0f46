"""Text forms: which texts a provider has, also by another value."""

import pytest

from profilegate.errors import InvalidFieldsError
from profilegate.profile.text_forms import SentForm, TextForm, reject_unfit

REGION, COUNTRY = "addresses.postal.region", "addresses.postal.country"
FORM = TextForm("^[A-Z0-9]{1,3}$", COUNTRY, {"US": "^[A-Z]{2}$"})
SENT = (SentForm(REGION, ("mail", "state"), FORM),)

CASES = {
    "the pattern of the country": ({COUNTRY: "US"}, "CA", True),
    "another form than the country's": ({COUNTRY: "US"}, "CAL", False),
    "a country without a pattern": ({COUNTRY: "CO"}, "ANT", True),
    "no country": ({}, "ANT", True),
    "a country without a code": ({COUNTRY: {"country-name": "US"}}, "ANT", True),
    "a line's end after": ({COUNTRY: "US"}, "CA\n", False),
}


@pytest.mark.parametrize(("fields", "text", "fits"), CASES.values(), ids=CASES)
def test_another_value_decides_the_form(fields, text, fits):
    """
    "2-letter ISO code of the user's state" is the form in the US; a code elsewhere has up to three.
    """
    assert fits == FORM.fits(text, fields)


def test_a_sent_text_is_judged_by_the_fields_after_the_update():
    """
    The stored country counts, unless the update changes it; a text that is not sent is not judged.
    """
    stored = {COUNTRY: "US", REGION: "Hessen"}

    reject_unfit(SENT, stored, {"email": "zoe@example.com", REGION: None})
    reject_unfit(SENT, stored, {REGION: "ANT", COUNTRY: "CO"})
    with pytest.raises(InvalidFieldsError) as rejected:
        reject_unfit(SENT, stored, {REGION: "ANT"})

    (violation,) = rejected.value.violations
    assert ("mail.state", "pattern", "^[A-Z]{2}$") == (
        violation.field,
        violation.rule,
        violation.limit,
    )
