"""Navixy: authentication by a hash, which may stand in three places."""

import json

import pytest

from tests.clients import JSON, NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.bodies import INDIVIDUAL, PATH, code

UNKNOWN = "0123456789abcdef0123456789abcdef"
MALFORMED = "not-a-hash"

SUCCESS = None
WRONG_HASH = 3
NOT_FOUND = 4
# The response to the user without plugin 45: it proves that this hash was used.
OTHER_USER = 222


def send(gateway, in_body=None, in_query=None, in_header=None, body=INDIVIDUAL):
    """Send a body with a hash in some places; ``in_header`` is the whole header."""
    sent = body if in_body is None else {"hash": in_body, **body}
    target = PATH if in_query is None else f"{PATH}?hash={in_query}"
    headers = JSON if in_header is None else {**JSON, "Authorization": in_header}
    return gateway.send("POST", target, body=json.dumps(sent).encode(), headers=headers)


def nvx(hash_):
    """The header as it is documented: "NVX" + " " + 32 hexadecimal characters."""
    return f"NVX {hash_}"


MINE, OTHER = NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN


@pytest.mark.parametrize(
    ("in_body", "in_query", "in_header", "expected"),
    [
        pytest.param(MINE, None, None, SUCCESS, id="in the body alone"),
        pytest.param(None, MINE, None, SUCCESS, id="in the query alone"),
        pytest.param(None, None, nvx(MINE), SUCCESS, id="in the header alone"),
        pytest.param(MINE, OTHER, None, SUCCESS, id="body before query"),
        pytest.param(OTHER, MINE, None, OTHER_USER, id="body before query, the other way round"),
        pytest.param(MINE, None, nvx(OTHER), SUCCESS, id="body before header"),
        pytest.param(OTHER, None, nvx(MINE), OTHER_USER, id="body before header, and back"),
        pytest.param(None, MINE, nvx(OTHER), SUCCESS, id="query before header"),
        pytest.param(None, OTHER, nvx(MINE), OTHER_USER, id="query before header, and back"),
        pytest.param(MINE, MALFORMED, nvx(UNKNOWN), SUCCESS, id="later places are ignored"),
        pytest.param(UNKNOWN, MINE, nvx(MINE), NOT_FOUND, id="unknown in the body, good elsewhere"),
        pytest.param(MALFORMED, MINE, nvx(MINE), WRONG_HASH, id="malformed in the body"),
        pytest.param("", MINE, nvx(MINE), WRONG_HASH, id="empty in the body"),
        pytest.param(7, MINE, nvx(MINE), WRONG_HASH, id="a number in the body"),
        pytest.param(None, UNKNOWN, nvx(MINE), NOT_FOUND, id="unknown in the query"),
        pytest.param(None, MALFORMED, nvx(MINE), WRONG_HASH, id="malformed in the query"),
        pytest.param(None, "", nvx(MINE), WRONG_HASH, id="empty in the query"),
    ],
)
def test_the_first_hash_is_used(gateway, in_body, in_query, in_header, expected):
    """
    "Getting started": the hash is looked up in the body, then in the query, then in the header.
    A wrong hash is rejected, also if a later place has a valid one.
    """
    response = send(gateway, in_body, in_query, in_header)

    assert expected == code(response)


@pytest.mark.parametrize(
    ("in_body", "in_query", "in_header"),
    [
        pytest.param(None, None, None, id="nowhere"),
        pytest.param(MINE[:-1], None, None, id="31 characters"),
        pytest.param(MINE + "0", None, None, id="33 characters"),
        pytest.param(f"{MINE[:-1]}g", None, None, id="a letter beyond f"),
        pytest.param(f"{MINE}\n", None, None, id="a line end after it"),
        pytest.param("٢" * 32, None, None, id="digits, but not hexadecimal ones"),
        pytest.param([MINE], None, None, id="a list"),
        pytest.param(None, f"{MINE}%00", None, id="a NUL after it in the query"),
        pytest.param(None, None, MINE, id="a header without NVX"),
        pytest.param(None, None, f"NVX{MINE}", id="a header without a blank"),
        pytest.param(None, None, f"NVX  {MINE}", id="a header with two blanks"),
        pytest.param(None, None, f"Bearer {MINE}", id="another scheme"),
        pytest.param(None, None, "NVX", id="a header without a hash"),
        pytest.param(None, None, f"NVX {MINE},{MINE}", id="two hashes in a header"),
    ],
)
def test_a_missing_or_malformed_hash_is_a_wrong_hash(gateway, in_body, in_query, in_header):
    """
    Getting started: a hash is "a string containing 32 hexadecimal characters"; code 3 otherwise.
    """
    response = send(gateway, in_body, in_query, in_header)

    assert 400 == response.status
    assert {
        "success": False,
        "status": {"code": 3, "description": "Wrong hash"},
    } == response.json()


@pytest.mark.parametrize(
    "place",
    [{"in_body": UNKNOWN}, {"in_query": UNKNOWN}, {"in_header": nvx(UNKNOWN)}],
    ids=["body", "query", "header"],
)
def test_an_unknown_hash_is_not_found(gateway, place):
    """
    Getting started's own sample of an error: code 4.
    """
    response = send(gateway, **place)

    assert 400 == response.status
    assert {
        "success": False,
        "status": {"code": 4, "description": "User or API key not found or session ended"},
    } == response.json()


@pytest.mark.parametrize(
    "place",
    [{}, {"in_query": MALFORMED}, {"in_query": UNKNOWN}, {"in_header": nvx(UNKNOWN)}],
    ids=["no hash", "malformed", "unknown in the query", "unknown in the header"],
)
@pytest.mark.parametrize(
    "body",
    [{}, {"legal_type": "wizard"}, {**INDIVIDUAL, "phone": "letters"}, [INDIVIDUAL], "text"],
    ids=["empty", "no such legal type", "a bad phone", "a list", "a text"],
)
def test_an_unauthenticated_caller_learns_nothing_about_the_body(gateway, place, body):
    """
    Without a valid hash the response is the same for a valid and an invalid body.
    """
    good = send(gateway, **place)
    bad = send(gateway, **place, body=body)

    assert (good.status, good.headers["content-type"], good.body) == (
        bad.status,
        bad.headers["content-type"],
        bad.body,
    )
