"""A mutant: one change of one file, as text, so that its line is kept."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """``text[start:end]`` of a file becomes ``new``; ``rule`` says what that does."""

    kind: str
    path: str
    start: int
    end: int
    new: str
    rule: str

    def apply(self, folder: Path) -> None:
        """Change the file of this copy of the checkout."""
        file = folder / self.path
        text = file.read_text("utf-8")
        file.write_text(text[: self.start] + self.new + text[self.end :], "utf-8")

    def describe(self) -> str:
        """The file, the line, the rule and the text that changes."""
        text = (ROOT / self.path).read_text("utf-8")
        line = text.count("\n", 0, self.start) + 1
        old, new = (" ".join(each.split()) for each in (text[self.start : self.end], self.new))
        change = f"`{_short(old)}` → `{_short(new)}`" if new else f"`{_short(old)}`"
        return f"{self.path}:{line}: {self.rule}: {change}"


def _short(text: str) -> str:
    text = text.replace("|", "\\|")
    return text if len(text) <= 70 else text[:67] + "..."
