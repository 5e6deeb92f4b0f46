"""Write, or check, what follows from the specs; and first handlers for new operations."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from profilegate.codegen.first_handlers import write_first_handlers
from profilegate.codegen.messages import DESCRIPTORS, generate_descriptors
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
    wanted = {path.stem: _files_of(_read(path), path) for path in spec_files(specs)}
    for name, files in wanted.items():
        for file, content in files.items():
            target = handlers / name / file
            shown = f"handlers/{name}/{file}"
            if not target.exists():
                yield Drift(shown, "missing")
            elif (present := target.read_bytes()) != content:
                yield Drift(shown, "differs", _diff(shown, present, content))
    for target in sorted(handlers.glob("*/_generated.*")):
        name = target.parent.name
        if target.name not in wanted.get(name, {}):
            yield Drift(f"handlers/{name}/{target.name}", "orphan")


def _diff(file: str, present: bytes, wanted: bytes) -> str:
    if not file.endswith(".py"):
        return ""
    before, after = (text.decode("utf-8").splitlines(keepends=True) for text in (present, wanted))
    return "".join(difflib.unified_diff(before, after, file, file))


def _files_of(spec: Spec, path: Path) -> dict[str, bytes]:
    """The generated files of one spec, by name."""
    files = {GENERATED: generate_module(spec).encode()}
    proto = path.with_suffix(".proto")
    if proto.exists():
        files[DESCRIPTORS] = generate_descriptors(proto)
    return files


def write_files(specs: Path, handlers: Path) -> list[str]:
    """
    Write every generated file that differs, and first handlers where there are none.

    What a person wrote is never overwritten: an existing module only gains the operations
    that it lacks.

    Raises:
        SpecError: a spec cannot be read; nothing at all is written then.
    """
    wanted = {}
    for path in spec_files(specs):
        spec = _read(path)
        wanted[path.stem] = spec, _files_of(spec, path)
    written = []
    for name, (spec, files) in wanted.items():
        folder = handlers / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            target = folder / file
            if not target.exists() or target.read_bytes() != content:
                target.write_bytes(content)
                written.append(f"handlers/{name}/{file}")
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
