"""Routing: from a method and a raw path to one operation, or to a clear no."""

import string
from typing import Any, cast
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profilegate.errors import SpecError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Provider
from profilegate.http.pages.serving import Pages
from profilegate.http.provider_api import ProviderApi as ProvidersApi
from profilegate.http.route_table import RouteTable
from profilegate.http.routing import PathRules
from profilegate.openapi import Node, Spec
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping
from tests.clients import INDIVIDUAL, JSON, KRAKEN_USER, MACHNET, NAVIXY_HASH, diadoc_authorization
from tests.http.providers import (
    DIADOC,
    KRAKEN,
    MACHNET_MAPPING,
    NAVIXY,
    PROVIDER_APIS,
    Gist,
    ProviderApi,
)
from tests.running_gateway import RunningGateway

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

PROBLEM = "application/problem+json"
NOT_FOUND = {"type": "about:blank", "title": "Not Found", "status": 404}

# --- Unknown paths -----------------------------------------------------------------------

NOWHERE = {
    "a path of no provider": "/nothing/here",
    "a page's path, and more": "/docs/kraken/more",
    "an escaped slash that would be needed": "/b2b%2Fusers/AA08N84GCPARUN7A",
    "empty segments only": "//",
    "a provider's segment behind another": "/nothing/users/AA08N84GCPARUN7A",
    "dots, which clients resolve": "/../users",
}


@pytest.mark.parametrize("target", NOWHERE.values(), ids=NOWHERE)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_a_path_of_no_provider_is_the_gateways_own_404(
    gateway: RunningGateway, target: str, method: str
) -> None:
    """
    No spec's `x-routing` owns the first segment: the response is the gateway's own.
    """
    response = gateway.send(method, target, body=b"{}", headers={**MACHNET, **JSON})

    assert 404 == response.status
    assert PROBLEM == response.headers["content-type"]
    assert NOT_FOUND == response.json()


WRONG_HANDLER = (400, "111 Wrong handler")
UNKNOWN_METHOD = (404, "EGeneral:Unknown method")
MACHNET_NOTHING = (404, "NOT_FOUND There is nothing at this path")
DIADOC_NOTHING = (404, "Метод не найден")

UNKNOWN: dict[str, tuple[ProviderApi, str, Gist]] = {
    "navixy: an action that we lack": (NAVIXY, "/v2/tracker/list", WRONG_HANDLER),
    "navixy: the base": (NAVIXY, "/v2", WRONG_HANDLER),
    "navixy: below its JavaScript client's base": (NAVIXY, "/api-v2/tag/list/", WRONG_HANDLER),
    "navixy: a resource's action without a base": (NAVIXY, "/user/settings/read", WRONG_HANDLER),
    "navixy: two slashes behind": (NAVIXY, "/v2/user/get_info//", WRONG_HANDLER),
    "navixy: an escape that is not UTF-8": (NAVIXY, "/v2/%FF", WRONG_HANDLER),
    "kraken: the beginning of a path": (KRAKEN, "/b2b", UNKNOWN_METHOD),
    "kraken: Embed's other operations": (KRAKEN, "/b2b/quotes", UNKNOWN_METHOD),
    "kraken: the spot API": (KRAKEN, "/0/private/Balance", UNKNOWN_METHOD),
    "kraken: an empty segment": (KRAKEN, f"/b2b//users/{KRAKEN_USER}", UNKNOWN_METHOD),
    "kraken: a slash behind": (KRAKEN, f"/b2b/users/{KRAKEN_USER}/", UNKNOWN_METHOD),
    "machnet: a user's transactions": (
        MACHNET_MAPPING,
        f"/users/{INDIVIDUAL}/transactions",
        MACHNET_NOTHING,
    ),
    "machnet: a user whose name is empty": (MACHNET_MAPPING, "/users/", MACHNET_NOTHING),
    "machnet: an escaped lone surrogate": (MACHNET_MAPPING, "/users/%ED%A0%80", MACHNET_NOTHING),
    "machnet: an overlong escape": (MACHNET_MAPPING, "/users/%C0%AF", MACHNET_NOTHING),
    "machnet: below its client's base": (MACHNET_MAPPING, "/v4/banks", MACHNET_NOTHING),
    "diadoc: a method that we lack": (DIADOC, "/GetBox", DIADOC_NOTHING),
    "diadoc: a version that we lack": (DIADOC, "/V3/GetOrganization", DIADOC_NOTHING),
    "diadoc: a small v": (DIADOC, "/v3/GetMessage", DIADOC_NOTHING),
    "diadoc: a slash behind": (DIADOC, "/UpdateMyUser/", DIADOC_NOTHING),
    "diadoc: a semicolon": (DIADOC, "/UpdateMyUser;v=1", DIADOC_NOTHING),
    "diadoc: a doubled slash in front": (DIADOC, "//V3/GetBox", DIADOC_NOTHING),
}


@pytest.mark.parametrize(("api", "target", "expected"), UNKNOWN.values(), ids=UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_an_unknown_path_of_a_provider_is_rejected_in_its_own_form(
    gateway: RunningGateway, method: str, api: ProviderApi, target: str, expected: Gist
) -> None:
    """
    Navixy's page on errors: "111 Wrong handler", HTTP 400; Kraken's Go client takes problem details
    for a success, and a client of Diadoc takes the body for its token: each provider's clients must
    find their provider's error form.
    """
    response = gateway.send(method, target, body=b"{}", headers=JSON)

    assert expected == api.gist(response)


def test_an_unknown_path_of_the_admin_api_has_the_admin_apis_form(gateway: RunningGateway) -> None:
    """
    The admin API is a provider like the others.
    """
    response = gateway.send("GET", "/profiles/me/too/far")

    assert 404 == response.status
    assert PROBLEM == response.headers["content-type"]
    assert "no operation has this path" == response.json()["detail"]


def test_browsers_may_read_navixys_error_for_an_unknown_path(gateway: RunningGateway) -> None:
    """
    Navixy's JavaScript client sees "Network Error" where a response, or that to its preflight,
    has no CORS header.
    """
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}

    preflight = gateway.send("OPTIONS", "/v2/tag/list", headers=asked)
    response = gateway.send("POST", "/v2/tag/list", body=b"{}", headers=JSON)

    assert (204, "*") == (preflight.status, preflight.headers["access-control-allow-origin"])
    assert "GET, POST" == preflight.headers["access-control-allow-methods"].replace("HEAD, ", "")
    assert "*" == response.headers["access-control-allow-origin"]


def test_a_pages_path_is_a_pages_whatever_a_spec_owns(gateway: RunningGateway) -> None:
    """
    A spec that owns every first segment hides no page.
    """
    pages = Pages(gateway.gateway, [], [])
    api = provider("acme", {"x-routing": {"owns": ".*"}})

    assert (True, True) == (PathRules(api).owns("/docs/assets/page.css"), pages.has("/"))


# --- Other methods -----------------------------------------------------------------------

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@pytest.mark.parametrize(
    ("api", "method"),
    [(api, method) for api in PROVIDER_APIS for method in METHODS if method not in api.allowed],
    ids=str,
)
def test_another_method_is_rejected_with_those_that_are_allowed(
    gateway: RunningGateway, api: ProviderApi, method: str
) -> None:
    """
    RFC 9110, 15.5.6: a 405 "MUST generate an Allow header field"; the words are the provider's.
    """
    response = gateway.send(method, api.target, body=None if method in ("GET", "HEAD") else b"{}")

    assert 405 == response.status
    assert ", ".join(api.allowed) == response.headers["allow"]
    if method == "HEAD":
        assert b"" == response.body
    else:
        assert api.wrong_method == api.gist(response)


@pytest.mark.parametrize("method", [method for method in METHODS if method != "GET"])
def test_a_login_is_confirmed_by_get_alone(gateway: RunningGateway, method: str) -> None:
    """
    A link in a mail is opened with GET; another method at its path is Diadoc's 405, HEAD too, which
    scanners of mails send: it "SHOULD NOT" change anything (RFC 9110, 9.2.1).
    """
    response = gateway.send(method, "/UpdateMyUser/confirm?token=t")

    assert 405 == response.status
    assert "GET" == response.headers["allow"]


# --- Paths that are the same, and paths that are not -------------------------------------

SPELLINGS: dict[str, tuple[ProviderApi, str]] = {
    # "Getting started" writes both `[api_base_url]/resource/action` and `…/resource/action/`;
    # an on-premise installation's base is `https://api.your_domain`, without /v2.
    "navixy: as the page has it": (NAVIXY, "/v2/user/personal_info/update"),
    "navixy: with a slash behind": (NAVIXY, "/v2/user/personal_info/update/"),
    "navixy: without /v2": (NAVIXY, "/user/personal_info/update"),
    "navixy: without /v2, with a slash behind": (NAVIXY, "/user/personal_info/update/"),
    # The JavaScript client's built-in base is /api-v2.
    "navixy: its JavaScript client's base": (NAVIXY, "/api-v2/user/personal_info/update"),
    # The one public client's bases end in /v4.
    "machnet: its client's base": (MACHNET_MAPPING, f"/v4/users/{INDIVIDUAL}"),
    # Three clients have a base that ends in a slash.
    "diadoc: a doubled slash": (DIADOC, "//UpdateMyUser"),
    "diadoc: more slashes": (DIADOC, "///UpdateMyUser"),
    "diadoc: small letters": (DIADOC, "/updatemyuser"),
}


@pytest.mark.parametrize(("api", "path"), SPELLINGS.values(), ids=SPELLINGS)
def test_a_path_is_served_in_every_spelling_that_documents_and_clients_write(
    gateway: RunningGateway, api: ProviderApi, path: str
) -> None:
    """
    OpenAPI 3.0.3, Server Object: paths are below each of `servers`; `x-routing` says what differs
    only in spelling.
    """
    query = f"?hash={NAVIXY_HASH}" if api is NAVIXY else ""

    response = api.send(gateway, api.good_body(), target=path + query)

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


def test_clients_of_diadoc_log_in_at_v3_and_read_at_v2_in_small_letters(
    gateway: RunningGateway,
) -> None:
    """
    Diadoc's own sample request is `POST v3/Authenticate?type=password`; `/v2/GetMyUser` is its,
    although other paths below /v2 are Navixy's.
    """
    response = gateway.send("GET", "/v2/GetMyUser", headers=diadoc_authorization())
    wrong = gateway.send("GET", "/v3/Authenticate")

    assert 200 == response.status
    assert (405, "POST") == (wrong.status, wrong.headers["allow"])


ESCAPED = {
    "navixy": (NAVIXY, f"/v2/user/personal%5Finfo/%75pdate?hash={NAVIXY_HASH}"),
    "machnet": (MACHNET_MAPPING, f"/%75sers/{INDIVIDUAL.replace('-', '%2D')}"),
    "diadoc": (DIADOC, "/Update%4dyUser"),
    "kraken": (KRAKEN, "/b2b/users/%41%4108N84GCPARUN7A"),
}


@pytest.mark.parametrize(("api", "target"), ESCAPED.values(), ids=ESCAPED)
def test_an_escaped_letter_is_the_letter(
    gateway: RunningGateway, api: ProviderApi, target: str
) -> None:
    """
    RFC 3986, 6.2.2.2: an escaped unreserved character is equivalent to the character. Kraken's
    signature still covers the target as it is sent.
    """
    response = api.send(gateway, api.good_body(), target=target)

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


@pytest.mark.parametrize("slash", ["%2F", "%2f"])
def test_an_escaped_slash_stays_inside_its_segment(gateway: RunningGateway, slash: str) -> None:
    """
    RFC 3986, 2.2: an escaped slash is data, not a delimiter: here a part of a user's name.
    """
    gateway.create("kraken", "AA08/N84GC/PARUN", {"name.given": "Slash"}, tenant="demo")
    target = f"/b2b/users/AA08{slash}N84GC{slash}PARUN"

    response = KRAKEN.send(gateway, KRAKEN.good_body(), target=target)

    assert 200 == response.status
    assert "Zoe" == gateway.fields("kraken", "AA08/N84GC/PARUN")["name.given"]


def test_a_segment_is_unescaped_once(gateway: RunningGateway) -> None:
    """
    ``%2541`` is the text ``%41``, and not the letter A.
    """
    response = KRAKEN.send(gateway, KRAKEN.good_body(), target="/b2b/users/%2541A08N84GCPARUN7A")

    assert (404, "EGeneral:Unknown user") == KRAKEN.gist(response)


def test_a_plus_in_a_path_is_a_plus(gateway: RunningGateway) -> None:
    """
    A plus is a blank in a query and a form only: this is not the spaced IIBAN.
    """
    target = "/b2b/users/AA08+N84G+CPAR+UN7A"

    response = KRAKEN.send(gateway, KRAKEN.good_body(), target=target)

    assert (404, "EGeneral:Unknown user") == KRAKEN.gist(response)


@every_provider
@pytest.mark.parametrize("query", ["", "a=b", "a", "=", "&&", "%00", "a=b?c=d"])
def test_an_unknown_query_changes_nothing(
    gateway: RunningGateway, api: ProviderApi, query: str
) -> None:
    """
    Parameters that the page does not list are ignored, like fields.
    """
    path, _, present = api.target.partition("?")

    response = api.send(gateway, api.good_body(), target=f"{path}?{present}&{query}")

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


@pytest.mark.parametrize("api", [api for api in PROVIDER_APIS if api is not NAVIXY], ids=str)
def test_a_malformed_query_is_ignored_where_no_parameter_is_in_it(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    Three providers' operations have no parameter in the query, so it is not decoded.
    """
    response = api.send(gateway, api.good_body(), target=f"{api.target}?a=%FF")

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


def test_a_query_that_is_no_text_is_rejected_where_it_is_read(gateway: RunningGateway) -> None:
    """
    Navixy looks for the hash in the query, and takes all other parameters there too: one that
    cannot be read is "5 Wrong request format", although its name is unknown.
    """
    before = gateway.fields("navixy", NAVIXY.user)

    response = NAVIXY.send(gateway, NAVIXY.good_body(), target=f"{NAVIXY.target}&a=%FF")

    assert NAVIXY.unreadable == NAVIXY.gist(response)
    assert before == gateway.fields("navixy", NAVIXY.user)


@every_provider
def test_an_absolute_target_is_its_path(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    RFC 9112, 3.2.2: a server "MUST accept the absolute-form", which proxies are sent.
    """
    body = api.good_body()

    response = gateway.send(
        api.method,
        f"http://gateway.example{api.target}",
        body=body,
        headers={**api.headers(body), **JSON},
    )

    assert 200 == response.status


# --- The table itself --------------------------------------------------------------------


def _never_called(*_: Any, **__: Any) -> Any:
    raise AssertionError("a route table calls no handler")


def provider(name: str, document: Node = {}) -> ProvidersApi:  # noqa: B006
    """The API of a provider that has no more than a name and a document."""
    mapping = ProfileMapping(LockRules({}, ()), {}, (), ())
    only_name = Provider(
        spec=Spec(name, document),
        operations=None,
        authenticate=_never_called,
        to_error_response=_never_called,
        mapping=mapping,
    )
    return ProvidersApi.of(only_name, cast(Gateway, None))


def table(*paths: str) -> RouteTable:
    """A table with one provider's paths, each a POST of its own."""
    routes = RouteTable()
    for path in paths:
        routes.add(provider("acme"), path, "POST", f"at {path}")
    return routes


def test_two_specs_with_one_path_are_an_error() -> None:
    """
    All specs share one origin, so a path belongs to one spec, for all methods.
    """
    routes = table("/users/{id}")

    with pytest.raises(SpecError) as caught:
        routes.add(provider("other"), "/users/{id}", "GET", "get")

    assert (
        "specs/other.yaml: #/paths/~1users~1{id}: specs/acme.yaml has an operation at this path "
        "already; give one of the two another base path (servers), or a host of its own "
        "(x-routing: host)"
    ) == str(caught.value)


def test_one_path_with_two_names_for_its_parameter_is_an_error() -> None:
    """
    OpenAPI 3.0.3, Paths Object: "Templated paths with the same hierarchy but different
    templated names MUST NOT exist as they are identical".
    """
    routes = table("/users/{id}")

    with pytest.raises(SpecError):
        routes.add(provider("acme"), "/users/{user}", "GET", "get")


def test_two_methods_share_a_path() -> None:
    """
    One spec may have several operations at one path.
    """
    routes = table("/users/{id}")

    routes.add(provider("acme"), "/users/{id}", "GET", "get")

    found = routes.find("/users/17")
    assert found is not None
    assert {"POST": "at /users/{id}", "GET": "get"} == found[0].operations


def test_a_written_segment_wins_over_a_parameter() -> None:
    """
    OpenAPI 3.0.3, Paths Object: "concrete (non-templated) paths would be matched before their
    templated counterparts".
    """
    routes = table("/users/{id}", "/users/me")

    found = [routes.find(path) for path in ("/users/me", "/users/you")]

    assert [("/users/me", {}), ("/users/{id}", {"id": "you"})] == [
        (route.path, values) for route, values in filter(None, found)
    ]


def test_a_written_last_segment_is_no_parameter() -> None:
    """
    `/{me}/me` ends in the word, and `{me}` may be sent like any other text.
    """
    routes = table("/{me}/me")

    found = [routes.find(path) for path in ("/{me}/you", "/{me}/me")]

    assert [("/{me}/me", {"me": "{me}"})] == [
        (route.path, values) for route, values in filter(None, found)
    ]


def test_a_written_segment_that_leads_nowhere_is_a_parameters_value() -> None:
    """
    ``/users/me/name`` is no path below ``/users/me``, but it is one below ``/users/{id}``.
    """
    routes = table("/users/{id}/name", "/users/me/mail", "/{kind}/me/{field}/x")

    found = [routes.find(path) for path in ("/users/me/name", "/users/me/mail", "/users/me/a/x")]

    assert [
        ("/users/{id}/name", {"id": "me"}),
        ("/users/me/mail", {}),
        ("/{kind}/me/{field}/x", {"kind": "users", "field": "a"}),
    ] == [(route.path, values) for route, values in filter(None, found)]


TEMPLATES: dict[str, tuple[str, str, dict[str, str]]] = {
    "an ending": ("/a/AC1.json", "/a/{sid}.json", {"sid": "AC1"}),
    "another ending, of a value with a dot": ("/a/b.c.csv", "/a/{sid}.csv", {"sid": "b.c"}),
    "no ending": ("/a/AC1", "/a/{sid}", {"sid": "AC1"}),
    "an ending alone is a value": ("/a/.json", "/a/{sid}", {"sid": ".json"}),
    "a verb": ("/a/7:suspend", "/a/{id}:suspend", {"id": "7"}),
    "another verb is a value": ("/a/7:erase", "/a/{sid}", {"sid": "7:erase"}),
    "two parameters": ("/a/1-2", "/a/{from}-{to}", {"from": "1", "to": "2"}),
    "an escaped slash": ("/a/x%2Fy.json", "/a/{sid}.json", {"sid": "x/y"}),
    "a fixed segment has priority": ("/a/all.json", "/a/all.json", {}),
    "below a template": ("/a/7.json/b", "/a/{sid}.json/b", {"sid": "7"}),
    "back from a template that leads nowhere": ("/a/7.json/c", "/a/{sid}/c", {"sid": "7.json"}),
    "quotes": ("/b/users('k')", "/b/users('{key}')", {"key": "k"}),
}


@pytest.mark.parametrize(("path", "expected", "values"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_parameter_may_be_a_part_of_a_segment(
    path: str, expected: str, values: dict[str, str]
) -> None:
    """
    OpenAPI 3.0.3, Path Templating: "a section of a URL path" is replaced, not a whole segment;
    large APIs have `/Accounts/{Sid}.json` and `/users/{id}:suspend`.
    """
    routes = table(
        "/a/{sid}", "/a/{sid}.json", "/a/{sid}.csv", "/a/{id}:suspend", "/a/{from}-{to}",
        "/a/all.json", "/a/{sid}.json/b", "/a/{sid}/c", "/b/users('{key}')",
    )  # fmt: skip

    found = routes.find(path)

    assert found is not None
    assert (expected, values) == (found[0].path, found[1])


@pytest.mark.parametrize("path", ["/a/x.json", "/a/.json/", "/A/1.json"])
def test_a_template_matches_nothing_else(path: str) -> None:
    """
    The fixed parts are fixed.
    """
    assert table("/a/{sid}.csv").find(path) is None


def test_a_path_without_a_slash_is_nobodys() -> None:
    """
    OPTIONS may have the target `*`: it has no first segment.
    """
    assert not PathRules(provider("acme", {"x-routing": {"owns": ".*"}})).owns("*")


def test_an_owned_segment_that_is_no_pattern_is_an_error() -> None:
    """
    A mistake in a spec stops the start, with its place.
    """
    with pytest.raises(SpecError) as caught:
        PathRules(provider("acme", {"x-routing": {"owns": "v2("}}))

    assert (
        "specs/acme.yaml: #/x-routing/owns: this is no regular expression; correct the pattern"
    ) == str(caught.value)


def test_the_letter_case_of_a_parameter_is_kept() -> None:
    """
    Where the letter case of paths does not count, that of values still does.
    """
    routes = RouteTable(ignores_case=True)
    routes.add(provider("acme"), "/V1/{Id}", "POST", "post")

    found = routes.find("/v1/AbC")

    assert found is not None
    assert {"Id": "AbC"} == found[1]


segments = st.text(min_size=1, max_size=6).filter(lambda text: not set(text) & {"{", "}"})
texts = st.sampled_from(["users", "me", "b2b"])
names = st.sampled_from(string.ascii_lowercase).map(lambda letter: f"{{{letter}}}")
paths = st.lists(texts | names, min_size=1, max_size=4, unique=True).map(
    lambda parts: "/" + "/".join(parts)
)


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


@settings(derandomize=True, database=None, deadline=None)
@given(
    several=st.lists(paths, min_size=1, max_size=6, unique_by=shape),
    values=st.lists(segments, min_size=4, max_size=4),
    data=st.data(),
)
def test_every_path_is_found_with_the_values_of_its_parameters(
    several: list[str], values: list[str], data: st.DataObject
) -> None:
    """
    Each path of a table is found at every way to fill it in, or a path that is written out in
    more places is; and its values come back as they were before they were escaped.
    """
    path = data.draw(st.sampled_from(several))
    filled = [
        values[place] if part.startswith("{") else part
        for place, part in enumerate(path.split("/")[1:])
    ]

    found = table(*several).find("/" + "/".join(quote(part, safe="") for part in filled))

    assert found is not None
    route, parameters = found
    fitted = [parameters.get(part.strip("{}"), part) for part in route.path.split("/")[1:]]
    assert filled == fitted
    assert {"POST": f"at {route.path}"} == route.operations


@settings(derandomize=True, database=None, deadline=None)
@given(several=st.lists(paths, max_size=6, unique_by=shape), parts=st.lists(texts, max_size=5))
def test_a_path_that_fits_nothing_is_not_found(several: list[str], parts: list[str]) -> None:
    """
    The table finds a path if, and only if, one of its paths has as many segments and the same
    texts in them.
    """
    fits = [
        path
        for path in several
        if len(path.split("/")[1:]) == len(parts)
        and all(
            written.startswith("{") or written == part
            for written, part in zip(path.split("/")[1:], parts, strict=True)
        )
    ]

    found = table(*several).find("/" + "/".join(parts))

    assert bool(fits) == (found is not None)
