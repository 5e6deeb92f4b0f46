"""Violations that are planted into the recording of a correct client, one in each place."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Entries = list[Any]


@dataclass(frozen=True)
class Plant:
    """A change of one exchange, and the finding that it must cause."""

    change: Callable[[Entries], None]
    finding: tuple[str, str, str, str]
    """The operation, the side, the field, the rule."""


def entry(entries: Entries, method: str, end: str, number: int = 0) -> Any:
    """The exchange with a method and an end of its URL, the first or a later one."""
    urls = [each for each in entries if each["request"]["method"] == method]
    return [each for each in urls if each["request"]["url"].endswith(end)][number]


def request_body(found: Any, **changes: Any) -> None:
    """Change fields of a request's body; None removes one."""
    posted = found["request"]["postData"]
    posted["text"] = _changed(posted["text"], changes)


def response_body(found: Any, **changes: Any) -> None:
    """Change fields of a response's body; None removes one."""
    content = found["response"]["content"]
    content["text"] = _changed(content["text"], changes)


def _changed(text: str, changes: dict[str, Any]) -> str:
    value = {**json.loads(text), **changes}
    return json.dumps({name: each for name, each in value.items() if each is not None})


def set_header(found: Any, side: str, name: str, value: str | None) -> None:
    """Replace a header of the request or the response; None removes it."""
    headers = [each for each in found[side]["headers"] if each["name"].lower() != name.lower()]
    found[side]["headers"] = headers + ([{"name": name, "value": value}] if value else [])


# --- The client ---------------------------------------------------------------------------


def wrong_word(entries: Entries) -> None:
    request_body(entry(entries, "POST", "/users"), gender="WOMAN")


def missing_email(entries: Entries) -> None:
    request_body(entry(entries, "POST", "/users"), email=None)


def no_secret(entries: Entries) -> None:
    set_header(entry(entries, "GET", "/cip-info"), "request", "X-Client-Secret", None)


def bad_parameter(entries: Entries) -> None:
    found = entry(entries, "GET", "autoRegister=false")
    found["request"]["url"] = found["request"]["url"].replace("false", "perhaps")


def not_json(entries: Entries) -> None:
    entry(entries, "POST", "/UpdateMyUser")["request"]["postData"]["text"] = "{"


# --- The server ---------------------------------------------------------------------------


def unknown_status(entries: Entries) -> None:
    entry(entries, "POST", "/kyc")["response"]["status"] = 418


def missing_field(entries: Entries) -> None:
    found = entry(entries, "POST", "/v2/user/auth")
    response_body(found, hash=None)


def wrong_media_type(entries: Entries) -> None:
    set_header(entry(entries, "GET", "/cip-info"), "response", "Content-Type", "text/plain")


def unmasked(entries: Entries) -> None:
    found = entry(entries, "GET", "7a3c1e01")
    text = found["response"]["content"]["text"]
    assert "*****1112" in text
    found["response"]["content"]["text"] = text.replace("*****1112", "111111112")


def personal(entries: Entries) -> None:
    found = entry(entries, "GET", "UN7A")
    value = json.loads(found["response"]["content"]["text"])
    value["result"]["date_of_birth"] = "1990-05-04"
    found["response"]["content"]["text"] = json.dumps(value)


# --- State --------------------------------------------------------------------------------


def lock_ignored(entries: Entries) -> None:
    found = entry(entries, "PATCH", "7a3c1e01")
    request_body(found, first_name="Nora")
    response_body(found, first_name="Nora")


def stale(entries: Entries) -> None:
    found = next(each for each in entries if each["request"]["method"] == "PATCH")
    response_body(found, first_name="Pem")


def merged(entries: Entries) -> None:
    found = entry(entries, "POST", "/update", 1)
    request_body(found, middle_name=None)
    shown = entry(entries, "POST", "/get_info", 1)
    value = json.loads(shown["response"]["content"]["text"])
    value["user_info"]["middle_name"] = "Henry"
    shown["response"]["content"]["text"] = json.dumps(value)


def replayed_nonce(entries: Entries) -> None:
    first = next(each for each in entries if each["request"]["url"].endswith("UN7A"))
    nonce = next(h["value"] for h in first["request"]["headers"] if h["name"] == "API-Nonce")
    set_header(entry(entries, "GET", "UN7A"), "request", "API-Nonce", nonce)


PLANTS = {
    "a word that the page does not have": Plant(
        wrong_word, ("create_user", "request", "gender", "pattern")
    ),
    "no e-mail address in a registration": Plant(
        missing_email, ("create_user", "request", "email", "required")
    ),
    "no client secret": Plant(
        no_secret, ("get_verification_status", "request", "X-Client-Secret", "required")
    ),
    "a query that is no boolean": Plant(
        bad_parameter, ("get_my_organizations", "request", "autoRegister", "enum")
    ),
    "a body that is not JSON": Plant(not_json, ("update_my_user", "request", "", "unreadable")),
    "an undocumented status": Plant(
        unknown_status, ("initiate_verification", "response", "status", "undocumented")
    ),
    "a session without its hash": Plant(missing_field, ("log_in", "response", "hash", "required")),
    "JSON under text/plain": Plant(
        wrong_media_type,
        ("get_verification_status", "response", "content-type", "enum"),
    ),
    "an SSN that is not masked": Plant(
        unmasked, ("get_user", "response", "virtual_documents[0].document_value", "x-mask")
    ),
    "a detail that is never shown": Plant(
        personal, ("get_user", "response", "result.date_of_birth", "x-pii")
    ),
    "a verified name that changes": Plant(
        lock_ignored, ("update_user", "state", "first_name", "x-lock")
    ),
    "an update that does not show": Plant(stale, ("update_user", "state", "first_name", "stale")),
    "a field that stays where all are replaced": Plant(
        merged, ("get_info", "state", "middle_name", "x-whole")
    ),
    "a nonce that is accepted twice": Plant(
        replayed_nonce, ("get_user", "state", "API-Nonce", "nonce")
    ),
}

TEN = list(PLANTS)[:3] + list(PLANTS)[4:6] + list(PLANTS)[8:13]
"""Ten that do not touch the same exchange."""
