"""Values of the wrong type: the error names each invalid field and repeats no value."""

from typing import Any

import pytest

from tests.http.providers import DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY, ProviderApi
from tests.running_gateway import RunningGateway

TELLTALE = "TELLTALE"
WITH_TELLTALE = {
    "text": TELLTALE,
    "an object": {TELLTALE: TELLTALE},
    "a list": [TELLTALE],
    "a number": 8_675_309,
    "a broken number": 8675.309,
    "an integer with 400 digits": int("8675309" * 57),
    "true": True,
    "null": None,
}
"""A value of each kind; the telltales of the numbers are their first digits."""

TELLTALES = (TELLTALE, "8675")

VIOLATIONS_MAX = 50

ADDRESS = {"line1": "1 High Street", "city": "Oslo", "postal_code": "0026", "country": "NO"}
DOCUMENT = {"document_type": "PASSPORT", "document_value": "X1234567"}

# (provider, what is sent beside the good body, with VALUE in its place; what is named; kinds
# that fit)
VALUE = object()
Case = tuple[ProviderApi, dict[str, Any], str, set[str]]

# Kraken's page writes "| null" at most of its fields; at Machnet and Diadoc null is as not sent.
NULL = {"null"}

FIELDS: dict[str, Case] = {
    "Navixy's names are texts": (NAVIXY, {"first_name": VALUE}, "first_name", {"text"}),
    "Navixy's phone has digits only": (NAVIXY, {"phone": VALUE}, "phone", {"null"}),
    "Navixy's legal_type is one of three words": (
        NAVIXY,
        {"legal_type": VALUE},
        "legal_type",
        set(),
    ),
    "Machnet's names are texts": (
        MACHNET_MAPPING,
        {"first_name": VALUE},
        "first_name",
        {"text"} | NULL,
    ),
    "Machnet's dates are dates": (
        MACHNET_MAPPING,
        {"date_of_birth": VALUE},
        "date_of_birth",
        NULL,
    ),
    "Machnet's e-mail addresses are addresses": (MACHNET_MAPPING, {"email": VALUE}, "email", NULL),
    "Machnet's gender is one of three words": (MACHNET_MAPPING, {"gender": VALUE}, "gender", NULL),
    "Machnet's business is true or false": (
        MACHNET_MAPPING,
        {"business": VALUE},
        "business",
        {"true"} | NULL,
    ),
    "Machnet's number of transactions is a number or digits": (
        MACHNET_MAPPING,
        {"number_of_transaction_per_month": VALUE},
        "number_of_transaction_per_month",
        {"a number"} | NULL,
    ),
    "Machnet's company_details are an object": (
        MACHNET_MAPPING,
        {"company_details": VALUE},
        "company_details",
        {"an object"} | NULL,
    ),
    "Machnet's fields far inside are texts": (
        MACHNET_MAPPING,
        {"company_details": {"company_name": VALUE}},
        "company_details.company_name",
        {"text"} | NULL,
    ),
    "Machnet's documents are a list": (
        MACHNET_MAPPING,
        {"virtual_documents": VALUE},
        "virtual_documents",
        {"a list"} | NULL,
    ),
    "each of Machnet's documents is an object": (
        MACHNET_MAPPING,
        {"virtual_documents": [DOCUMENT, VALUE]},
        "virtual_documents[1]",
        {"an object"},
    ),
    "Diadoc's login is an address": (
        DIADOC,
        {"Login": {"Login": VALUE}},
        "Login.Login",
        set(),
    ),
    "Diadoc's Login is an object": (DIADOC, {"Login": VALUE}, "Login", {"an object"} | NULL),
    "Diadoc's names are texts": (
        DIADOC,
        {"FullName": {"FullName": {"FirstName": VALUE, "LastName": "Quinn"}}},
        "FullName.FullName.FirstName",
        {"text"},
    ),
    "Kraken's integers are integers": (
        KRAKEN,
        {"tos_version_accepted": VALUE},
        "tos_version_accepted",
        {"a number"} | NULL,
    ),
    "Kraken's texts are texts": (
        KRAKEN,
        {"city_of_birth": VALUE},
        "city_of_birth",
        {"text"} | NULL,
    ),
    "Kraken's dates are dates": (KRAKEN, {"date_of_birth": VALUE}, "date_of_birth", NULL),
    "Kraken's phones are E.164": (KRAKEN, {"phone": VALUE}, "phone", NULL),
    "Kraken's countries are codes": (KRAKEN, {"country_of_birth": VALUE}, "country_of_birth", NULL),
    "Kraken's occupation is one of its words": (KRAKEN, {"occupation": VALUE}, "occupation", NULL),
    "Kraken's residence is an object": (KRAKEN, {"residence": VALUE}, "residence", {"an object"}),
    "Kraken's fields far inside are codes": (
        KRAKEN,
        {"residence": {**ADDRESS, "country": VALUE}},
        "residence.country",
        set(),
    ),
    "Kraken's nationalities are a list": (
        KRAKEN,
        {"nationalities": VALUE},
        "nationalities",
        {"a list"} | NULL,
    ),
    "each of Kraken's nationalities is a code": (
        KRAKEN,
        {"nationalities": ["NO", VALUE]},
        "nationalities[1]",
        set(),
    ),
    "each of Kraken's tax ids is an object": (
        KRAKEN,
        {"tax_ids": [VALUE]},
        "tax_ids[0]",
        {"an object"},
    ),
    "Kraken's client_identifier is a text or an object": (
        KRAKEN,
        {"client_identifier": VALUE},
        "client_identifier",
        {"text"},
    ),
}

CASES = {
    f"{sentence}: {kind}": (api, sent, named, value)
    for sentence, (api, sent, named, fitting) in FIELDS.items()
    for kind, value in WITH_TELLTALE.items()
    if kind not in fitting
}


def put_in(template: Any, value: Any) -> Any:
    """The template with the value in the place of VALUE."""
    if template is VALUE:
        return value
    if isinstance(template, dict):
        return {key: put_in(child, value) for key, child in template.items()}
    if isinstance(template, list):
        return [put_in(child, value) for child in template]
    return template


@pytest.mark.parametrize(("api", "sent", "named", "value"), CASES.values(), ids=CASES)
def test_a_value_of_the_wrong_type_is_rejected_by_its_fields_name(
    gateway: RunningGateway,
    api: ProviderApi,
    sent: dict[str, Any],
    named: str,
    value: object,
) -> None:
    """
    A value of another type than the provider's page gives to the field violates this field only.
    The error names the field and not the value, and nothing is stored.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, api.good_body(**put_in(sent, value)))

    assert api.invalid == api.gist(response)
    assert {named} == set(api.named(response))
    assert not [word for word in TELLTALES if word in response.text]
    assert before == gateway.fields(api.name, api.user)
    assert [] == gateway.mails()


def test_of_many_violations_fifty_are_reported(gateway: RunningGateway) -> None:
    """
    The size of the response does not depend on the size of the request.
    """
    response = KRAKEN.send(gateway, KRAKEN.good_body(nationalities=["XX"] * 1_000))

    assert KRAKEN.invalid == KRAKEN.gist(response)
    assert VIOLATIONS_MAX == len(KRAKEN.named(response))


def test_a_list_of_five_thousand_wrong_items_is_rejected_as_one(
    gateway: RunningGateway,
) -> None:
    """
    To find every violation would take a gigabyte of memory, so only the first is reported.
    """
    before = gateway.fields("kraken", KRAKEN.user)

    response = KRAKEN.send(gateway, KRAKEN.good_body(nationalities=[0] * 5_000))

    assert KRAKEN.invalid == KRAKEN.gist(response)
    assert ["nationalities"] == KRAKEN.named(response)
    assert before == gateway.fields("kraken", KRAKEN.user)
