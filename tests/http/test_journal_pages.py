"""The journal's pages: for browsers, for admins, and as text whatever a client has sent."""

import json

import pytest

from profilegate.http.pages.serving import Pages
from tests.admin_pages import session
from tests.clients import INDIVIDUAL, JSON, MACHNET
from tests.http.test_pages import Elements
from tests.profiles.client import ADMIN
from tests.running_gateway import Response, RunningGateway

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
"""What browsers send."""

HOSTILE = "</code><script>alert(1)</script><img src=x onerror=alert(2)>\"' \u202e\u2067 & {{ 7*7 }}"


def hostile_request(gateway: RunningGateway) -> str:
    """The id of a request with markup in its body, its query and its headers."""
    headers = {**MACHNET, **JSON, "User-Agent": "<script>alert(3)</script>"}
    body = json.dumps({"first_name": HOSTILE, HOSTILE: {HOSTILE: [HOSTILE]}}).encode()
    target = f"/users/{INDIVIDUAL}?a=%3Cscript%3E"
    return gateway.send("PATCH", target, body=body, headers=headers).headers["x-request-id"]


def show(gateway: RunningGateway, path: str) -> Response:
    """A page, as a signed-in browser gets it."""
    return gateway.send("GET", path, headers={**HTML, **session(gateway)})


@pytest.mark.parametrize("query", ["", "?originals=1"])
def test_what_a_client_sent_is_shown_as_text(testing: RunningGateway, query: str) -> None:
    """
    "A profile full of `<script>`, quotes, RTL marks … is shown as text everywhere".
    """
    page = show(testing, f"/journal/{hostile_request(testing)}{query}")

    elements = Elements(page.text)
    names = {name for name, _ in elements.found}
    assert 200 == page.status
    assert "img" not in names
    assert "" == "".join(elements.scripts).strip()
    assert not [name for _, found in elements.found for name in found if name.startswith("on")]
    shown = "".join(elements.texts)
    assert bool(query) == (json.dumps(HOSTILE, ensure_ascii=False) in shown)
    # The curl command has the body as it was sent; masked, it is nowhere.
    assert bool(query) == ("alert(1)" in shown)


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        (HTML["Accept"], True),
        ("text/event-stream", True),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=0.5, application/json", False),
    ],
)
def test_a_browser_gets_the_page_and_a_client_the_admin_api(
    testing: RunningGateway, accept: str, is_page: bool
) -> None:
    """
    The admin API has the same path: what a client accepts decides, and JSON is the default.
    """
    response = testing.send("GET", "/journal", headers={**ADMIN, "Accept": accept})

    # Without a session a browser is led to the sign-in page, and a stream of events ends.
    assert is_page == (response.status in (303, 204))
    assert is_page or "exchanges" in response.json()


def test_a_providers_path_is_never_a_page(
    testing: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "so faithfully that their real clients cannot tell": also to a browser, and where a page has the
    same path.
    """
    monkeypatch.setattr(Pages, "has", lambda *_: True)

    response = testing.send("GET", f"/users/{INDIVIDUAL}", headers={**MACHNET, **HTML})

    assert "application/json" in response.headers["content-type"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?status=xyz", 400),
        ("?provider=nobody", 400),
        ("?operation=nothing", 400),
        ("?before=zzz", 200),
        ("?before=" + "9" * 40, 200),
        ("?namespace=nowhere", 404),
    ],
)
def test_a_wrong_filter_is_explained(testing: RunningGateway, query: str, status: int) -> None:
    """
    Bad input gets an error that names the field, as a page, and never repeats what was sent.
    """
    page = show(testing, f"/journal{query}")

    assert (status, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert status == 200 or query[1:].partition("=")[0] in page.text
    assert query.partition("=")[2] not in page.text
    # The filter stays, to be corrected.
    assert status == 404 or "Download HAR" in page.text


def test_originals_are_for_test_mode(gateway: RunningGateway) -> None:
    """
    "personal data masked": a gateway for production shows what was masked to nobody.
    """
    page = show(gateway, "/journal/0123?originals=1")

    assert 409 == page.status
    assert "test mode" in page.text


def test_a_gateway_without_a_journal_says_how_to_keep_one(gateway: RunningGateway) -> None:
    """
    The page is there without a journal too, and names the option.
    """
    assert "--journal" in show(gateway, "/journal").text
