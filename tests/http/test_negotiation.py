"""Negotiation: which media type a response is in, from Accept and from how the request came."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profilegate.http.negotiation import choose, media_type_of

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
OFFERED = (PROTOBUF, JSON)

# What Accept says, how the request came, and how it is answered.
CASES = {
    "no Accept, protobuf came": ("", PROTOBUF, PROTOBUF),
    "no Accept, JSON came": ("", JSON, JSON),
    "no Accept, no body": ("", "", PROTOBUF),
    "no Accept, something that is not offered": ("", "text/xml", PROTOBUF),
    "everything, protobuf came": ("*/*", PROTOBUF, PROTOBUF),
    "everything, JSON came": ("*/*", JSON, JSON),
    "everything, no body": ("*/*", "", PROTOBUF),
    "every application, JSON came": ("application/*", JSON, JSON),
    "every text, JSON came": ("text/*", JSON, PROTOBUF),
    "JSON, protobuf came": (JSON, PROTOBUF, JSON),
    "JSON, JSON came": (JSON, JSON, JSON),
    "JSON, no body": (JSON, "", JSON),
    "JSON with a charset": ("application/json; charset=utf-8", "", JSON),
    "JSON in capitals": ("Application/JSON", "", JSON),
    "JSON among others": ("text/html, application/json;q=0.1", PROTOBUF, JSON),
    "JSON and everything, as browsers' libraries write it": (
        "application/json, text/plain, */*",
        "",
        JSON,
    ),
    "protobuf, JSON came": (PROTOBUF, JSON, PROTOBUF),
    "both alike": ("application/json, application/x-protobuf", "", JSON),
    "both alike, the other way round": ("application/x-protobuf, application/json", "", JSON),
    "both, JSON rather": ("application/x-protobuf;q=0.5, application/json", PROTOBUF, JSON),
    "both, protobuf rather": ("application/json;q=0.5, application/x-protobuf", JSON, PROTOBUF),
    "neither, JSON came": ("text/html", JSON, PROTOBUF),
    "neither, protobuf came": ("text/html", PROTOBUF, PROTOBUF),
    "neither, or else everything, JSON came": ("text/html, */*;q=0.1", JSON, JSON),
    "no media type at all": ("json", JSON, PROTOBUF),
    "JSON rejected, JSON came": ("application/json;q=0", JSON, PROTOBUF),
    "JSON rejected, all else taken": ("application/json;q=0, */*", JSON, PROTOBUF),
    "protobuf rejected": ("application/x-protobuf;q=0, */*", PROTOBUF, JSON),
    "both rejected": ("application/x-protobuf;q=0, application/json;q=0", "", PROTOBUF),
    "everything rejected, JSON came": ("*/*;q=0", JSON, PROTOBUF),
}


@pytest.mark.parametrize(("accept", "sent", "expected"), CASES.values(), ids=CASES)
def test_the_response_is_in_the_media_type_that_was_asked_for(accept, sent, expected):
    """
    "response JSON if Accept names JSON, or if there is no Accept (or */*) and the request was JSON;
    else application/x-protobuf"; and of several that Accept names, the one that it likes best
    (RFC 9110, 12.4.2).
    """

    assert expected == choose(OFFERED, accept.encode(), sent)


def test_an_response_in_one_media_type_only_is_not_negotiated():
    """
    RFC 9110, 12.4.1: a server may "disregard" what it cannot fulfil instead of answering 406.
    """

    assert JSON == choose((JSON,), b"application/x-protobuf", "text/xml")


@pytest.mark.parametrize(
    ("header", "media_type", "charset"),
    [
        ("", "", ""),
        ("application/json", "application/json", ""),
        ("application/json; charset=utf-8", "application/json", "utf-8"),
        ('Application/JSON ;CHARSET="UTF-8"', "application/json", "utf-8"),
        ("application/json charset=utf-8", "application/json", ""),
    ],
)
def test_a_media_type_is_reported_from_its_charset(header, media_type, charset):
    """
    RFC 9110, 8.3.1: names are compared without regard to case; a parameter may be in quotation
    marks, and follows a semicolon (which Diadoc's page DataStructures forgets).
    """

    assert (media_type, charset) == media_type_of(header.encode())


@settings(derandomize=True, max_examples=300)
@given(accept=st.binary(max_size=60), sent=st.sampled_from(["", PROTOBUF, JSON, "text/xml"]))
def test_any_accept_has_a_response(accept, sent):
    """
    No request is rejected for its Accept.
    """

    assert choose(OFFERED, accept, sent) in OFFERED


@settings(derandomize=True, max_examples=300)
@given(header=st.binary(max_size=60))
def test_any_content_type_can_be_read(header):
    """
    A malformed header names an unsupported media type, and is no error.
    """
    media_type, charset = media_type_of(header)

    assert (media_type, charset) == (media_type.lower(), charset.lower())
