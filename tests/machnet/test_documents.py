"""Machnet's documents: a new copy archives the older one, a new number replaces it."""

import uuid

import pytest

from tests.clients import INDIVIDUAL
from tests.machnet.calls import invalid, patch
from tests.machnet.documents import LICENCE, SSN, archive, copies, ids, numbers, types
from tests.machnet.users import IMAGE, OTHER_IMAGE, PDF, individual, physical, virtual
from tests.running_gateway import RunningGateway

# --- Copies ------------------------------------------------------------------------------


def test_a_second_copy_archives_the_first(gateway: RunningGateway):
    """
    "Updating physical_document object will add a new copy of the document and archive the
    older one": the new copy has a new id, the older one is kept and no longer shown.
    """
    (first,) = ids(copies(gateway, INDIVIDUAL, physical("STATE_ID", IMAGE)))
    (second,) = ids(copies(gateway, INDIVIDUAL, physical("STATE_ID", OTHER_IMAGE)))

    assert first != second
    assert True is archive(gateway)[first]
    assert False is archive(gateway)[second]


def test_the_same_content_is_a_new_copy_too(gateway: RunningGateway):
    """
    The page does not distinguish new content from the same content.
    """
    (first,) = ids(copies(gateway, INDIVIDUAL, physical("STATE_ID")))
    (second,) = ids(copies(gateway, INDIVIDUAL, physical("STATE_ID")))

    assert first != second
    assert True is archive(gateway)[first]


def test_a_copy_leaves_other_types_alone(gateway: RunningGateway):
    """
    "The older one" is the copy of the same type.
    """
    before = copies(gateway, INDIVIDUAL, physical("STATE_ID"), physical("BANK_STATEMENT"))
    after = copies(gateway, INDIVIDUAL, physical("STATE_ID", OTHER_IMAGE), physical("PASSPORT"))
    kept = {document["id"] for document in before} & set(ids(after))

    assert {"STATE_ID", "BANK_STATEMENT", "PASSPORT"} == set(types(after))
    assert ["BANK_STATEMENT"] == [d["document_type"] for d in before if d["id"] in kept]


def test_all_copies_of_one_request_are_kept(gateway: RunningGateway):
    """
    Three bank statements that come together are three documents, none of them "the older one".
    """
    statements = [physical("BANK_STATEMENT", content) for content in (IMAGE, PDF, IMAGE)]
    three = copies(gateway, INDIVIDUAL, *statements)
    archived_then = archive(gateway)
    one = copies(gateway, INDIVIDUAL, physical("BANK_STATEMENT"))

    assert ["BANK_STATEMENT"] * 3 == types(three)
    assert 3 == len(set(ids(three)))
    assert not any(archived_then[document_id] for document_id in ids(three))
    assert ["BANK_STATEMENT"] == types(one)
    assert all(archive(gateway)[document_id] for document_id in ids(three))


def test_a_copy_is_shown_with_all_but_its_content(gateway: RunningGateway):
    """
    The page's response shows country, type, id and state; the other parts follow.
    """
    everything = physical(
        "PASSPORT",
        IMAGE,
        document_value_back=PDF,
        country="US",
        state="CA",
        expiry_date="2030-02-28",
        id_issuing_authority="USDOS",
    )
    (document,) = copies(gateway, INDIVIDUAL, everything)
    document_id = document["id"]

    assert str(uuid.UUID(document_id)) == document_id
    assert [
        ("country", "US"),
        ("document_type", "PASSPORT"),
        ("id", document_id),
        ("state", "CA"),
        ("expiry_date", "2030-02-28"),
        ("id_issuing_authority", "USDOS"),
    ] == list(document.items())


def test_a_client_does_not_choose_ids(gateway: RunningGateway):
    """
    "Add a new copy": a content that is sent with the id of an older copy is a new copy.
    """
    (first,) = ids(copies(gateway, INDIVIDUAL, physical("STATE_ID")))
    (second,) = ids(copies(gateway, INDIVIDUAL, physical("STATE_ID", id=first)))

    assert first != second


# --- Numbers -----------------------------------------------------------------------------


def test_a_number_is_replaced_in_place(gateway: RunningGateway):
    """
    The page mentions archiving for physical documents only: a virtual document replaces the
    one of the same type and keeps its id.
    """
    before = numbers(gateway, INDIVIDUAL, SSN, LICENCE)
    after = numbers(gateway, INDIVIDUAL, virtual("SSN", "222222223"))

    assert ids(before) == ids(after)
    assert {"document_type": "SSN", "document_value": "*****2223", "id": after[0]["id"]} == after[0]
    assert before[1] == after[1]


def test_all_numbers_of_one_request_are_kept(gateway: RunningGateway):
    """
    A person may have two passports; sent again, they keep their ids.
    """
    passports = [virtual("PASSPORT", "P1"), virtual("PASSPORT", "P2")]
    first = numbers(gateway, INDIVIDUAL, *passports)
    again = numbers(gateway, INDIVIDUAL, *passports)

    assert ["P1", "P2"] == [document["document_value"] for document in first]
    assert 2 == len(set(ids(first)))
    assert first == again


@pytest.mark.parametrize(
    ("number", "shown"),
    [("111111112", "*****1112"), ("123-45-6789", "*****6789")],
)
def test_a_social_security_number_is_masked(gateway: RunningGateway, number: str, shown: str):
    """
    The page: 111111112 is sent, ``*****1112`` answered; the number itself is stored.
    """
    (document,) = numbers(gateway, INDIVIDUAL, virtual("SSN", number))
    (stored,) = gateway.fields("machnet", INDIVIDUAL)["documents.virtual"]

    assert shown == document["document_value"]
    assert number == stored["value"]


def test_other_numbers_are_shown_as_they_are(gateway: RunningGateway):
    """
    The page's response has the driving licence's 1111111111 in full.
    """
    (document,) = numbers(gateway, INDIVIDUAL, LICENCE)

    assert "1111111111" == document["document_value"]


@pytest.mark.parametrize(
    ("kind", "mask"), [("SSN", "*****1113"), ("PASSPORT", "*****1112"), ("SSN", "*****")]
)
def test_a_mask_that_hides_no_stored_number_is_rejected(
    gateway: RunningGateway, kind: str, mask: str
):
    """
    Otherwise a client that sends a response back would overwrite the number by its mask.
    """
    numbers(gateway, INDIVIDUAL, SSN)
    before = gateway.fields("machnet", INDIVIDUAL)
    response = patch(gateway, INDIVIDUAL, {"virtual_documents": [LICENCE, virtual(kind, mask)]})

    assert ["virtual_documents[1].document_value"] == invalid(response)
    assert "111" not in response.text
    assert before == gateway.fields("machnet", INDIVIDUAL)


def test_a_mask_beside_its_number_is_no_second_number(gateway: RunningGateway):
    """
    The mask means the number that is stored; sent in whole beside it, it is one number still.
    """
    before = numbers(gateway, INDIVIDUAL, virtual("PASSPORT", "P1234567"))

    assert before == numbers(gateway, INDIVIDUAL, virtual("PASSPORT", "*****4567"), *before)


def test_a_document_that_differs_from_the_one_with_its_id_is_told_so(gateway: RunningGateway):
    """
    The id names a stored document, but the mask is not that of its number, or a part of the copy is
    another: only a whole value can replace it.
    """
    (number,) = numbers(gateway, INDIVIDUAL, SSN)
    (copy,) = copies(gateway, INDIVIDUAL, physical("STATE_ID"))
    sent = {
        "physical_documents": [{**copy, "state": "NY"}],
        "virtual_documents": [{**number, "document_value": "*****9999"}],
    }
    whole = (
        "must be the whole value, since the stored document with this id has another value or other"
        " parts"
    )
    for field, documents in sent.items():
        response = patch(gateway, INDIVIDUAL, {field: documents})

        assert [f"{field}[0].document_value"] == invalid(response)
        assert f"document_value: {whole}]" in response.text


@pytest.mark.parametrize("field", ["physical_documents", "virtual_documents"])
def test_an_empty_list_changes_nothing(gateway: RunningGateway, field: str):
    """
    Documents are added or replaced; no page says how to remove one.
    """
    user_id = individual(gateway)
    before = gateway.fields("machnet", user_id)

    assert 200 == patch(gateway, user_id, {field: []}).status
    assert before == gateway.fields("machnet", user_id)
