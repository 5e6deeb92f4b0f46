"""Write or check the generated files, and write first handlers for new operations."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profilegate.codegen.descriptors import generate_descriptors
from profilegate.codegen.error_tables import ERROR_TABLES, write_error_tables
from profilegate.codegen.field_matrix import MATRIX, write_matrix
from profilegate.codegen.ledger.files import write_pages
from profilegate.codegen.module import generate_module
from profilegate.codegen.scaffold import write_first_handlers, write_package
from profilegate.codegen.shared_profile import replace_schemas, write_field_table
from profilegate.openapi import Spec, validate_spec
from profilegate.openapi.bounds import check_bounds
from profilegate.openapi.collisions import check_collisions
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.mask_checks import check_masks
from profilegate.openapi.reader import parse_spec
from profilegate.openapi.resources import DESCRIPTORS, SHARED_PROFILE, spec_files
from profilegate.openapi.shared_profile import SharedProfile, read_shared_profile
from profilegate.openapi.validator import check_validators
from profilegate.openapi.yaml_files import read_text
from profilegate.profile.fields import FIELDS

GENERATED = "_generated.py"

PAGES = (MATRIX, ERROR_TABLES)
"""The generated pages of ``docs/``."""

CHECKS = (validate_spec, check_bounds, check_masks, check_validators)
"""The checks of a spec that the server does not repeat."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A generated file that ``differs`` from its spec, is ``missing`` or an ``orphan``."""

    file: str
    what: str
    diff: str = ""

    def __str__(self) -> str:
        hint = "delete it, or write its spec" if self.what == "orphan" else "run `make generate`"
        return f"{self.diff}{self.file}: {self.what}; {hint}"


def find_drift(specs: Path, handlers: Path) -> list[Drift]:
    """
    Compare every generated file with its spec.

    Raises:
        SpecError, SpecsRejectedError: with all errors of all specs.
    """
    return list(_drifts(specs, handlers))


def _drifts(specs: Path, handlers: Path) -> Iterator[Drift]:
    wanted = _wanted(_read_all(specs), specs, handlers)
    for target, content in wanted.items():
        name = _shown(target)
        if not target.exists():
            yield Drift(name, "missing")
        elif (present := target.read_bytes()) != content:
            yield Drift(name, "differs", _diff(name, present, content))
    for target in sorted(handlers.glob("*/_generated.*")):
        if target not in wanted:
            yield Drift(_shown(target), "orphan")


def _diff(name: str, present: bytes, wanted: bytes) -> str:
    if name.endswith(DESCRIPTORS):
        return ""
    before, after = (text.decode("utf-8").splitlines(keepends=True) for text in (present, wanted))
    return "".join(difflib.unified_diff(before, after, name, name))


def _shown(target: Path) -> str:
    """A generated file as people name it: ``handlers/kraken/_generated.py``, ``docs/fields.md``."""
    return "/".join(target.parts[-3 if target.name.startswith("_") else -2 :])


@dataclass(frozen=True, slots=True)
class _Sources:
    """What is generated from: the shared profile, if there is one, and each spec."""

    profile: SharedProfile | None
    specs: Mapping[str, Spec]
    texts: Mapping[Path, str]
    """The texts of the specs, with their generated schemas as they must be."""


def _read_all(folder: Path) -> _Sources:
    file = folder / SHARED_PROFILE
    profile = read_shared_profile(file) if file.exists() else None
    fields = FIELDS if profile is None else profile.codecs
    specs, texts = {}, {}
    errors = ErrorList()
    for path in spec_files(folder):
        with errors.collecting():
            text = read_text(path, f"specs/{path.name}")
            if profile is not None:
                text = replace_schemas(profile, text, f"specs/{path.name}")
            texts[path] = text
            specs[path.stem] = parse_spec(path.stem, text, fields, path=path, checks=CHECKS)
    with errors.collecting():
        check_collisions(specs.values())
    errors.raise_errors()
    return _Sources(profile, specs, texts)


def _wanted(sources: _Sources, folder: Path, handlers: Path) -> dict[Path, bytes]:
    """Every generated file, and what must be in it."""
    files = {path: text.encode() for path, text in sources.texts.items()}
    if sources.profile is not None:
        files[_field_table(handlers)] = write_field_table(sources.profile).encode()
    errors = ErrorList()
    for name, spec in sources.specs.items():
        with errors.collecting():
            files[handlers / name / GENERATED] = generate_module(spec).encode()
        proto = folder / f"{name}.proto"
        if proto.exists():
            with errors.collecting():
                files[handlers / name / DESCRIPTORS] = generate_descriptors(proto)
    errors.raise_errors()
    docs = folder.parent / "docs"
    # A wheel has no docs, and no need of the pages.
    if docs.is_dir():
        files[docs / MATRIX] = write_matrix(sources.specs).encode()
        files[docs / ERROR_TABLES] = write_error_tables(sources.specs).encode()
        pages = write_pages(sources.specs, folder.parent)
        files |= {path: text.encode() for path, text in pages.items()}
    return files


def _field_table(handlers: Path) -> Path:
    """The engine's field table: beside handlers/ in a checkout, around it in a wheel."""
    engine = handlers.parent / "profilegate"
    return (engine if engine.is_dir() else handlers.parent) / "profile" / GENERATED


def write_files(specs: Path, handlers: Path) -> list[str]:
    """
    Write every generated file that differs, and first handlers where there are none.

    A hand-written module is never overwritten: it only gains the operations that it lacks.

    Raises:
        SpecError, SpecsRejectedError: with all errors of all specs; then nothing is written.
    """
    sources = _read_all(specs)
    written = []
    for target, content in _wanted(sources, specs, handlers).items():
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(_shown(target))
    for name, spec in sources.specs.items():
        if write_package(spec, handlers / name):
            written.append(f"handlers/{name}/__init__.py")
        if write_first_handlers(spec, handlers / name / "operations.py"):
            written.append(f"handlers/{name}/operations.py")
    return written
