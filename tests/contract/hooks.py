"""Hooks of Schemathesis: sign each request, use the demo data, encode Diadoc's messages.

``schemathesis.toml`` beside this file names them; README has the command.
"""

import itertools
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import schemathesis
from hypothesis import strategies as st
from requests.auth import AuthBase

import tests.contract.protobuf  # noqa: F401  (Schemathesis learns Diadoc's messages)
from tests.clients import (
    INDIVIDUAL,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
    with_nonce,
)

Document = dict[str, Any]
Sign = Callable[[str, bytes], Mapping[str, str]]

FORM = "application/x-www-form-urlencoded"
PRIVATE_USE = r"\ue000-\uf8ff"
LINES = "application/x-ndjson"
PROFILE = "/profiles/{profile_id}"
ACCOUNTS = f"{PROFILE}/accounts"
WHAT_IF = f"{PROFILE}/what-if"
CONFIRM = "/UpdateMyUser/confirm"
FAULT = "/faults/{fault_id}"
EXCHANGE = "/journal/{request_id}"
RESET_NONCE = "/credentials/{credential_id}/reset-nonce"
ALLOWED = (
    "Expected 401 or 403, got `400 Bad Request`",
    '"status":{"code":4,',
    "Some fields cannot be updated [",
    "state: must match ^[A-Z]{2}$",
)
"""Parts of the failures that ``filter_failure`` explains."""

PASSWORD = "demo-password"
PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]*$"
DIADOC_OTHER_TOKEN = "ZGVtby10b2tlbi9saW5rZWQ="
ADMIN = {"Authorization": "Bearer demo-admin"}


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


_kraken = KrakenPartner(nonces=itertools.count(_milliseconds()))

SIGN: Mapping[str, Sign] = {
    "/b2b/": _kraken.headers,
    "/users": lambda target, body: MACHNET,
    "/v2/": lambda target, body: {"Authorization": f"NVX {NAVIXY_HASH}"},
    **dict.fromkeys(
        (
            *("/profiles", "/accounts", "/export", "/import", "/credentials", "/outbox"),
            *("/namespaces", "/faults", "/journal"),
        ),
        lambda target, body: ADMIN,
    ),
    "/": lambda target, body: diadoc_authorization(),
}
"""What authenticates a request, by the beginning of its target; the first one that fits."""


def _nonce_in(raw: bytes) -> Any:
    """The nonce in a body of Kraken's Embed v1."""
    value = json.loads(raw) if raw.startswith(b"{") else {}
    return value.get("nonce")


def _with_rising_nonce(raw: bytes) -> bytes:
    """The body with the next nonce, unless it has one that is to be rejected."""
    nonce = _nonce_in(raw) if b'"nonce"' in raw else 1
    text = str(nonce) if isinstance(nonce, int | str) and not isinstance(nonce, bool) else ""
    is_valid = text.isascii() and text.isdigit() and 0 < int(text) < 2**64
    return with_nonce(raw, next(_kraken.nonces)) if is_valid else raw


class Signed(AuthBase):
    """Authenticates each request just before it is sent: Kraken signs the sent bytes."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the provider's headers."""
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        assert isinstance(raw, bytes)
        target = request.path_url
        if target.startswith(("/v2/user/logout", "/v2/user/session/renew")):
            assert request.url is not None
            request.headers["Authorization"] = f"NVX {_session_hash(request.url)}"
            return request
        if target.startswith("/0/"):
            raw = _with_rising_nonce(raw)
            request.body = raw
            request.headers["Content-Length"] = str(len(raw))
            headers = _kraken.headers(target, raw, _nonce_in(raw))
            del headers["API-Nonce"]
            request.headers.update(headers)
            return request
        sign = next(sign for begin, sign in SIGN.items() if target.startswith(begin))
        request.headers.update(sign(target, raw))
        return request


def _session_hash(url: str) -> str:
    """The hash of a new session: an API key has none to end or prolong."""
    login = {"login": "charles.pearson@example.com", "password": PASSWORD}
    base = urlsplit(url)
    found = requests.post(f"{base.scheme}://{base.netloc}/v2/user/auth", json=login, timeout=10)
    return str(found.json()["hash"])


schemathesis.auth.set_from_requests(Signed())  # type: ignore[attr-defined]
schemathesis.openapi.format("phone", st.sampled_from(["+12106603032", "+4722123456"]))
schemathesis.openapi.format("country", st.sampled_from(["NO", "US", "DE"]))
FREE = st.characters(codec="utf-8", exclude_categories=["Cc", "Co"])
schemathesis.openapi.format("free-text", st.text(FREE, min_size=1, max_size=9))
schemathesis.openapi.format("free-text-of-8", st.text(FREE, min_size=8, max_size=8))


# --- Media types ------------------------------------------------------------------------


@schemathesis.serializer(LINES)
def _serialize(context: schemathesis.SerializationContext, value: Any) -> bytes:
    lines = value if isinstance(value, list) else [value]
    return b"\n".join(json.dumps(line).encode() for line in lines)


@schemathesis.deserializer(LINES)
def _deserialize(
    context: schemathesis.DeserializationContext, response: schemathesis.Response
) -> Any:
    return [json.loads(line) for line in response.content.splitlines()]


# --- The demo data ----------------------------------------------------------------------
# A schema cannot say which users exist. Each function narrows a spec to users of the demo data, so
# that requests that Schemathesis considers valid reach the store.


def kraken(document: Document) -> None:
    """Use one user, in both forms of the IIBAN."""
    document["components"]["schemas"]["UserId"]["enum"] = [KRAKEN_USER, "AA08 N84G CPAR UN7A"]


def machnet(document: Document) -> None:
    """Use one user, whose id the page's sample does not have, and documents with their values:
    without one, a document must name a stored one."""
    document["components"]["parameters"]["UserId"]["schema"]["enum"] = [INDIVIDUAL]
    for kind in ("PhysicalDocumentUpdate", "VirtualDocumentUpdate"):
        schema = document["components"]["schemas"][kind]
        schema["required"] = ["document_type", "document_value"]
        value = schema["properties"]["document_value"]
        del value["nullable"]
        value["pattern"] = value["pattern"].replace(r"\*{5}[^*\x00]{0,4}|", "")


def diadoc(document: Document) -> None:
    """Use a known login, organization and box."""
    properties = document["components"]["schemas"]["LoginPassword"]["properties"]
    properties["login"]["enum"] = ["login@kontur.ru"]
    properties["password"]["enum"] = [PASSWORD]
    parameters = document["components"]["parameters"]
    parameters["Login"]["schema"]["enum"] = ["login@kontur.ru"]
    parameters["Password"]["schema"]["enum"] = [PASSWORD]
    for path in ("/GetMyPermissions", "/GetMyEmployee", "/GetMyCertificates"):
        [parameter] = document["paths"][path]["get"]["parameters"]
        parameter["schema"]["enum"] = [parameter["example"]]


def navixy(document: Document) -> None:
    """Use a known login and hash. Only a link puts the hash of a session into a body."""
    schemas = document["components"]["schemas"]
    _name_formats(document)
    schemas["Hash"]["enum"] = [NAVIXY_HASH]
    schemas["UserAuth"]["properties"]["login"]["enum"] = ["charles.pearson@example.com"]
    schemas["UserAuth"]["properties"]["password"]["enum"] = [PASSWORD]
    for linked in ("UserInfoRequest", "SessionRequest"):
        del schemas[linked]["properties"]["hash"]
    for session in ("logout", "session/renew"):
        content = document["paths"][f"/user/{session}"]["post"]["requestBody"]["content"]
        for media in content.values():
            del media["examples"]


def _name_formats(node: Any) -> None:
    """Say of each free text that it is one: no pattern names all private use characters."""
    if not isinstance(node, dict | list):
        return
    if isinstance(node, dict) and PRIVATE_USE in str(node.get("pattern")):
        node["format"] = "free-text" if node["pattern"].endswith("*$") else "free-text-of-8"
    for child in node.values() if isinstance(node, dict) else node:
        _name_formats(child)


def profiles(document: Document) -> None:
    """Use one provider, whose accounts' names and own fields have one form."""
    schemas, parameters = document["components"]["schemas"], document["components"]["parameters"]
    for name in ("NewAccount", "NewCredential", "DryRun"):
        properties = schemas[name]["properties"]
        properties["provider"]["enum"] = ["navixy"]
        properties["external_id"]["pattern"] = "^[1-9][0-9]{8}$"
        properties.pop("tenant", None)
    schemas["NewAccount"]["required"] = ["provider", "external_id", "fields"]
    schemas["NewCredential"]["required"] = ["provider", "external_id"]
    schemas["NewCredential"]["properties"]["kind"]["enum"] = ["hash"]
    del schemas["NewCredential"]["properties"]["expires_at"]
    del schemas["NewCredential"]["properties"]["nonce_window"]
    schemas["NewPassword"]["properties"]["password"] |= {"maxLength": 40, "pattern": PRINTABLE}
    schemas["OwnFields"]["required"] = ["login"]
    for schema, names in {
        "OwnChanges": ["status", "organizations"],
        "OwnFields": ["business", "type"],
    }.items():
        for name in names:
            del schemas[schema]["properties"][name]
    # Most times are before the clock's own.
    del schemas["ClockChange"]["properties"]["to"]
    parameters["ProviderName"]["schema"]["enum"] = ["navixy"]
    parameters["ProviderFilter"]["schema"]["enum"] = ["machnet"]
    parameters["OperationFilter"]["schema"]["enum"] = ["update_user"]
    parameters["IfMatch"]["schema"]["enum"] = ["*"]
    del parameters["IfMatch"]["example"]
    account = document["paths"]["/profiles/{profile_id}/accounts/{provider}/{external_id}"]
    changed = account["patch"]["requestBody"]["content"]["application/json"]["examples"]
    del changed["verified"], changed["organizations"]
    new = document["paths"]["/profiles/{profile_id}/accounts"]["post"]["requestBody"]["content"]
    del new["application/json"]["examples"]["machnet_account"]
    credential = document["paths"]["/credentials"]["post"]["requestBody"]["content"]
    for name in ("for_a_tenant", "for_a_bearer", "for_an_integrator"):
        del credential["application/json"]["examples"][name]
    _narrow_faults(document)


def _narrow_faults(document: Document) -> None:
    """Use one error of one operation, without what may stand in its place or excludes it."""
    schemas = document["components"]["schemas"]
    fault = schemas["NewFault"]
    for name, value in (("provider", "navixy"), ("operation", "log_out"), ("error", "wrong_hash")):
        fault["properties"][name]["enum"] = [value]
    fault["required"] = ["provider", "error"]
    for name in ("status", "delay_seconds", "body_seconds", "broken"):
        del fault["properties"][name]
    del schemas["FaultHeader"]["properties"]["pattern"], schemas["FaultMatch"]["properties"]["seed"]
    new = document["paths"]["/faults"]["post"]["requestBody"]["content"]
    del new["application/json"]["examples"]


NARROW: Mapping[str, Callable[[Document], None]] = {
    "Kraken Embed": kraken,
    "Machnet SEND: users": machnet,
    "Diadoc": diadoc,
    "Navixy: user": navixy,
    "Profilegate profiles": profiles,
}


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: Document) -> None:
    """Narrow a spec to the demo data."""
    NARROW[raw_schema["info"]["title"]](raw_schema)


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: "schemathesis.Case[Any]", kwargs: dict[str, Any]
) -> None:
    """Use what only the gateway knows: the link in a mail (once), a new profile with an account;
    and give each account a name of its own."""
    url = case.operation.schema.get_base_url().rstrip("/")
    if case.operation.path == CONFIRM and case.query and url not in _CONFIRMED:
        _CONFIRMED.add(url)
        case.query["token"] = _confirmation_token(url)
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    if case.operation.path == ACCOUNTS and is_positive and isinstance(case.body, dict):
        name = str(next(_NUMBERS))
        fields: Any = case.body["fields"]
        case.body["external_id"] = name
        fields["login"] = f"{name}@example.com"
    if case.operation.path == RESET_NONCE and is_positive:
        new = {"provider": "kraken", "tenant": "demo"}
        made = requests.post(f"{url}/credentials", json=new, headers=ADMIN, timeout=9).json()
        case.path_parameters["credential_id"] = made["id"]
    if case.operation.path == FAULT and is_positive:
        fault = {"provider": "navixy", "operation": "log_out", "error": "wrong_hash"}
        made = requests.post(f"{url}/faults", json=fault, headers=ADMIN, timeout=9).json()
        case.path_parameters["fault_id"] = made.get("id", "1")
    if case.operation.path.startswith(EXCHANGE) and is_positive:
        rejected = requests.get(f"{url}/users/{INDIVIDUAL}", timeout=9)
        case.path_parameters["request_id"] = rejected.headers["X-Request-Id"]
    is_linked = case.meta is not None and case.meta.phase.name.value == "stateful"
    if case.operation.path.startswith(PROFILE) and is_positive and not is_linked:
        made = _new_account(url)
        case.path_parameters |= {k: v for k, v in made.items() if k in case.path_parameters}
        if case.operation.path == WHAT_IF and isinstance(case.body, dict):
            case.body["external_id"] = made["external_id"]


def _new_account(url: str) -> dict[str, str]:
    """The parameters of a path that leads to a new account on a new profile."""
    name = str(next(_NUMBERS))
    body: Any = {
        "provider": "navixy",
        "external_id": name,
        "fields": {"login": f"{name}@example.com"},
    }
    profile = requests.post(f"{url}/profiles", json={}, headers=ADMIN, timeout=9).json()["id"]
    requests.post(f"{url}/profiles/{profile}/accounts", json=body, headers=ADMIN, timeout=9)
    return {"profile_id": profile, "provider": "navixy", "external_id": name}


_NUMBERS = itertools.count(100_000_000 + _milliseconds() % 800_000_000)
"""Names of accounts that no earlier run has given."""

_CONFIRMED: set[str] = set()
"""The gateways whose mailed link was used; it works once."""


def _confirmation_token(url: str) -> str:
    """The token of the link that is mailed to a new login."""
    login = f"schemathesis-{_milliseconds()}@kontur.ru"
    sender = diadoc_authorization(DIADOC_OTHER_TOKEN)
    requests.post(
        f"{url}/UpdateMyUser", json={"Login": {"Login": login}}, headers=sender, timeout=9
    )
    (text,) = [mail["text"] for mail in _mails(url) if mail["to"] == login]
    link = re.search(r"https?://\S+", text)
    assert link is not None
    return parse_qs(urlsplit(link[0]).query)["token"][0]


def _mails(url: str) -> Iterator[Any]:
    """The outbox, all of its pages."""
    page: dict[str, Any] = {"next": None}
    while "next" in page:
        query = {"limit": "100", "cursor": page["next"]}
        page = requests.get(f"{url}/outbox", params=query, headers=ADMIN, timeout=9).json()
        yield from page["mails"]


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: "schemathesis.Case[Any]") -> bool:
    """Leave out lists in queries, and lists and objects in forms: they are sent as a repeated name,
    which is rejected as ambiguous even if it is unknown. Leave out objects in queries: they are
    sent under names in brackets, which are unknown. Leave out null where it is as not sent."""
    is_form = case.media_type == FORM
    is_nested = any("[" in name for name in case.query)
    drops_null = case.operation.schema.raw_schema.get("x-null") == "absent"
    return not (
        is_nested
        or _has_list(case.query)
        or (is_form and _has_container(case.body))
        or (drops_null and _has_null(case.body))
    )


def _has_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(each is None or _has_null(each) for each in value.values())
    return isinstance(value, list) and any(map(_has_null, value))


def _has_container(form: Any) -> bool:
    return isinstance(form, dict) and any(isinstance(each, list | dict) for each in form.values())


def _has_list(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_list, value.values()))
    return isinstance(value, list)


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext, failure: Any, case: Any, response: Any
) -> bool:
    """Three rules of providers that Schemathesis cannot know.

    Navixy rejects a hash with 400 (code 3: it is missing or malformed, code 4: its session ended),
    not with 401. The locked fields of a Machnet user depend on its status, which no schema knows,
    and its states on the country, which may be the stored one.
    """
    said = f"{failure.title} {failure.message} {response.text}"
    return not any(words in said for words in ALLOWED)
