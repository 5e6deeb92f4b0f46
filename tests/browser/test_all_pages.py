"""Every page in a real browser: no problem, accessible, and no wider than a phone."""

import pytest

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from tests.browser.chromium import DRAWN, Visit, needs_chromium
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
        visit.page.emulate_media(color_scheme=scheme)
        found += visit.violations()
    visit.page.set_viewport_size({"width": 390, "height": 844})

    assert [] == found
    assert 0 == visit.overflow_pixels()
