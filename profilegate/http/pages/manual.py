"""The manual: the Markdown files of ``docs/``, which are pages of the gateway."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from profilegate.openapi.resources import docs_folder


@dataclass(frozen=True, slots=True)
class ManualPage:
    """A file of ``docs/``: its name without the suffix, and its title."""

    name: str
    title: str
    file: Path

    @classmethod
    def read(cls, file: Path) -> "ManualPage":
        """Read a file; its title is its first heading."""
        text = file.read_text("utf-8")
        found = re.search(r"^# (.+)$", text, re.MULTILINE)
        return cls(file.stem, found[1] if found else file.stem, file)


@cache
def manual_pages() -> Sequence[ManualPage]:
    """All pages of the manual, by name."""
    return [ManualPage.read(file) for file in sorted(docs_folder().glob("*.md"))]
