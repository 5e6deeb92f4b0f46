"""Explanations: from an error response to the reason in one step."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients import (
    INDIVIDUAL,
    INDIVIDUAL_VERIFIED,
    JSON,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
)
from tests.journal.exchanges import explained, facts
from tests.kraken.calls import LINKED_AND_LOCKED, OTHER_PARTNER, patch, path_of
from tests.profiles.client import LENA_AT_MACHNET, send
from tests.running_gateway import Response, RunningGateway

BODY = {"occupation": "science", "language": "en"}
RAW = json.dumps(BODY).encode() + b"\n"
SPACED = "AA08 N84G CPAR UN7A"
TARGET = f"{path_of(SPACED)}?a=1"
NONCE = "1764126000000"
SECRET = KrakenPartner().private_key


def signature(
    target: str = TARGET, text: bytes = NONCE.encode() + RAW, key: bytes = base64.b64decode(SECRET)
) -> str:
    """A signature of a client that may make mistakes."""
    message = target.encode() + hashlib.sha256(text).digest()
    return base64.b64encode(hmac.digest(key, message, "sha512")).decode()


def signed(gateway: RunningGateway, sign: str) -> Response:
    """A request with a signature."""
    headers = {"API-Key": "demo-api-key", "API-Nonce": NONCE, "API-Sign": sign, **JSON}
    return gateway.send("PATCH", TARGET, body=RAW, headers=headers)


MISTAKES: dict[str, tuple[str, str]] = {
    "the path is decoded": (signature(f"/b2b/users/{SPACED}?a=1"), "the decoded path"),
    "the query is left out": (signature(path_of(SPACED)), "the path without the query"),
    "the body is serialised anew": (
        signature(text=NONCE.encode() + json.dumps(BODY, separators=(",", ":")).encode()),
        "a body that was serialised anew",
    ),
    "the nonce is not hashed": (signature(text=RAW), "a hash without the nonce"),
    "the secret is not decoded": (
        signature(key=SECRET.encode()),
        "a private key that was not decoded",
    ),
    "another key": (signature(key=base64.b64decode(OTHER_PARTNER.private_key)), "another key"),
    "a newline is left out": (
        signature(text=NONCE.encode() + RAW.rstrip()),
        "a body without the newline at its end",
    ),
    "hexadecimal": (base64.b64decode(signature()).hex(), "the code in hexadecimal"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_usual_mistake_that_gives_the_signature_is_named(
    gateway: RunningGateway, mistake: str
) -> None:
    """
    "Which usual mistake reproduces the received signature".
    """
    sign, words = MISTAKES[mistake]
    response = signed(gateway, sign)
    found = explained(gateway, response)
    named = [each for each in found["sentences"] if each.startswith("The received signature is")]

    assert {"error": ["EAPI:Invalid signature"]} == response.json()
    assert [True] == [f"is that of {words}" in each for each in named]


def test_two_mistakes_are_both_named(gateway: RunningGateway) -> None:
    """
    A client that decodes the path may well leave the query out.
    """
    sign = signature(path_of(SPACED), text=RAW)
    sentences = explained(gateway, signed(gateway, sign))["sentences"]

    assert 2 == sum(each.startswith("The received signature is that of") for each in sentences)


def test_what_was_signed_is_told(gateway: RunningGateway) -> None:
    """
    "For a signature the string that the gateway computed, the received and the expected signature";
    "secrets never leave".
    """
    response = signed(gateway, signature(key=b"of nobody"))
    found = explained(gateway, response)
    masked, known = facts(found), facts(explained(gateway, response, "?originals=true"))
    digest = hashlib.sha256(NONCE.encode() + RAW).hexdigest()

    assert signature(key=b"of nobody") == masked["received signature"]
    assert "/b2b/users/***?(unknown name 1)=***" == masked["target as it was received, masked"]
    # A hash of a masked body tells which body it is, and a valid signature is a secret.
    assert digest not in json.dumps(found)
    assert signature() not in json.dumps(found)
    assert signature() == known["expected signature"]
    assert digest == known["SHA256(nonce + body), in hexadecimal"]
    assert TARGET == known["target as it was received"]
    assert SECRET not in json.dumps(found)
    assert any("None of the usual mistakes" in each for each in found["sentences"])


def test_a_nonce_is_explained_by_the_last_one(gateway: RunningGateway) -> None:
    """
    "For a nonce the last accepted one and the key's window".
    """
    patch(gateway, {}, nonce=1000)
    response = patch(gateway, {}, nonce=999)
    patch(gateway, {}, nonce=2000)
    found = explained(gateway, response)

    assert {"error": ["EAPI:Invalid nonce"]} == response.json()
    assert ("1000", "0", "999") == tuple(
        facts(found)[name]
        for name in ("last accepted nonce at that time", "window of the key", "nonce")
    )
    assert "The last accepted nonce of this key was 1000." in found["sentences"]


def test_a_lock_is_explained_by_its_account(gateway: RunningGateway) -> None:
    """
    "For a lock which account of which provider in which state locks the field, since which event",
    and where the other provider's spec says so.
    """
    response = patch(
        gateway,
        {"full_name": {"first_name": "Zoe", "last_name": "Quinn"}},
        user=LINKED_AND_LOCKED,
    )
    found = explained(gateway, response)
    account = f"machnet account {LENA_AT_MACHNET[1]}"

    assert 403 == response.status
    assert "FieldsLockedError" == found["error"]
    assert "full_name.first_name, full_name.last_name" == facts(found)["locked fields"]
    assert any(
        f"locked by {account}, whose account.status is VERIFIED" in s for s in found["sentences"]
    )
    assert any(
        each.startswith(f"{account}: account.status is VERIFIED since version ")
        for each in found["sentences"]
    )
    assert {"specs/machnet.yaml"} == {each["place"].partition(":")[0] for each in found["rules"]}
    assert {"x-lock"} == {each["rule"] for each in found["rules"]}


def rule(found: Any, name: str = "") -> Any:
    """The only rule of an explanation, or that of a field."""
    return next(each for each in found["rules"] if not name or each["field"] == name)


def test_an_enum_is_explained_by_its_values_and_its_place(gateway: RunningGateway) -> None:
    """
    "For an enum the allowed values", "where it stands in the spec (file, JSON pointer, line) and on
    the provider's page (x-basis, x-note)".
    """
    response = patch(gateway, {"occupation": "astronaut"})
    found = explained(gateway, response)
    known = rule(found)
    line = int(known["place"].rpartition(":")[2])
    lines = (gateway_specs() / "kraken.yaml").read_text("utf-8").splitlines()

    assert {"error": ["EGeneral:Invalid arguments:occupation"]} == response.json()
    assert "science" in facts(found)["allowed values of occupation"].split(", ")
    assert "enum" in lines[line - 1]
    assert known["pointer"].endswith("/enum")
    assert "documented" == known["basis"]
    assert known["page"].startswith("https://docs.kraken.com/")


def gateway_specs() -> Any:
    """The folder of the specs."""
    from profilegate.openapi.resources import specs_folder

    return specs_folder()


def test_a_long_enum_is_told_in_full(gateway: RunningGateway) -> None:
    """
    An error response has no room for 262 countries; an explanation has.
    """
    found = explained(gateway, patch(gateway, {"country_of_birth": "ZZ"}))

    assert 200 < len(facts(found)["allowed values of country_of_birth"].split(", "))


OTHERS: dict[str, tuple[Callable[[RunningGateway], Response], str]] = {
    "a required field": (
        lambda gateway: patch(gateway, {"full_name": {"first_name": "Zoe"}}),
        "full_name.last_name is required.",
    ),
    "a parameter": (
        lambda gateway: patch(gateway, {}, user="AA08"),
        "user must have at least",
    ),
    "a media type": (
        lambda gateway: patch(gateway, b"<a/>", headers={"Content-Type": "text/plain"}),
        "the body's media type must be application/json.",
    ),
    "an unreadable body": (lambda gateway: patch(gateway, b"{"), "the body is not JSON"),
    "an unknown account": (
        lambda gateway: patch(gateway, {}, user="AA52E25PMHAWYANF"),
        "it belongs to another tenant",
    ),
    "an unknown path": (
        lambda gateway: gateway.send("PATCH", "/b2b/user/1", headers=JSON),
        "no operation has this path.",
    ),
    "a missing credential": (
        lambda gateway: gateway.send("GET", f"/users/{INDIVIDUAL}"),
        "X-Client-Id or X-Client-Secret is missing.",
    ),
    "a wrong secret": (
        lambda gateway: gateway.send(
            "GET", f"/users/{INDIVIDUAL}", headers={**MACHNET, "X-Client-Secret": "x"}
        ),
        "X-Client-Secret is not its secret.",
    ),
    "swapped credentials": (
        lambda gateway: gateway.send(
            "GET",
            f"/users/{INDIVIDUAL}",
            headers={"X-Client-Id": "demo-secret", "X-Client-Secret": "demo-client"},
        ),
        "X-Client-Id and X-Client-Secret are swapped.",
    ),
    "an ended session": (
        lambda gateway: gateway.send("GET", f"/v2/user/get_info?hash={'0' * 32}"),
        "has expired",
    ),
    "an accepted request": (lambda gateway: patch(gateway, {}), "The request was accepted."),
    "an ignored field": (
        lambda gateway: patch(gateway, {"occupatoin": "science"}),
        "The spec does not know, so it was ignored: occupatoin.",
    ),
}


MISSPELT = {
    f"/user/{INDIVIDUAL}": "GET /users/{user_id}",
    "/b2b/user/AA08N84GCPARUN7A": "PATCH /b2b/users/{user}",
    "/UpdateMyUsr": "POST /UpdateMyUser",
    "/v2/user/personal_info/updat": "POST /v2/user/personal_info/update",
}


@pytest.mark.parametrize("path", MISSPELT)
def test_a_misspelt_path_is_near_the_right_one(gateway: RunningGateway, path: str) -> None:
    """
    Of any provider: the first segment may be the misspelt one.
    """
    found = explained(gateway, gateway.send("POST", path, body=b"{}", headers=JSON))

    assert MISSPELT[path] in facts(found)["paths like it"].split(", ")


@pytest.mark.parametrize("situation", OTHERS)
def test_every_situation_has_a_sentence(gateway: RunningGateway, situation: str) -> None:
    """
    "A short sentence list and the facts".
    """
    call, words = OTHERS[situation]
    found = explained(gateway, call(gateway))

    assert any(words in each for each in found["sentences"]), found["sentences"]


def test_an_own_lock_names_its_own_rule(gateway: RunningGateway) -> None:
    """
    The lock of the account that the request is for is found in its own spec.
    """
    response = gateway.send(
        "PATCH",
        f"/users/{INDIVIDUAL_VERIFIED}",
        body=b'{"first_name": "Zoe"}',
        headers={**MACHNET, **JSON},
    )
    known = rule(explained(gateway, response))

    assert ("first_name", "x-lock") == (known["field"], known["rule"])
    assert known["detail"].startswith("first_name cannot be changed while the account is")


def test_an_exchange_of_another_namespace_is_not_found(gateway: RunningGateway) -> None:
    """
    "Several namespaces: X-Profilegate-Namespace": a journal is that of one namespace.
    """
    assert 201 == send(gateway, "POST", "/namespaces", {"namespace": "one"}).status
    response = gateway.send(
        "GET",
        f"/v2/user/get_info?hash={NAVIXY_HASH}",
        headers={"X-Profilegate-Namespace": "one"},
    )
    path = f"/journal/{response.headers['x-request-id']}"
    one = send(gateway, "GET", path, headers={"X-Profilegate-Namespace": "one"})

    assert 404 == send(gateway, "GET", path).status
    assert (200, "navixy") == (one.status, one.json()["provider"])
    assert KRAKEN_USER not in one.text
