"""The inspector over HTTP: what it shows of a profile, undo, what-if, and the stream of events."""

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from starlette.types import Message, Scope

from profilegate.http import error_responses, exchange
from profilegate.http.app import GatewayApp
from profilegate.http.pages import inspector, live
from profilegate.http.pages.sessions import SESSION_AGE_MAX
from profilegate.openapi.profile_schema import TEXT_LENGTH_MAX
from tests.admin_pages import csrf_of, post, session
from tests.diadoc.samples import request_login
from tests.profiles.client import (
    KAI,
    LENA,
    LENA_AT_MACHNET,
    MERGE_PATCH,
    NOBODY,
    VERA,
    id_of,
    profile,
    send,
)
from tests.running_gateway import Response, RunningGateway

PAGE_SIZE_MAX_BYTES = 100_000
"""Issue: "inspector ≤ 100 kB"."""

DIADOC_USER = ("diadoc", "d064f6ba-7b81-432d-a41d-93b23eebe579")


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text as a reader sees it."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All texts, with single blanks between words."""
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str, name: str) -> list[str]:
        """The values of an attribute of all elements with a tag."""
        return [str(found[name]) for each, found in self.elements if each == tag and name in found]


class Visitor:
    """A signed-in admin at the inspector's page of one profile."""

    def __init__(self, gateway: RunningGateway, account: tuple[str, str], query: str = "") -> None:
        self.gateway = gateway
        self.headers = session(gateway)
        self.id = id_of(gateway, account)
        self.target = f"/inspect/{self.id}{query}"

    def get(self, target: str = "") -> Response:
        """Open the page, or another one."""
        return self.gateway.send("GET", target or self.target, headers=self.headers)

    def page(self, target: str = "") -> Page:
        """The page's elements and text."""
        return Page(self.get(target))

    def post(self, **fields: str) -> Response:
        """Send a form of the page."""
        csrf = csrf_of(self.get())
        return post(self.gateway, self.target, {"csrf": csrf, **fields}, self.headers)

    def what_if(self, account: tuple[str, str], body: Any) -> Response:
        """Send the form of an account; a text is sent as it is."""
        text = body if isinstance(body, str) else json.dumps(body)
        provider, external_id = account
        return self.post(provider=provider, external_id=external_id, body=text)

    def set(self, changes: dict[str, Any]) -> None:
        """Change the profile by the admin API."""
        target = f"/profiles/{self.id}"
        changed = send(self.gateway, "PATCH", target, changes, media_type=MERGE_PATCH)
        assert 200 == changed.status


# --- What it shows -----------------------------------------------------------------------


def test_a_page_shows_locks_masks_and_what_a_provider_cannot_represent(
    gateway: RunningGateway,
) -> None:
    """
    "locked, masked, pending and "not representable here" visible"; a lock with the account that
    holds it and its state.
    """
    lena, vera = Visitor(gateway, LENA).page().text, Visitor(gateway, VERA).page().text
    request_login(gateway, "new@example.com")
    pending = Visitor(gateway, DIADOC_USER).page().text

    assert "name.given Lena locked machnet : account.status is VERIFIED" in lena
    assert "residence.country not representable here" in lena
    assert "*****1112" in vera
    assert "masked" in vera
    assert "pending A new login waits for its confirmation until 2026-01-0" in pending
    assert "new@example.com" not in pending


def test_fields_lead_to_their_counterparts(gateway: RunningGateway) -> None:
    """
    "fields connected to their counterparts", without a script too: by links, there and back.
    """
    page = Visitor(gateway, LENA).page()
    links = [each[1:] for each in page.all("a", "href") if each.startswith("#")]

    places = {str(found["id"]) for _, found in page.elements if "id" in found}
    assert [] == [each for each in links if each not in places]
    assert {"shared-name.given", "f-1-full_name.first_name", "f-0-FullName.FirstName"} <= {*links}


HOSTILE = (
    "</textarea></bdi><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"'`{{7*7}}&lt;\u202e\u200f"
)
"""Markup, quotes, a template, an entity, and marks that turn the direction of text around."""

LONG = HOSTILE + "\u05d0" * (TEXT_LENGTH_MAX - len(HOSTILE))


def reject_markup(page: Page) -> None:
    """Check that all elements and attributes are those of our templates."""
    assert {"img", "style"}.isdisjoint(tag for tag, _ in page.elements)
    scripts = [found for tag, found in page.elements if tag == "script"]
    assert [] == [each for each in scripts if "/docs/assets/" not in str(each.get("src"))]
    names = {name for _, found in page.elements for name in found}
    assert [] == [name for name in names if name.startswith("on") or name == "style"]


def test_a_hostile_profile_is_shown_as_text(gateway: RunningGateway) -> None:
    """
    "A profile full of `<script>`, quotes, RTL marks and the longest legal values is shown as text
    everywhere".
    """
    kai = Visitor(gateway, KAI)
    written = {
        "name": {"given": LONG, "middle": LONG, "family": LONG},
        "occupation": LONG,
        "employer": {"name": LONG, "address": LONG},
        "organization": {"legal_name": LONG},
        "tax": {"ids": [{"id": HOSTILE, "country": "US"}]},
    }
    kai.set(written)
    wanted = f'{{"full_name": {{"first_name": {json.dumps(HOSTILE)}}}}}'
    pages = {
        "profile": kai.page(),
        "list": kai.page("/inspect"),
        "what-if": Page(kai.what_if(KAI, wanted)),
        "no JSON": Page(kai.what_if(KAI, HOSTILE)),
        "search": kai.page(f"/inspect?sought={quote(HOSTILE)}"),
        "no namespace": kai.page(f"/inspect?namespace={quote(HOSTILE)}"),
        "sign in": Page(gateway.send("GET", f"/sign-in?next=/{quote(HOSTILE)}")),
    }

    for page in pages.values():
        reject_markup(page)
    shown = {text for text in pages["profile"].texts if text == LONG}
    assert {LONG} == shown
    # The shared field, the representation, the history; "bdi" isolates each.
    assert pages["profile"].texts.count(LONG) >= 3 * 3
    assert any(LONG in text for text in pages["list"].texts)


def test_a_page_is_small(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    "inspector ≤ 100 kB", with its style and script, and a full page of history.
    """
    lena = Visitor(gateway, LENA)
    for number in range(inspector.EVENTS_SHOWN_MAX):
        lena.set({"phone": f"+12106603{number:03}"})
    response = lena.get()
    page = Page(response)
    files = [*page.all("script", "src"), *page.all("link", "href")]
    sizes = [len(gateway.send("GET", urljoin(lena.target, file)).body) for file in files]

    assert 5 == len(sizes)
    assert len(response.body) + sum(sizes) <= PAGE_SIZE_MAX_BYTES


def test_the_list_finds_profiles_by_account_and_by_id(gateway: RunningGateway) -> None:
    """
    "a search by account `provider:id` or profile id"; a provider's own way to write an id counts.
    """
    lena = Visitor(gateway, LENA)
    spaced = "AA39 N84G C4XO 6B2V"
    found = {
        sought: lena.get(f"/inspect?sought={quote(sought)}")
        for sought in ("navixy:1003", f"kraken:{spaced}", lena.id, "navixy:0", "krakn:1", "secret")
    }

    assert [303, 303, 303, 404, 404, 404] == [each.status for each in found.values()]
    assert {f"/inspect/{lena.id}"} == {
        each.headers["location"] for each in found.values() if each.status == 303
    }


def test_the_list_leads_through_all_profiles(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "list of profiles, paged": each profile stands on one page.
    """
    monkeypatch.setattr(inspector, "PROFILES_SHOWN_MAX", 4)
    visitor = Visitor(gateway, LENA)
    listed: list[str] = []
    target = "/inspect"
    for _ in range(10):
        page = visitor.page(target)
        links = page.all("a", "href")
        listed += [each for each in links if re.fullmatch(r"\./inspect/[0-9a-f-]{36}", each)]
        following = [each for each in links if "after=" in each]
        if not following:
            break
        target = urljoin(target, following[0])

    known = send(gateway, "GET", "/profiles?limit=100").json()["profiles"]
    assert [f"./inspect/{each['id']}" for each in known] == listed


def test_history_leads_to_older_changes(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "history as a timeline with from → to, channel/provider, time": newest first, the rest behind a
    link.
    """
    monkeypatch.setattr(inspector, "EVENTS_SHOWN_MAX", 2)
    kai = Visitor(gateway, KAI)
    kai.set({"phone": "+12106603001"})
    kai.set({"phone": "+12106603002"})
    newest = kai.page()
    older = kai.page(urljoin(kai.target, next(h for h in newest.all("a", "href") if "before" in h)))

    assert "phone +12106603001 → to +12106603002" in newest.text
    assert "profiles by admin" in newest.text
    assert [["event-3", "event-2"], ["event-1"]] == [
        page.all("li", "id") for page in (newest, older)
    ]


def test_a_page_stays_in_its_namespace(testing: RunningGateway) -> None:
    """
    A namespace is a separate set of profiles: the links of a page lead to no other one.
    """
    assert 201 == send(testing, "POST", "/namespaces", {"namespace": "mine"}).status
    inside = {"X-Profilegate-Namespace": "mine"}
    made = send(testing, "POST", "/profiles", {"phone": "+12106603001"}, headers=inside).json()
    visitor = Visitor(testing, KAI)
    listed = visitor.page("/inspect?namespace=mine")
    links = [each for each in listed.all("a", "href") if made["id"] in each]
    shown = visitor.page(urljoin("/inspect", links[0]))

    assert [f"./inspect/{made['id']}?namespace=mine"] == links
    assert "phone +12106603001" in shown.text
    assert {True} == {
        "namespace=mine" in each for each in shown.all("form", "action") if "sign" not in each
    }
    assert 404 == visitor.get(f"/inspect/{made['id']}").status


# --- Undo --------------------------------------------------------------------------------


def test_undo_restores_the_values_before_a_change(gateway: RunningGateway) -> None:
    """
    "an undo button (POST; admin/profiles.undo)": as a change of its own, by this channel.
    """
    kai = Visitor(gateway, KAI)
    kai.set({"phone": "+12106603001"})
    done = kai.post(undo="2")
    events = send(gateway, "GET", f"/profiles/{kai.id}/history").json()["events"]

    assert (303, f"/inspect/{kai.id}") == (done.status, done.headers["location"])
    assert "phone" not in profile(gateway, kai.id)
    assert ("inspector", "admin") == (events[-1]["channel"], events[-1]["who"])
    assert done.headers["x-request-id"] == events[-1]["request_id"]


def test_a_conflict_of_an_undo_is_told_and_writes_nothing(gateway: RunningGateway) -> None:
    """
    "conflicts become a clear message": the field that a later change has touched.
    """
    kai = Visitor(gateway, KAI)
    kai.set({"phone": "+12106603001"})
    kai.set({"phone": "+12106603002"})
    found = kai.post(undo="2")

    assert 409 == found.status
    assert "/phone was changed by a later event" in Page(found).text
    assert 3 == profile(gateway, kai.id)["version"]


@pytest.mark.parametrize("version", ["0", "99", "-1", "two", "", "9" * 400, "٢"])
def test_an_undo_of_no_event_is_an_error(gateway: RunningGateway, version: str) -> None:
    """
    Whatever a form holds: 404, and the page again.
    """
    found = Visitor(gateway, KAI).post(undo=version)

    assert (404, True) == (found.status, "the profile has no such event" in Page(found).text)


# --- What if -----------------------------------------------------------------------------


def test_a_what_if_tells_the_outcome_at_each_account_and_writes_nothing(
    gateway: RunningGateway,
) -> None:
    """
    "result = outcome at each account (admin/projections.dry_run), nothing written".
    """
    lena = Visitor(gateway, LENA)
    residence = {"line1": "1 Main St", "city": "Munich", "province": "Bavaria"}
    body = {"residence": {**residence, "postal_code": "80331", "country": "US"}}
    accepted = Page(lena.what_if(LENA, body))
    rejected = Page(lena.what_if(LENA, {"full_name": {"first_name": "Lea", "last_name": "Linked"}}))

    assert "accepted residence.line1, residence.city" in accepted.text
    assert f"{LENA_AT_MACHNET[1]} accepted address_line1, city, zipcode" in accepted.text
    assert f"{LENA_AT_MACHNET[1]} not representable state" in accepted.text
    assert "addresses.residential.region none → to Bavaria" in accepted.text
    assert (
        f"rejected full_name.first_name locked by machnet account {LENA_AT_MACHNET[1]}, whose"
        " account.status is VERIFIED"
    ) in rejected.text
    assert 4 == profile(gateway, lena.id)["version"]


WRONG = {
    "no JSON": (LENA, "{secret", 400, "the body is not JSON"),
    "a list": (LENA, "[]", 400, "the body must be an object"),
    "an empty text": (LENA, "", 400, "the body is empty"),
    "a key twice": (LENA, '{"a": 1, "a": 2}', 400, "a key appears twice"),
    "another profile's account": (KAI, "{}", 404, "there is no such account"),
    "no provider": (("nobody", "1"), "{}", 400, "/provider must be one of"),
}


@pytest.mark.parametrize(("account", "body", "status", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_what_if_is_told(
    gateway: RunningGateway, account: tuple[str, str], body: str, status: int, message: str
) -> None:
    """
    Bad input gets a clear error; what was typed stays in its field, and stands in no message.
    """
    found = Visitor(gateway, LENA).what_if(account, body)
    page = Page(found)

    assert (status, True) == (found.status, message in page.text)
    assert page.text.count("secret") == body.count("secret")


def people(gateway: RunningGateway) -> Iterator[Any]:
    """The profiles of the demo data with accounts."""
    for each in send(gateway, "GET", "/profiles?limit=100").json()["profiles"]:
        if each["accounts"]:
            yield each


def test_each_example_of_a_what_if_is_accepted_and_changes_nothing(
    gateway: RunningGateway,
) -> None:
    """
    "prefilled with a valid example of the current representation": for every account there is.
    """
    found = {}
    for person in people(gateway):
        first = person["accounts"][0]
        visitor = Visitor(gateway, (first["provider"], first["external_id"]))
        page = visitor.get()
        bodies = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
        assert len(bodies) == len(person["accounts"])
        for account, body in zip(person["accounts"], bodies, strict=True):
            key = (account["provider"], account["external_id"])
            result = Page(visitor.what_if(key, Page(Response(200, {}, body.encode())).text))
            found[key] = result.text.partition(" Result for ")[2]

    wrong = {
        key
        for key, text in found.items()
        if " accepted " not in text or "would stay as it is" not in text
    }
    # Its own state rejects every update of this account, the right ones too.
    assert {("navixy", "1002")} == wrong


# --- Events ------------------------------------------------------------------------------


SILENT_LINES_MAX = 6
"""Lines in which a stream only shows that it is there: each heartbeat has two."""


@contextmanager
def stream(visitor: Visitor, target: str = "") -> Iterator[http.client.HTTPResponse]:
    """A stream of events, read line by line."""
    connection = http.client.HTTPConnection("127.0.0.1", visitor.gateway.port, timeout=30)
    headers = {"Accept": "text/event-stream", **visitor.headers}
    connection.request("GET", target or f"/inspect/{visitor.id}/events", headers=headers)
    response = connection.getresponse()
    try:
        yield response
    finally:
        # A response without an end keeps the socket.
        response.close()
        connection.close()


def next_stamp(response: http.client.HTTPResponse) -> str:
    """The data of the next event; empty at the end of the stream."""
    for _ in range(SILENT_LINES_MAX):
        line = response.readline()
        if line.startswith(b"data: "):
            return line[6:].decode().strip()
        if not line:
            return ""
    raise AssertionError("the stream neither tells anything nor ends")


def stamp_of(page: Page) -> str:
    """The stamp of a page."""
    return page.all("p", "data-stamp")[0]


def test_a_stream_tells_a_change_of_its_page(gateway: RunningGateway) -> None:
    """
    "live through server-sent events when any API changes the profile": the stamp that it sends is
    the one of the page as it is then.
    """
    lena = Visitor(gateway, LENA)
    with stream(lena) as events, stream(lena, "/inspect/events") as listed:
        at_first = next_stamp(events), next_stamp(listed)
        shown = stamp_of(lena.page()), stamp_of(lena.page("/inspect"))
        lena.set({"phone": "+12106603001"})
        changed = next_stamp(events), next_stamp(listed)

        assert ("text/event-stream; charset=utf-8", "no-store", "no") == (
            events.headers["content-type"],
            events.headers["cache-control"],
            events.headers["x-accel-buffering"],
        )
    assert at_first == shown
    assert changed == (stamp_of(lena.page()), stamp_of(lena.page("/inspect")))
    assert set(at_first).isdisjoint(changed)


def test_a_stream_tells_of_a_pending_login(gateway: RunningGateway) -> None:
    """
    A pending login is no event of the history, but a page shows it.
    """
    visitor = Visitor(gateway, DIADOC_USER)
    with stream(visitor) as events:
        before = next_stamp(events)
        request_login(gateway, "new@example.com")

        assert next_stamp(events) not in ("", before)


def test_a_stream_ends_with_its_session_and_does_not_begin_again(gateway: RunningGateway) -> None:
    """
    "ends … when the session expires"; HTML, 9.2.3: 204 tells a browser to stop.
    """
    kai = Visitor(gateway, KAI)
    with stream(kai) as events:
        next_stamp(events)
        gateway.clock.advance(SESSION_AGE_MAX + timedelta(seconds=1))

        assert "" == next_stamp(events)
    with stream(kai) as again:
        assert 204 == again.status


def test_a_stream_ends_when_the_gateway_stops(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "ends at shutdown (gateway.is_stopping; a graceful stop must not wait 10 s for open streams)".
    """
    kai = Visitor(gateway, KAI)
    with stream(kai) as events:
        next_stamp(events)
        monkeypatch.setattr(gateway.gateway, "is_stopping", True)

        assert "" == next_stamp(events)
    with stream(kai) as again:
        assert 503 == again.status


def test_streams_are_bounded_and_make_room_when_their_clients_leave(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "bounded number of streams (named constant; 503 beyond)".
    """
    monkeypatch.setattr(live, "STREAMS_MAX", 1)
    kai = Visitor(gateway, KAI)
    with stream(kai) as first:
        next_stamp(first)
        with stream(kai) as second:
            assert (503, "1") == (second.status, second.headers["retry-after"])
    for _ in range(100):
        with stream(kai) as third:
            if third.status == 200:
                break

    assert 200 == third.status


def test_a_stream_is_no_request_for_which_readers_of_the_journal_wait(
    testing: RunningGateway,
) -> None:
    """
    A stream is in progress as long as somebody looks; a reader waits for the other requests only.
    """
    journal = testing.gateway.journal
    assert journal is not None
    kai = Visitor(testing, KAI)
    with stream(kai) as events:
        next_stamp(events)

        assert 0 == journal.in_progress


def test_the_duration_of_a_stream_is_the_time_until_it_begins(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "the access log/metrics count it sensibly": hours of a stream are no slow request.
    """
    began, ended = 100.0, 100.5
    seen: list[tuple[int, float]] = []

    def observe(_: Scope, found: exchange.Exchange, seconds: float) -> None:
        assert found.response is not None
        seen.append((found.response[0], seconds))

    app = GatewayApp(gateway.gateway, gateway.providers, observers=[observe])
    kai = Visitor(gateway, KAI)
    headers = [(b"host", b"gateway"), (b"cookie", kai.headers["Cookie"].encode())]

    async def look() -> None:
        has_event = asyncio.Event()

        async def receive() -> Message:
            if not has_event.is_set():
                await has_event.wait()
            return {"type": "http.disconnect"}

        async def send_to_client(message: Message) -> None:
            if message.get("body", b"").startswith(b"data:"):
                has_event.set()

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": f"/inspect/{kai.id}/events",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        await app(scope, receive, send_to_client)

    monkeypatch.setattr(error_responses, "perf_counter", iter([began, 9999.0]).__next__)
    monkeypatch.setattr(exchange, "perf_counter", lambda: ended)
    gateway.run(look())

    assert [(200, ended - began)] == seen


def test_the_head_of_a_stream_has_no_body(gateway: RunningGateway) -> None:
    """
    RFC 9110, 9.3.2: HEAD is GET without the body, so it has an end: the connection goes on.
    """
    kai = Visitor(gateway, KAI)
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    statuses = []
    with closing(connection):
        for method in ("HEAD", "GET"):
            target = f"/inspect/{kai.id}/events" if method == "HEAD" else "/health/live"
            connection.request(method, target, headers=kai.headers)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)

    assert [200, 200] == statuses


@pytest.mark.parametrize(
    "target",
    ["/inspect/x%00y", "/inspect?after=%00", "/inspect?sought=a:%00", "/inspect?namespace=%00"],
)
def test_an_address_that_is_no_text_is_an_error(gateway: RunningGateway, target: str) -> None:
    """
    No text of PostgreSQL has the character U+0000: a page is no way to a failure of the store.
    """
    found = Visitor(gateway, KAI).get(target)

    assert (400, True) == (found.status, "U+0000" in Page(found).text)


@pytest.mark.parametrize("target", [f"/inspect/{NOBODY}", "/inspect/%3Cb%3E"])
def test_a_profile_that_is_not_there_is_a_page(gateway: RunningGateway, target: str) -> None:
    """
    An erased profile and one that never was are alike.
    """
    found = Visitor(gateway, KAI).get(target)

    assert (404, True) == (found.status, "there is no such profile" in Page(found).text)
