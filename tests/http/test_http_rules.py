"""HTTP's own rules, which hold for every provider."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from profilegate.errors import (
    CredentialError,
    CredentialMissingError,
    CredentialUnknownError,
    LoginWrongError,
    SignatureWrongError,
    StoreUnavailableError,
)
from profilegate.gateway.context import Caller
from profilegate.gateway.loading import load_providers
from profilegate.http.error_responses import error_response
from profilegate.http.http_rules import combined_lines
from profilegate.http.provider_api import ProviderApi as ProvidersApi
from profilegate.http.security import compile_security
from tests.clients import (
    INDIVIDUAL,
    JSON,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    diadoc_authorization,
)
from tests.http.providers import (
    DIADOC,
    KRAKEN,
    MACHNET_MAPPING,
    NAVIXY,
    PROVIDER_APIS,
    ProviderApi,
    kraken_partner,
)
from tests.profiles.client import ADMIN, create, id_of
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import SPECS
from tests.wire import Wire, head

PROVIDERS = load_providers()

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

Lines = list[tuple[str, str]]


def send_lines(
    gateway: RunningGateway, method: str, target: str, lines: Lines, body: bytes = b""
) -> Response:
    """Send a request with these header lines, in their order."""
    lines = [("Host", "gateway"), *lines, ("Content-Length", str(len(body)))]
    with Wire(gateway.port) as wire:
        wire.write(head(method, target, lines), body)
        return wire.read()


# --- Header lines ------------------------------------------------------------------------


def test_several_lines_of_a_list_are_one_line(gateway: RunningGateway) -> None:
    """
    RFC 9110, 5.3: a recipient may combine field lines of one name "by appending each subsequent
    field line value to the initial field line value in order, separated by a comma".
    """
    accept = [("Accept", "text/html"), ("Accept", "application/json")]
    lines = [*diadoc_authorization().items(), *accept]

    response = send_lines(gateway, "GET", "/V2/GetMyUser", lines)

    assert "application/json" == response.headers["content-type"].partition(";")[0]


def test_entity_tags_in_several_lines_are_one_list(gateway: RunningGateway) -> None:
    """
    RFC 9110, 13.1.1: If-Match is a list, and one of its tags is enough.
    """
    target = f"/profiles/{create(gateway)['id']}"
    tag = gateway.send("GET", target, headers=ADMIN).headers["etag"]
    lines = [*ADMIN.items(), *JSON.items(), ("If-Match", '"999"'), ("If-Match", tag)]

    response = send_lines(gateway, "PATCH", target, lines, b"{}")

    assert 200 == response.status


CREDENTIALS: Mapping[str, tuple[ProviderApi, str, tuple[int, str]]] = {
    "kraken's key": (KRAKEN, "API-Key", (401, "EAPI:Invalid key")),
    "kraken's nonce": (KRAKEN, "API-Nonce", (401, "EAPI:Invalid nonce")),
    "kraken's signature": (KRAKEN, "API-Sign", (401, "EAPI:Invalid signature")),
    "machnet's client": (
        MACHNET_MAPPING,
        "X-Client-Id",
        (401, "UNAUTHORIZED X-Client-Id or X-Client-Secret is missing or wrong"),
    ),
    "machnet's secret": (
        MACHNET_MAPPING,
        "X-Client-Secret",
        (401, "UNAUTHORIZED X-Client-Id or X-Client-Secret is missing or wrong"),
    ),
    "diadoc's token": (
        DIADOC,
        "Authorization",
        (401, "Invalid API client id"),
    ),
}


@pytest.mark.parametrize(("api", "name", "gist"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_a_credential_in_two_lines_is_malformed(
    gateway: RunningGateway, api: ProviderApi, name: str, gist: tuple[int, str]
) -> None:
    """
    Servers disagree about which line counts, so neither does, even if both are the same.
    """
    body = api.good_body()
    headers = api.headers(body)
    lines = [*headers.items(), *JSON.items(), (name, headers[name])]

    response = send_lines(gateway, api.method, api.target, lines, body)

    assert gist == api.gist(response)


@every_provider
def test_a_media_type_in_two_lines_is_rejected(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    RFC 9110, 8.3: recipients of several Content-Type lines disagree, "leading to potential security
    issues".
    """
    body = api.good_body()
    lines = [*api.headers(body).items(), *JSON.items(), *JSON.items()]

    response = send_lines(gateway, api.method, api.target, lines, body)

    assert 400 == api.gist(response)[0]


def test_lines_of_an_unknown_header_are_joined_in_their_order() -> None:
    """
    RFC 9110, 5.3, for every header that is not known to be no list.
    """
    lines = [(b"x", b"1"), (b"y", b"2"), (b"x", b"3")]

    assert {b"x": b"1, 3", b"y": b"2"} == combined_lines(lines, {b"y": None})


# --- HEAD --------------------------------------------------------------------------------

READS: Mapping[str, tuple[str, Any]] = {
    "navixy": (f"/v2/user/get_info?hash={NAVIXY_HASH}", lambda target: {}),
    "machnet": (f"/users/{INDIVIDUAL}", lambda target: MACHNET),
    "diadoc": ("/V2/GetMyUser", lambda target: diadoc_authorization()),
    "kraken": (f"/b2b/users/{KRAKEN_USER}", lambda target: kraken_partner.headers(target, b"")),
    "profiles": ("/profiles", lambda target: ADMIN),
}


@pytest.mark.parametrize(("target", "sign"), READS.values(), ids=READS)
def test_head_has_the_headers_of_get_and_no_body(
    gateway: RunningGateway, target: str, sign: Any
) -> None:
    """
    RFC 9110, 9.1: "All general-purpose servers MUST support the methods GET and HEAD"; 9.3.2: the
    headers are the same, the content is not sent.
    """
    got, headed = (gateway.send(method, target, headers=sign(target)) for method in ("GET", "HEAD"))

    differing = {"date", "x-request-id", "x-kontur-trace-id"}
    assert (200, b"") == (headed.status, headed.body)
    assert got.body
    assert {k: v for k, v in got.headers.items() if k not in differing} == {
        k: v for k, v in headed.headers.items() if k not in differing
    }


def test_head_of_an_error_has_no_body_either(gateway: RunningGateway) -> None:
    """
    The headers are those of the error response.
    """
    response = gateway.send("HEAD", f"/users/{INDIVIDUAL}")

    assert (401, b"") == (response.status, response.body)
    assert int(response.headers["content-length"]) > 0


UNSAFE = (
    "/UpdateMyUser/confirm?token=x",
    "/v2/user/auth?login=demo&password=demo",
    "/v2/user/logout?hash=x",
    "/v2/user/session/renew?hash=x",
    "/v2/user/personal_info/update?hash=x&info=x",
)


@pytest.mark.parametrize("target", UNSAFE)
def test_a_get_that_changes_something_has_no_head(gateway: RunningGateway, target: str) -> None:
    """
    RFC 9110, 9.2.1: HEAD is safe, and link checkers send it to every link, so it must not confirm
    a login. Only some providers' envelopes have 405, but all name the methods.
    """
    allowed = gateway.send("HEAD", target).headers["allow"].split(", ")

    assert ("GET" in allowed, "HEAD" in allowed) == (True, False)


# --- Headers of responses ----------------------------------------------------------------

CHALLENGES = {
    "diadoc": "DiadocAuth",
    "kraken": 'API-Sign realm="Kraken"',
    "machnet": 'X-Client-Id realm="Machnet"',
    "profiles": "Bearer",
}


@pytest.mark.parametrize("name", SPECS)
def test_a_401_has_the_challenge_of_its_provider(gateway: RunningGateway, name: str) -> None:
    """
    RFC 9110, 15.5.2: a server that generates a 401 "MUST send a WWW-Authenticate header field".
    Navixy never answers 401: its wrong hash is a 400.
    """
    api = ProvidersApi.of(PROVIDERS[name], gateway.gateway)
    for error in (CredentialMissingError("x"), SignatureWrongError(), LoginWrongError()):
        response, headers = error_response(error, api)

        assert (CHALLENGES.get(name) if response.status == 401 else None) == (
            dict(headers).get(b"www-authenticate", b"").decode() or None
        )
    assert (name in CHALLENGES) == (response.status == 401)


def no_store_and_a_request_id(response: Response) -> bool:
    """Whether a response has both."""
    return response.headers["cache-control"] == "no-store" and bool(
        re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])
    )


@every_provider
def test_no_response_of_an_operation_may_be_stored(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    RFC 9111, 5.2.2.5: neither personal data nor an error about it is kept by a cache on the way;
    Machnet's and Kraken's credentials are not in Authorization, which alone would prevent it.
    """
    accepted = api.send(gateway, api.good_body())
    rejected = api.send(gateway, b"[]")
    anonymous = gateway.send(api.method, api.target.partition("?")[0], body=b"{}")
    other_method = gateway.send("DELETE", api.target)

    assert (200, 400, 405) == (accepted.status, rejected.status, other_method.status)
    assert all(map(no_store_and_a_request_id, [accepted, rejected, anonymous, other_method]))
    assert (anonymous.status == 401) == ("www-authenticate" in anonymous.headers)


def test_a_response_has_the_request_id_of_the_history(gateway: RunningGateway) -> None:
    """
    Support finds the change that a caller asks about by the header of its response.
    """
    response = MACHNET_MAPPING.send(gateway, MACHNET_MAPPING.good_body())

    profile_id = id_of(gateway, ("machnet", INDIVIDUAL))
    history = gateway.send("GET", f"/profiles/{profile_id}/history", headers=ADMIN).text
    assert f'"request_id":"{response.headers["x-request-id"]}"' in history


def test_a_negotiated_response_varies_with_accept(gateway: RunningGateway) -> None:
    """
    RFC 9110, 12.5.5: Diadoc's media type depends on Accept, Machnet's does not.
    """
    diadoc = gateway.send("GET", "/V2/GetMyUser", headers=diadoc_authorization())
    machnet = gateway.send("GET", f"/users/{INDIVIDUAL}", headers=MACHNET)

    assert ("Accept", None) == (diadoc.headers["vary"], machnet.headers.get("vary"))


@pytest.mark.parametrize("api", [KRAKEN, MACHNET_MAPPING, NAVIXY], ids=str)
def test_an_unavailable_store_says_when_to_retry(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, api: ProviderApi
) -> None:
    """
    RFC 9110, 15.6.4: a 503 may say in Retry-After how long to wait.
    """

    async def unavailable(*_: Any) -> Any:
        raise StoreUnavailableError

    monkeypatch.setattr(type(gateway.store), "write", unavailable)

    response = api.send(gateway, api.good_body())

    assert (503, "1") == (response.status, response.headers["retry-after"])


# --- Security requirements ---------------------------------------------------------------


def authenticator(outcome: Caller | CredentialError) -> Any:
    """An authenticator with one outcome."""

    async def authenticate(request: Any, context: Any) -> Caller:
        if isinstance(outcome, CredentialError):
            raise outcome
        return outcome

    return authenticate


TENANT, ACCOUNT = Caller(tenant="t"), Caller(external_id="a")
MISSING, WRONG = CredentialMissingError("x"), SignatureWrongError()
CLASH = CredentialUnknownError("tenant")

REQUIREMENTS: Mapping[str, tuple[list[dict[str, list[str]]], dict[str, Any], Any]] = {
    "public": ([], {}, None),
    "an empty requirement alone is public": ([{}], {}, None),
    "all schemes of a requirement": (
        [{"A": [], "B": []}],
        {"A": TENANT, "B": ACCOUNT},
        Caller(tenant="t", external_id="a"),
    ),
    "one of two is missing": ([{"A": [], "B": []}], {"A": TENANT, "B": MISSING}, MISSING),
    "the second alternative": ([{"A": []}, {"B": []}], {"A": MISSING, "B": ACCOUNT}, ACCOUNT),
    "a wrong one is reported before a missing one": (
        [{"A": []}, {"B": []}],
        {"A": MISSING, "B": WRONG},
        WRONG,
    ),
    "optional, and not sent": ([{}, {"A": []}], {"A": MISSING}, Caller()),
    "optional, but wrong": ([{}, {"A": []}], {"A": WRONG}, WRONG),
    "optional, and sent": ([{}, {"A": []}], {"A": TENANT}, TENANT),
    "two tenants": ([{"A": [], "B": []}], {"A": TENANT, "B": Caller(tenant="u")}, CLASH),
}


@pytest.mark.parametrize(
    ("requirements", "outcomes", "expected"), REQUIREMENTS.values(), ids=REQUIREMENTS
)
def test_security_requirements_combine_as_openapi_says(
    gateway: RunningGateway,
    requirements: list[dict[str, list[str]]],
    outcomes: dict[str, Any],
    expected: Any,
) -> None:
    """
    OpenAPI 3.0.3, Security Requirement Object: all schemes of one requirement, one requirement of
    the list; "to make security optional, an empty security requirement can be included".
    """
    spec = PROVIDERS["machnet"].spec
    schemes = {"securitySchemes": {name: {"type": "http", "scheme": name} for name in outcomes}}
    changed = type(spec)("acme", {**spec.document, "components": schemes})
    operation = spec.operations()[0]
    node = {**operation.node, "security": requirements}
    provider = replace(
        PROVIDERS["machnet"],
        spec=changed,
        schemes={name: authenticator(outcome) for name, outcome in outcomes.items()},
    )
    authenticate: Any = compile_security(provider, replace(operation, node=node))

    found: Any = None
    try:
        found = authenticate and gateway.run(authenticate(None, None))
    except CredentialError as error:
        found = error

    assert repr(expected) == repr(found)
