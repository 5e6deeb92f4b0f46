"""Media types, charsets and codings: what each door reads, and what it says to the others."""

import gzip

import pytest

from tests.http.providers import DIADOC, DOORS, NAVIXY, Door
from tests.running_gateway import RunningGate

every_door = pytest.mark.parametrize("door", DOORS, ids=str)

JSON_NAMES = {
    "as it is registered": "application/json",
    # Diadoc's own samples: "Content-Type: application/json; charset=utf-8".
    "with a charset": "application/json; charset=utf-8",
    "with a charset in quotation marks": 'application/json;charset="UTF-8"',
    "with another name of the charset": "application/json; charset=UTF8",
    "in capitals": "Application/JSON",
    "with blanks": "application/json ;  charset=utf-8 ",
    "with a parameter that nobody knows": "application/json; version=1",
}


@every_door
@pytest.mark.parametrize("name", JSON_NAMES.values(), ids=JSON_NAMES)
def test_json_may_be_named_in_every_way_that_http_knows(
    gate: RunningGate, door: Door, name: str
) -> None:
    """
    RFC 9110, 8.3.1: type, subtype and parameter names are case-insensitive.
    """
    answer = door.send(gate, door.good_body(), {"Content-Type": name})

    assert 200 == answer.status
    assert door.changed.items() <= gate.fields(door.name, door.user).items()


no_media_type = pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": ""}], ids=["none", "an empty one"]
)


@pytest.mark.parametrize("door", [door for door in DOORS if door is not DIADOC], ids=str)
@no_media_type
def test_a_body_without_a_media_type_is_read_as_json(
    gate: RunningGate, door: Door, headers: dict[str, str]
) -> None:
    """
    RFC 9110, 8.3: without Content-Type "the recipient MAY" examine the data; three of the four
    providers speak JSON first, so it is read as that.
    """
    answer = door.send(gate, door.good_body(), headers)

    assert 200 == answer.status
    assert door.changed.items() <= gate.fields(door.name, door.user).items()


@no_media_type
def test_a_body_without_a_media_type_is_read_as_protobuf_where_the_page_says_so(
    gate: RunningGate, headers: dict[str, str]
) -> None:
    """
    Diadoc, DataStructures: "По умолчанию все структуры ожидаются в формате Protocol Buffers":
    a message is taken, and JSON is no message.
    """
    before = gate.fields("diadoc", DIADOC.user)

    refused = DIADOC.send(gate, DIADOC.good_body(), headers)

    assert DIADOC.unreadable == DIADOC.gist(refused)
    assert before == gate.fields("diadoc", DIADOC.user)

    # UserToUpdate.FullName.FullName, with LastName = 1 and FirstName = 2.
    taken = DIADOC.send(gate, b"\x12\x0e\x0a\x0c\x0a\x05Quinn\x12\x03Zoe", headers)

    assert 200 == taken.status
    assert DIADOC.changed.items() <= gate.fields("diadoc", DIADOC.user).items()


UNSPOKEN = {
    "plain text": {"Content-Type": "text/plain"},
    "XML": {"Content-Type": "application/xml"},
    "YAML": {"Content-Type": "application/yaml"},
    "a form with files": {"Content-Type": "multipart/form-data; boundary=b"},
    "a relative of JSON": {"Content-Type": "application/merge-patch+json"},
    "no media type at all": {"Content-Type": "json"},
    "everything": {"Content-Type": "*/*"},
    "JSON in Latin-1": {"Content-Type": "application/json; charset=iso-8859-1"},
    "JSON in UTF-16": {"Content-Type": "application/json; charset=utf-16"},
    "JSON in a charset that there is not": {"Content-Type": "application/json; charset=TELLTALE"},
}


@every_door
@pytest.mark.parametrize("headers", UNSPOKEN.values(), ids=UNSPOKEN)
def test_a_body_in_another_media_type_is_refused(
    gate: RunningGate, door: Door, headers: dict[str, str]
) -> None:
    """
    RFC 9110, 15.5.16: 415 says that the content "is in a format not supported by this method".
    JSON is UTF-8 (RFC 8259, 8.1), so another charset is another format.
    """
    before = gate.fields(door.name, door.user)

    answer = door.send(gate, door.good_body(), headers)

    assert door.unspoken == door.gist(answer)
    assert "TELLTALE" not in answer.text
    assert before == gate.fields(door.name, door.user)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("door", [door for door in DOORS if door is not NAVIXY], ids=str)
def test_a_form_is_refused_where_no_page_speaks_of_forms(gate: RunningGate, door: Door) -> None:
    """
    Forms are Navixy's alone ("Getting started": POST application/x-www-form-urlencoded).
    """
    before = gate.fields(door.name, door.user)

    answer = door.send(gate, b"first_name=Zoe", FORM)

    assert door.unspoken == door.gist(answer)
    assert before == gate.fields(door.name, door.user)


def test_a_form_in_another_charset_is_refused(gate: RunningGate) -> None:
    """
    A form that says that it is not UTF-8 is not read as if it were.
    """
    body = b"legal_type=individual&first_name=Zo%E9&middle_name=&last_name=Quinn"

    answer = NAVIXY.send(gate, body, {"Content-Type": f"{FORM['Content-Type']}; charset=latin1"})

    assert NAVIXY.unspoken == NAVIXY.gist(answer)


@every_door
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "GZIP", "identity, gzip"])
@pytest.mark.parametrize("compressed", [True, False], ids=["compressed", "not compressed"])
def test_a_compressed_body_is_refused(
    gate: RunningGate, door: Door, coding: str, compressed: bool
) -> None:
    """
    RFC 9110, 8.4.1 and 15.5.16: a server "MAY respond with 415" to a content coding that it
    does not take. No provider's page speaks of one, and a few packed bytes may become many.
    """
    body = gzip.compress(door.good_body()) if compressed else door.good_body()
    before = gate.fields(door.name, door.user)

    answer = door.send(gate, body, {"Content-Type": "application/json", "Content-Encoding": coding})

    assert door.unspoken == door.gist(answer)
    assert before == gate.fields(door.name, door.user)


@every_door
@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_a_body_that_says_that_it_is_not_compressed_is_read(
    gate: RunningGate, door: Door, coding: str
) -> None:
    """
    RFC 9110, 8.4.1: "identity" is the word for no coding at all.
    """
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}

    answer = door.send(gate, door.good_body(), headers)

    assert 200 == answer.status
