"""Screenshots of every page, light and dark, wide and narrow: `make screenshots`."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from tests.browser.chromium import DRAWN, Visit, chromium
from tests.browser.pages import PAGES, path_of, sign_in
from tests.gateway_process import CHECKOUT, GatewayProcess

FOLDER: Final = CHECKOUT / "docs" / "screenshots"

SCHEMES: Final = ("light", "dark")

WIDTHS: Final = (1280, 390)

HEIGHT: Final = 900

FIRST_PAINT: Final = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

QUALITY_PERCENT: Final = 60
"""JPEG's: four pictures of each page must not make the repository heavy."""


def main() -> None:
    """Write all pictures, and the page that shows them; former ones are deleted."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with GatewayProcess.serving(Path(folder), "--demo", log=log) as process:
            site = f"http://127.0.0.1:{process.port}/"
            pages = {name: path_of(process, name) for name in PAGES}
            taken = [_take(site, pages, scheme, width) for scheme in SCHEMES for width in WIDTHS]
            FOLDER.joinpath("README.md").write_text(_gallery(taken), "utf-8")


def _take(site: str, pages: Mapping[str, str], scheme: str, width: int) -> dict[str, float]:
    """Take the picture of each page; return the milliseconds until it showed anything."""
    paints = {}
    with chromium() as browser:
        context = browser.new_context(
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": HEIGHT},
        )
        visit = Visit(context.new_page(), site)
        sign_in(visit, DEMO_ADMIN_TOKEN)
        for name, path in pages.items():
            visit.open(path)
            visit.page.wait_for_function(DRAWN)
            file = FOLDER / f"{name}-{scheme}-{width}.jpg"
            visit.page.screenshot(path=file, type="jpeg", quality=QUALITY_PERCENT)
            paints[name] = float(visit.page.evaluate(FIRST_PAINT))
    return paints


def _gallery(taken: Sequence[Mapping[str, float]]) -> str:
    """The pictures of all pages in Markdown, with the median of the first contentful paint."""
    lines = ["<!-- Made by `make screenshots`. -->", "", "# All pages in pictures"]
    lines += ["", "| page | first contentful paint, median |", "|---|---|"]
    for name in taken[0]:
        lines.append(f"| [{name}](#{name}) | {median(each[name] for each in taken):.0f} ms |")
    for name in taken[0]:
        pictures = (f"{name}-{scheme}-{width}.jpg" for width in WIDTHS for scheme in SCHEMES)
        lines += ["", f"## {name}", "", " ".join(f"![{each}]({each})" for each in pictures)]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
