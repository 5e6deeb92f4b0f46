"""Write, or check, what follows from the specs; and first handlers for new operations."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from profilegate.codegen.first_handlers import write_first_handlers
from profilegate.codegen.module import generate_module
from profilegate.spec import Spec, read_spec, validate_spec

GENERATED = "_generated.py"


@dataclass(frozen=True, slots=True)
class Drift:
    """A file that is not what its spec says: it ``differs``, is ``missing``, or an ``orphan``."""

    file: str
    what: str
    diff: str = ""

    def __str__(self) -> str:
        mend = "delete it, or write its spec" if self.what == "orphan" else "run `make generate`"
        return f"{self.diff}{self.file}: {self.what}; {mend}"


def find_drift(specs: Path, handlers: Path) -> list[Drift]:
    """
    Compare every generated file with what its spec would give now.

    Raises:
        SpecError: a spec cannot be read.
    """
    return list(_drifts(specs, handlers))


def _drifts(specs: Path, handlers: Path) -> Iterator[Drift]:
    expected = {path.stem for path in spec_files(specs)}
    for path in spec_files(specs):
        spec = _read(path)
        file = f"handlers/{spec.name}/{GENERATED}"
        target = handlers / spec.name / GENERATED
        wanted = generate_module(spec)
        if not target.exists():
            yield Drift(file, "missing")
        elif (present := target.read_text("utf-8")) != wanted:
            diff = difflib.unified_diff(
                present.splitlines(keepends=True), wanted.splitlines(keepends=True), file, file
            )
            yield Drift(file, "differs", "".join(diff))
    for target in sorted(handlers.glob(f"*/{GENERATED}")):
        if target.parent.name not in expected:
            yield Drift(f"handlers/{target.parent.name}/{GENERATED}", "orphan")


def write_files(specs: Path, handlers: Path) -> list[str]:
    """
    Write every generated file that differs, and first handlers where there are none.

    What a person wrote is never overwritten: an existing module only gains the operations
    that it lacks.

    Raises:
        SpecError: a spec cannot be read; nothing at all is written then.
    """
    wanted = {path.stem: (spec := _read(path), generate_module(spec)) for path in spec_files(specs)}
    written = []
    for name, (spec, source) in wanted.items():
        folder = handlers / name
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / GENERATED
        if not target.exists() or target.read_text("utf-8") != source:
            target.write_text(source, "utf-8")
            written.append(f"handlers/{name}/{GENERATED}")
        if write_first_handlers(spec, folder / "operations.py"):
            written.append(f"handlers/{name}/operations.py")
    return written


def spec_files(specs: Path) -> list[Path]:
    """The specs of a folder, by name."""
    return sorted(specs.glob("*.yaml"))


def _read(path: Path) -> Spec:
    spec = read_spec(path)
    validate_spec(spec)
    return spec
