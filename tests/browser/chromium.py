"""A real browser: Debian's Chromium, headless, driven by Playwright."""

import importlib.resources
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="not installed: chromium (apt-get install chromium)"
)

ARGUMENTS: Final = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE_MILLISECONDS: Final = 30_000
"""How long a page may take for anything; a machine with other work is slow."""

DRAWN: Final = """
() => !document.querySelector("#swagger-ui") || document.querySelector(".opblock")
"""
"""Swagger UI draws its operations after the page is loaded."""

SERIOUS: Final = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """
    A browser, until the block ends.

    Playwright's loop runs in this thread meanwhile: nothing in the block may call ``asyncio.run``.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, chromium_sandbox=False
        )
        yield browser
        browser.close()


# Without slots: Playwright notes listeners on the object that has them.
@dataclass
class Visit:
    """
    One visitor's tab, and what went wrong in it.

    ``site`` is the address of the gateway, with a slash at its end. ``expected`` are statuses of
    errors that the test causes: the browser reports each on its console.
    """

    page: Page
    site: str
    expected: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        self.page.on("request", self._note_request)

    def _note_console(self, message: ConsoleMessage) -> None:
        known = (f"server responded with a status of {status}" for status in self.expected)
        if message.type in ("error", "warning") and not any(part in message.text for part in known):
            self.problems.append(f"console: {message.text}")

    def _note_request(self, request: Request) -> None:
        url, own = urlsplit(request.url), urlsplit(self.site)
        if url.scheme in ("data", "blob"):
            return
        if url.netloc != own.netloc or not url.path.startswith(own.path):
            self.problems.append(f"request to {request.url}")

    def open(self, path: str = "") -> Page:
        """Open a page of the gateway; ``path`` has no slash at its beginning."""
        self.page.goto(self.site + path)
        # Swagger UI draws after the page has loaded.
        self.page.locator("#swagger-ui:not([data-ready])").wait_for(state="detached")
        return self.page

    def violations(self) -> list[str]:
        """What axe-core finds on the page that is serious or critical: rule, help, elements."""
        source = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js")
        self.page.evaluate(source.read_text("utf-8"))
        found = self.page.evaluate("axe.run().then(results => results.violations)")
        return [
            f"{each['id']} ({each['impact']}): {each['help']}: "
            + " ".join(node["target"][0] for node in each["nodes"][:5])
            for each in found
            if each["impact"] in SERIOUS
        ]

    def overflow_pixels(self) -> int:
        """How far the page is wider than its window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@contextmanager
def visiting(browser: Browser, site: str, *, expected: Collection[int] = ()) -> Iterator[Visit]:
    """A visit with a new browser profile, in which the browser may report no other problem."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visit = Visit(context.new_page(), site, set(expected))
    yield visit
    context.close()
    assert [] == visit.problems
