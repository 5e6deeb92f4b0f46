"""Servers that break one rule each: a correct gateway behind a small change of its traffic."""

import json
from dataclasses import dataclass, replace

from tests.clients import kraken_signature
from tests.contract_verify.served import Message, Serve, Server

# --- Machnet ------------------------------------------------------------------------------


def is_user(message: Message) -> bool:
    return message.path.startswith("/users/") and message.path.count("/") == 2


async def wrong_enum(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    return replace(response, body=response.body.replace(b'"UNVERIFIED"', b'"NEW"'))


async def missing_field(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if not (is_user(request) and response.status == 200):
        return response
    return response.with_json({k: v for k, v in response.json().items() if k != "status"})


async def crashes_on_null(server: Server, request: Message) -> Message:
    if request.method == "PATCH" and None in request.json().values():
        error = {"status": 500, "code": "INTERNAL_SERVER_ERROR", "message": "oops"}
        return Message({"content-type": "application/json"}, json.dumps(error).encode(), status=500)
    return await server.ask(request)


async def undocumented_status(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    is_updated = request.method == "PATCH" and response.status == 200
    return replace(response, status=202) if is_updated else response


async def unmasked_ssn(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    return replace(response, body=response.body.replace(b"*****1112", b"111111112"))


async def lock_ignored(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    changed = server.seen.setdefault(request.path, {})
    if request.method == "PATCH" and b"cannot be updated" in response.body:
        names = ("first_name", "middle_name", "last_name", "date_of_birth", "gender")
        sent = request.json()
        changed |= {name: sent[name] for name in names if isinstance(sent.get(name), str)}
        response = await server.ask(replace(request, method="GET", body=b""))
    if is_user(request) and response.status == 200:
        return response.with_json({**response.json(), **changed})
    return response


async def secret_ignored(server: Server, request: Message) -> Message:
    right = {"x-client-secret": server.double.machnet.client_secret}
    known = request.headers.get("x-client-id") == server.double.machnet.client_id
    return await server.ask(
        replace(request, headers={**request.headers, **right}) if known else request
    )


async def stale_read(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if request.method == "GET" and is_user(request) and response.status == 200:
        older: Message = server.seen.setdefault(request.path, response)
        return older
    return response


async def replaces(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if request.method == "PATCH" and is_user(request) and response.status == 200:
        lost = {"first_name", "middle_name", "occupation"} - request.json().keys()
        server.seen.setdefault(request.path, set()).update(lost)
        server.seen[request.path] -= request.json().keys()
    if is_user(request) and response.status == 200:
        lost = server.seen.get(request.path, set())
        return response.with_json({k: v for k, v in response.json().items() if k not in lost})
    return response


async def not_archived(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if not (is_user(request) and response.status == 200):
        return response
    value = response.json()
    copies = server.seen.setdefault(request.path, {})
    copies |= {each["id"]: each for each in value.get("physical_documents", ())}
    if copies:
        value["physical_documents"] = list(copies.values())
    return response.with_json(value)


async def wrong_media_type(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if request.method == "GET":
        return replace(response, headers={**response.headers, "content-type": "text/plain"})
    return response


async def writes_half(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    sent = request.json()
    if request.method == "PATCH" and response.status == 400 and "occupation" in sent:
        await server.ask(request.with_json({"occupation": sent["occupation"]}))
    return response


async def takes_anything(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if request.method == "PATCH" and response.status == 400 and b"must" in response.body:
        return await server.ask(replace(request, method="GET", body=b""))
    return response


# --- Kraken -------------------------------------------------------------------------------


def signed_anew(server: Server, request: Message, nonce: str) -> Message:
    """The request with the right signature."""
    kraken = server.double.kraken
    signature = kraken_signature(kraken.private_key, request.target, nonce, request.body)
    headers = {**request.headers, "api-nonce": nonce, "api-sign": signature}
    return replace(request, headers=headers)


async def signature_ignored(server: Server, request: Message) -> Message:
    if (
        request.headers.get("api-key") == server.double.kraken.api_key
        and "api-nonce" in request.headers
    ):
        return await server.ask(signed_anew(server, request, request.headers["api-nonce"]))
    return await server.ask(request)


async def replay_accepted(server: Server, request: Message) -> Message:
    nonce = request.headers.get("api-nonce", "")
    if request.headers.get("api-sign") != signed_anew(server, request, nonce).headers["api-sign"]:
        return await server.ask(request)
    server.seen["nonce"] = max(server.seen.get("nonce", 0) + 1, int(nonce) + 10**15)
    return await server.ask(signed_anew(server, request, str(server.seen["nonce"])))


async def key_ignored(server: Server, request: Message) -> Message:
    if "api-nonce" not in request.headers:
        return await server.ask(request)
    headers = {**request.headers, "api-key": server.double.kraken.api_key}
    return await server.ask(replace(request, headers=headers))


async def shows_details(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if request.method == "GET" and response.status == 200 and b"required_actions" in response.body:
        name = {"first_name": "Zoe", "last_name": "Quinn"}
        value = response.json()
        return response.with_json({"result": {**value["result"], "full_name": name}})
    return response


# --- Navixy -------------------------------------------------------------------------------


async def merges(server: Server, request: Message) -> Message:
    if request.path.endswith("/personal_info/update") and request.is_json:
        info = replace(request, target="/v2/user/get_info", body=b"{}")
        shown = (await server.ask(info)).json().get("user_info", {})
        kept = {name: shown[name] for name in ("middle_name", "post_city") if shown.get(name)}
        return await server.ask(request.with_json({**kept, **request.json()}))
    return await server.ask(request)


async def clears_the_phone(server: Server, request: Message) -> Message:
    if request.path.endswith("/personal_info/update") and request.is_json:
        return await server.ask(request.with_json({"phone": "", **request.json()}))
    return await server.ask(request)


async def session_never_ends(server: Server, request: Message) -> Message:
    if request.path.endswith("/user/logout"):
        body = b'{"success":true}'
        return Message({"content-type": "application/json"}, body, status=200)
    return await server.ask(request)


# --- Diadoc -------------------------------------------------------------------------------


async def login_at_once(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    sent = request.json() if request.is_json else {}
    if request.path == "/UpdateMyUser" and response.status == 200 and sent.get("Login"):
        server.seen["login"] = sent["Login"]["Login"]
    if "login" in server.seen and response.is_json and "Login" in response.json():
        return response.with_json({**response.json(), "Login": server.seen["login"]})
    return response


async def keeps_the_middle_name(server: Server, request: Message) -> Message:
    response = await server.ask(request)
    if response.status != 200 or not response.is_json or "FullName" not in response.json():
        return response
    value = response.json()
    if "MiddleName" in value["FullName"]:
        server.seen["middle"] = value["FullName"]["MiddleName"]
    elif "middle" in server.seen:
        value["FullName"]["MiddleName"] = server.seen["middle"]
    return response.with_json(value)


# --- All of them --------------------------------------------------------------------------


@dataclass(frozen=True)
class WrongServer:
    """A server, its provider, and the finding that it must cause: its rule and its sentence."""

    provider: str
    serve: Serve
    rule: str
    sentence: str


WRONG_SERVERS = {
    "a word that the spec does not have": WrongServer(
        "machnet", wrong_enum, "enum", "User Verification Status"
    ),
    "a required field is missing": WrongServer(
        "machnet", missing_field, "required", "that id and status are always there"
    ),
    "500 for null": WrongServer("machnet", crashes_on_null, "x-null", "'Add a Receive User'"),
    "an undocumented status": WrongServer(
        "machnet", undocumented_status, "undocumented", "'This API allows you to update"
    ),
    "an SSN is not masked": WrongServer(
        "machnet", unmasked_ssn, "x-mask", "111111112 in, *****1112 out"
    ),
    "a lock is not enforced": WrongServer(
        "machnet", lock_ignored, "x-lock", "'Updatable fields for send user (individual)'"
    ),
    "the secret is not checked": WrongServer(
        "machnet", secret_ignored, "security", "send X-Client-Id and X-Client-Secret"
    ),
    "the key is not checked": WrongServer(
        "kraken", key_ignored, "security", "header should contain your API key"
    ),
    "the signature is not checked": WrongServer(
        "kraken", signature_ignored, "signature", "signed with the API-Sign header"
    ),
    "a nonce is accepted twice": WrongServer(
        "kraken", replay_accepted, "nonce", "always increasing, unsigned 64-bit integer"
    ),
    "a read is stale": WrongServer(
        "machnet", stale_read, "stale", "'This API allows you to update the user information.'"
    ),
    "it merges where it must replace": WrongServer(
        "navixy", merges, "x-whole", "replaces the stored personal info rather than merging"
    ),
    "it replaces where it must merge": WrongServer(
        "machnet", replaces, "merge", "leaves the others as they are"
    ),
    "an older document is not archived": WrongServer(
        "machnet", not_archived, "x-documents", "archive the older one"
    ),
    "a login changes before its confirmation": WrongServer(
        "diadoc", login_at_once, "pending-login", "старое значение логина"
    ),
    "a wrong media type": WrongServer(
        "machnet", wrong_media_type, "enum", "no answer of 'Get User by ID'"
    ),
    "personal data that is never shown": WrongServer(
        "kraken", shows_details, "x-pii", "copies of the reference"
    ),
    "a field that stays is cleared": WrongServer(
        "navixy", clears_the_phone, "x-omitted", "Not changes if not passed"
    ),
    "a session does not end": WrongServer(
        "navixy", session_never_ends, "session", "standard user session"
    ),
    "a rejected update writes a part": WrongServer(
        "machnet", writes_half, "atomic", "nothing is written"
    ),
    "a part stays where the whole is replaced": WrongServer(
        "diadoc", keeps_the_middle_name, "x-whole", "required string LastName"
    ),
    "invalid values are accepted": WrongServer(
        "machnet", takes_anything, "validation", "'Updatable fields for send user (individual)'"
    ),
}
