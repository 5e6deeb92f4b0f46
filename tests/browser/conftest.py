"""Fixtures of the browser tests: a gateway with the demo data, a browser, and a visit that must
end without a problem."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Visit, chromium
from tests.gateway_process import GatewayProcess

MODULE_MAX_SECONDS = 600.0
"""After this time the gateway of a module's tests is killed."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module: Playwright's loop must end before other modules."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway with the demo data, as `make run` starts it, on a free port."""
    folder = tmp_path_factory.mktemp("demo")
    with GatewayProcess.serving(
        folder,
        "--demo",
        "--no-rate-limits",
        log=folder / "log",
        patience_seconds=MODULE_MAX_SECONDS,
    ) as process:
        yield process


@pytest.fixture
def visit(browser: Browser, demo: GatewayProcess) -> Iterator[Visit]:
    """A visitor with a new browser profile; the test fails if the browser reports a problem."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visiting = Visit(context.new_page(), f"http://127.0.0.1:{demo.port}/")
    yield visiting
    context.close()
    assert [] == visiting.problems
