"""The inspector in a real browser, behind nginx with TLS below /gate/."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Visit, needs_chromium
from tests.browser.conftest import MODULE_MAX_SECONDS
from tests.browser.nginx_site import MISSING, PREFIX, published_demo, visiting
from tests.gateway_process import run

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]

PHONE = "+12106603032"
"""Lena's phone in the demo data."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The demo data behind nginx: the address, and the folder of its database."""
    with published_demo(tmp_path_factory.mktemp("p"), seconds=MODULE_MAX_SECONDS) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, published: tuple[str, Path]) -> Iterator[Visit]:
    """A visitor who has not signed in."""
    with visiting(browser, published[0]) as found:
        yield found


@pytest.fixture
def lena(visit: Visit) -> Page:
    """The page of the person behind all four providers, once it is live."""
    page = visit.open("inspect?sought=navixy:1003")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#live-state")).to_have_text("live")
    return page


def change_by_http(page: Page, phone: str) -> None:
    """Change the phone by the admin API, through nginx."""
    profile = page.url.partition("/inspect/")[2]
    response = page.context.request.patch(
        f"{page.url.partition('/inspect/')[0]}/profiles/{profile}",
        data={"phone": phone},
        headers={
            "Authorization": "Bearer demo-admin",
            "Content-Type": "application/merge-patch+json",
        },
    )
    assert 200 == response.status


def test_a_change_of_another_process_appears_without_a_reload(
    lena: Page, published: tuple[str, Path]
) -> None:
    """
    "live through server-sent events when any API changes the profile, from any process"; typed
    text, open parts and the focus stay, and a screen reader hears of it.
    """
    lena.evaluate("window.isTheSame = true")
    lena.locator("#what-if-3 summary").click()
    lena.locator("#body-3").fill('{"typed": 1}')
    lena.locator("#locks-2 summary").focus()
    lena.keyboard.press("Enter")
    change_by_http(lena, "+12106603001")
    expect(lena.locator("#shared-phone")).to_contain_text("+12106603001")
    expect(lena.locator("#announcement")).to_have_text(re.compile("changed by profiles"))

    done = run(published[1], "profiles", "set", "navixy:1003", "phone=+12106603002")
    assert 0 == done.returncode, done.stderr
    expect(lena.locator("#shared-phone")).to_contain_text("+12106603002")
    expect(lena.locator("#f-3-phone")).to_contain_text("12106603002")
    expect(lena.locator("#announcement")).to_have_text(re.compile("changed by command line"))

    assert lena.evaluate("window.isTheSame")
    assert '{"typed": 1}' == lena.locator("#body-3").input_value()
    assert lena.locator("#locks-2").evaluate("each => each.open")
    assert "locks-2" == lena.evaluate("document.activeElement.parentElement.id")


def test_a_change_is_undone_by_its_button(lena: Page) -> None:
    """
    "undo": the history shows who changed the field back, and the page shows the value before.
    """
    change_by_http(lena, PHONE)
    expect(lena.locator("#shared-phone")).to_contain_text(PHONE)
    change_by_http(lena, "+12106603003")
    expect(lena.locator("#shared-phone")).to_contain_text("+12106603003")
    lena.locator(".timeline li").first.get_by_role("button", name="Undo").click()

    expect(lena.locator("#shared-phone")).to_contain_text(PHONE)
    expect(lena.locator(".timeline li").first).to_contain_text("inspector by admin")


def test_a_what_if_shows_its_outcomes(lena: Page) -> None:
    """
    "a what-if form for any linked account": the example is ready to be changed; nothing is written.
    """
    version = lena.locator("#live").inner_text()
    lena.locator("#what-if-1 summary").click()
    body = lena.locator("#body-1")
    body.fill(body.input_value().replace("Lena", "Lea"))
    lena.get_by_role("button", name="Try it").click()

    expect(lena.locator("#result")).to_contain_text("rejected")
    expect(lena.locator("#result")).to_contain_text("whose account.status is VERIFIED")
    assert "result" == lena.evaluate("document.activeElement.id")
    assert version == lena.locator("#live").inner_text()


def test_counterparts_light_up_together(lena: Page) -> None:
    """
    "fields connected to their counterparts": under the pointer, by the keyboard, and by lines.
    """
    lena.locator("#shared-phone").hover()
    linked = "[...document.querySelectorAll('.linked')].map(each => each.id)"
    by_pointer = lena.evaluate(linked)
    lines = lena.locator(".lines .on").count()
    lena.mouse.move(0, 0)
    lena.locator("#f-3-first_name a").focus()
    by_focus = lena.evaluate(linked)

    assert ["shared-phone", "f-2-mobile_phone", "f-1-phone", "f-3-phone"] == by_pointer
    assert 3 == lines
    assert "shared-name.given" in by_focus
    assert 5 == len(by_focus)


def test_a_visitor_signs_in_and_out(visit: Visit) -> None:
    """
    "login and logout of the inspector"; the cookie is that of the prefix, for https and for no
    script.
    """
    visit.expected = {403}
    page = visit.open("inspect")
    page.get_by_label("Admin token").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This is not the admin token.")
    page.get_by_label("Admin token").fill("demo-admin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gate/inspect")
    (cookie,) = page.context.cookies()
    script = page.evaluate("document.cookie")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/gate/sign-in")

    assert (f"{PREFIX}/", True, True, "Strict") == tuple(
        cookie[name] for name in ("path", "secure", "httpOnly", "sameSite")
    )
    assert "" == script
    assert [] == page.context.cookies()
    assert visit.open("inspect").url.endswith("/gate/sign-in?next=%2Finspect")


FOCUSABLE = """
[...document.querySelectorAll("a[href], button, summary, textarea, [tabindex='0']")]
  .filter(each => each.checkVisibility())
"""


def test_the_keyboard_reaches_everything(lena: Page) -> None:
    """
    "complete keyboard walk": each element that does something gets the focus, where it is seen.
    """
    lena.locator("#what-if-0 summary").click()
    lena.evaluate(f"{FOCUSABLE}.forEach((each, place) => each.dataset.place = place)")
    count = lena.evaluate(f"{FOCUSABLE}.length")
    lena.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    lena.locator("body").press("Tab")
    reached = set()
    for _ in range(count + 5):
        place = lena.evaluate("document.activeElement.dataset.place")
        outline = lena.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        # After the last element the focus is nowhere.
        assert place is None or "none" != outline
        reached.add(place)
        lena.keyboard.press("Tab")

    assert count > 40
    assert {str(place) for place in range(count)} <= reached


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_the_inspector_is_accessible_and_fits(
    browser: Browser, published: tuple[str, Path], width: int
) -> None:
    """
    "axe-core: 0 serious or critical violations on every page"; "no overflow at 390 px".
    """
    with visiting(browser, published[0], width=width) as visit:
        visit.expected = {404}
        visit.open("sign-in")
        found = {"sign-in": (visit.violations(), visit.overflow_pixels())}
        visit.page.get_by_role("button", name="Sign in").click()
        for address in ("inspect", "inspect?sought=navixy:1003", "inspect/nobody"):
            visit.open(address)
            visit.page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
            found[address] = (visit.violations(), visit.overflow_pixels())

    assert dict.fromkeys(found, ([], 0)) == found
