"""Typed Python clients, written by openapi-python-client from the served specs, call the gateway.

What is asserted are objects of the generated classes; no test here reads JSON.
"""

from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.clients import (
    DIADOC_TOKEN,
    DIADOC_USER,
    INDIVIDUAL_VERIFIED,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH_WITHOUT_PLUGIN,
    KrakenPartner,
    diadoc_authorization,
)
from tests.generated_clients.python_client import HTTPX_ARGS, PythonClient

NAVIXY_PATHS = [
    "/v2/user/auth",
    "/v2/user/get_info",
    "/v2/user/logout",
    "/v2/user/session/renew",
    "/v2/user/personal_info/update",
]
PROTOBUF = "Unsupported content type application/x-protobuf"
FORM = "Unsupported content type text/plain"


@pytest.mark.parametrize(
    ("provider", "left_out"),
    [
        pytest.param("diadoc", {("/V3/Authenticate", PROTOBUF), ("/UpdateMyUser", PROTOBUF)},
                     id="diadoc: protobuf, which the generator does not know"),
        pytest.param("kraken", set(), id="kraken: nothing"),
        pytest.param("machnet", set(), id="machnet: nothing"),
        pytest.param("navixy", {(path, FORM) for path in NAVIXY_PATHS},
                     id="navixy: forms, as its configuration asks"),
    ],
)  # fmt: skip
def test_the_generator_leaves_out_only(
    python_clients: dict[str, PythonClient], provider: str, left_out: set[tuple[str, str]]
) -> None:
    """
    What a generator cannot read is missing from the client, with no more than a warning.
    """
    assert left_out == python_clients[provider].left_out


# --- Navixy


@pytest.fixture
def navixy(gateway, python_clients):
    """The client; nobody has called the gateway yet."""
    with closing(python_clients["navixy"]) as client:
        yield client


def navixy_session(navixy: PythonClient) -> Any:
    """A client that has logged in."""
    login = {"login": "charles.pearson@example.com", "password": "demo-password"}
    _, response = navixy.call(
        "user.log_in", client=navixy.stranger(), body=navixy.models.UserAuth(**login)
    )
    return navixy.caller("Authorization", response.hash_, prefix="NVX")


def legal_entity(models: Any) -> Any:
    """A legal entity, with no more than is required."""
    return models.LegalEntity(
        legal_type=models.LegalEntityLegalType.LEGAL_ENTITY,
        first_name="Charles",
        middle_name="",
        last_name="Pearson",
        registered_country="USA",
        registered_index="10120",
        registered_region="NY",
        registered_city="New York",
        registered_street_address="1556 Broadway, suite 416",
        tin="2345678239",
        iec="",
        legal_name="QWER Inc.",
    )


def test_a_navixy_client_logs_in_updates_and_reads_back(navixy):
    """
    `auth` gives the hash that the next calls send; `get_info` shows what `update` wrote.
    """
    session = navixy_session(navixy)
    updated = navixy.call(
        "user_personal_info.update_personal_info", client=session, body=legal_entity(navixy.models)
    )
    status, shown = navixy.call(
        "user.get_info", client=session, body=navixy.models.UserInfoRequest(iso_datetime=True)
    )

    assert (200, navixy.models.Success(success=True)) == updated
    assert (200, 1001) == (status, shown.user_info.id)
    assert "2016-05-20T01:10:34Z" == shown.user_info.creation_date
    assert navixy.models.UserInfoLegalType.LEGAL_ENTITY == shown.user_info.legal_type
    assert ("QWER Inc.", "2345678239") == (shown.user_info.legal_name, shown.user_info.tin)


def test_a_navixy_client_logs_in_by_query(navixy):
    """
    Every action also takes its parameters in the query of a GET; the client spreads the object.
    """
    login = {"login": "charles.pearson@example.com", "password": "demo-password"}
    credentials = navixy.models.UserAuth(**login)
    status, response = navixy.call(
        "user.log_in_by_query", client=navixy.stranger(), credentials=credentials
    )

    assert 200 == status
    assert isinstance(response, navixy.models.LoggedIn)


def test_a_navixy_client_reads_an_error_response(navixy):
    """
    The page: "222 - Plugin not found – if plugin with id 45 is not available for user".
    """
    caller = navixy.caller("Authorization", NAVIXY_HASH_WITHOUT_PLUGIN, prefix="NVX")
    status, error = navixy.call(
        "user_personal_info.update_personal_info", client=caller, body=legal_entity(navixy.models)
    )

    assert 400 == status
    assert isinstance(error, navixy.models.Error)
    assert 222 == error.status.code


# --- Machnet


@pytest.fixture
def machnet(gateway, python_clients):
    """The client; nobody has called the gateway yet."""
    with closing(python_clients["machnet"]) as client:
        yield client


def machnet_caller(machnet: PythonClient) -> Any:
    """A client with both headers."""
    client_id = {"X-Client-Id": MACHNET["X-Client-Id"]}
    return machnet.caller("X-Client-Secret", MACHNET["X-Client-Secret"], headers=client_id)


def test_a_machnet_client_registers_updates_and_reads_back(machnet):
    """
    The id that a registration responses names the user in the other calls.
    """
    models, caller = machnet.models, machnet_caller(machnet)
    new = models.IndividualUpdate(
        first_name="Tenzin",
        last_name="Norgay",
        email="tenzin@example.com",
        gender=models.IndividualUpdateGender.FEMALE,
        date_of_birth=date(2000, 1, 1),
    )
    created_status, created = machnet.call("user.create_user", client=caller, body=new)
    _, updated = machnet.call(
        "user.update_user", str(created.id), client=caller, body=models.UserUpdate(city="Oslo")
    )
    got_status, got = machnet.call("user.get_user", str(created.id), client=caller)

    assert (200, 200) == (created_status, got_status)
    assert models.IndividualUserStatus.UNVERIFIED == created.status
    assert updated == got
    assert ("Oslo", date(2000, 1, 1), "female") == (got.city, got.date_of_birth, got.gender)


def test_a_machnet_client_reads_an_error_response(machnet):
    """
    The page's table: `first_name` of a verified user cannot be updated.
    """
    changes = machnet.models.UserUpdate(first_name="Other")
    status, error = machnet.call(
        "user.update_user", INDIVIDUAL_VERIFIED, client=machnet_caller(machnet), body=changes
    )

    assert 400 == status
    assert isinstance(error, machnet.models.Error)
    assert (400, "BAD_REQUEST") == (error.status, error.code)
    assert "first_name" in error.message


# --- Diadoc


@pytest.fixture
def diadoc(gateway, python_clients):
    """The client; nobody has called the gateway yet."""
    with closing(python_clients["diadoc"]) as client:
        yield client


def diadoc_caller(diadoc: PythonClient, token: str) -> Any:
    """A client that asks for JSON: `Accept: */*`, which httpx sends, may get protobuf."""
    header = diadoc_authorization(token)["Authorization"]
    return diadoc.caller("Authorization", header, headers={"Accept": "application/json"})


def new_name(models: Any, **parts: str) -> Any:
    """The body of an update that changes the name."""
    name = models.UserFullNamePatch(full_name=models.FullName(**parts))
    return models.UserToUpdate(full_name=name)


def test_a_diadoc_client_logs_in_updates_and_reads_back(diadoc):
    """
    The page: "Метод возвращает пользователя после изменения".
    """
    models = diadoc.models
    _, token = diadoc.call(
        "authentication.authenticate",
        client=diadoc.caller("Authorization", "DiadocAuth ddauth_api_client_id=demo-api-client"),
        type_=models.AuthenticateType.PASSWORD,
        body=models.LoginPassword(login="login@kontur.ru", password="demo-password"),
    )
    caller = diadoc_caller(diadoc, token)
    body = new_name(models, first_name="Иван", last_name="Иванов")
    status, updated = diadoc.call("users.update_my_user", client=caller, body=body)
    _, got = diadoc.call("users.get_my_user", client=caller)
    _, got_v2 = diadoc.call("users.get_my_user_v2", client=caller)

    assert (200, UUID(DIADOC_USER)) == (status, updated.user_id)
    assert models.FullName(first_name="Иван", last_name="Иванов") == updated.full_name
    assert updated == got_v2
    assert models.User(id=UUID(DIADOC_USER), first_name="Иван", last_name="Иванов") == got


def test_a_diadoc_client_reads_an_error_response(diadoc):
    """
    The page: "400 Bad Request – данные в запросе имеют неверный формат или отсутствуют …".
    """
    caller = diadoc_caller(diadoc, DIADOC_TOKEN)
    body = new_name(diadoc.models, first_name="Иван", last_name="")
    status, sentence = diadoc.call("users.update_my_user", client=caller, body=body)

    assert 400 == status
    assert isinstance(sentence, str)
    assert sentence.startswith("Данные в запросе имеют неверный формат")


# --- Kraken


@pytest.fixture
def kraken(gateway, python_clients):
    """The client; nobody has called the gateway yet."""
    with closing(python_clients["kraken"]) as client:
        yield client


def kraken_caller(kraken: PythonClient) -> Any:
    """A client that signs each request just before it goes out, over what goes out."""
    partner = KrakenPartner()

    def sign(request: Any) -> None:
        request.headers.update(partner.headers(request.url.raw_path.decode(), request.content))

    arguments = {**HTTPX_ARGS, "event_hooks": {"request": [sign]}}
    return kraken.caller("API-Key", partner.api_key, httpx_args=arguments)


def new_user(models: Any) -> Any:
    """What is required of a new user."""
    user = models.UserUpdate(
        tos_version_accepted=1,
        full_name=models.FullName(first_name="Zoe", last_name="Quinn"),
        date_of_birth=date(1990, 5, 4),
        residence=models.Residence(
            line1="Karl Johans gate 22",
            city="Oslo",
            postal_code="0026",
            country=models.CountryCode.NO,
        ),
        phone="+4722123456",
        nationalities=[models.CountryCode.NO],
        occupation=models.Occupation.SCIENCE,
    )
    # Of an allOf with one part the generator reads the part only.
    user["email"] = "zoe@example.com"
    user["external_id"] = "user-4711"
    return user


def required_details(user_info: Any) -> set[str]:
    """The details that Kraken lacks, as the typed response names them."""
    return {action.details_type.type_.value for action in user_info.status.required_actions}


def test_a_kraken_client_creates_updates_and_reads_back(kraken):
    """
    A detail is required until an update gives it; the new IIBAN has blanks, %20 on the wire.
    """
    models, caller = kraken.models, kraken_caller(kraken)
    created_status, created = kraken.call("users.create_user", client=caller, body=new_user(models))
    user = created.result.user
    _, before = kraken.call("users.get_user", user, client=caller)
    updated = kraken.call(
        "users.update_user", user, client=caller, body=models.UserUpdate(city_of_birth="Bergen")
    )
    _, after = kraken.call("users.get_user", user, client=caller)

    assert 201 == created_status
    assert " " in user
    assert (user, "user-4711") == (after.result.user, after.result.external_id)
    assert (200, models.UpdateResultResultType1.SUCCESS) == (updated[0], updated[1].result)
    assert isinstance(after.result.status, models.StatusOk)
    assert {"city_of_birth"} == required_details(before.result) - required_details(after.result)


def test_a_kraken_client_reads_an_error_response(kraken):
    """
    Each violation is a text of its own: severity, category, message and place.
    """
    changes = kraken.models.UserUpdate(phone="none", language="English")
    rejected = kraken.call(
        "users.update_user", KRAKEN_USER, client=kraken_caller(kraken), body=changes
    )
    violations = ["EGeneral:Invalid arguments:phone", "EGeneral:Invalid arguments:language"]

    assert (400, kraken.models.ErrorResponse(error=violations)) == rejected


def test_a_kraken_client_that_does_not_sign_reads_why(kraken):
    """
    Kraken's guide: an authenticated request has API-Key, API-Sign and API-Nonce.
    """
    caller = kraken.caller("API-Key", KrakenPartner().api_key)
    rejected = kraken.call("users.get_user", KRAKEN_USER, client=caller)

    assert (401, kraken.models.ErrorResponse(error=["EAPI:Invalid signature"])) == rejected
