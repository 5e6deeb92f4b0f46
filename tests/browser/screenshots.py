"""Screenshots of every page, light and dark, wide and narrow: `make screenshots`."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from tests.browser.chromium import DRAWN, Visit, chromium
from tests.browser.pages import PAGES, path_of, sign_in
from tests.gateway_process import CHECKOUT, GatewayProcess

FOLDER: Final = CHECKOUT / "docs" / "screenshots"

SCHEMES: Final = ("light", "dark")

WIDTHS: Final = (1280, 390)

HEIGHT: Final = 900

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
            for scheme in SCHEMES:
                for width in WIDTHS:
                    _take(site, pages, scheme, width)
            FOLDER.joinpath("README.md").write_text(_gallery(pages), "utf-8")


def _take(site: str, pages: Mapping[str, str], scheme: str, width: int) -> None:
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
            print(file.relative_to(CHECKOUT))


def _gallery(pages: Iterable[str]) -> str:
    """The pictures of all pages in Markdown."""
    lines = ["<!-- Made by `make screenshots`. -->", "", "# All pages in pictures"]
    for name in pages:
        pictures = (f"{name}-{scheme}-{width}.jpg" for width in WIDTHS for scheme in SCHEMES)
        lines += ["", f"## {name}", "", " ".join(f"![{each}]({each})" for each in pictures)]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
