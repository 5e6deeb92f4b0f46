"""Kontur Diadoc: the conversations that show whole names, pending logins and both media types."""

from typing import Any

from profilegate.client import SendOptions
from profilegate.contract.conversations import Conversation, SetupFailedError, Talk
from profilegate.contract.provider_rules import ContractRules, Subject

FIRST = {"FirstName": "Иван", "LastName": "Петров", "MiddleName": "Сергеевич"}
WITHOUT_MIDDLE = {"FirstName": "Иван", "LastName": "Петров"}
PROTOBUF = SendOptions(media_type="application/x-protobuf")


def shown(talk: Talk) -> Any:
    """The user as the server shows it."""
    return talk.given("get_my_user_v2")


def renamed(talk: Talk, what: str, name: dict[str, str]) -> Any:
    """The response to an update of the name."""
    return talk.accepted(what, "update_my_user", body={"FullName": {"FullName": name}})


# --- Conversations ------------------------------------------------------------------------


def fresh_read(talk: Talk) -> None:
    for first in ("Иван", "Пётр"):
        answer = renamed(talk, "a new name", {**FIRST, "FirstName": first})
        for operation, found in (("update_my_user", answer), ("get_my_user_v2", shown(talk))):
            detail = "FirstName is shown as it was before an update that was accepted"
            is_new = found["FullName"].get("FirstName") == first
            talk.require(is_new, operation, detail, field="FirstName")
        older = talk.given("get_my_user")
        detail = "FirstName of the first version differs"
        talk.require(older.get("FirstName") == first, "get_my_user", detail, field="FirstName")


def replaced(talk: Talk) -> None:
    renamed(talk, "a name with three parts", FIRST)
    renamed(talk, "a name with two parts", WITHOUT_MIDDLE)
    detail = "MiddleName is still shown, though the new name does not have it"
    found = shown(talk)["FullName"].get("MiddleName")
    talk.require(not found, "update_my_user", detail, field="MiddleName")


def pending_login(talk: Talk) -> None:
    before = shown(talk)["Login"]
    login = f"verify-{talk.new_word()}@example.com"
    body = {"Login": {"Login": login}}
    answer = talk.accepted("a new login", "update_my_user", body=body)
    for operation, found in (("update_my_user", answer), ("get_my_user_v2", shown(talk))):
        detail = "Login is the new one before its mailed link is opened"
        talk.require(found["Login"] == before, operation, detail, field="Login")


def wrong_link(talk: Talk) -> None:
    response = talk.call("confirm_login", {"token": f"nobody-{talk.new_word()}"})
    talk.rejected("a link that nobody was sent", response)


def credentials(talk: Talk) -> None:
    known = talk.caller.client.credentials
    if "token" not in known:
        raise SetupFailedError("it needs client_id and token")
    for what, wrong in {
        "an unknown token": {**known, "token": f"{talk.new_word()}=="},
        "an unknown client id": {**known, "client_id": f"nobody-{talk.new_word()}"},
    }.items():
        response = talk.call("get_my_user_v2", credentials=wrong)
        talk.rejected(f"a request with {what}", response)


def wrong_password(talk: Talk) -> None:
    login = {"login": talk.inputs["login"], "password": f"not-{talk.new_word()}"}
    response = talk.call("authenticate", {"type": "password"}, body=login)
    talk.rejected("a wrong password", response)


def both_media_types(talk: Talk) -> None:
    in_json = shown(talk)
    in_protobuf = talk.given("get_my_user_v2", options=PROTOBUF)
    detail = "the user in protobuf is not the one in JSON"
    talk.require(in_protobuf == in_json, "get_my_user_v2", detail)


UPDATE = ("paths", "/UpdateMyUser", "post")

CONVERSATIONS = (
    Conversation(name="an update shows at once", at=UPDATE, rule="stale", run=fresh_read),
    Conversation(
        name="a name is replaced whole",
        at=("components", "schemas", "FullName"),
        rule="x-whole",
        run=replaced,
    ),
    Conversation(
        name="a new login waits for its confirmation",
        at=("components", "schemas", "UserV2", "properties", "Login"),
        rule="pending-login",
        run=pending_login,
    ),
    Conversation(
        name="a link that nobody was sent",
        at=("paths", "/UpdateMyUser/confirm", "get"),
        rule="pending-login",
        run=wrong_link,
    ),
    Conversation(
        name="wrong credentials are rejected",
        at=("components", "securitySchemes", "DiadocAuth"),
        rule="security",
        run=credentials,
        writes=False,
    ),
    Conversation(
        name="a wrong password is rejected",
        at=("paths", "/V3/Authenticate", "post"),
        rule="security",
        run=wrong_password,
        needs=("login",),
    ),
    Conversation(
        name="both media types show the same user",
        at=("paths", "/V2/GetMyUser", "get"),
        rule="media-type",
        run=both_media_types,
        writes=False,
    ),
)


def subject(talk: Talk) -> Subject:
    """The user of the token with an organization, who gets back the name of the beginning."""
    user = shown(talk)
    found = talk.given("get_my_organizations")["Organizations"]
    parameters = {}
    if found:
        parameters["orgId"] = found[0]["OrgId"]
        parameters["boxId"] = found[0]["Boxes"][0]["BoxId"] if found[0].get("Boxes") else ""

    def restore() -> None:
        talk.call("update_my_user", body={"FullName": {"FullName": user["FullName"]}})

    return Subject(parameters, restore)


def adapt(operation: str, body: Any, _: Subject) -> Any:
    """The body of an example without a new login: a conversation of its own asks for one."""
    return {key: each for key, each in body.items() if key != "Login"} or {
        "FullName": {"FullName": FIRST}
    }


RULES = ContractRules(
    conversations=CONVERSATIONS,
    subject=subject,
    adapt=adapt,
    left_out=frozenset({"authenticate", "authenticate_v2", "authenticate_v1"}),
)
