"""Navixy: error responses in Navixy's envelope, which never repeat a value of the request."""

import json

import pytest

from tests.clients import JSON, NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN
from tests.navixy.bodies import INDIVIDUAL, LEGAL_ENTITY, PATH, update
from tests.navixy.client import FORM, error_response
from tests.navixy.page import SAMPLE

HASH_OF_LINKED = "11ee11ee22ff22ff33aa33aa44bb44bb"
PRIVATE = "Zaphod-4711"


# What http/ tests for every provider is not repeated here: unreadable bodies, media types, sizes,
# methods.
CASES = {
    "a success": (json.loads(SAMPLE), 200, {"success": True}),
    "no hash": (INDIVIDUAL, 400, error_response(3, "Wrong hash")),
    "an unknown hash": (
        {**INDIVIDUAL, "hash": "0" * 32},
        400,
        error_response(4, "User or API key not found or session ended"),
    ),
    "an invalid field": (
        {**INDIVIDUAL, "hash": NAVIXY_HASH, "first_name": 5},
        400,
        error_response(
            7, "Invalid parameters", {"parameter": "first_name", "error": "must be text"}
        ),
    ),
    "no plugin 45": (
        {**INDIVIDUAL, "hash": NAVIXY_HASH_WITHOUT_PLUGIN},
        400,
        error_response(222, "Plugin not found"),
    ),
    "a name that another provider locks": (
        {**INDIVIDUAL, "hash": HASH_OF_LINKED, "last_name": "Linked"},
        403,
        error_response(
            13,
            "Operation not permitted",
            {"parameter": "first_name", "error": "cannot be changed any more"},
        ),
    ),
}


@pytest.mark.parametrize(("body", "status", "expected"), CASES.values(), ids=CASES)
def test_every_response_is_json_in_the_documented_envelope(gateway, body, status, expected):
    """
    Getting started: always `application/json`, "even errors"; an error response has success false
    and a status with a code and its description.
    """
    response = gateway.send("POST", PATH, body=json.dumps(body).encode(), headers=JSON)

    assert (status, "application/json", expected) == (
        response.status,
        response.headers["content-type"],
        response.json(),
    )


def test_without_plugin_45_nothing_is_stored(gateway):
    """
    The page: "Require a plugin with id=45".
    """
    before = gateway.fields("navixy", "1002")
    response = update(gateway, LEGAL_ENTITY, NAVIXY_HASH_WITHOUT_PLUGIN)

    assert 222 == response.json()["status"]["code"]
    assert before == gateway.fields("navixy", "1002")


def private(**fields):
    """A body as JSON, with private values in some fields."""
    return json.dumps({**LEGAL_ENTITY, "hash": NAVIXY_HASH, **fields}).encode()


PRIVATE_BODIES = {
    "a long name": private(first_name=PRIVATE * 20),
    "a phone in letters": private(phone=PRIVATE),
    "an unknown legal type": private(legal_type=PRIVATE),
    "a long street": private(post_street_address=PRIVATE * 20),
    "a long tax number": private(tin=PRIVATE * 30),
    "an OKPO code of another length": private(okpo_code=PRIVATE),
    "a long registration number": private(state_reg_num=PRIVATE * 2),
    "a list": private(last_name=[PRIVATE]),
    "an object": private(middle_name={PRIVATE: PRIVATE}),
    "a NUL": private(middle_name=f"{PRIVATE}\0"),
    "a malformed hash": private(hash=PRIVATE),
    "JSON that is cut short": f'{{"hash": "{PRIVATE}'.encode(),
    "plain text": PRIVATE.encode(),
}


@pytest.mark.parametrize("body", PRIVATE_BODIES.values(), ids=PRIVATE_BODIES)
def test_an_error_response_never_repeats_a_value(gateway, body):
    """
    It names the field and its rule, also where a form or a media type is wrong.
    """
    responses = [
        gateway.send("POST", PATH, body=body, headers=JSON),
        gateway.send("POST", PATH, body=f"{PRIVATE}=%FF".encode(), headers=FORM),
        gateway.send("POST", PATH, body=body, headers={"Content-Type": f"application/{PRIVATE}"}),
    ]

    assert [400, 400, 415] == [response.status for response in responses]
    assert PRIVATE not in "".join(response.text for response in responses)
