"""Every page in a real browser: no problem, accessible, and no wider than a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from tests.browser.chromium import DRAWN, Visit, needs_chromium, visiting
from tests.browser.pages import PAGES, path_of, sign_in
from tests.gateway_process import GatewayProcess

pytestmark = needs_chromium

every_page = pytest.mark.parametrize("page", PAGES)


@every_page
def test_a_page_is_accessible_and_fits_a_phone(
    visit: Visit, demo: GatewayProcess, page: str
) -> None:
    """
    "axe-core: 0 serious or critical violations on every page", in light and dark; "no overflow at
    390 px"; "no console error and no request to another host on any page".
    """
    sign_in(visit, DEMO_ADMIN_TOKEN)
    visit.open(path_of(demo, page))
    visit.page.wait_for_function(DRAWN)
    found = []
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += visit.violations()
    visit.page.set_viewport_size({"width": 390, "height": 844})

    assert [] == found
    assert 0 == visit.overflow_pixels()


WEIGHTS_MAX_BYTES = {"start": 60_000, "inspect-profile": 100_000}


SIZES = """
() => Object.fromEntries(
  [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map((each) => [each.name, each.decodedBodySize]))
"""


@pytest.mark.parametrize(("page", "weight_max_bytes"), WEIGHTS_MAX_BYTES.items())
def test_a_page_is_light(
    visit: Visit, demo: GatewayProcess, page: str, weight_max_bytes: int
) -> None:
    """
    "≤ 60 kB; inspector ≤ 100 kB": the page with its scripts, styles and pictures.
    """
    sign_in(visit, DEMO_ADMIN_TOKEN)
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    visit.open(path_of(demo, page))
    visit.page.wait_for_load_state("load")

    sizes_bytes = visit.page.evaluate(SIZES)
    assert [] == [name for name, size_bytes in sizes_bytes.items() if size_bytes == 0]
    assert sum(sizes_bytes.values()) <= weight_max_bytes


WALKED = [page for page in PAGES if not page.startswith("manual-")]
"""The pages of the manual have the same elements as its first one, and hundreds of links."""

FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex='0'], iframe"

STEPS_MAX = 600

MARK_USABLE = """
(selector) => {
  window.tell = (each) => each.outerHTML.slice(0, 120);
  document.activeElement?.blur();
  window.usable = [...document.querySelectorAll(selector)].filter(
    (each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled
      && each.tabIndex >= 0 && each.type !== "hidden" && each.getClientRects().length);
}
"""

NOTE_FOCUS = """
() => {
  const each = document.activeElement;
  if (!each || each === document.body || each.reached) return false;
  const style = getComputedStyle(each);
  each.reached = true;
  each.invisible = style.outlineStyle === "none" && style.boxShadow === "none";
  return true;
}
"""


@pytest.mark.parametrize("page", WALKED)
def test_the_keyboard_reaches_everything(visit: Visit, demo: GatewayProcess, page: str) -> None:
    """
    "complete keyboard walk" (WCAG 2.1.1, 2.1.2, 2.4.7): Tab reaches each element that can be used,
    each shows that it has the focus, and none keeps it.
    """
    sign_in(visit, DEMO_ADMIN_TOKEN)
    visit.open(path_of(demo, page))
    visit.page.wait_for_function(DRAWN)
    visit.page.evaluate(MARK_USABLE, FOCUSABLE)
    visit.page.locator("body").focus()
    for _ in range(STEPS_MAX):
        visit.page.keyboard.press("Tab")
        if not visit.page.evaluate(NOTE_FOCUS):
            break

    assert [] == visit.page.evaluate("window.usable.filter(each => !each.reached).map(tell)")
    assert [] == visit.page.evaluate("window.usable.filter(each => each.invisible).map(tell)")


def test_a_first_call_has_the_address_of_the_page(visit: Visit) -> None:
    """
    "a copyable first call each": with the address that the visitor sees, not the gateway's own.
    """
    calls = visit.open().locator("pre.copy code").all_inner_texts()

    assert calls
    assert [1] * len(calls) == [text.count(visit.site) for text in calls]


def test_a_first_call_has_a_known_prefix_once(browser: Browser, tmp_path: Path) -> None:
    """
    The public address of a gateway below a prefix that it knows has the prefix already.
    """
    arguments = ("--demo", "--root-path", "/people")
    with GatewayProcess.serving(tmp_path, *arguments, log=tmp_path / "log") as process:
        site = f"http://127.0.0.1:{process.port}/people/"
        with visiting(browser, site) as visit:
            calls = visit.open().locator("pre.copy code").all_inner_texts()

    assert calls
    assert [1] * len(calls) == [text.count(site) for text in calls]
    assert [1] * len(calls) == [text.count("/people") for text in calls]
