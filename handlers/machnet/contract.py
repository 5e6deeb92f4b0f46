"""Machnet SEND: the conversations that show its locks, masks, documents and partial updates."""

from collections.abc import Mapping
from typing import Any

from profilegate.admin.rule_places import lock_of
from profilegate.contract.conversations import UNCHECKED, Conversation, SetupFailedError, Talk
from profilegate.contract.provider_rules import ContractRules, Subject

from .verification import UNVERIFIED

NEW: Mapping[str, Any] = {"last_name": "Norgay", "country": "US", "occupation": "Banker"}

OTHER_VALUES: Mapping[str, Any] = {
    "first_name": "Nora",
    "middle_name": "Ada",
    "last_name": "Plain",
    "email": "nora@example.com",
    "date_of_birth": "1991-06-05",
    "gender": "other",
    "user_scope": "COMPUTER_TECHNOLOGY",
}
"""A new value for each field that the table locks for a verified individual."""

SSN = "111111112"
SSN_SHOWN = "*****1112"
COPY = "data:image/jpg;base64,SUQs=="
VERIFIED = "VERIFIED"

INDIVIDUAL = ("components", "schemas", "IndividualUpdate")
UPDATE = ("paths", "/users/{user_id}", "patch")
GET = ("paths", "/users/{user_id}", "get")
VIRTUAL_VALUE = ("components", "schemas", "VirtualDocument", "properties", "document_value")


# --- Users --------------------------------------------------------------------------------


def created(talk: Talk, **fields: Any) -> Mapping[str, str]:
    """The parameters of a new individual."""
    email = f"verify-{talk.new_word()}@example.com"
    body = {"first_name": "Tenzin", "email": email, **NEW, **fields}
    return {"user_id": str(talk.given("create_user", body=body)["id"])}


def verified(talk: Talk) -> Mapping[str, str]:
    """The parameters of a new individual whom the sandbox verifies, by the first name."""
    fields = {"date_of_birth": "1990-05-04", "gender": "female", "middle_name": "May"}
    scope = {"user_scope": "ARTS_ENTERTAINMENT"}
    documents = [{"document_type": "SSN", "document_value": SSN, "country": "US"}]
    user = created(talk, first_name="Verified", virtual_documents=documents, **fields, **scope)
    talk.given("initiate_verification", user)
    if shown(talk, user).get("status") != VERIFIED:
        raise SetupFailedError("the server does not verify a user of the first name Verified")
    return user


def shown(talk: Talk, user: Mapping[str, str]) -> Any:
    """The user as the server shows it."""
    return talk.given("get_user", user)


# --- Conversations ------------------------------------------------------------------------


def locks(talk: Talk) -> None:
    user = verified(talk)
    names = {each.name: each for each in talk.spec.component("IndividualUpdate").own_properties}
    for field, value in OTHER_VALUES.items():
        before = shown(talk, user)
        response = talk.call("update_user", user, body={field: value})
        if response.is_success and shown(talk, user).get(field) != before.get(field):
            said = names[field].schema.node["x-profile"]
            rule = lock_of(talk.spec, said["at"] if isinstance(said, dict) else said)
            if rule is not None:
                talk.add("update_user", rule)
        else:
            talk.rejected(f"{field} of a verified individual", response)


def ssn_lock(talk: Talk) -> None:
    user = verified(talk)
    document = {"document_type": "SSN", "document_value": "222222223", "country": "US"}
    response = talk.call("update_user", user, body={"virtual_documents": [document]})
    talk.rejected("a new SSN of a verified individual", response)


def fixed(talk: Talk) -> None:
    user = created(talk)
    for field, value in {"country": "NO", "type": "RECEIVE"}.items():
        response = talk.call("update_user", user, body={field: value})
        talk.rejected(f"{field}, which is never updatable,", response)
    same = {"id": user["user_id"], "country": "US"}
    talk.accepted("a field with the value that it has", "update_user", user, body=same)


def open_fields(talk: Talk) -> None:
    user = verified(talk)
    body = {
        "occupation": "Sherpa",
        "address_line1": "1 Market Street",
        "mobile_phone": "2106603032",
    }
    talk.accepted("what a verified individual may update", "update_user", user, body=body)
    found = shown(talk, user)
    for field, value in body.items():
        detail = f"{field} of a verified individual is not shown after its update"
        talk.require(found.get(field) == value, "get_user", detail, field=field)


def fresh_read(talk: Talk) -> None:
    user = created(talk)
    for name in ("Pemba", "Dorje"):
        answer = talk.accepted("a new first name", "update_user", user, body={"first_name": name})
        for operation, found in (("update_user", answer), ("get_user", shown(talk, user))):
            detail = "first_name is shown as it was before an update that was accepted"
            talk.require(found.get("first_name") == name, operation, detail, field="first_name")


def partial(talk: Talk) -> None:
    user = created(talk, middle_name="May")
    talk.accepted("one field", "update_user", user, body={"last_name": "Plain"})
    found = shown(talk, user)
    for field in ("first_name", "middle_name", "occupation"):
        detail = f"{field} is gone after an update that does not have it"
        talk.require(bool(found.get(field)), "update_user", detail, field=field)


def nulls(talk: Talk) -> None:
    user = created(talk, middle_name="May", mobile_phone="2106603032")
    before = shown(talk, user)
    fields = ("middle_name", "occupation", "mobile_phone", "gender", "virtual_documents")
    for field in fields:
        talk.accepted(f"null as {field}", "update_user", user, body={field: None})
        detail = f"{field} is another one after null was sent"
        talk.require(
            shown(talk, user).get(field) == before.get(field), "update_user", detail, field=field
        )


def all_or_nothing(talk: Talk) -> None:
    user = created(talk)
    response = talk.call("update_user", user, body={"occupation": "Sherpa", "country": "NO"})
    if talk.rejected("an update with a field that is never updatable", response):
        detail = "occupation was written by an update that was rejected"
        kept = shown(talk, user).get("occupation") == NEW["occupation"]
        talk.require(kept, "update_user", detail, field="occupation")


def invalid_values(talk: Talk) -> None:
    user = created(talk)
    wrong = {"gender": "unknown", "date_of_birth": "05/04/1990", "email": "nobody", "occupation": 7}
    for field, value in wrong.items():
        response = talk.call("update_user", user, body={field: value}, options=UNCHECKED)
        talk.rejected(f"an invalid {field}", response)


def masked(talk: Talk) -> None:
    document = {"document_type": "SSN", "document_value": SSN, "country": "US"}
    user = created(talk, virtual_documents=[document])
    [found] = shown(talk, user).get("virtual_documents") or [{}]
    value = found.get("document_value")
    detail = "virtual_documents[0].document_value is not shown as five stars and four digits"
    talk.require(value == SSN_SHOWN, "get_user", detail, field="document_value")
    sent_back = {"virtual_documents": [found]}
    talk.accepted("a document as it is shown", "update_user", user, body=sent_back)


def archived(talk: Talk) -> None:
    user = created(talk)
    document = {"document_type": "BANK_STATEMENT", "document_value": COPY}
    ids: list[set[str]] = []
    for _ in range(2):
        talk.accepted(
            "a copy of a document", "update_user", user, body={"physical_documents": [document]}
        )
        copies = shown(talk, user).get("physical_documents") or []
        ids.append({str(each.get("id")) for each in copies})
    talk.require(len(ids[1]) == 1, "update_user", "an older copy of a type is still shown")
    talk.require(ids[0].isdisjoint(ids[1]), "update_user", "a new copy has the id of the older one")


def credentials(talk: Talk) -> None:
    user = created(talk)
    known = talk.caller.client.credentials
    for what, wrong in {
        "a wrong secret": {**known, "client_secret": "not-the-secret"},
        "an unknown client": {**known, "client_id": f"nobody-{talk.new_word()}"},
    }.items():
        talk.rejected(f"a request with {what}", talk.call("get_user", user, credentials=wrong))


def unknown_user(talk: Talk) -> None:
    response = talk.call("get_user", {"user_id": "00000000-0000-4000-8000-000000000000"})
    if response.status == 401:
        raise SetupFailedError("the credentials are rejected")
    talk.require(response.status == 404, "get_user", f"an unknown user is {response.status}")


def unverified(talk: Talk) -> None:
    user = created(talk)
    status = shown(talk, user).get("status")
    detail = "a user whose verification was not initiated is not UNVERIFIED"
    talk.require(status == UNVERIFIED, "create_user", detail, field="status")


CONVERSATIONS = (
    Conversation(
        name="a new user is unverified",
        at=("paths", "/users", "post"),
        rule="status",
        run=unverified,
    ),
    Conversation(name="locks of a verified individual", at=INDIVIDUAL, rule="x-lock", run=locks),
    Conversation(
        name="the SSN of a verified individual",
        at=(*INDIVIDUAL, "properties", "virtual_documents"),
        rule="x-lock",
        run=ssn_lock,
    ),
    Conversation(name="fields that are never updatable", at=INDIVIDUAL, rule="x-lock", run=fixed),
    Conversation(name="fields that stay updatable", at=INDIVIDUAL, rule="x-lock", run=open_fields),
    Conversation(name="an update shows at once", at=UPDATE, rule="stale", run=fresh_read),
    Conversation(
        name="an update in part",
        at=UPDATE,
        rule="merge",
        sentence='An update "writes the fields that are sent and leaves the others as they are": '
        "the method is PATCH, and the page's second sample has four fields.",
        basis="inferred",
        run=partial,
    ),
    Conversation(
        name="null is the same as not sent",
        at=("x-null",),
        rule="x-null",
        sentence="'Add a Receive User', its sample for a business: \"middle_name\": null. That it "
        "is the same as not sent, in an update too, is inferred.",
        basis="inferred",
        run=nulls,
    ),
    Conversation(
        name="a rejected update writes nothing",
        at=UPDATE,
        rule="atomic",
        sentence="If any field is rejected, nothing is written; the page does not say.",
        basis="assumed",
        run=all_or_nothing,
    ),
    Conversation(
        name="invalid values are rejected", at=INDIVIDUAL, rule="validation", run=invalid_values
    ),
    Conversation(name="an SSN is shown masked", at=VIRTUAL_VALUE, rule="x-mask", run=masked),
    Conversation(
        name="an older copy of a document is archived",
        at=(*INDIVIDUAL, "properties", "physical_documents"),
        rule="x-documents",
        run=archived,
    ),
    Conversation(
        name="wrong credentials are rejected",
        at=("components", "securitySchemes", "ClientSecret"),
        rule="security",
        run=credentials,
    ),
    Conversation(name="an unknown user", at=GET, rule="not-found", run=unknown_user, writes=False),
)


def subject(talk: Talk) -> Subject:
    """A new individual."""
    return Subject(created(talk))


def adapt(operation: str, body: Any, user: Subject) -> Any:
    """The body of an example with the id of the user that it is for."""
    if operation == "update_user" and "id" in body and "user_id" in user.parameters:
        return {**body, "id": user.parameters["user_id"]}
    return body


RULES = ContractRules(
    conversations=CONVERSATIONS, subject=subject, subject_is_new=True, adapt=adapt
)
