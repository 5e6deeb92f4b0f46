"""Diadoc: UpdateMyUser in protobuf, in every valid encoding, with a negotiated response."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients import DIADOC_USER, diadoc_authorization
from tests.diadoc.messages import full_name, new_login, new_name, user_v2
from tests.diadoc.page import UNREADABLE
from tests.media.wire_format import (
    UNKNOWN,
    VARINT,
    boolean,
    message,
    tag,
    text,
    varint,
)

PATH = "/UpdateMyUser"
PROTOBUF = "application/x-protobuf"
JSON = "application/json"
JSON_SHOWN = "application/json; charset=utf-8"

# The 68 bytes that the official Java client and a Go client send.
LOGIN_AND_NAME = bytes.fromhex(
    "0a140a126e65774c6f67696e406b6f6e7475722e7275"
    "122c0a2a0a0b4e65774c6173744e616d65120c4e657746697273744e616d651a0d4e65774d6964646c654e616d65"
)
# The page's sample response.
PUBLISHED = {
    "UserId": "d064f6ba-7b81-432d-a41d-93b23eebe579",
    "Login": "login@kontur.ru",
    "FullName": {
        "FirstName": "NewFirstName",
        "LastName": "NewLastName",
        "MiddleName": "NewMiddleName",
    },
    "IsRegistered": True,
}
IN_JSON = json.dumps(
    {
        "Login": {"Login": "newLogin@kontur.ru"},
        "FullName": {"FullName": PUBLISHED["FullName"]},
    }
).encode()


def update(gateway, body, **headers):
    """Send a body; without headers as Diadoc's own clients do."""
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.send("POST", PATH, body=body, headers={**diadoc_authorization(), **shown})


# Content-Type, Accept, and the media type of the response.
COMBINATIONS = {
    "protobuf, no Accept": (PROTOBUF, None, PROTOBUF),
    "protobuf, protobuf": (PROTOBUF, PROTOBUF, PROTOBUF),
    "protobuf, JSON": (PROTOBUF, JSON, JSON_SHOWN),
    "protobuf, everything": (PROTOBUF, "*/*", PROTOBUF),
    "protobuf with a charset, no Accept": (f"{PROTOBUF}; charset=windows-1251", None, PROTOBUF),
    "none, no Accept": (None, None, PROTOBUF),
    "none, protobuf": (None, PROTOBUF, PROTOBUF),
    "none, JSON": (None, JSON, JSON_SHOWN),
    "none, everything": (None, "*/*", PROTOBUF),
    "an empty one, no Accept": ("", None, PROTOBUF),
    "JSON, no Accept": (JSON, None, JSON_SHOWN),
    "JSON, protobuf": (JSON, PROTOBUF, PROTOBUF),
    "JSON, JSON": (JSON, JSON, JSON_SHOWN),
    "JSON, everything": (JSON, "*/*", JSON_SHOWN),
    "JSON, something else": (JSON, "text/html", PROTOBUF),
    "JSON as the page has it, no Accept": ("application/json; charset=utf-8", None, JSON_SHOWN),
    "JSON as page DataStructures has it, no Accept": (
        "application/json charset=utf-8",
        None,
        JSON_SHOWN,
    ),
    "JSON in capitals, JSON in capitals": ("APPLICATION/JSON", "APPLICATION/JSON", JSON_SHOWN),
}


@pytest.mark.parametrize(("sent", "accept", "expected"), COMBINATIONS.values(), ids=COMBINATIONS)
def test_body_and_response_have_media_types_of_their_own(gateway, sent, accept, expected):
    """
    A body without Content-Type is protobuf (page Authenticate). The response is JSON if Accept
    names it, or if there is no Accept (or */*) and the request was JSON; else protobuf.
    """
    headers = {"Content_Type": sent, "Accept": accept}
    body = IN_JSON if sent and "json" in sent.lower() else LOGIN_AND_NAME
    response = update(
        gateway, body, **{key: value for key, value in headers.items() if value is not None}
    )

    assert (200, expected) == (response.status, response.headers["content-type"])
    if expected == PROTOBUF:
        assert user_v2(PUBLISHED) == response.body
    else:
        assert PUBLISHED == response.json()


NAME = {"name.family": "B", "name.given": "A", "name.middle": "C"}

ENCODINGS = {
    "the fields of a name in another order": (
        message(2, message(1, text(3, "C") + text(2, "A") + text(1, "B"))),
        NAME,
    ),
    "a name in three pieces": (
        message(2, message(1, text(1, "B")))
        + message(2, message(1, text(2, "A")) + message(1, text(3, "C"))),
        NAME,
    ),
    "a first name twice: the last one counts": (
        message(2, message(1, text(2, "X") + full_name("B", "A", "C"))),
        NAME,
    ),
    "over-long lengths": (
        message(
            2,
            message(
                1,
                text(1, "B", size=2) + text(2, "A", size=3) + text(3, "C", size=5),
                size=4,
            ),
            size=5,
        ),
        NAME,
    ),
    "a name without a middle name, which is removed": (
        new_name("B", "A"),
        {"name.family": "B", "name.given": "A"},
    ),
    "an empty middle name": (new_name("B", "A", ""), {**NAME, "name.middle": ""}),
    **{
        f"unknown fields: {what}": (raw + new_name("B", "A", "C") + raw, NAME)
        for what, raw in UNKNOWN.items()
    },
    **{
        f"unknown fields in a name: {what}": (
            message(2, raw + message(1, full_name("B", "A", "C") + raw)),
            NAME,
        )
        for what, raw in UNKNOWN.items()
    },
}


@pytest.mark.parametrize(("body", "expected"), ENCODINGS.values(), ids=ENCODINGS)
def test_every_encoding_of_a_name_is_accepted(gateway, body, expected):
    """
    Encoding guide: fields in any order, unknown ones skipped, of a scalar the last one,
    messages merged.
    """
    response = update(gateway, body)
    fields = gateway.fields("diadoc", DIADOC_USER)

    assert 200 == response.status
    assert expected == {path: fields[path] for path in fields if path.startswith("name.")}


GOOD = new_name("B", "A")

REJECTED = {
    "an empty message": (b"", ["Login", "FullName"]),
    "unknown fields only": (b"".join(UNKNOWN.values()), ["Login", "FullName"]),
    "an empty login": (new_login(""), ["Login.Login"]),
    "a login patch without a login": (message(1, b""), ["Login.Login"]),
    "a login that is no address": (new_login("no address"), ["Login.Login"]),
    "a name patch without a name": (message(2, b""), ["FullName.FullName"]),
    "an empty name": (
        message(2, message(1, b"")),
        ["FullName.FullName.FirstName", "FullName.FullName.LastName"],
    ),
    "a name without its first name": (
        message(2, message(1, text(1, "B"))),
        ["FullName.FullName.FirstName"],
    ),
    "an empty first name": (new_name("B", ""), ["FullName.FullName.FirstName"]),
    "a login and a name, both wrong": (
        new_login("no address") + message(2, message(1, text(2, "A"))),
        ["Login.Login", "FullName.FullName.LastName"],
    ),
    "a number for a login": (message(1, tag(1, VARINT) + varint(5)), ["Login.Login"]),
    "a number for a login patch": (tag(1, VARINT) + varint(5), ["Login"]),
    "a number for a login patch, beside a good name": (
        tag(1, VARINT) + varint(5) + GOOD,
        ["Login"],
    ),
    "a boolean for a middle name": (
        message(2, message(1, full_name("B", "A") + boolean(3, True))),
        ["FullName.FullName.MiddleName"],
    ),
    "a name that is not UTF-8": (
        message(2, message(1, text(1, "B") + message(2, "Иван".encode("cp1251")))),
        ["FullName.FullName.FirstName"],
    ),
    "a NUL": (new_name("B", "A\0"), ["FullName.FullName.FirstName"]),
    "cut short": (LOGIN_AND_NAME[:-1], []),
    "JSON": (IN_JSON, []),
}


@pytest.mark.parametrize(("body", "fields"), REJECTED.values(), ids=REJECTED)
def test_an_invalid_message_is_rejected_with_its_fields(gateway, body, fields):
    """
    "400 Bad Request – данные в запросе имеют неверный формат или отсутствуют обязательные
    параметры": all fields at once, as plain text of a known length, and nothing is changed.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    response = update(gateway, body, Accept=PROTOBUF)
    sentence = f"{UNREADABLE}: {', '.join(fields)}" if fields else UNREADABLE

    assert (400, sentence) == (response.status, response.text)
    assert ("text/plain; charset=utf-8", str(len(sentence.encode()))) == (
        response.headers["content-type"],
        response.headers["content-length"],
    )
    assert before == gateway.fields("diadoc", DIADOC_USER)


bounded = settings(
    derandomize=True,
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@bounded
@given(body=st.binary(max_size=60))
def test_any_bytes_get_a_documented_status(gateway, body):
    """
    Any body is accepted or rejected, never a 500.
    """

    assert update(gateway, body).status in (200, 400)


@bounded
@given(place=st.integers(0, 67), put=st.binary(max_size=4), dropped=st.integers(0, 4))
def test_a_damaged_message_gets_a_documented_status(gateway, place, put, dropped):
    """
    Bytes that are lost, added or changed on the way never cause a 500; a second mail within a
    minute is a 429.
    """
    damaged = LOGIN_AND_NAME[:place] + put + LOGIN_AND_NAME[place + dropped :]

    assert update(gateway, damaged).status in (200, 400, 429)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@bounded
@given(last=TEXTS, first=TEXTS, middle=st.none() | TEXTS | st.just(""))
def test_a_name_in_protobuf_is_read_back_in_both_media_types(gateway, last, first, middle):
    """
    Put-get: byte for byte in protobuf, and in JSON.
    """
    update(gateway, new_name(last, first, middle))
    in_protobuf = gateway.send("GET", "/V2/GetMyUser", headers=diadoc_authorization())
    in_json = gateway.send(
        "GET", "/V2/GetMyUser", headers={**diadoc_authorization(), "Accept": JSON}
    )
    name = {"LastName": last, "FirstName": first, "MiddleName": middle}
    user = {
        **PUBLISHED,
        "FullName": {key: value for key, value in name.items() if value is not None},
    }

    assert user_v2(user) == in_protobuf.body
    assert user == in_json.json()
