"""Results of campaigns: what was tried, each figure beside its bound, and the page about them."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.gateway_process import CHECKOUT

PAGE = CHECKOUT / "docs" / "reliability.md"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a campaign; ``is_good`` is whether it is within its bound."""

    what: str
    bound: str
    measured: str
    is_good: bool


@dataclass(slots=True)
class Result:
    """What one campaign tried, its figures, and what they do not show."""

    title: str
    tried: str
    figures: list[Figure] = field(default_factory=list)
    not_shown: str = ""

    def count(self, what: str, found: int, *, most: int = 0) -> None:
        """Add a number that must not exceed a bound."""
        self.figures.append(Figure(what, f"≤ {most:,}", f"{found:,}", found <= most))

    def add(self, what: str, bound: str, measured: str, *, is_good: bool) -> None:
        """Add another figure."""
        self.figures.append(Figure(what, bound, measured, is_good))

    @property
    def is_good(self) -> bool:
        """Whether all figures are within their bounds."""
        return all(figure.is_good for figure in self.figures)

    def lines(self) -> list[str]:
        """The section of the page."""
        return [
            f"## {self.title}",
            "",
            self.tried,
            "",
            "| | bound | measured | |",
            "|---|--:|--:|---|",
            *(
                f"| {each.what} | {each.bound} | {each.measured} |{' ' if each.is_good else ' ✗ '}|"
                for each in self.figures
            ),
            "",
            *([f"Not shown: {self.not_shown}", ""] if self.not_shown else []),
        ]


def write_page(results: Sequence[Result]) -> None:
    """Write ``docs/reliability.md``."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    lines = [
        "# Reliability",
        "",
        "What was done to the gateway, and what became of it. `make torture` repeats all of it on",
        "loopback and writes this page; a short part runs in `make test`. A cross marks a figure",
        "outside of its bound.",
        "",
        f"Commit {commit or 'unknown'}, {datetime.now(UTC):%Y-%m-%d}, "
        f"Python {platform.python_version()}, {platform.system()} on {platform.machine()},",
        f"{os.cpu_count()} cores shared by the gateway and its attackers.",
        "",
        *(line for result in results for line in result.lines()),
    ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
