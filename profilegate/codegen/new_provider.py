"""A new provider: its spec, made from a foreign one or anew, and all files to serve it."""

import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from profilegate.codegen.files import PAGES, write_files
from profilegate.codegen.first_spec import first_spec
from profilegate.codegen.foreign.document import read_foreign
from profilegate.codegen.foreign.names import is_free
from profilegate.codegen.foreign.places import Notes
from profilegate.codegen.foreign.repairs import repaired
from profilegate.codegen.foreign.yaml_text import to_yaml
from profilegate.codegen.provider_files import demo_calls, demo_data, first_tests
from profilegate.codegen.servable import check_servable
from profilegate.errors import SettingError
from profilegate.openapi import Node, Spec, read_spec
from profilegate.openapi.collisions import collides
from profilegate.openapi.reader import parse_spec
from profilegate.openapi.resources import spec_files

HOST_SUFFIX = "localhost"
"""RFC 6761, 6.3: names below it lead to this machine, so a host of its own needs no set-up."""


@dataclass(frozen=True, slots=True)
class NewProvider:
    """What was written, and what of the foreign spec was changed or left out."""

    written: list[str]
    notes: list[str]
    host: str | None
    operations: int


def new_provider(
    name: str,
    *,
    specs: Path,
    handlers: Path,
    source: Path | None = None,
    operations: Collection[str] = (),
) -> NewProvider:
    """
    Write the spec and all files of a provider.

    Raises:
        SettingError: the name cannot be one, or is taken.
        SpecError: the spec cannot be served; nothing is written.
    """
    _check_name(name, specs, handlers)
    notes = Notes()
    if source is None:
        document = first_spec(name)
    else:
        document = repaired(name, read_foreign(source, operations, notes), notes)
    spec, text = _placed(name, document, specs)
    check_servable(spec)
    written = _write(spec, text, specs, handlers)
    return NewProvider(written, list(notes.lines), spec.host, len(spec.operations()))


def _check_name(name: str, specs: Path, handlers: Path) -> None:
    if not is_free(name) or name != name.lower():
        raise SettingError(name, "a provider's name is one word in small letters, as in Python")
    for present in (*specs.glob(f"{name}.*"), handlers / name, specs.parent / "tests" / name):
        if present.exists():
            raise SettingError(
                name, f"{present.parent.name}/{present.name} exists already; choose another name"
            )


def _placed(name: str, document: Node, folder: Path) -> tuple[Spec, str]:
    """The spec, at a host of its own if another one has one of its paths, and its text."""
    text = to_yaml(document)
    spec = parse_spec(name, text)
    others = [read_spec(path) for path in spec_files(folder)]
    if collides(spec, others):
        routing = {"x-routing": {"host": f"{name}.{HOST_SUFFIX}"}}
        text = to_yaml({**_until(document, "paths"), **routing, **_from(document, "paths")})
        spec = parse_spec(name, text)
    return spec, text


def _until(document: Node, key: str) -> Node:
    keys = list(document)
    return {each: document[each] for each in keys[: keys.index(key)]}


def _from(document: Node, key: str) -> Node:
    keys = list(document)
    return {each: document[each] for each in keys[keys.index(key) :]}


def _write(spec: Spec, text: str, specs: Path, handlers: Path) -> list[str]:
    """Generate in a copy of the folders, then write what is new; all of it or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        shutil.copytree(specs, stage / "specs")
        shutil.copytree(handlers, stage / "handlers", ignore=shutil.ignore_patterns("__pycache__"))
        docs = specs.parent / "docs"
        for page in PAGES:
            if (docs / page).exists():
                (stage / "docs").mkdir(exist_ok=True)
                shutil.copy(docs / page, stage / "docs")
        (stage / "specs" / f"{spec.name}.yaml").write_text(text, "utf-8")
        write_files(stage / "specs", stage / "handlers")
        made = stage / "handlers" / spec.name / "demo-data.yaml"
        made.write_text(demo_data(spec), "utf-8")
        made.with_name("demo-calls.yaml").write_text(demo_calls(spec), "utf-8")
        if (specs.parent / "tests").is_dir():
            made = stage / "tests" / spec.name / f"test_{spec.name}.py"
            made.parent.mkdir(parents=True)
            made.write_text(first_tests(spec), "utf-8")
        roots = {"specs": specs, "handlers": handlers}
        return _copy_all(list(_new_files(stage, spec.name)), stage, specs.parent, roots)


def _new_files(stage: Path, name: str) -> Iterator[Path]:
    yield stage / "specs" / f"{name}.yaml"
    for folder in ("handlers", "tests"):
        yield from sorted(path for path in (stage / folder / name).rglob("*") if path.is_file())
    yield from (stage / "docs" / page for page in PAGES if (stage / "docs" / page).exists())


def _copy_all(files: list[Path], stage: Path, root: Path, roots: dict[str, Path]) -> list[str]:
    before: dict[Path, bytes | None] = {}
    made: list[Path] = []
    written = []
    try:
        for file in files:
            top, *rest = file.relative_to(stage).parts
            target = roots.get(top, root / top).joinpath(*rest)
            made += [each for each in reversed(target.parents) if not each.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            before[target] = target.read_bytes() if target.exists() else None
            target.write_bytes(file.read_bytes())
            written.append("/".join((top, *rest)))
    except BaseException:
        for target, content in before.items():
            if content is None:
                target.unlink(missing_ok=True)
            else:
                target.write_bytes(content)
        for directory in reversed(made):
            directory.rmdir()
        raise
    return written
