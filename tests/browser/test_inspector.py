"""The inspector in a real browser, behind nginx below /gate/."""

import re

import pytest
from playwright.sync_api import Page, expect

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from tests.browser.chromium import Visit, needs_chromium
from tests.browser.nginx import needs_nginx
from tests.browser.pages import sign_in
from tests.gateway_process import GatewayProcess, run

pytestmark = [needs_chromium, needs_nginx]

PHONE = "+12106603032"
"""Lena's phone in the demo data."""


@pytest.fixture
def lena(visit: Visit) -> Page:
    """The page of the person behind all four providers, once it is live."""
    sign_in(visit, DEMO_ADMIN_TOKEN)
    page = visit.open("inspect?sought=navixy:1003")
    expect(page.locator("#live-state")).to_have_text("live")
    return page


def change_by_http(page: Page, phone: str) -> None:
    """Change the phone by the admin API, through nginx."""
    profile = page.url.partition("/inspect/")[2]
    response = page.context.request.patch(
        f"{page.url.partition('/inspect/')[0]}/profiles/{profile}",
        data={"phone": phone},
        headers={
            "Authorization": f"Bearer {DEMO_ADMIN_TOKEN}",
            "Content-Type": "application/merge-patch+json",
        },
    )
    assert 200 == response.status


def test_a_change_of_another_process_appears_without_a_reload(
    lena: Page, demo: GatewayProcess
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

    done = run(demo.folder, "profiles", "set", "navixy:1003", "phone=+12106603002")
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
    "login and logout of the inspector"; the cookie is that of the prefix, and for no script.
    """
    visit.expected = {403}
    page = visit.open("inspect")
    page.get_by_label("Admin token").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This is not the admin token.")
    page.get_by_label("Admin token").fill(DEMO_ADMIN_TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/gate/inspect")
    (cookie,) = page.context.cookies()
    script = page.evaluate("document.cookie")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/gate/sign-in")

    assert ("/gate/", True, "Strict") == (
        cookie["path"],
        cookie["httpOnly"],
        cookie["sameSite"],
    )
    assert "" == script
    assert [] == page.context.cookies()
    assert visit.open("inspect").url.endswith("/gate/sign-in?next=%2Finspect")


def test_an_erased_profile_leaves_the_screen(visit: Visit, demo: GatewayProcess) -> None:
    """
    What is erased is shown nowhere, on an open page neither.
    """
    visit.expected = {404}
    headers = {"Authorization": f"Bearer {DEMO_ADMIN_TOKEN}", "Content-Type": "application/json"}
    body = b'{"name": {"given": "Ephemera"}}'
    profile = demo.send("POST", "/profiles", body=body, headers=headers).json()["id"]
    sign_in(visit, DEMO_ADMIN_TOKEN)
    page = visit.open(f"inspect/{profile}")
    expect(page.locator("#live-state")).to_have_text("live")
    expect(page.locator("main")).to_contain_text("Ephemera")

    demo.send("DELETE", f"/profiles/{profile}", headers=headers)

    expect(page.locator("main")).not_to_contain_text("Ephemera")
    expect(page.get_by_role("alert")).to_be_visible()
