"""What Machnet's fields take, at the edges of their rules, and how the rest is rejected."""

from typing import Any

import pytest

from tests.clients import BUSINESS, INDIVIDUAL
from tests.machnet.calls import error, invalid, patch
from tests.machnet.users import IMAGE, physical, virtual
from tests.running_gateway import RunningGateway

PHONES = {
    "7 digits": "1234567",
    "9 digits, as in the page's sample": "222222222",
    "10 digits": "2106603032",
    "15 digits": "123456789012345",
    "7 digits and a plus": "+1234567",
    "15 digits and a plus": "+123456789012345",
    "of the USA, with the country's code": "+12106603032",
    "of the USA, with the country's code but no plus": "12106603032",
    "zeros only": "0000000",
}
NO_PHONES = {
    "empty": "",
    "6 digits": "123456",
    "16 digits": "1234567890123456",
    "6 digits and a plus": "+123456",
    "16 digits and a plus": "+1234567890123456",
    "a plus only": "+",
    "two pluses": "++12345678",
    "a plus at the end": "12345678+",
    "blanks between": "210 660 3032",
    "a blank before": " 2106603032",
    "a line's end after": "2106603032\n",
    "dashes": "210-660-3032",
    "letters": "210660303A",
    "digits that are not ASCII": "２１０６６０３０３２",
    "a number": 2106603032,
    "null": None,
}

DATA_URLS = {
    "a JPEG by the sample's name": "data:image/jpg;base64,SUQs==",
    "a JPEG by its own name": "data:image/jpeg;base64,SUQs",
    "a PNG": "data:image/png;base64,iVBORw0KGgo=",
    "a vector image": "data:image/svg+xml;base64,PHN2Zy8+",
    "a PDF": "data:application/pdf;base64,SUQs==",
    "both signs above letters and digits": "data:image/jpg;base64,+/+/",
    "one letter": "data:image/jpg;base64,A",
}
NO_DATA_URLS = {
    "empty": "",
    "base64 alone": "SUQs==",
    "an address": "https://example.com/licence.jpg",
    "no scheme": "image/jpg;base64,SUQs==",
    "no media type": "data:;base64,SUQs==",
    "half a media type": "data:image/;base64,SUQs==",
    "a text": "data:text/plain;base64,SUQs==",
    "a page": "data:text/html;base64,SUQs==",
    "any bytes": "data:application/octet-stream;base64,SUQs==",
    "a name that begins as PDF's": "data:application/pdfx;base64,SUQs==",
    "not base64 by its own word": "data:image/jpg,SUQs==",
    "no content": "data:image/jpg;base64,",
    "padding only": "data:image/jpg;base64,==",
    "three signs of padding": "data:image/jpg;base64,SUQs===",
    "padding in the middle": "data:image/jpg;base64,SU=Qs",
    "a blank in the content": "data:image/jpg;base64,SUQ s",
    "a line's end after": "data:image/jpg;base64,SUQs==\n",
    "the other alphabet": "data:image/jpg;base64,-_-_",
    "a blank before": " data:image/jpg;base64,SUQs==",
    "two of them": "data:image/jpg;base64,SUQsdata:image/jpg;base64,SUQs",
    "a number": 1,
    "null": None,
}

DATES = {
    "a leap day": "2024-02-29",
    "the leap day of a century": "2000-02-29",
    "a year's last day": "1999-12-31",
}
NO_DATES = {
    "no leap year": "2023-02-29",
    "a century that is no leap year": "1900-02-29",
    "a 31st of April": "2023-04-31",
    "a thirteenth month": "2000-13-01",
    "a month zero": "2000-00-01",
    "a day zero": "2000-01-00",
    "one digit for a month": "2000-1-01",
    "the day first": "01-01-2000",
    "slashes": "2000/01/01",
    "a time besides": "2000-01-01T00:00:00Z",
    "a line's end after": "2000-01-01\n",
    "digits that are not ASCII": "２０００-01-01",
    "empty": "",
    "a word": "yesterday",
    "a number": 20000101,
    "null": None,
}

EMAILS = {
    "plain": "tenzin@example.com",
    "with a tag and dots": "tenzin.norgay+kyc@mail.example.com",
}
NO_EMAILS = {
    "empty": "",
    "no at": "tenzin.example.com",
    "nobody": "@example.com",
    "nowhere": "tenzin@",
    "two ats": "tenzin@norgay@example.com",
    "a blank": "tenzin norgay@example.com",
    "as the page's host shows it": "[email protected]",
    "two of them": "a@example.com, b@example.com",
    "a line's end after": "tenzin@example.com\n",
    "null": None,
}

COUNTS = {
    "digits": ("122", 122),
    "a number": (122, 122),
    "zero": (0, 0),
    "zero as digits": ("0", 0),
    "zeros before": ("007", 7),
    "nine digits": ("999999999", 999999999),
    "a number of nine digits": (999999999, 999999999),
}
NO_COUNTS = {
    "empty": "",
    "ten digits": "1000000000",
    "a number of ten digits": 1000000000,
    "negative": -1,
    "negative digits": "-1",
    "a sign before": "+1",
    "a fraction": 12.5,
    "a fraction as text": "12.5",
    "an exponent as text": "1e3",
    "a blank before": " 1",
    "a line's end after": "1\n",
    "digits that are not ASCII": "１２２",
    "true": True,
    "a list": [122],
    "null": None,
}

WORDS = {"known": "ARTS_ENTERTAINMENT", "published nowhere": "DEEP_SEA_7", "one letter": "A"}
NO_WORDS = {
    "empty": "",
    "small letters": "arts",
    "a blank": "DEEP SEA",
    "a dash": "DEEP-SEA",
    "a letter beyond ASCII": "ÉCOLE",
    "a line's end after": "ARTS\n",
    "a number": 1,
}
OPEN_WORDS = ["business_type", "number_of_employee", "transaction_frequency", "user_scope"]


@pytest.mark.parametrize("phone", PHONES.values(), ids=PHONES)
def test_a_phone_number_is_read_back_as_it_was_sent(gateway: RunningGateway, phone: str):
    """
    The page's sample has ten digits for a person and nine for a company.
    """
    response = patch(
        gateway, INDIVIDUAL, {"mobile_phone": phone, "company_details": {"phone_number": phone}}
    )

    assert 200 == response.status
    assert phone == response.json()["mobile_phone"]
    assert {"phone_number": phone} == response.json()["company_details"]


@pytest.mark.parametrize("phone", NO_PHONES.values(), ids=NO_PHONES)
def test_what_is_no_phone_number_is_rejected(gateway: RunningGateway, phone: Any):
    """
    7 to 15 digits, with or without a plus before them.
    """
    response = patch(
        gateway, INDIVIDUAL, {"mobile_phone": phone, "company_details": {"phone_number": phone}}
    )

    assert ["company_details.phone_number", "mobile_phone"] == invalid(response)


@pytest.mark.parametrize("url", DATA_URLS.values(), ids=DATA_URLS)
def test_a_document_is_a_data_url(gateway: RunningGateway, url: str):
    """
    The samples send images and a PDF, the padding of their base64 not strictly right.
    """
    document = physical("PASSPORT", url, document_value_back=url)
    response = patch(gateway, INDIVIDUAL, {"physical_documents": [document]})

    assert 200 == response.status


@pytest.mark.parametrize("url", NO_DATA_URLS.values(), ids=NO_DATA_URLS)
def test_what_is_no_data_url_of_a_document_is_rejected(gateway: RunningGateway, url: Any):
    """
    Front and back must be base64 in a data URL, of an image or a PDF.
    """
    document = {"document_type": "PASSPORT", "document_value": url, "document_value_back": url}
    response = patch(gateway, INDIVIDUAL, {"physical_documents": [physical("INVOICE"), document]})

    assert [
        "physical_documents[1].document_value",
        "physical_documents[1].document_value_back",
    ] == invalid(response)


def dated(date: Any) -> dict[str, Any]:
    """A body with this date wherever one may stand."""
    return {
        "date_of_birth": date,
        "physical_documents": [{**physical("PASSPORT"), "expiry_date": date}],
        "virtual_documents": [{**virtual("PASSPORT", "P1"), "expiry_date": date}],
    }


@pytest.mark.parametrize("date", DATES.values(), ids=DATES)
def test_a_date_is_a_day_of_the_calendar(gateway: RunningGateway, date: str):
    """
    "In yyyy-MM-dd format", and read back as it was sent.
    """
    user = patch(gateway, INDIVIDUAL, dated(date)).json()

    assert date == user["date_of_birth"]
    assert date == user["physical_documents"][0]["expiry_date"]
    assert date == user["virtual_documents"][0]["expiry_date"]


@pytest.mark.parametrize("date", NO_DATES.values(), ids=NO_DATES)
def test_what_is_no_day_of_the_calendar_is_rejected(gateway: RunningGateway, date: Any):
    """
    Dates are really checked: 2023-02-29 has the form of one and is none.
    """
    response = patch(gateway, INDIVIDUAL, dated(date))

    assert [
        "date_of_birth",
        "physical_documents[0].expiry_date",
        "virtual_documents[0].expiry_date",
    ] == invalid(response)


@pytest.mark.parametrize("email", EMAILS.values(), ids=EMAILS)
def test_an_email_address_is_taken(gateway: RunningGateway, email: str):
    """
    "Email address", read back as it was sent.
    """
    assert email == patch(gateway, INDIVIDUAL, {"email": email}).json()["email"]


@pytest.mark.parametrize("email", NO_EMAILS.values(), ids=NO_EMAILS)
def test_what_is_no_email_address_is_rejected(gateway: RunningGateway, email: Any):
    """
    Addresses are really checked.
    """
    assert ["email"] == invalid(patch(gateway, INDIVIDUAL, {"email": email}))


@pytest.mark.parametrize(("sent", "shown"), COUNTS.values(), ids=COUNTS)
def test_a_count_is_answered_as_a_number(gateway: RunningGateway, sent: Any, shown: int):
    """
    ``"number_of_transaction_per_month": "122"`` is sent, ``122`` answered.
    """
    response = patch(gateway, BUSINESS, {"number_of_transaction_per_month": sent})

    assert f'"number_of_transaction_per_month":{shown},' in response.text


@pytest.mark.parametrize("sent", NO_COUNTS.values(), ids=NO_COUNTS)
def test_what_is_no_count_is_rejected(gateway: RunningGateway, sent: Any):
    """
    A whole number from 0 to 999999999, or up to nine digits.
    """
    response = patch(gateway, BUSINESS, {"number_of_transaction_per_month": sent})

    assert ["number_of_transaction_per_month"] == invalid(response)


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_enumerations_are_open(gateway: RunningGateway, word: str):
    """
    Their values are published nowhere, so any word of that form is taken.
    """
    body = {
        **dict.fromkeys(OPEN_WORDS, word),
        "physical_documents": [physical(word)],
        "virtual_documents": [virtual(word, "1")],
    }
    user = patch(gateway, BUSINESS, body).json()

    assert dict.fromkeys(OPEN_WORDS, word) == {field: user[field] for field in OPEN_WORDS}
    assert word == user["physical_documents"][0]["document_type"]
    assert word == user["virtual_documents"][0]["document_type"]


@pytest.mark.parametrize("word", NO_WORDS.values(), ids=NO_WORDS)
def test_what_has_not_the_form_of_an_enumeration_is_rejected(gateway: RunningGateway, word: Any):
    """
    All that the page prints are capital letters, digits and underscores.
    """
    body = {
        **dict.fromkeys(OPEN_WORDS, word),
        "physical_documents": [{**physical("A"), "document_type": word}],
        "virtual_documents": [{**virtual("A", "1"), "document_type": word}],
    }

    assert sorted(
        [
            *OPEN_WORDS,
            "physical_documents[0].document_type",
            "virtual_documents[0].document_type",
        ]
    ) == invalid(patch(gateway, BUSINESS, body))


@pytest.mark.parametrize("gender", ["male", "female", "other"])
def test_the_three_genders_are_taken(gateway: RunningGateway, gender: str):
    """
    "Male, female, other", in small letters as in the samples.
    """
    assert gender == patch(gateway, INDIVIDUAL, {"gender": gender}).json()["gender"]


@pytest.mark.parametrize("gender", ["Female", "", "f", "female\n", 1, None])
def test_no_other_gender_is_taken(gateway: RunningGateway, gender: Any):
    """
    "Male, female, other" is a closed list.
    """
    assert ["gender"] == invalid(patch(gateway, INDIVIDUAL, {"gender": gender}))


def test_a_name_that_is_required_cannot_be_emptied(gateway: RunningGateway):
    """
    "First name or name of the business", and an individual's last name, are required; a middle
    name is not.
    """
    response = patch(gateway, INDIVIDUAL, {"first_name": "", "middle_name": "", "last_name": ""})

    assert ["first_name", "last_name"] == invalid(response)


@pytest.mark.parametrize("missing", ["document_type", "document_value"])
@pytest.mark.parametrize("field", ["physical_documents", "virtual_documents"])
def test_a_document_needs_its_type_and_its_content(
    gateway: RunningGateway, field: str, missing: str
):
    """
    Without the type nobody knows what it is, without the content there is none.
    """
    document = {"document_type": "PASSPORT", "document_value": IMAGE}
    del document[missing]

    assert [f"{field}[0].{missing}"] == invalid(patch(gateway, INDIVIDUAL, {field: [document]}))


def test_the_message_tells_each_field_and_its_rule(gateway: RunningGateway):
    """
    The sister API writes fields in square brackets behind its sentence; so does this message.
    """
    response = patch(gateway, INDIVIDUAL, {"last_name": "", "email": "x"})

    assert (
        error(
            400,
            "BAD_REQUEST",
            "Some fields are not valid"
            " [last_name: must not be empty, email: must be an e-mail address]",
        )
        == response.json()
    )
