"""Every page in a real browser: no problem, accessible, and no wider than a phone."""

import pytest

from profilegate.gateway.loading import spec_names
from tests.browser.chromium import Visit, needs_chromium

pytestmark = needs_chromium

PAGES = ["", "docs", *(f"docs/{name}" for name in spec_names())]
"""The addresses of the pages, from the start page."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "start")


@every_page
def test_a_page_is_accessible(visit: Visit, page: str) -> None:
    """
    "axe-core: 0 serious or critical violations on every page".
    """
    visit.open(page)

    assert [] == visit.violations()


@every_page
def test_a_page_fits_a_phone(visit: Visit, page: str) -> None:
    """
    "no overflow at 390 px".
    """
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.open(page)

    assert 0 == visit.overflow_pixels()
