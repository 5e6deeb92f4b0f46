"""Swagger UI in a real browser: every operation of every spec succeeds at the first Execute."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from profilegate.gateway.loading import load_spec, spec_names
from tests.browser.chromium import Visit, needs_chromium

pytestmark = needs_chromium

every_spec = pytest.mark.parametrize("name", spec_names())


def opened(visit: Visit, name: str) -> Page:
    """The page of a spec, once Swagger UI has drawn it."""
    page = visit.open(f"docs/{name}")
    page.locator("#swagger-ui[data-ready]").wait_for()
    return page


def operation(page: Page, operation_id: str) -> Locator:
    """The block of an operation, opened."""
    block = page.locator(f'.opblock[id$="-{operation_id}"]')
    control = block.locator(".opblock-summary-control")
    if control.get_attribute("aria-expanded") == "false":
        control.click()
    return block


def executed(block: Locator) -> str:
    """Click Execute, and tell the status of the response."""
    clear = block.locator(".btn-clear")
    if clear.count():
        clear.click()
    block.locator("button.execute").click()
    status = block.locator(".live-responses-table .response .response-col_status")
    status.wait_for()
    return status.inner_text().strip()


def outcomes(page: Page, name: str) -> Iterator[tuple[str, str, str]]:
    """Each operation of a spec with the statuses of two clicks on Execute."""
    for each in load_spec(name).operations():
        block = operation(page, each.id)
        yield each.id, executed(block), executed(block)
        block.locator(".opblock-summary-control").click()


@every_spec
def test_every_operation_succeeds_at_the_first_execute_and_again(visit: Visit, name: str) -> None:
    """
    "In demo mode the credentials are filled in and every operation of every provider succeeds at
    the first Execute, repeatable ones again and again". What can be done once only (a log-out, an
    erasure, a confirmation, a creation) is done to something new each time: so all are clicked
    twice.
    """
    page = opened(visit, name)

    failed = [found for found in outcomes(page, name) if not all(s[0] == "2" for s in found[1:])]

    assert [] == failed
    expect(page.locator(".opblock")).to_have_count(len(load_spec(name).operations()))
