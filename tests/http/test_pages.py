"""The gateway's own pages: start page, Swagger UI and the specs, without any other host."""

import importlib.resources
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator

from profilegate.http.pages.explorer import Explorer, read_demo_calls
from profilegate.openapi.resources import (
    docs_folder,
    handlers_folder,
    spec_files,
    specs_folder,
)
from tests.running_gateway import RunningGateway

PROVIDERS = [file.stem for file in spec_files(specs_folder())]

every_provider = pytest.mark.parametrize("provider", PROVIDERS)

SCRIPT = "text/javascript; charset=utf-8"
STYLES = "text/css; charset=utf-8"

FILES = importlib.resources.files("profilegate.http.pages").joinpath("assets").iterdir()

ASSETS = {
    **{
        f"/docs/assets/{file.name}": SCRIPT if file.name.endswith(".js") else STYLES
        for file in FILES
    },
    "/docs/assets/swagger-ui-bundle.js": SCRIPT,
    "/docs/assets/swagger-ui.css": STYLES,
    "/docs/assets/favicon-32x32.png": "image/png",
}
SIGNING = {
    f"/docs/{file.parent.name}/signing.js": SCRIPT
    for file in handlers_folder().glob("*/signing.js")
}
"""The scripts of providers whose requests a browser must sign."""

PAGES = {
    "/": "text/html; charset=utf-8",
    "/docs": "text/html; charset=utf-8",
    "/manual": "text/html; charset=utf-8",
    **{f"/manual/{file.stem}": "text/html; charset=utf-8" for file in docs_folder().glob("*.md")},
    **{f"/docs/{name}": "text/html; charset=utf-8" for name in PROVIDERS},
    **{f"/specs/{name}.json": "application/json" for name in PROVIDERS},
    **{f"/specs/{name}.yaml": "application/yaml" for name in PROVIDERS},
    **ASSETS,
    **SIGNING,
}
FOR_ADMINS = {"/inspect", "/journal"}
"""Pages that lead to the sign-in page."""

every_page = pytest.mark.parametrize("page", PAGES)


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._is_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))
        self._is_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        """What follows is no script."""
        self._is_script = False

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        (self.scripts if self._is_script else self.texts).append(data)

    def addresses(self) -> list[str]:
        """All addresses that the page links to or loads."""
        return [
            value
            for _, attributes in self.found
            for name, value in attributes.items()
            if name in ("src", "href", "action", "data", "srcset", "poster") and value
        ]


@every_page
def test_a_page_is_there(gateway: RunningGateway, page: str) -> None:
    """
    Every page is answered with its media type and its whole length.
    """
    response = gateway.send("GET", page)

    assert 200 == response.status
    assert PAGES[page] == response.headers["content-type"]
    assert str(len(response.body)) == response.headers["content-length"]
    assert response.body


@pytest.mark.parametrize("page", [*PAGES, "/no-page"])
def test_a_page_runs_its_own_scripts_only(gateway: RunningGateway, page: str) -> None:
    """
    A page shows how to use credentials: the browser runs no script but the files of this gateway
    (Content-Security-Policy), guesses no media type, shows no page in a frame, and tells no other
    site where it was.
    """
    response = gateway.send("GET", page)

    policy = dict(
        rule.strip().split(" ", 1)
        for rule in response.headers["content-security-policy"].split(";")
    )
    assert ("'none'", "'self'", "'self'", "'none'") == (
        policy["default-src"],
        policy["script-src"],
        policy["connect-src"],
        policy["frame-ancestors"],
    )
    assert ("nosniff", "DENY", "same-origin") == tuple(
        response.headers[name]
        for name in ("x-content-type-options", "x-frame-options", "referrer-policy")
    )
    if "html" in response.headers["content-type"]:
        elements = Elements(response.text)
        assert "" == "".join(elements.scripts).strip()
        assert not [name for _, found in elements.found for name in found if name.startswith("on")]


@every_page
def test_a_page_that_is_known_already_is_not_sent_again(gateway: RunningGateway, page: str) -> None:
    """
    RFC 9110, 13.1.2: with If-None-Match and the page's own ETag, weak or in a list, the response
    is 304 and empty; with another one it is the page.
    """
    etag = gateway.send("GET", page).headers["etag"]
    sent = {etag: 304, f'"other", W/{etag}': 304, "*": 304, '"other"': 200, "": 200}

    responses = {
        value: gateway.send("GET", page, headers={"If-None-Match": value}) for value in sent
    }

    assert sent == {value: response.status for value, response in responses.items()}
    assert {etag} == {response.headers["etag"] for response in responses.values()}
    assert b"" == responses[etag].body


@every_page
def test_head_is_get_without_the_page(gateway: RunningGateway, page: str) -> None:
    """
    RFC 9110, 9.3.2: HEAD has GET's header fields and no content.
    """
    get = gateway.send("GET", page)

    head = gateway.send("HEAD", page)

    assert 200 == head.status
    assert b"" == head.body
    assert _without_date(get.headers) == _without_date(head.headers)


def _without_date(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in ("date", "x-request-id")}


@every_page
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_page_is_only_read(gateway: RunningGateway, page: str, method: str) -> None:
    """
    A page has GET and HEAD only.
    """
    response = gateway.send(method, page, body=b"{}")

    assert 405 == response.status
    assert "GET, HEAD" == response.headers["allow"]
    assert "application/problem+json" == response.headers["content-type"]


@pytest.mark.parametrize(
    "page",
    ["/docs/", "/docs/nobody", "/specs/", "/specs/kraken", "/specs/kraken.yml",
     "/docs/assets/", "/docs/assets/README.md", "/docs/assets/../../app.py", "/index.html"],
)  # fmt: skip
def test_what_is_no_page_is_not_found(gateway: RunningGateway, page: str) -> None:
    """
    Pages are a list that is made at the start; no file is looked for.
    """
    assert 404 == gateway.send("GET", page).status


def test_the_query_of_a_page_means_nothing(gateway: RunningGateway) -> None:
    """
    A query does not make another page.
    """
    plain, with_query = gateway.send("GET", "/docs/kraken"), gateway.send("GET", "/docs/kraken?x=1")

    assert plain.body == with_query.body


@every_provider
def test_a_yaml_spec_is_the_file_itself(gateway: RunningGateway, provider: str) -> None:
    """
    What is served as YAML is the hand-written file with its comments, byte for byte.
    """
    response = gateway.send("GET", f"/specs/{provider}.yaml")

    assert (specs_folder() / f"{provider}.yaml").read_bytes() == response.body


@every_provider
def test_a_json_spec_says_what_the_file_says(gateway: RunningGateway, provider: str) -> None:
    """
    What is served as JSON is the file's content, and valid OpenAPI 3.0.
    """
    response = gateway.send("GET", f"/specs/{provider}.json")

    # Another reader than ours; all texts that YAML 1.1 would misread are quoted in the files.
    text = (specs_folder() / f"{provider}.yaml").read_text("utf-8")
    assert yaml.safe_load(text) == response.json()
    assert [] == list(OpenAPIV30SpecValidator(response.json()).iter_errors())


def test_the_start_page_leads_to_every_provider(gateway: RunningGateway) -> None:
    """
    The start page lists every provider with its operations, its docs and its specs.
    """
    page = Elements(gateway.send("GET", "/").text)

    assert {
        f"./{address}"
        for name in PROVIDERS
        for address in (f"docs/{name}", f"specs/{name}.json", f"specs/{name}.yaml")
    } <= set(page.addresses())
    for operation in (
        "POST /v2/user/personal_info/update",
        "PATCH /users/{user_id}",
        "POST /UpdateMyUser",
        "GET /UpdateMyUser/confirm",
        "PATCH /b2b/users/{user}",
    ):
        assert operation in page.texts


@pytest.mark.parametrize("page", [page for page in PAGES if PAGES[page].startswith("text/html")])
def test_a_page_loads_nothing_from_outside(gateway: RunningGateway, page: str) -> None:
    """
    The gateway works without internet access and below any path prefix: each address in a page is
    relative, and leads to a page of the gateway.
    """
    elements = Elements(gateway.send("GET", page).text)

    addresses = elements.addresses()
    assert addresses
    # A reader may follow a link of the manual to a site, but no page loads anything from there.
    links = {found["href"] for tag, found in elements.found if tag == "a"}
    outside = [address for address in addresses if re.match(r"/|[a-z]+:", address)]
    assert [] == [address for address in outside if address not in links or address[0] == "/"]
    own = [address for address in addresses if address not in outside]
    led_to = {urljoin(page, address).partition("#")[0] for address in own}
    html = {"Accept": "text/html"}
    statuses = {address: gateway.send("GET", address, headers=html).status for address in led_to}
    assert FOR_ADMINS >= {address for address, status in statuses.items() if status == 303}
    assert {200, 303} >= set(statuses.values())


@every_provider
def test_swagger_ui_shows_the_providers_spec(gateway: RunningGateway, provider: str) -> None:
    """
    The page is Swagger UI 5 with this provider's spec, and without the outside service that
    Swagger UI uses by default to validate a spec.
    """
    page = Elements(gateway.send("GET", f"/docs/{provider}").text)
    bundle = gateway.send("GET", "/docs/assets/swagger-ui-bundle.js").text

    (spec,) = [attributes["data-spec"] for _, attributes in page.found if "data-spec" in attributes]
    assert f"../specs/{provider}.json" == spec
    assert "validatorUrl: null" in gateway.send("GET", "/docs/assets/docs.js").text
    assert 'PACKAGE_VERSION:"5.' in bundle


@every_provider
def test_only_a_gateway_with_the_demo_data_shows_its_credentials(
    gateway: RunningGateway, provider: str
) -> None:
    """
    The page of another gateway is not told them; what is public with `--demo` would look like a
    credential there.
    """
    credentials = read_demo_calls(provider).get("credentials", {}).values()
    with_demo_data = replace(gateway.gateway, is_demo=True)

    shown = Explorer.of(gateway.providers[provider], with_demo_data).settings
    page = gateway.send("GET", f"/docs/{provider}").text

    assert all(each in shown for each in credentials)
    assert not any(each in unescape(page) for each in credentials)


def test_the_style_sheet_loads_nothing_from_outside(gateway: RunningGateway) -> None:
    """
    A style sheet can load fonts and pictures: this one has them inside.
    """
    sheet = gateway.send("GET", "/docs/assets/swagger-ui.css").text

    assert [] == [
        address
        for address in re.findall(r"url\(\s*['\"]?([^'\")]*)", sheet)
        if not address.startswith(("data:", "#"))
    ]
    assert "@import" not in sheet
