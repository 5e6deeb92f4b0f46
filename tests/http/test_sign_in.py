"""Signing in with the admin token: the cookie, the forms, the lockout, and what is no way in."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from profilegate.errors import StoreUnavailableError
from profilegate.gateway.lockouts import FAILURES_MAX
from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from profilegate.http.pages.sessions import COOKIE, SESSION_AGE_MAX, new_session
from profilegate.store import namespaces
from tests.admin_pages import cookie_of, csrf_of, post, session, sign_in
from tests.running_gateway import RunningGateway

PROXY = "127.0.0.1"


# --- In ----------------------------------------------------------------------------------


def test_a_page_for_admins_asks_for_the_token_and_then_opens(gateway: RunningGateway) -> None:
    """
    "Inspector (admin token)": without a session, the browser sees the sign-in page, and the page
    that it wanted afterwards.
    """
    asked = gateway.send("GET", "/inspect?after=0")
    form = gateway.send("GET", asked.headers["location"])
    following = re.search(r'name="next" value="([^"]*)"', form.text)
    assert following is not None
    done = sign_in(gateway, next=following[1])
    opened = gateway.send(
        "GET",
        done.headers["location"],
        headers={"Cookie": f"{COOKIE}={cookie_of(done).value}"},
    )

    assert (303, 200, 303, 200) == (asked.status, form.status, done.status, opened.status)
    assert "/inspect?after=0" == done.headers["location"]
    assert {"no-store"} == {each.headers["cache-control"] for each in (asked, form, done, opened)}


def test_the_cookie_is_for_this_gateway_and_for_no_script(gateway: RunningGateway) -> None:
    """
    "cookie HttpOnly, SameSite=Strict"; it has an end, and never the token in it.
    """
    cookie = cookie_of(sign_in(gateway))

    assert (True, "Strict", "/", str(int(SESSION_AGE_MAX.total_seconds())), "") == (
        cookie["httponly"],
        cookie["samesite"],
        cookie["path"],
        cookie["max-age"],
        cookie["secure"],
    )
    assert DEMO_ADMIN_TOKEN not in cookie.value


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway with lockouts, behind a proxy below /people."""
    running = RunningGateway(
        tmp_path_factory.mktemp("published"), locks_out=True, proxies=PROXY, root_path="/people"
    )
    yield running
    running.stop()


@pytest.fixture
def behind_proxy(published: RunningGateway, tmp_path: Path) -> RunningGateway:
    """The same with a fresh copy of the demo data."""
    published.start_afresh(tmp_path)
    return published


def test_behind_a_proxy_the_cookie_has_the_prefix_and_is_secure(
    behind_proxy: RunningGateway,
) -> None:
    """
    "works below a path prefix"; a browser that came by https sends the cookie by https only.
    """
    forwarded = {"X-Forwarded-Proto": "https"}
    asked = behind_proxy.send("GET", "/people/inspect", headers=forwarded)
    done = sign_in(behind_proxy, headers=forwarded, next="/inspect")

    assert "/people/sign-in?next=%2Finspect" == asked.headers["location"]
    assert "/people/inspect" == done.headers["location"]
    assert ("/people/", True) == (cookie_of(done)["path"], cookie_of(done)["secure"])


PROTOCOLS = {
    "the proxy says https": ("http://gateway.example", {"X-Forwarded-Proto": "https"}, True),
    "the proxy says http": ("https://gateway.example", {"X-Forwarded-Proto": "http"}, False),
    "the public address is https": ("https://gateway.example", {}, True),
    "nobody says https": ("http://gateway.example", {}, False),
}


@pytest.mark.parametrize(("public_url", "headers", "secure"), PROTOCOLS.values(), ids=PROTOCOLS)
def test_a_cookie_of_https_is_secure(
    behind_proxy: RunningGateway,
    monkeypatch: pytest.MonkeyPatch,
    public_url: str,
    headers: dict[str, str],
    secure: bool,
) -> None:
    """
    "Secure if the request came by https": a browser never stores a secure cookie of http.
    """
    monkeypatch.setattr(behind_proxy.gateway, "public_url", public_url)

    assert secure == bool(cookie_of(sign_in(behind_proxy, headers=headers))["secure"])


def test_only_a_trusted_proxy_names_the_protocol_and_the_host(
    gateway: RunningGateway, behind_proxy: RunningGateway
) -> None:
    """
    What anybody else sends in these headers does not count.
    """
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "people.example"}
    sent = said | {"Origin": "https://people.example"}
    trusted, other = sign_in(behind_proxy, headers=sent), sign_in(gateway, headers=sent)
    foreign = sign_in(behind_proxy, headers=said | {"Origin": "https://evil.example"})

    assert (303, 403, 403) == (trusted.status, other.status, foreign.status)
    assert "" == cookie_of(sign_in(gateway, headers=said))["secure"]


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "/\n/evil.example",
        "javascript:alert(1)",
        "inspect",
        "/sign-out",
        "/inspectors",
        "/inspect/../..//evil.example",
        "",
    ],
)
def test_signing_in_leads_to_no_other_site(gateway: RunningGateway, following: str) -> None:
    """
    OWASP, Unvalidated Redirects: "next" is a path of ours, or is not followed.
    """
    done = sign_in(gateway, next=following)

    assert (303, "/inspect") == (done.status, done.headers["location"])


def test_the_token_of_the_demo_data_is_shown_in_demo_mode_only(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The demo's secrets are public; no other gateway shows a token, not even the same one.
    """
    hidden = gateway.send("GET", "/sign-in").text
    monkeypatch.setattr(gateway.gateway, "is_demo", True)
    shown = gateway.send("GET", "/sign-in").text
    monkeypatch.setattr(gateway.gateway, "admin_token", "a token of one's own")
    own = gateway.send("GET", "/sign-in").text

    assert [False, True, False] == [DEMO_ADMIN_TOKEN in page for page in (hidden, shown, own)]
    assert "a token of one&#39;s own" not in own


# --- Not in ------------------------------------------------------------------------------


def test_without_a_token_nobody_signs_in(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A gateway without an admin token rejects everybody, and says how to set one.
    """
    monkeypatch.setattr(gateway.gateway, "admin_token", None)
    keyless = {"Cookie": f"{COOKIE}={new_session(gateway.gateway).text}"}
    page = gateway.send("GET", "/sign-in")
    empty = sign_in(gateway, token="")
    asked = gateway.send("GET", "/inspect", headers=keyless)

    assert "PROFILEGATE_ADMIN_TOKEN" in page.text
    assert 403 == empty.status
    assert 303 == asked.status


def forged(text: str) -> Iterator[tuple[str, str]]:
    """Cookies that no gateway has made of this one."""
    expiry, number, digest = text.split(".")
    yield "a later end", f"{int(expiry) + 1}.{number}.{digest}"
    yield "another id", f"{expiry}.{'0' * 32}.{digest}"
    yield "another digest", f"{expiry}.{number}.{'0' * 64}"
    yield "no digest", f"{expiry}.{number}."
    yield "no text", ""
    yield "no number", f"x.{number}.{digest}"
    yield "one part", expiry
    yield "not ASCII", f"{expiry}.{number}.\xe9"


def test_a_forged_cookie_opens_nothing(gateway: RunningGateway) -> None:
    """
    The cookie is not kept anywhere: its digest alone proves it.
    """
    text = cookie_of(sign_in(gateway)).value
    found = {
        name: gateway.send("GET", "/inspect", headers={"Cookie": f"{COOKIE}={each}"}).status
        for name, each in forged(text)
    }

    assert dict.fromkeys(found, 303) == found
    assert 200 == gateway.send("GET", "/inspect", headers={"Cookie": f"{COOKIE}={text}"}).status


def test_a_session_ends_after_its_time(gateway: RunningGateway) -> None:
    """
    "an expiry": a browser may ignore Max-Age, so the gateway checks the time itself.
    """
    headers = session(gateway)
    gateway.clock.advance(SESSION_AGE_MAX - timedelta(seconds=1))
    before = gateway.send("GET", "/inspect", headers=headers).status
    gateway.clock.advance(timedelta(seconds=1))

    assert (200, 303) == (before, gateway.send("GET", "/inspect", headers=headers).status)


def test_another_admin_token_ends_all_sessions(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The key of the sessions is made of the token, so a new one is also the way to end them.
    """
    headers = session(gateway)
    monkeypatch.setattr(gateway.gateway, "admin_token", "another token")

    assert 303 == gateway.send("GET", "/inspect", headers=headers).status


def test_wrong_tokens_lock_out_the_page_and_the_admin_api_together(
    behind_proxy: RunningGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """
    The page is no second chance to guess: its failures count with those of the admin API in all
    namespaces, for the peer, and stand in the same log; a form without a token is none. The token
    that was sent stands nowhere.
    """
    caplog.set_level(logging.WARNING, "profilegate.security")
    guess = {"X-Forwarded-For": "203.0.113.7"}
    bearer = guess | {"Authorization": f"Bearer {DEMO_ADMIN_TOKEN}"}
    behind_proxy.run(behind_proxy.store.write(namespaces.create, "other"))
    elsewhere_too = guess | {"X-Profilegate-Namespace": "other"}
    empty = [sign_in(behind_proxy, " ", guess) for _ in range(FAILURES_MAX)]
    wrong = [sign_in(behind_proxy, "a wrong guess", guess) for _ in range(FAILURES_MAX // 2)]
    of_page = [*caplog.messages]
    for _ in range(FAILURES_MAX - len(wrong)):
        wrong_token = {"Authorization": "Bearer wrong"}
        behind_proxy.send("GET", "/profiles", headers=elsewhere_too | wrong_token)
    caplog.clear()
    locked = sign_in(behind_proxy, headers=guess)
    of_lock = [*caplog.messages]
    elsewhere = sign_in(behind_proxy, headers={"X-Forwarded-For": "203.0.113.8"})

    assert ({403}, {403}) == ({each.status for each in empty}, {each.status for each in wrong})
    assert (429, 303) == (locked.status, elsewhere.status)
    assert int(locked.headers["retry-after"]) > 0
    assert 429 == behind_proxy.send("GET", "/profiles", headers=bearer).status
    line = 'authentication failed: provider=profiles credential="admin-token" reason={} peer={}'
    assert [line.format("unknown", "203.0.113.7")] * len(wrong) == of_page
    assert [line.format("locked", "203.0.113.7")] == of_lock
    assert "a wrong guess" not in wrong[0].text


# --- Forms -------------------------------------------------------------------------------


FOREIGN = {
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a site of the same domain": {"Sec-Fetch-Site": "same-site"},
    "another origin, by an old browser": {"Origin": "https://evil.example"},
    "no origin": {"Origin": "null"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_another_site_sends_no_form(gateway: RunningGateway, headers: dict[str, str]) -> None:
    """
    "CSRF protection": what a browser says of the page that sends a form is checked too.
    """
    signed_in = session(gateway)
    fields = {"csrf": csrf_of(gateway.send("GET", "/inspect", headers=signed_in))}
    out = post(gateway, "/sign-out", fields, signed_in | headers)
    into = sign_in(gateway, headers=headers)

    assert (403, 403) == (out.status, into.status)
    assert {"set-cookie"}.isdisjoint({*out.headers, *into.headers})


OWN = {
    "our page": {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    "an old browser": {"Origin": "http://127.0.0.1:{port}"},
    "the public address": {"Origin": "http://gateway.example"},
    "no browser": {},
}


@pytest.mark.parametrize("headers", OWN.values(), ids=OWN)
def test_a_form_of_the_session_signs_out(gateway: RunningGateway, headers: dict[str, str]) -> None:
    """
    "login and logout of the inspector".
    """
    signed_in = session(gateway)
    fields = {"csrf": csrf_of(gateway.send("GET", "/inspect", headers=signed_in))}
    sent = {name: value.format(port=gateway.port) for name, value in headers.items()}
    out = post(gateway, "/sign-out", fields, signed_in | sent)

    assert (303, "/sign-in") == (out.status, out.headers["location"])
    assert ("", "0") == (cookie_of(out).value, cookie_of(out)["max-age"])


def test_a_form_needs_the_hidden_field_of_its_own_session(gateway: RunningGateway) -> None:
    """
    "every POST needs a hidden field bound to the session".
    """
    mine, other = session(gateway), session(gateway)
    foreign = csrf_of(gateway.send("GET", "/inspect", headers=other))
    found = [
        post(gateway, "/sign-out", fields, mine).status
        for fields in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": foreign})
    ]

    assert [403] * 4 == found


def test_a_failure_of_the_store_is_a_page_and_a_line_of_the_log(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """
    A person learns that it is not their fault and when to try again; the operator learns of it.
    """

    async def fail(*_: object, **__: object) -> None:
        raise StoreUnavailableError

    headers = session(gateway)
    monkeypatch.setattr(gateway.store, "read", fail)
    page = gateway.send("GET", "/inspect", headers=headers)

    assert (503, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert "1" == page.headers["retry-after"]
    assert [True] == ["the store is not available" in each for each in caplog.messages]


def test_an_error_is_a_page_with_the_words_of_the_admin_api(gateway: RunningGateway) -> None:
    """
    A person gets a page and a way back; the value that was sent is not in it.
    """
    page = gateway.send("GET", "/inspect?namespace=<b>secret", headers=session(gateway))

    assert (404, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert "there is no such namespace" in page.text
    assert 'href="./inspect"' in page.text
    assert "secret" not in page.text
