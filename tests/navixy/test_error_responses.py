"""Navixy: every error response in Navixy's envelope, as JSON, without anything that was sent."""

import json

import pytest

from tests.clients import JSON, NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.bodies import INDIVIDUAL, LEGAL_ENTITY, PATH, SAMPLE, update
from tests.navixy.client import FORM, error_response

HASH_OF_LINKED = "11ee11ee22ff22ff33aa33aa44bb44bb"
PRIVATE = "Zaphod-4711"


def of_type(content_type):
    """A good body under some media type."""
    headers = {"Content-Type": content_type}
    return ("POST", {"body": SAMPLE, "headers": headers})


def with_json(body):
    """A body as JSON: a mapping, or bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ("POST", {"body": raw, "headers": JSON})


NOT_JSON = error_response(5, "Wrong request format")

CASES = {
    "a success": (with_json(SAMPLE), 200, {"success": True}),
    "no hash": (with_json(INDIVIDUAL), 400, error_response(3, "Wrong hash")),
    "an unknown hash": (
        with_json({**INDIVIDUAL, "hash": "0" * 32}),
        400,
        error_response(4, "User or API key not found or session ended"),
    ),
    "an invalid field": (
        with_json({**INDIVIDUAL, "hash": NAVIXY_HASH, "first_name": 5}),
        400,
        error_response(
            7, "Invalid parameters", {"parameter": "first_name", "error": "must be text"}
        ),
    ),
    "no plugin 45": (
        with_json({**INDIVIDUAL, "hash": NAVIXY_HASH_WITHOUT_PLUGIN}),
        400,
        error_response(222, "Plugin not found"),
    ),
    "a name that another provider holds fixed": (
        with_json({**INDIVIDUAL, "hash": HASH_OF_LINKED, "last_name": "Linked"}),
        403,
        error_response(
            13,
            "Operation not permitted",
            {"parameter": "first_name", "error": "cannot be changed any more"},
        ),
    ),
    "JSON that is cut short": (with_json(SAMPLE[:-1]), 400, NOT_JSON),
    "no body": (with_json(b""), 400, NOT_JSON),
    "plain text": (with_json(b"hello"), 400, NOT_JSON),
    "JSON that is not UTF-8": (with_json(SAMPLE.replace(b"Henry", b"\xff")), 400, NOT_JSON),
    "a number that JSON has not": (with_json(SAMPLE.replace(b'"Henry"', b"NaN")), 400, NOT_JSON),
    "a form under the name of JSON": (with_json(b"legal_type=individual"), 400, NOT_JSON),
    "a form that is not UTF-8": (
        ("POST", {"body": f"hash={NAVIXY_HASH}&first_name=%FF".encode(), "headers": FORM}),
        400,
        NOT_JSON,
    ),
    "plain text by its own name": (of_type("text/plain"), 415, NOT_JSON),
    "XML": (of_type("application/xml"), 415, NOT_JSON),
    "a form in parts": (of_type("multipart/form-data; boundary=x"), 415, NOT_JSON),
    "another charset": (of_type("application/json; charset=koi8-r"), 415, NOT_JSON),
    "too large": (
        ("POST", {"headers": {**JSON, "Content-Length": "99999999999"}}),
        413,
        error_response(9, "Too large request"),
    ),
    **{
        f"{method} in the place of GET or POST": (
            (method, {"body": SAMPLE, "headers": JSON}),
            405,
            error_response(112, "Wrong method"),
        )
        for method in ("PUT", "PATCH", "DELETE")
    },
}


@pytest.mark.parametrize(("request_", "status", "said"), CASES.values(), ids=CASES)
def test_every_response_is_json_in_the_documented_envelope(gateway, request_, status, said):
    """
    Getting started: always `application/json`, "even errors"; an error response is success
    false and a
    status with a code and its description.
    """
    method, what = request_
    response = gateway.send(method, PATH, **what)

    assert (status, "application/json", said) == (
        response.status,
        response.headers["content-type"],
        response.json(),
    )


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", "/user/personal_info/update"])
def test_a_wrong_method_is_answered_with_the_right_ones(gateway, path):
    """
    A 405 carries Allow (RFC 9110, 15.5.6), at every address of the action.
    """
    response = gateway.send("PUT", path)

    assert (405, "GET, POST") == (response.status, response.headers["allow"])


def test_without_plugin_45_nothing_is_stored(gateway):
    """
    The page: "Require a plugin with id=45".
    """
    before = gateway.fields("navixy", "1002")
    response = update(gateway, LEGAL_ENTITY, NAVIXY_HASH_WITHOUT_PLUGIN)

    assert 222 == response.json()["status"]["code"]
    assert before == gateway.fields("navixy", "1002")


def test_a_name_that_is_held_fixed_takes_no_new_value(gateway):
    """
    Locks hold for every provider, and nothing of the request is stored: not the new city either.
    """
    before = gateway.fields("navixy", "1003")
    body = {**INDIVIDUAL, "middle_name": "Ann", "post_city": "Graz"}
    response = update(gateway, body, HASH_OF_LINKED)

    assert {"first_name", "middle_name", "last_name"} == {
        error["parameter"] for error in response.json()["errors"]
    }
    assert before == gateway.fields("navixy", "1003")


def test_the_same_name_again_is_no_change_to_what_is_held_fixed(gateway):
    """
    A lock rejects a new value only: the name as it is goes through, and the city with it.
    """
    body = {**INDIVIDUAL, "first_name": "Lena", "last_name": "Linked", "post_city": "Graz"}
    response = update(gateway, body, HASH_OF_LINKED)

    assert {"success": True} == response.json()
    assert "Graz" == gateway.fields("navixy", "1003")["addresses.postal.city"]


@pytest.mark.parametrize(
    "what",
    [
        *(
            pytest.param(with_json({**LEGAL_ENTITY, "hash": NAVIXY_HASH, name: value})[1], id=case)
            for case, name, value in [
                ("a long name", "first_name", PRIVATE * 20),
                ("a phone in letters", "phone", PRIVATE),
                ("an unknown legal type", "legal_type", PRIVATE),
                ("a long street", "post_street_address", PRIVATE * 20),
                ("a long tax number", "tin", PRIVATE * 30),
                ("an OKPO code of another length", "okpo_code", PRIVATE),
                ("a long registration number", "state_reg_num", PRIVATE * 2),
                ("a list", "last_name", [PRIVATE]),
                ("an object", "middle_name", {PRIVATE: PRIVATE}),
                ("a NUL", "middle_name", f"{PRIVATE}\0"),
            ]
        ),
        pytest.param(with_json({**INDIVIDUAL, "hash": PRIVATE})[1], id="a malformed hash"),
        pytest.param(with_json(f'{{"hash": "{PRIVATE}'.encode())[1], id="JSON that is cut short"),
        pytest.param(with_json(PRIVATE.encode())[1], id="plain text"),
        pytest.param(of_type(f"application/{PRIVATE}")[1], id="a media type"),
        pytest.param({"body": f"{PRIVATE}=%FF".encode(), "headers": FORM}, id="a broken form"),
    ],
)
def test_an_error_response_never_repeats_what_was_sent(gateway, what):
    """
    It tells which field and why; the value stays with the caller.
    """
    response = gateway.send("POST", PATH, **what)

    assert response.status in (400, 415)
    assert PRIVATE not in response.text
