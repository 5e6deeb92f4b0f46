"""Masks: what the journal shows has no personal data and no secret in it."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from profilegate.admin.seed_files import read_demo_data
from tests.clients import (
    INDIVIDUAL_VERIFIED,
    JSON,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)
from tests.journal.exchanges import explained, journal, last
from tests.kraken.calls import patch
from tests.profiles.client import send
from tests.running_gateway import Response, RunningGateway

SHORT = 4
"""Shorter texts, such as countries, are found everywhere by accident."""


def demo_texts() -> Iterator[str]:
    """The personal values and the secrets of the demo data."""
    data = read_demo_data()
    for credential in data["credentials"]:
        if "secret_base64" in credential:
            yield base64.b64decode(credential["secret_base64"]).decode()
        yield credential.get("secret_base64") or credential.get("secret") or ""
    for person in data["people"]:
        yield from texts_in(person["fields"])
        for account in person["accounts"]:
            yield from texts_in(account["fields"].get("account.login"))
            yield account.get("password", "")
            yield from (each["text"] for each in account.get("credentials", ()))


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a value."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)
    elif isinstance(value, str):
        yield value


CODES = {"ARTS_ENTERTAINMENT", "COMPUTER_TECHNOLOGY", "CERTIFICATE_OF_INCORPORATION", "female"}
"""Values of enumerations, which explanations list."""

NEEDLES = {text for text in demo_texts() if len(text) >= SHORT} - CODES


MACHNET_USER = f"/users/{INDIVIDUAL_VERIFIED}"
KAI_AT_KRAKEN = {"full_name": {"first_name": "Kai", "last_name": "Krause"}, "phone": "+12106603032"}
CHARLES = {
    "hash": NAVIXY_HASH, "legal_type": "individual", "first_name": "Charles",
    "middle_name": "Henry", "last_name": "Pearson",
}  # fmt: skip
LOGIN = {"login": "charles.pearson@example.com", "password": "demo-password"}
VERA = {
    "first_name": "Vera", "last_name": "Verified", "email": "vera@example.com",
    "virtual_documents": [{"document_type": "SSN", "document_value": "111111112"}],
    "vera@example.com": {"Verified": "111111112"},
}  # fmt: skip
IVAN = {
    "FullName": {"FullName": {"LastName": "Sidorov", "FirstName": "Ivan"}},
    "login@kontur.ru": 1,
}

DIADOC = diadoc_authorization()
PROTOBUF = {"Accept": "application/x-protobuf"}
NOT_HERS = {"X-Client-Id": "demo-client", "X-Client-Secret": "demo-password"}
LOGIN_AT_DIADOC = {"login": "login@kontur.ru", "password": "demo-password"}

CALLS: dict[str, tuple[tuple[str, str, Any, Mapping[str, str]], ...]] = {
    "diadoc": (
        ("GET", "/V2/GetMyUser", None, DIADOC),
        ("GET", "/V2/GetMyUser", None, {**DIADOC, **PROTOBUF}),
        ("GET", "/GetMyOrganizations", None, DIADOC),
        ("POST", "/UpdateMyUser", IVAN, DIADOC),
        ("POST", "/UpdateMyUser?login@kontur.ru=Sidorov", {"FullName": "Ivan"}, DIADOC),
        (
            "POST", "/V3/Authenticate?type=password", LOGIN_AT_DIADOC,
            {"Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"},
        ),
        ("GET", "/V2/GetMyUser/Sidorov", None, DIADOC),
    ),
    "machnet": (
        ("GET", MACHNET_USER, None, MACHNET),
        ("PATCH", MACHNET_USER, VERA, MACHNET),
        ("PATCH", MACHNET_USER, {"email": ["vera@example.com"], "gender": "Vera"}, MACHNET),
        ("PATCH", f"{MACHNET_USER}?email=vera@example.com&Verified=1", {}, MACHNET),
        ("PATCH", f"{MACHNET_USER}/vera@example.com", {}, MACHNET),
        ("PATCH", MACHNET_USER, VERA, NOT_HERS),
    ),
    "navixy": (
        ("POST", "/v2/user/auth", LOGIN, {}),
        ("POST", "/v2/user/auth", {**LOGIN, "login": ["charles.pearson@example.com"]}, {}),
        ("POST", "/v2/user/get_info", CHARLES, {}),
        ("GET", f"/v2/user/get_info?hash={NAVIXY_HASH}&Pearson=Charles", None, {}),
        ("GET", "/v2/user/get_info", None, {"Authorization": f"NVX {NAVIXY_HASH}"}),
        ("POST", "/v2/user/personal_info/update", CHARLES, {}),
        ("POST", "/v2/user/personal_info/update", {**CHARLES, "legal_type": "Charles"}, {}),
    ),
}  # fmt: skip


def look_at(gateway: RunningGateway, response: Response) -> str:
    """Everything that the journal shows of an exchange."""
    found = [
        explained(gateway, response),
        last(gateway),
        send(gateway, "GET", "/journal/har").json(),
    ]
    return json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("provider", CALLS)
def test_no_personal_value_and_no_secret_is_shown(gateway: RunningGateway, provider: str) -> None:
    """
    "A canary test: no personal value and no secret of the demo data in any masked output or HAR".
    """
    shown = ""
    for method, target, body, headers in CALLS[provider]:
        raw = None if body is None else json.dumps(body).encode()
        response = gateway.send(method, target, body=raw, headers={**JSON, **headers})
        shown += look_at(gateway, response)

    assert [] == [text for text in sorted(NEEDLES) if text in shown]


def test_nothing_of_a_signed_request_is_shown_either(gateway: RunningGateway) -> None:
    """
    As above; an explanation of a wrong signature works with the private keys of all partners.
    """
    other = KrakenPartner(
        "demo-api-key", "b3RoZXItc2VjcmV0LWZvci1wcm9maWxlZ2F0ZS1vbmx5LW5vdC1hLXJlYWwta2V5IQ=="
    )
    shown = "".join(
        look_at(gateway, response)
        for response in (
            patch(gateway, KAI_AT_KRAKEN),
            patch(gateway, KAI_AT_KRAKEN, user="Kai Krause"),
            patch(gateway, KAI_AT_KRAKEN, partner=other, nonce=3),
            patch(gateway, {"occupation": "Krause", "Krause": {"Kai": "Krause"}}, nonce=4),
            patch(gateway, KAI_AT_KRAKEN, headers={"API-Sign": other.private_key}, nonce=5),
        )
    )

    assert [] == [text for text in sorted(NEEDLES) if text in shown]


def test_originals_show_everything(gateway: RunningGateway) -> None:
    """
    "What is stored is the original": a mask is made when the journal is read.
    """
    body = {"hash": NAVIXY_HASH, "legal_type": "individual", "first_name": "Zoe"}
    gateway.send("POST", "/v2/user/get_info?hash=x", body=json.dumps(body).encode(), headers=JSON)
    request = last(gateway, "&originals=true")["request"]

    assert body == request["body"]["value"]
    assert "/v2/user/get_info?hash=x" == request["target"]
    assert {"hash": "***", "(unknown name 1)": "***", "(unknown name 2)": "***"} == last(gateway)[
        "request"
    ]["body"]["value"]
    assert "/v2/user/get_info?hash=***" == last(gateway)["request"]["target"]


def test_a_value_that_breaks_its_rule_is_hidden(gateway: RunningGateway) -> None:
    """
    Somebody's name in the place of a number is still somebody's name.
    """
    patch(gateway, {"tos_version_accepted": "Zoe Quinn", "language": "en"})

    assert "***" == last(gateway)["request"]["body"]["value"]["tos_version_accepted"]


def test_what_is_not_personal_is_shown(gateway: RunningGateway) -> None:
    """
    A journal that hides everything explains nothing.
    """
    patch(gateway, {"tos_version_accepted": 7})
    found = last(gateway)
    headers = {each["name"]: each["value"] for each in found["request"]["headers"]}

    assert 7 == found["request"]["body"]["value"]["tos_version_accepted"]
    assert {"result": "success"} == found["response"]["body"]["value"]
    assert ("application/json", "***", "***") == (
        headers["content-type"],
        headers["api-key"],
        headers["api-sign"],
    )


def test_protobuf_is_shown_as_json(gateway: RunningGateway) -> None:
    """
    "Bodies by their media types": a message has the names that JSON has.
    """
    headers = {**diadoc_authorization(), "Accept": "application/x-protobuf"}
    gateway.send("GET", "/V2/GetMyUser", headers=headers)

    assert "***" == last(gateway)["response"]["body"]["value"]["Login"]


def test_an_unreadable_body_is_shown_by_its_length(gateway: RunningGateway) -> None:
    """
    "Unreadable bodies are shown by their length only when masked".
    """
    gateway.send(
        "PATCH",
        f"/users/{INDIVIDUAL_VERIFIED}",
        body=b'{"first_name":',
        headers={**MACHNET, **JSON},
    )

    assert {"size_bytes": 14} == last(gateway)["request"]["body"]


REQUIRED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "log": {"version": str, "creator": dict, "entries": list},
    "creator": {"name": str, "version": str},
    "entry": {
        "startedDateTime": str, "time": (int, float), "request": dict, "response": dict,
        "cache": dict, "timings": dict,
    },
    "request": {
        "method": str, "url": str, "httpVersion": str, "cookies": list, "headers": list,
        "queryString": list, "headersSize": int, "bodySize": int,
    },
    "response": {
        "status": int, "statusText": str, "httpVersion": str, "cookies": list, "headers": list,
        "content": dict, "redirectURL": str, "headersSize": int, "bodySize": int,
    },
    "content": {"size": int, "mimeType": str},
    "postData": {"mimeType": str, "params": list, "text": str},
    "timings": {"send": (int, float), "wait": (int, float), "receive": (int, float)},
}  # fmt: skip
"""HAR 1.2: the fields of each object that are not optional, and their types."""

OPTIONAL = {
    "entry": {"comment", "pageref", "serverIPAddress", "connection"},
    "request": {"postData", "comment"},
    "content": {"text", "encoding", "compression", "comment"},
    "postData": {"comment"},
    "response": {"comment"},
}


def check(kind: str, found: Any) -> None:
    """Check one object of an archive."""
    for name, kinds in REQUIRED[kind].items():
        assert isinstance(found[name], kinds), f"{kind}.{name}"
    assert found.keys() <= REQUIRED[kind].keys() | OPTIONAL.get(kind, set()), kind


def test_the_archive_has_the_fields_of_har(gateway: RunningGateway) -> None:
    """
    "HAR 1.2, checked in a test against the HAR 1.2 field list".
    """
    patch(gateway, {"occupation": "science"})
    gateway.send("GET", "/0/nothing?a=1")
    log = send(gateway, "GET", "/journal/har").json()["log"]
    check("log", log)
    check("creator", log["creator"])
    for entry in log["entries"]:
        check("entry", entry)
        check("request", entry["request"])
        check("response", entry["response"])
        check("content", entry["response"]["content"])
        check("timings", entry["timings"])
        if "postData" in entry["request"]:
            check("postData", entry["request"]["postData"])

    assert ["1.2", 2] == [log["version"], len(log["entries"])]
    assert '{"occupation":"***"}' == log["entries"][0]["request"]["postData"]["text"]
    assert len(journal(gateway)) == len(log["entries"])
