"""Prefixes: a gateway that a proxy publishes below a path, with every link and signature right."""

import json
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from profilegate.errors import SettingError
from profilegate.gateway.prefixes import strip
from profilegate.gateway.settings import Settings
from profilegate.http.app import GatewayApp
from profilegate.http.prefixes import compile_prefix
from tests.clients import JSON, KRAKEN_USER, NAVIXY_HASH, KrakenPartner
from tests.http.test_pages import ASSETS, FOR_ADMINS, PAGES, PROVIDERS, Elements
from tests.profiles.client import ADMIN
from tests.running_gateway import RunningGateway

ROOT = "/people"

BODY = b'{"occupation": "science"}'

USER = f"/b2b/users/{KRAKEN_USER}"

partner = KrakenPartner()


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway below /people, whose proxy is on loopback."""
    running = RunningGateway(
        tmp_path_factory.mktemp("below"), root_path=ROOT, proxies="127.0.0.1, 192.0.2.0/24"
    )
    yield running
    running.stop()


WAYS = {
    "the proxy passes the path on": (ROOT, ROOT, {}),
    "the proxy removes the prefix": ("", ROOT, {}),
    "the proxy removes it and names it": ("", "/a/b", {"X-Forwarded-Prefix": "/a/b"}),
    "the proxy names it with a slash": ("", "/a/b", {"X-Forwarded-Prefix": "/a/b/"}),
}
"""The prefix of the path that the gateway gets, the one in public, and the proxy's headers."""

each_way = pytest.mark.parametrize(("sent", "public", "headers"), WAYS.values(), ids=WAYS)


@each_way
@pytest.mark.parametrize("page", PAGES)
def test_pages_link_to_pages_below_the_prefix(
    below: RunningGateway, sent: str, public: str, headers: dict[str, str], page: str
) -> None:
    """
    "start page links, Swagger UI assets": each address of a page, joined to its public address, is
    below the prefix and leads to a page.
    """
    response = below.send("GET", sent + page, headers=headers)

    assert (200, PAGES[page]) == (response.status, response.headers["content-type"])
    if "html" in PAGES[page]:
        addresses = Elements(response.text).addresses()
        for address in (each for each in addresses if not each.startswith("https:")):
            linked = urljoin(public + page, address)
            assert linked.startswith(f"{public}/")
            path = linked.partition("#")[0].removeprefix(public)
            assert path in PAGES.keys() | ASSETS.keys() | FOR_ADMINS | {"/health/ready"}


@each_way
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_spec_names_servers_below_the_prefix(
    below: RunningGateway,
    sent: str,
    public: str,
    headers: dict[str, str],
    provider: str,
    form: str,
) -> None:
    """
    "specs' `servers`": what Swagger UI and generated clients put before a path.
    """
    plain = below.providers[provider].spec.document
    response = below.send("GET", f"{sent}/specs/{provider}.{form}", headers=headers)
    shown = json.loads(response.text)

    urls = [each["url"] for each in plain.get("servers", [{"url": "/"}])]
    assert [f"{public}{url}".rstrip("/") for url in urls] == [e["url"] for e in shown["servers"]]
    assert plain["paths"].keys() == shown["paths"].keys()
    assert "/" in urls


@each_way
def test_a_new_profile_is_located_below_the_prefix(
    below: RunningGateway, sent: str, public: str, headers: dict[str, str]
) -> None:
    """
    RFC 9110, 10.2.2: Location is a URI that the client can use.
    """
    person = json.dumps({"fields": {"name.given": "Zoe"}}).encode()

    response = below.send("POST", f"{sent}/profiles", body=person, headers=ADMIN | JSON | headers)

    assert 201 == response.status, response.text
    assert response.headers["location"].startswith(f"{public}/profiles/")


SIGNED = {
    "public": {"public": 200, "local": 401},
    "local": {"public": 401, "local": 200},
    "either": {"public": 200, "local": 200},
}
"""The setting -> which path the client signs -> the status."""


@pytest.mark.parametrize("setting", SIGNED)
@each_way
def test_a_signature_over_a_prefixed_path_is_verified_as_the_client_signed_it(
    tmp_path: Path, setting: str, sent: str, public: str, headers: dict[str, str]
) -> None:
    """
    "an unmodified client whose base URL has the prefix works": some sign the path of the whole URL,
    some the one that the provider documents; a setting takes one of the two only.
    """
    running = RunningGateway(tmp_path, root_path=ROOT, proxies="127.0.0.1", signed_path=setting)
    try:
        statuses = {
            signed: running.send(
                "PATCH", sent + USER, body=BODY, headers={**partner.headers(path, BODY), **headers}
            ).status
            for signed, path in {"public": public + USER, "local": USER}.items()
        }
        wrong = {**partner.headers("/other" + USER, BODY), **headers}
        other = running.send("PATCH", sent + USER, body=BODY, headers=wrong)
    finally:
        running.stop()

    assert (SIGNED[setting], 401) == (statuses, other.status)


def test_the_prefix_alone_leads_to_the_start_page(below: RunningGateway) -> None:
    """
    Its links are relative to its folder: without the last slash they would leave the prefix.
    """
    response = below.send("GET", ROOT)
    asked = below.send("GET", f"{ROOT}?x=1")

    assert (308, f"{ROOT}/") == (response.status, response.headers["location"])
    assert (308, f"{ROOT}/?x=1") == (asked.status, asked.headers["location"])


def test_the_redirect_has_the_headers_of_every_page(below: RunningGateway) -> None:
    """
    "X-Request-Id" of every response, and what a browser must know of a page.
    """
    redirect = below.send("GET", ROOT)
    page = below.send("GET", f"{ROOT}/")

    own = {"etag", "cache-control", "content-type", "date"}
    assert {name.lower() for name in page.headers} - own == (
        {name.lower() for name in redirect.headers} - {"location", "date"}
    )


UNTRUSTED = {
    "a relative segment": "/a/../b",
    "another host": "//evil.example",
    "a scheme": "https://evil.example",
    "a line break that a proxy decoded": "/a\u0085b",
    "two": "/a, /b",
    "too long": "/" + "a" * 256,
    "no slash": "people",
}


@pytest.mark.parametrize("prefix", UNTRUSTED.values(), ids=UNTRUSTED)
def test_a_prefix_that_is_none_is_ignored(below: RunningGateway, prefix: str) -> None:
    """
    It becomes a part of links: only unreserved characters (RFC 3986, 2.3) in plain segments.
    """
    headers = {"X-Forwarded-Prefix": prefix}

    servers = below.send("GET", "/specs/kraken.json", headers=headers).json()["servers"]

    assert ROOT == servers[0]["url"]


def test_only_a_trusted_proxy_names_a_prefix(gateway: RunningGateway) -> None:
    """
    A stranger's header changes neither links nor which signatures are right.
    """
    headers = {"X-Forwarded-Prefix": "/a"}

    servers = gateway.send("GET", "/specs/kraken.json", headers=headers).json()["servers"]
    signed = {**partner.headers(f"/a{USER}", BODY), **headers}

    assert "/" == servers[0]["url"]
    assert 401 == gateway.send("PATCH", USER, body=BODY, headers=signed).status


def test_a_proxy_that_is_not_trusted_names_no_prefix() -> None:
    """
    Another host than the proxy may reach the gateway, too.
    """
    prefix_of = compile_prefix(ROOT, Settings(forwarded_allow_ips="10.0.0.1").trusted_proxies)
    assert prefix_of is not None
    headers = [(b"x-forwarded-prefix", b"/a")]

    named = [
        prefix_of({"client": (peer, 1), "headers": headers}) for peer in ("10.0.0.1", "10.0.0.2")
    ]
    assert ["/a", ROOT] == named


def test_a_prefix_that_a_client_names_opens_no_other_way_to_a_path(below: RunningGateway) -> None:
    """
    A proxy that passes the header on may block paths: only the prefix of the settings is removed.
    """
    response = below.send("GET", "/a/profiles", headers=ADMIN | {"X-Forwarded-Prefix": "/a"})

    assert 404 == response.status


def test_a_path_that_begins_like_the_prefix_is_another_path(below: RunningGateway) -> None:
    """
    ``/peopleware`` is not below ``/people``; nor is a second prefix removed.
    """
    assert (None, "", "/x") == tuple(
        strip(each, ROOT) for each in ("/peopleware", ROOT, "/people/x")
    )
    paths = ("/peoplespecs/kraken.json", f"{ROOT}{ROOT}/specs/kraken.json", f"{ROOT}//")

    assert [404] * 3 == [below.send("GET", path).status for path in paths]


def test_the_way_of_a_request_is_that_without_a_prefix(below: RunningGateway) -> None:
    """
    Base paths, error responses, percent-encoding and methods are below the prefix as above it.
    """
    known = below.send("GET", f"{ROOT}/v2/user/get_info?hash={NAVIXY_HASH}")
    wrong = below.send("DELETE", f"{ROOT}{USER}")
    encoded = below.send("GET", f"{ROOT}/b2b/users/AA%2F08")

    assert (200, 405, 401) == (known.status, wrong.status, encoded.status)
    assert wrong.json()["error"]


WRONG = ["people", "/people?x", "/a//b", "/..", "/.", "/a/../b", "/ü", "/a b", "/" + "a" * 256]


@pytest.mark.parametrize("prefix", WRONG)
def test_a_prefix_of_the_settings_is_a_plain_path(prefix: str) -> None:
    """
    The message names the setting and shows what one looks like.
    """
    with pytest.raises(SettingError, match="PROFILEGATE_ROOT_PATH: it must look like /people"):
        _ = Settings(root_path=prefix).prefix


def test_a_prefix_that_a_provider_has_stops_the_start(gateway: RunningGateway) -> None:
    """
    A request for ``/users/x`` could mean either.
    """
    shared: Any = copy(gateway.gateway)
    shared.root_path = "/users"

    with pytest.raises(SettingError, match=r"specs/machnet\.yaml has the path /users"):
        GatewayApp(shared, gateway.providers)


def test_links_in_mails_have_the_prefix() -> None:
    """
    Without a public address they have the one that the gateway listens on, with the prefix; a
    public address has its own path already.
    """
    assert "http://127.0.0.1:8080/people" == Settings(root_path="/people/").public_url_at(8080)
    public = Settings(root_path="/people", public_url="https://x.example/people")
    assert "https://x.example/people" == public.public_url_at(8080)
