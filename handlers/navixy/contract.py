"""Navixy: the conversations that show replacing updates and sessions."""

from collections.abc import Mapping
from typing import Any

from profilegate.contract.conversations import UNCHECKED, Conversation, Talk
from profilegate.contract.provider_rules import ContractRules, Subject

NAME: Mapping[str, Any] = {
    "legal_type": "individual", "first_name": "Charles", "last_name": "Pearson",
}  # fmt: skip
UNKNOWN_HASH = "0123456789abcdef0123456789abcdef"
INFO = "user_info"

KEPT = (
    "legal_type first_name middle_name last_name phone post_country post_index post_region "
    "post_city post_street_address registered_country registered_index registered_region "
    "registered_city registered_street_address tin okpo_code legal_name iec state_reg_num"
).split()
"""What an update can write back."""


def shown(talk: Talk) -> Any:
    """The user as the server shows it."""
    return talk.given("get_info")[INFO]


def updated(talk: Talk, what: str, **fields: Any) -> Any:
    """The user after an update."""
    talk.accepted(what, "update_personal_info", body={**NAME, **fields})
    return shown(talk)


# --- Conversations ------------------------------------------------------------------------


def replaced(talk: Talk) -> None:
    updated(talk, "all fields", middle_name="Henry", post_city="Wiesbaden")
    found = updated(talk, "an update without optional fields")
    for field in ("middle_name", "post_city"):
        detail = f"{field} is still shown, though the update left it out"
        talk.require(not found.get(field), "update_personal_info", detail, field=field)


def phone_stays(talk: Talk) -> None:
    updated(talk, "a phone", phone="491761234567")
    found = updated(talk, "an update without a phone")
    detail = "phone is gone, though the update left it out"
    is_kept = found.get("phone") == "491761234567"
    talk.require(is_kept, "update_personal_info", detail, field="phone")
    found = updated(talk, "an empty phone", phone="")
    detail = "phone is still shown, though an empty one was sent"
    talk.require(not found.get("phone"), "update_personal_info", detail, field="phone")


def fresh_read(talk: Talk) -> None:
    for name in ("Henry", "Hugo"):
        found = updated(talk, "a new name", middle_name=name)
        detail = "middle_name is shown as it was before an update that was accepted"
        talk.require(found.get("middle_name") == name, "get_info", detail, field="middle_name")


def nulls(talk: Talk) -> None:
    for field in ("middle_name", "post_city", "phone"):
        talk.accepted(f"null as {field}", "update_personal_info", body={**NAME, field: None})


def invalid_values(talk: Talk) -> None:
    before = shown(talk)
    for wrong in ({"legal_type": "robot"}, {"first_name": None}, {"phone": "+49 176"}):
        body = {**NAME, **wrong}
        response = talk.call("update_personal_info", body=body, options=UNCHECKED)
        talk.rejected(f"an invalid {next(iter(wrong))}", response)
    detail = "an update that was rejected has changed something"
    talk.require(shown(talk) == before, "update_personal_info", detail)


def unknown_hash(talk: Talk) -> None:
    for what, wrong in {"an unknown hash": UNKNOWN_HASH, "a malformed hash": "hash"}.items():
        response = talk.call("get_info", credentials={"hash": wrong})
        talk.rejected(f"a request with {what}", response)
    response = talk.call("get_info", credentials={})
    talk.rejected("a request without a hash", response)


def session(talk: Talk) -> None:
    login = {"login": talk.inputs["login"], "password": talk.inputs["password"]}
    opened = {"hash": str(talk.given("log_in", body=login)["hash"])}
    talk.accepted("the hash of a session", "get_info", credentials=opened)
    talk.accepted("the end of a session", "log_out", credentials=opened)
    response = talk.call("get_info", credentials=opened)
    talk.rejected("the hash of a session that has ended", response)


def wrong_password(talk: Talk) -> None:
    login = {"login": talk.inputs["login"], "password": f"not-{talk.new_word()}"}
    talk.rejected("a wrong password", talk.call("log_in", body=login))


UPDATE = ("paths", "/user/personal_info/update", "post")
PHONE = ("components", "schemas", "PersonalInfo", "properties", "phone")

CONVERSATIONS = (
    Conversation(name="an update replaces", at=UPDATE, rule="x-whole", run=replaced),
    Conversation(
        name="a phone that is not sent stays", at=PHONE, rule="x-omitted", run=phone_stays
    ),
    Conversation(name="an update shows at once", at=UPDATE, rule="stale", run=fresh_read),
    Conversation(
        name="null is the same as not sent",
        at=("x-null",),
        rule="x-null",
        sentence="'Getting started': a reader 'should handle missing JSON fields as if they were "
        "NULL'; that requests are read so, too, is inferred.",
        basis="inferred",
        run=nulls,
    ),
    Conversation(
        name="invalid values are rejected", at=UPDATE, rule="validation", run=invalid_values
    ),
    Conversation(
        name="a wrong hash is rejected",
        at=("components", "securitySchemes", "HashInHeader"),
        rule="security",
        run=unknown_hash,
        writes=False,
    ),
    Conversation(
        name="a session ends",
        at=("paths", "/user/logout", "post"),
        rule="session",
        run=session,
        needs=("login", "password"),
    ),
    Conversation(
        name="a wrong password is rejected",
        at=("paths", "/user/auth", "post"),
        rule="security",
        run=wrong_password,
        needs=("login",),
    ),
)


def subject(talk: Talk) -> Subject:
    """The user of the hash, who gets back at the end what was shown at the beginning."""
    info = shown(talk)
    before = {name: info[name] for name in KEPT if name in info}

    def restore() -> None:
        talk.call("update_personal_info", body=before, options=UNCHECKED)

    # A user without a legal type has no personal info yet, and an update always has one.
    return Subject({}, restore if "legal_type" in before else None)


RULES = ContractRules(
    conversations=CONVERSATIONS,
    subject=subject,
    left_out=frozenset({"log_in", "log_in_by_query", "log_out", "log_out_by_query"}),
)
