"""Diadoc: the organizations of a user, which most clients ask for first."""

import json
from typing import Any

import pytest

from profilegate.openapi.validator import compile_validator
from tests.clients import DIADOC_USER, diadoc_authorization
from tests.diadoc.messages import user_v2
from tests.diadoc.page import BAD_REQUEST
from tests.diadoc.samples import OTHER_TOKEN
from tests.media.wire_format import VARINT, boolean, message, tag, text, varint
from tests.profiles.client import ADMIN, account_at, id_of, send, violations
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import SPECS
from tests.wire import Wire, head

EXAMPLES = SPECS["diadoc"].document["components"]["examples"]
DEMO = EXAMPLES["DemoOrganizations"]["value"]
[ORGANIZATION] = DEMO["Organizations"]
[BOX] = ORGANIZATION["Boxes"]
ORG_ID, BOX_ID, BOX_GUID = ORGANIZATION["OrgId"], BOX["BoxId"], BOX["BoxIdGuid"]

ACCOUNT = ("diadoc", DIADOC_USER)

ALL_OF_THEM = [
    "/GetMyOrganizations",
    f"/GetMyPermissions?orgId={ORG_ID}",
    f"/GetMyEmployee?boxId={BOX_GUID}",
    f"/GetMyCertificates?boxId={BOX_GUID}",
]


SHOWN = ["DemoOrganizations", "DemoPermissions", "DemoEmployee", "NoCertificates"]


def read(gateway: RunningGateway, target: str, token: str = "", **headers: str) -> Response:
    """Read with the token of the first user of the demo data, or another one."""
    authorization = diadoc_authorization(token) if token else diadoc_authorization()
    return gateway.send("GET", target, headers={**authorization, **headers})


def read_json(gateway: RunningGateway, target: str, token: str = "") -> Any:
    """Read JSON."""
    response = read(gateway, target, token, Accept="application/json")
    assert 200 == response.status
    return response.json()


def number(field: int, value: int) -> bytes:
    """A field with a value of an enumeration."""
    return tag(field, VARINT) + varint(value)


ORGANIZATION_BYTES = (
    text(1, ORG_ID)
    + text(2, "7700000016")
    + text(3, "770001001")
    + text(4, ORGANIZATION["FullName"])
    + text(5, ORGANIZATION["ShortName"])
    + message(7, text(1, BOX_ID) + text(2, BOX["Title"]) + text(6, BOX_GUID))
    + boolean(15, True)
    + boolean(16, True)
    + boolean(19, True)
    + number(22, 0)
    + number(27, 2)
    + number(30, 1)
    + text(31, "")
)


def test_the_official_java_client_reads_its_organizations(gateway: RunningGateway) -> None:
    """
    "GET /GetMyOrganizations … список всех организаций, к которым пользователь имеет доступ,
    представленный структурой OrganizationList"; the bytes are those of its own Organization.proto,
    whose required fields its client demands.
    """
    lines = [
        ("Host", "diadoc-api.kontur.ru"),
        *diadoc_authorization().items(),
        ("Content-Length", "0"),
        ("User-Agent", "Diadoc SDK for Java v3.1.0;JRE=17.0.9"),
        ("Accept-Encoding", "gzip,deflate"),
    ]
    with Wire(gateway.port) as wire:
        wire.write(head("GET", "/GetMyOrganizations", lines))
        response = wire.read()

    assert (200, "application/x-protobuf") == (response.status, response.headers["content-type"])
    assert message(1, ORGANIZATION_BYTES) == response.body


@pytest.mark.parametrize("query", ["", "?autoRegister=false", "?autoRegister=True"])
def test_a_client_of_json_reads_its_organizations(gateway: RunningGateway, query: str) -> None:
    """
    "autoRegister – признак того, что нужно регистрировать пользователя в организацию из
    сертификата": without a certificate it changes nothing.
    """
    assert DEMO == read_json(gateway, f"/GetMyOrganizations{query}")


def test_a_user_has_no_organizations_by_default(gateway: RunningGateway) -> None:
    """
    The list is there, and empty; in protobuf an empty list is an empty message.
    """
    assert {"Organizations": []} == read_json(gateway, "/GetMyOrganizations", OTHER_TOKEN)
    response = read(gateway, "/GetMyOrganizations", OTHER_TOKEN)

    assert (200, b"") == (response.status, response.body)


def test_an_employee_has_the_form_of_the_page(gateway: RunningGateway) -> None:
    """
    The sample of page GetMyEmployee has the same keys; its CreationTimestamp is optional.
    """
    employee = read_json(gateway, f"/GetMyEmployee?boxId={BOX_GUID}")
    actions = employee["Permissions"]["Actions"]

    assert ["User", "Permissions", "Position", "CanBeInvitedForChat"] == list(employee)
    assert DIADOC_USER == employee["User"]["UserId"]
    assert [
        "CreateDocuments",
        "DeleteRestoreDocuments",
        "SignDocuments",
        "AddResolutions",
        "RequestResolutions",
        "ManageCounteragents",
    ] == [action["Name"] for action in actions]


def test_an_employee_in_protobuf_begins_with_the_user(gateway: RunningGateway) -> None:
    """
    "required UserV2 User = 1; required EmployeePermissions Permissions = 2; required string
    Position = 3; required bool CanBeInvitedForChat = 4".
    """
    response = read(gateway, f"/GetMyEmployee?boxId={BOX_GUID}")
    user = read_json(gateway, "/V2/GetMyUser")

    assert response.body.startswith(message(1, user_v2(user)))
    assert response.body.endswith(text(3, "Администратор") + boolean(4, True))


@pytest.mark.parametrize(
    ("target", "example"),
    [*zip(ALL_OF_THEM, SHOWN, strict=True)],
)
def test_the_demo_data_is_what_the_examples_show(
    gateway: RunningGateway, target: str, example: str
) -> None:
    """
    Each operation works at first try in Swagger UI, and what it shows is valid by the spec.
    """
    shown = read_json(gateway, target)
    [operation] = [
        each for each in SPECS["diadoc"].operations() if each.paths[0] == target.partition("?")[0]
    ]
    assert operation.response is not None

    assert EXAMPLES[example]["value"] == shown
    assert [] == compile_validator(SPECS["diadoc"], operation.response)(shown)


@pytest.mark.parametrize(
    "box", [BOX_GUID, BOX_GUID.upper(), BOX_ID, BOX_GUID.replace("-", "")], ids=str
)
def test_a_box_has_several_spellings(gateway: RunningGateway, box: str) -> None:
    """
    "BoxIdGuid … Это значение нужно передавать в методы в качестве параметра запроса boxId"; clients
    send BoxId too, with and without its end.
    """
    assert {"Certificates": []} == read_json(gateway, f"/GetMyCertificates?boxId={box}")


REJECTED = {
    "no box": ("/GetMyEmployee", 400, f"{BAD_REQUEST}: boxId"),
    "an empty box": ("/GetMyCertificates?boxId=", 403, "Access to Box is denied"),
    "another box": (f"/GetMyEmployee?boxId={ORG_ID}", 403, "Access to Box is denied"),
    "another box, for certificates": (
        "/GetMyCertificates?boxId=telltale",
        403,
        "Access to Box is denied",
    ),
    "no organization": ("/GetMyPermissions", 400, f"{BAD_REQUEST}: orgId"),
    "another organization": (
        f"/GetMyPermissions?orgId={BOX_GUID}",
        403,
        "У пользователя нет доступа к организации",
    ),
    "neither true nor false": (
        "/GetMyOrganizations?autoRegister=1",
        400,
        f"{BAD_REQUEST}: autoRegister",
    ),
}


@pytest.mark.parametrize(("target", "status", "sentence"), REJECTED.values(), ids=REJECTED)
def test_an_organization_or_a_box_of_others_is_denied(
    gateway: RunningGateway, target: str, status: int, sentence: str
) -> None:
    """
    "403: доступ к ящику с предоставленным авторизационным токеном запрещен"; recorded: "Access to
    Box [<boxId>] is denied", which the gateway sends without the id. "403 (Forbidden) - у
    пользователя нет доступа к организации".
    """
    response = read(gateway, target)

    assert (status, sentence) == (response.status, response.text)
    assert (None if status == 403 else "Http.BadRequest") == response.headers.get(
        "x-diadoc-errorcode"
    )


@pytest.mark.parametrize("target", ALL_OF_THEM[1:])
def test_the_organization_of_another_user_is_denied(gateway: RunningGateway, target: str) -> None:
    """
    "Если идентификатор ящика не входит в список ящиков, доступных пользователю, метод вернет код
    ошибки 403 (Forbidden)".
    """
    assert 403 == read(gateway, target, OTHER_TOKEN).status


# --- What the account has ----------------------------------------------------------------


def set_organizations(gateway: RunningGateway, organizations: Any) -> Response:
    """Give the first user of the demo data other organizations, by the admin API."""
    path = account_at(id_of(gateway, ACCOUNT), ACCOUNT)
    return send(gateway, "PATCH", path, {"organizations": organizations})


def test_the_admin_api_sets_the_organizations(gateway: RunningGateway) -> None:
    """
    They are the account's own data, in the form in which the service shows them.
    """
    second = {**ORGANIZATION, "OrgId": BOX_GUID, "Boxes": [], "IsActive": False}
    set_to = set_organizations(gateway, [second, ORGANIZATION])

    assert 200 == set_to.status
    assert {"Organizations": [second, ORGANIZATION]} == read_json(gateway, "/GetMyOrganizations")
    assert [second, ORGANIZATION] == set_to.json()["fields"]["organizations"]


INVALID = {
    "not an object": ("x", "/organizations/0"),
    "no fields": ({}, "/organizations/0/OrgId"),
    "no id": ({**ORGANIZATION, "OrgId": "1"}, "/organizations/0/OrgId"),
    "another word": ({**ORGANIZATION, "Sociability": "x"}, "/organizations/0/Sociability"),
    "a box without a title": (
        {**ORGANIZATION, "Boxes": [{**BOX, "Title": None}]},
        "/organizations/0/Boxes/0/Title",
    ),
    "a key that no message has": ({**ORGANIZATION, "Telltale": 1}, "/organizations/0"),
    "NUL": ({**ORGANIZATION, "Comment": "a\0"}, "/organizations/0/Comment"),
}


@pytest.mark.parametrize(("organization", "field"), INVALID.values(), ids=INVALID)
def test_an_organization_that_the_service_could_not_show_is_rejected(
    gateway: RunningGateway, organization: Any, field: str
) -> None:
    """
    The spec has the rules; otherwise it would be a 500 for some client.
    """
    response = set_organizations(gateway, [organization])

    assert 400 == response.status
    assert field in violations(response)
    assert "Telltale" not in response.text
    assert DEMO == read_json(gateway, "/GetMyOrganizations")


def test_an_import_has_the_same_rules(gateway: RunningGateway) -> None:
    """
    What is imported and exported again is equal; a line with a key that no message has is rejected.
    """
    target = f"/profiles/{id_of(gateway, ACCOUNT)}/export"
    line = send(gateway, "GET", target).json()
    gateway.empty()

    def import_line() -> Any:
        body = json.dumps(line).encode()
        headers = {**ADMIN, "Content-Type": "application/x-ndjson"}
        return gateway.send("POST", "/import", body=body, headers=headers).json()

    first = import_line()
    again = send(gateway, "GET", target).json()
    line["accounts"][0]["fields"]["account.organizations"][0]["Telltale"] = 1
    rejected = import_line()

    assert [ORGANIZATION] == again["accounts"][0]["fields"]["account.organizations"]
    assert [] == first["rejected"]
    assert 1 == len(rejected["rejected"])
    assert "Telltale" not in str(rejected)
