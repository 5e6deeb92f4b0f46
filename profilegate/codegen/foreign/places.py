"""Places in the files of a foreign spec, and notes of what was changed there."""

from dataclasses import dataclass, field
from pathlib import Path

from profilegate.errors import SpecError
from profilegate.openapi import pointer


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; ``main`` is the file that was given."""

    file: Path
    steps: tuple[str | int, ...] = ()
    main: Path | None = None

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.file, (*self.steps, step), self.main)

    def at(self, file: Path, steps: tuple[str | int, ...]) -> "Place":
        """A place of the same spec in another file."""
        return Place(file, steps, self.main)

    @property
    def pointer(self) -> str:
        """The place in its file, as a JSON pointer."""
        return pointer(self.steps)

    def __str__(self) -> str:
        name = "" if self.file == self.main else self.file.name
        return f"{name}#{self.pointer}"

    def error(self, what: str, hint: str) -> SpecError:
        """An error at this place."""
        return SpecError(self.file.name, self.pointer, what, hint)


@dataclass(slots=True)
class Notes:
    """What was changed or left out, one line each, in the order of the file."""

    lines: dict[str, None] = field(default_factory=dict)

    def add(self, place: Place, what: str) -> None:
        """Note a change at a place."""
        self.lines.setdefault(f"{place}: {what}")
