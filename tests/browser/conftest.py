"""Fixtures of the browser tests: a gateway with the demo data, a browser, and a visit that must
end without a problem."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Visit, chromium, visiting
from tests.browser.nginx import TRUSTING, published
from tests.gateway_process import GatewayProcess
from tests.nginx import NGINX

MODULE_MAX_SECONDS = 600.0
"""After this time the gateway of a module's tests is killed."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module: Playwright's loop must end before other modules."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway with the demo data, as `make run` starts it, which trusts a proxy."""
    folder = tmp_path_factory.mktemp("demo")
    with GatewayProcess.serving(
        folder,
        "--demo",
        "--no-rate-limits",
        *TRUSTING,
        log=folder / "log",
        patience_seconds=MODULE_MAX_SECONDS,
    ) as process:
        yield process


@pytest.fixture(scope="module")
def site(demo: GatewayProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo: "all of it behind nginx below /gate/", if there is an nginx."""
    if NGINX is None:
        yield f"http://127.0.0.1:{demo.port}/"
        return
    with published(tmp_path_factory.mktemp("nginx"), demo) as address:
        yield f"{address.rstrip('/')}/gate/"


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """A visitor with a new browser profile; the test fails if the browser reports a problem."""
    with visiting(browser, site) as found:
        yield found
