"""Kraken Embed: the rules of nonces and signatures in a recording, and its conversations."""

import secrets
from collections.abc import Mapping
from typing import Any

from profilegate.admin.rule_places import Rule, scheme_of
from profilegate.contract.checked import Checked
from profilegate.contract.conversations import UNCHECKED, Conversation, SetupFailedError, Talk
from profilegate.contract.provider_rules import CheckNext, ContractRules, Subject
from profilegate.errors import SettingError
from profilegate.openapi.inspection import HIDDEN

from .auth import V1_PREFIX, number
from .signing import sign_request

NONCES_KEPT_MAX = 1000
"""The largest nonces of a key, as the gateway remembers them for a key with a window."""


def checker(keys: Mapping[str, str]) -> CheckNext:
    """Check that the accepted nonces of each key rise, and the signatures of a known key."""
    used: dict[bytes, set[int]] = {}

    def check(checked: Checked) -> None:
        headers = checked.recorded.joined_headers()
        key, nonce = headers.get(b"api-key", b""), number(_nonce(checked))
        if not key or nonce is None or key == HIDDEN.encode():
            return
        if checked.is_accepted:
            _check_nonce(checked, nonce, used.setdefault(key, set()))
        if key.decode("latin-1") == keys.get("api_key"):
            _check_signature(checked, keys["private_key"], headers.get(b"api-sign", b""))

    return check


def _check_nonce(checked: Checked, nonce: int, before: set[int]) -> None:
    if nonce in before:
        _add(checked, "ApiNonce", "nonce", "a nonce was accepted for the second time")
    elif before and nonce < max(before):
        # A key may have a window, which no recording shows.
        detail = "a nonce was accepted that is below an earlier one"
        _add(checked, "ApiNonce", "nonce", detail, is_warning=True)
    before.add(nonce)
    if len(before) > NONCES_KEPT_MAX:
        before.remove(min(before))


def _check_signature(checked: Checked, secret: str, received: bytes) -> None:
    recorded = checked.recorded
    try:
        expected = sign_request(
            recorded.target.decode("latin-1"),
            key="",
            secret=secret,
            body=(recorded.request_body or b"").decode(),
            nonce=_nonce(checked),
        )
    except (SettingError, UnicodeDecodeError):
        return
    if expected["API-Sign"].encode() != received:
        what = "was accepted" if checked.is_accepted else "was sent"
        _add(checked, "ApiSign", "signature", f"a signature {what} that is not that of the key")


def _nonce(checked: Checked) -> str:
    recorded = checked.recorded
    if recorded.target.startswith(V1_PREFIX.encode()):
        body = checked.request_value
        return str(body.get("nonce", "")) if isinstance(body, dict) else ""
    return recorded.joined_headers().get(b"api-nonce", b"").decode("latin-1")


def _add(
    checked: Checked, scheme: str, rule: str, detail: str, *, is_warning: bool = False
) -> None:
    known = scheme_of(checked.match.provider.spec, scheme) or Rule(scheme, rule, "")
    said = Rule(known.field, rule, detail, known.place, known.pointer, known.basis, known.note)
    checked.add("state" if checked.is_accepted else "request", said, is_warning=is_warning)


# --- Conversations ------------------------------------------------------------------------

REQUIRED: Mapping[str, Any] = {
    "tos_version_accepted": 1,
    "full_name": {"first_name": "Zoe", "last_name": "Quinn"},
    "date_of_birth": "1990-05-04",
    "residence": {
        "line1": "Karl Johans gate 22", "city": "Oslo", "postal_code": "0026", "country": "NO",
    },
    "phone": "+4722123456",
    "nationalities": ["NO"],
    "occupation": "science",
}  # fmt: skip
"""What Create User requires, beside an e-mail address and an external id of the partner's own."""

UNKNOWN_USER = "AA00 0000 0000 0000"
OTHER_KEY = "d3JvbmcgcHJpdmF0ZSBrZXkgb2YgYSBjb252ZXJzYXRpb24="

DETAIL = {"city_of_birth": "Bergen"}
"""A detail that Create User does not require, so that it is still required afterwards."""


def created(talk: Talk) -> Mapping[str, str]:
    """The parameters of a new user."""
    word = talk.new_word()
    body = {**REQUIRED, "email": f"verify-{word}@example.com", "external_id": f"verify-{word}"}
    return {"user": talk.given("create_user", body=body)["result"]["user"]}


def required(talk: Talk, user: Mapping[str, str]) -> list[str]:
    """The details that are still required of a user."""
    status = talk.given("get_user", user)["result"]["status"]
    return [each["details_type"]["type"] for each in status["required_actions"]]


def replay(talk: Talk) -> None:
    user = created(talk)
    request = talk.prepare("update_user", user, body=DETAIL)
    if not talk.send(request).is_success:
        raise SetupFailedError("an update was rejected")
    talk.rejected("a request that was sent a second time", talk.send(request))


def replay_v1(talk: Talk) -> None:
    user = created(talk)
    body = {"query": user, "body": DETAIL}
    request = talk.prepare("update_user_v1", body=body)
    if not talk.send(request).is_success:
        raise SetupFailedError("an update was rejected")
    talk.rejected("a request of Embed v1 that was sent a second time", talk.send(request))


def low_nonce(talk: Talk) -> None:
    user = created(talk)
    older = talk.prepare("update_user", user, body=DETAIL)
    talk.accepted("a newer nonce", "update_user", user, body=DETAIL)
    talk.rejected("a nonce below the last one", talk.send(older))


def signature(talk: Talk) -> None:
    user = created(talk)
    known = talk.caller.client.credentials
    altered = talk.prepare("update_user", user, body=DETAIL)
    altered.body = (altered.body or b"") + b" "
    talk.rejected("a body that was changed after it was signed", talk.send(altered))
    elsewhere = talk.prepare("get_user", user)
    elsewhere.query.append(("a", "b"))
    talk.rejected("a path that was changed after it was signed", talk.send(elsewhere))
    renumbered = talk.prepare("get_user", user)
    renumbered.headers["API-Nonce"] = str(int(renumbered.headers["API-Nonce"]) + 1)
    talk.rejected("a nonce that was changed after it was signed", talk.send(renumbered))
    wrong = {**known, "private_key": OTHER_KEY}
    talk.rejected("the signature of another key", talk.call("get_user", user, credentials=wrong))


def unknown_key(talk: Talk) -> None:
    user = created(talk)
    wrong = {**talk.caller.client.credentials, "api_key": f"nobody-{talk.new_word()}"}
    talk.rejected("an unknown API-Key", talk.call("get_user", user, credentials=wrong))


def fulfilled(talk: Talk) -> None:
    user = created(talk)
    if "city_of_birth" not in required(talk, user):
        raise SetupFailedError("the server requires no city of birth")
    talk.accepted("a detail", "update_user", user, body=DETAIL)
    detail = "a detail is still required after an update that has it"
    talk.require("city_of_birth" not in required(talk, user), "get_user", detail)


def nulls(talk: Talk) -> None:
    user = created(talk)
    for field in ("occupation", "city_of_birth", "employer_name"):
        talk.accepted(f"null as {field}", "update_user", user, body={field: None})
    detail = "occupation is required anew after null was sent"
    talk.require("occupation" not in required(talk, user), "update_user", detail)


def partial(talk: Talk) -> None:
    user = created(talk)
    before = required(talk, user)
    talk.accepted("one detail", "update_user", user, body=DETAIL)
    lost = [each for each in required(talk, user) if each not in before]
    detail = "details are required anew after an update that does not have them"
    talk.require(not lost, "update_user", detail)


def never_shown(talk: Talk) -> None:
    user = created(talk)
    talk.accepted("a detail", "update_user", user, body=DETAIL)
    # The spec's own check finds what is personal in it.
    talk.given("get_user", user)


def invalid_values(talk: Talk) -> None:
    user = created(talk)
    wrong = {"occupation": "poetry", "date_of_birth": "04.05.1990", "country_of_birth": "XX"}
    for field, value in wrong.items():
        response = talk.call("update_user", user, body={field: value}, options=UNCHECKED)
        talk.rejected(f"an invalid {field}", response)


def unknown_user(talk: Talk) -> None:
    response = talk.call("get_user", {"user": UNKNOWN_USER})
    talk.rejected("an unknown user", response)


UPDATE = ("paths", "/b2b/users/{user}", "patch")
GET = ("paths", "/b2b/users/{user}", "get")
SCHEMES = ("components", "securitySchemes")

CONVERSATIONS = (
    Conversation(
        name="a request that is sent twice", at=(*SCHEMES, "ApiNonce"), rule="nonce", run=replay
    ),
    Conversation(
        name="a request of Embed v1 that is sent twice",
        at=(*SCHEMES, "ApiSignV1"),
        rule="nonce",
        run=replay_v1,
    ),
    Conversation(
        name="a nonce below the last one", at=(*SCHEMES, "ApiNonce"), rule="nonce", run=low_nonce
    ),
    Conversation(
        name="a wrong signature", at=(*SCHEMES, "ApiSign"), rule="signature", run=signature
    ),
    Conversation(name="an unknown key", at=(*SCHEMES, "ApiKey"), rule="security", run=unknown_key),
    Conversation(
        name="a detail is no longer required once it is supplied",
        at=GET,
        rule="stale",
        run=fulfilled,
    ),
    Conversation(
        name="null is the same as not sent",
        at=("x-null",),
        rule="x-null",
        sentence='"string | null" in a generated reference: null means "not given".',
        basis="inferred",
        run=nulls,
    ),
    Conversation(name="an update in part", at=UPDATE, rule="merge", run=partial),
    Conversation(name="details are never shown", at=GET, rule="x-pii", run=never_shown),
    Conversation(
        name="invalid values are rejected", at=UPDATE, rule="validation", run=invalid_values
    ),
    Conversation(name="an unknown user", at=GET, rule="not-found", run=unknown_user, writes=False),
)


def subject(talk: Talk) -> Subject:
    """A new user."""
    return Subject(created(talk))


def adapt(operation: str, body: Any, user: Subject) -> Any:
    """The body of an example with a name of its own, for the user, with the next nonce."""
    word = secrets.token_hex(WORD_SIZE_BYTES)
    fields = {key: each for key, each in body.items() if key != "nonce"}
    if operation == "create_user":
        return {**fields, "external_id": word}
    if operation == "create_user_v1":
        return {**fields, "UserInfo": {**fields["UserInfo"], "external_id": word}}
    return {**fields, "query": dict(user.parameters)} if operation == "update_user_v1" else fields


WORD_SIZE_BYTES = 8

RULES = ContractRules(
    checker=checker,
    conversations=CONVERSATIONS,
    subject=subject,
    subject_is_new=True,
    adapt=adapt,
)
