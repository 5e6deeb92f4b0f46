"""Machnet's "Conditional" cells: the documents that are locked once a user is verified."""

import pytest

from tests.clients import BUSINESS_VERIFIED, INDIVIDUAL_VERIFIED
from tests.machnet.calls import locked, patch
from tests.machnet.documents import LICENCE, SSN, archive, copies, numbers, types
from tests.machnet.users import (
    IMAGE,
    NOT_VERIFIED,
    OTHER_IMAGE,
    PDF,
    VERIFIED,
    business,
    individual,
    physical,
    virtual,
)
from tests.running_gateway import RunningGateway

LINKED_AND_VERIFIED = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e04"
"""A verified individual in the demo data, without any document."""

CERTIFICATE = physical("CERTIFICATE_OF_INCORPORATION", "data:application/pdf;base64,SUQs==")

LOCKED_FOR_A_BUSINESS = [
    "EIN",
    "EIN_NUMBER",
    "CERTIFICATION_OF_INCORPORATION",
    "CERTIFICATE_OF_INCORPORATION",
]
"""The table's words, and the spellings of the page's sample and its sister pages."""

# --- An individual's SSN, once verified --------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        {**SSN, "document_value": "222222223"},
        {**SSN, "state": "NY"},
        {**SSN, "expiry_date": "2030-01-01"},
    ],
    ids=["another number", "another state", "an expiry date besides"],
)
def test_the_ssn_of_a_verified_user_cannot_be_updated(
    gateway: RunningGateway, sent: dict[str, str]
):
    """
    "SSN is not updatable once user is verified".
    """
    before = gateway.fields("machnet", INDIVIDUAL_VERIFIED)
    response = patch(gateway, INDIVIDUAL_VERIFIED, {"virtual_documents": [LICENCE, sent]})

    assert ["virtual_documents: SSN"] == locked(response)
    assert before == gateway.fields("machnet", INDIVIDUAL_VERIFIED)


def test_a_verified_user_without_an_ssn_cannot_add_one(gateway: RunningGateway):
    """
    "SSN is not updatable once user is verified": the first one is an update too.
    """
    response = patch(gateway, LINKED_AND_VERIFIED, {"virtual_documents": [SSN]})

    assert ["virtual_documents: SSN"] == locked(response)


def test_the_same_ssn_is_accepted_from_a_verified_user(gateway: RunningGateway):
    """
    As with ``country``, the stored value may be sent again; it keeps its id.
    """
    before = gateway.fields("machnet", INDIVIDUAL_VERIFIED)
    (shown,) = numbers(gateway, INDIVIDUAL_VERIFIED, SSN)

    assert "*****1112" == shown["document_value"]
    assert before == gateway.fields("machnet", INDIVIDUAL_VERIFIED)


def test_other_numbers_of_a_verified_user_can_be_updated(gateway: RunningGateway):
    """
    "Conditional" concerns the SSN only, which may be sent unchanged with the others.
    """
    numbers(gateway, INDIVIDUAL_VERIFIED, LICENCE)
    after = numbers(gateway, INDIVIDUAL_VERIFIED, SSN, {**LICENCE, "document_value": "2222222222"})
    shown = {document["document_type"]: document["document_value"] for document in after}

    assert {"SSN": "*****1112", "DRIVING_LICENCE": "2222222222"} == shown


def test_the_ssn_of_an_unverified_user_can_be_updated(gateway: RunningGateway):
    """
    The table's other column: "Yes".
    """
    user_id = individual(gateway, NOT_VERIFIED)
    after = numbers(gateway, user_id, {**SSN, "document_value": "222222223"})
    shown = {document["document_type"]: document["document_value"] for document in after}

    assert {"SSN": "*****2223", "PASSPORT": "P1"} == shown


def test_the_copies_of_a_verified_individual_can_be_updated(gateway: RunningGateway):
    """
    An individual's physical documents are "Yes", for every type.
    """
    kinds = ["SSN", "EIN", *LOCKED_FOR_A_BUSINESS[2:]]
    after = copies(gateway, INDIVIDUAL_VERIFIED, *(physical(kind) for kind in kinds))

    assert kinds == types(after)


# --- A business's certificate and EIN, once verified -------------------------------------


@pytest.mark.parametrize("kind", LOCKED_FOR_A_BUSINESS)
def test_a_verified_business_cannot_update_its_locked_copies(gateway: RunningGateway, kind: str):
    """
    "Physical documents of type EIN and CERTIFICATION_OF_INCORPORATION cannot be updated once
    user is verified." The sample spells the latter CERTIFICATE_OF_INCORPORATION.
    """
    before, copies_before = gateway.fields("machnet", BUSINESS_VERIFIED), archive(gateway)
    sent = [physical("BANK_STATEMENT"), physical(kind, OTHER_IMAGE)]
    response = patch(gateway, BUSINESS_VERIFIED, {"physical_documents": sent})

    assert [f"physical_documents: {kind}"] == locked(response)
    assert before == gateway.fields("machnet", BUSINESS_VERIFIED)
    assert copies_before == archive(gateway)


def test_an_error_response_names_every_type_of_document_at_once(gateway: RunningGateway):
    """
    The message names every locked field, and documents by the types that the page locks. Where it
    locks every type, a type is the sender's own word, which no error repeats.
    """
    sent = [physical(kind, OTHER_IMAGE) for kind in LOCKED_FOR_A_BUSINESS]
    body = {
        "first_name": "Another Name Inc",
        "physical_documents": sent,
        "virtual_documents": [virtual("EIN", "1"), virtual("PASSPORT", "2")],
    }
    response = patch(gateway, BUSINESS_VERIFIED, body)

    assert sorted(
        [
            "first_name",
            "virtual_documents",
            *(f"physical_documents: {kind}" for kind in LOCKED_FOR_A_BUSINESS),
        ]
    ) == locked(response)


@pytest.mark.parametrize("kind", LOCKED_FOR_A_BUSINESS)
def test_the_same_locked_copy_is_accepted_without_a_new_one(gateway: RunningGateway, kind: str):
    """
    The stored content again is no update, so nothing is added or archived.
    """
    user_id = business(gateway, NOT_VERIFIED)
    paper = physical(kind, PDF, document_value_back=IMAGE, country="US")
    copies(gateway, user_id, paper)
    gateway.put("machnet", user_id, {"account.status": VERIFIED})
    before, copies_before = gateway.fields("machnet", user_id), archive(gateway)
    after = copies(gateway, user_id, paper)

    assert kind in types(after)
    assert before == gateway.fields("machnet", user_id)
    assert copies_before == archive(gateway)


@pytest.mark.parametrize(
    "sent",
    [
        {**CERTIFICATE, "document_value": OTHER_IMAGE},
        {**CERTIFICATE, "document_value_back": IMAGE},
        {**CERTIFICATE, "country": "US"},
        {**CERTIFICATE, "document_type": "CERTIFICATION_OF_INCORPORATION"},
    ],
    ids=["another content", "a back besides", "a country besides", "the other spelling"],
)
def test_any_difference_in_a_locked_copy_is_an_update(
    gateway: RunningGateway, sent: dict[str, str]
):
    """
    Only exactly the same document is no update.
    """
    response = patch(gateway, BUSINESS_VERIFIED, {"physical_documents": [sent]})

    assert [f"physical_documents: {sent['document_type']}"] == locked(response)


def test_other_copies_of_a_verified_business_can_be_updated(gateway: RunningGateway):
    """
    "Conditional" concerns these types only, which may be sent unchanged with the others.
    """
    before = gateway.fields("machnet", BUSINESS_VERIFIED)["documents.physical"]
    after = copies(gateway, BUSINESS_VERIFIED, CERTIFICATE, physical("BANK_STATEMENT"))

    assert ["CERTIFICATE_OF_INCORPORATION", "BANK_STATEMENT"] == types(after)
    assert before[0]["id"] == after[0]["id"]


def test_a_verified_business_cannot_update_any_number(gateway: RunningGateway):
    """
    The business table's ``virtual_documents`` is "No", not "Conditional".
    """
    user_id = business(gateway, VERIFIED)
    before = gateway.fields("machnet", user_id)
    response = patch(gateway, user_id, {"virtual_documents": [virtual("PASSPORT", "P1")]})

    assert ["virtual_documents"] == locked(response)
    assert before == gateway.fields("machnet", user_id)
