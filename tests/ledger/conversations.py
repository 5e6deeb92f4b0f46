"""Conversations in which every operation succeeds, and what their responses had."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.codegen.ledger.names import SchemaNames
from profilegate.openapi import Operation
from profilegate.openapi.inspection import schemas_at
from tests.clients import INDIVIDUAL
from tests.diadoc.samples import request_login, target_of_last_mail
from tests.diadoc.test_organizations import BOX_GUID, ORG_ID
from tests.ledger.requests import ABSENT, send
from tests.machnet import users
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import PROVIDERS

LOGIN = {"login": "charles.pearson@example.com", "password": "demo-password"}

AS_JSON = {"Accept": "application/json"}


@dataclass(slots=True)
class Observer:
    """Sends requests, and notes what their responses had."""

    gateway: RunningGateway
    provider: str
    fields: set[tuple[str, str]] = field(default_factory=set)
    """Fields of objects, by the names of their schemas."""
    statuses: set[tuple[str, str]] = field(default_factory=set)
    """Statuses, by the ids of operations."""
    responses: list[tuple[str, Response]] = field(default_factory=list)
    """Responses, by the names of promises.yaml."""

    def send(
        self,
        operation_id: str,
        body: Any = ABSENT,
        *,
        more: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> Any:
        """Send a request; the value of its response."""
        spec = PROVIDERS[self.provider]
        operation = next(each for each in spec.operations() if each.id == operation_id)
        response = send(self.gateway, spec, operation, parameters=parameters, body=body, more=more)
        self.note(operation, response)
        return response.json() if _is_json(response) else response.body

    def note(self, operation: Operation, response: Response) -> None:
        """Note the status, the headers and the fields of a response."""
        spec, status = PROVIDERS[self.provider], str(response.status)
        said = operation.node["responses"].get(status, {})
        name = str(said.get("$ref", "")).rpartition("/")[2] or f"{operation.id} {status}"
        self.statuses.add((operation.id, status))
        self.responses.append((name, response))
        contents = spec.resolve(said).get("content", {}).values() if _is_json(response) else ()
        names = SchemaNames(spec).of_responses
        for media in contents:
            value, schema = response.json(), spec.schema(media["schema"])
            for at in _paths(value):
                for each in schemas_at([schema], value, at[:-1]):
                    if any(own.name == at[-1] for own in each.own_properties):
                        self.fields.add((names[id(each.node)], str(at[-1])))


def _is_json(response: Response) -> bool:
    return response.headers.get("content-type", "").startswith("application/json")


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all fields of objects."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield (*at, name)
            yield from _paths(each, (*at, name))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _paths(each, (*at, number))


def machnet(observer: Observer) -> None:
    """Users with a value in every field, their verification, and a receiver."""
    individual, business = users.individual(observer.gateway), users.business(observer.gateway)
    more = {"country": "US", "state": "CA", "expiry_date": "2030-03-09"}
    documents = {
        "middle_name": "Percival",
        "physical_documents": [
            users.physical("PASSPORT", id_issuing_authority="US", **more),
        ],
        "virtual_documents": [users.virtual("PASSPORT", "1", id_issuing_authority="US", **more)],
    }
    observer.send("update_user", documents, user_id=individual)
    for user in (individual, business):
        observer.send("get_user", user_id=user)
        observer.send("get_verification_status", user_id=user)
    observer.send("initiate_verification", user_id=individual)
    receiver = {"first_name": "Pem", "last_name": "Norgay", "email": "pem@example.com"}
    told = {"type": "RECEIVE", "send_user_id": INDIVIDUAL, "user_relationship": "BROTHER"}
    observer.send("create_user", {**receiver, **told, "country": "NP"})
    observer.send("list_receive_users", user_id=INDIVIDUAL)
    observer.send("update_user", {"first_name": 1}, user_id=individual)


def kraken(observer: Observer) -> None:
    """A user of each version, with and without details."""
    observer.send("create_user", _new_user("one"))
    observer.send("create_user_v1", {"UserInfo": _new_user("two")})
    observer.send("get_user")
    observer.send("get_user_v1", {}, user="AA08N84GCPARUN7A")
    observer.send("update_user", {"language": "nb"})
    changes = {"query": {"user": "AA08N84GCPARUN7A"}, "body": {"language": "en"}}
    observer.send("update_user_v1", changes)
    observer.send("update_user", {"language": 1})


def _new_user(name: str) -> dict[str, Any]:
    return {
        "email": f"{name}@example.com",
        "external_id": name,
        "tos_version_accepted": 1,
        "full_name": {"first_name": "Zoe", "last_name": "Quinn"},
        "date_of_birth": "2000-01-01",
        "residence": {
            "line1": "1 High Street", "city": "Oslo", "postal_code": "0026", "country": "NO",
        },
        "phone": "+4722123456",
        "nationalities": ["NO"],
        "occupation": "science",
    }  # fmt: skip


def navixy(observer: Observer) -> None:
    """Logins, the user whom they show, and an update with an error."""
    names = {"first_name": "Zoe", "last_name": "Quinn", "middle_name": "Ann"}
    for way in ("", "_by_query"):
        info: dict[str, Any] = {
            "legal_type": "legal_entity",
            "legal_name": "Acme",
            "phone": "47",
            **names,
        }
        if way:
            observer.send(f"update_personal_info{way}", info=info)
            session = observer.send(f"log_in{way}", credentials=LOGIN)
        else:
            observer.send("update_personal_info", info)
            observer.send("update_personal_info", {"legal_type": "individual"})
            session = observer.send("log_in", LOGIN)
        more = {"Authorization": f"NVX {session['hash']}"}
        for action in ("get_info", "renew_session", "log_out"):
            observer.send(f"{action}{way}", more=more)


def diadoc(observer: Observer) -> None:
    """Log-ins, the user in both forms, its organizations, and a new login."""
    login: dict[str, Any] = {"login": "login@kontur.ru", "password": "demo-password"}
    observer.send("authenticate", login, type="password")
    observer.send("authenticate_v2", **login)
    observer.send("authenticate_v1", **login)
    name = {"FirstName": "Zoe", "LastName": "Quinn", "MiddleName": "Ann"}
    for more in ({"Accept": "application/x-protobuf"}, AS_JSON):
        observer.send("update_my_user", {"FullName": {"FullName": name}}, more=more)
        observer.send("get_my_user_v2", more=more)
        observer.send("get_my_user", more=more)
        observer.send("get_my_organizations", more=more)
        observer.send("get_my_permissions", more=more, orgId=ORG_ID)
        observer.send("get_my_employee", more=more, boxId=BOX_GUID)
        observer.send("get_my_certificates", more=more, boxId=BOX_GUID)
    request_login(observer.gateway, "new@example.com")
    token = target_of_last_mail(observer.gateway).rpartition("=")[2]
    observer.send("confirm_login", token=token)


CONVERSATIONS = {"diadoc": diadoc, "kraken": kraken, "machnet": machnet, "navixy": navixy}
