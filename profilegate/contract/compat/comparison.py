"""Compares two specs, or two folders of specs by their names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profilegate.contract.compat.changes import Change, breaking, grouped, harmless
from profilegate.contract.compat.document import Document
from profilegate.contract.compat.operations import DocumentComparison
from profilegate.contract.compat.own_rules import component_locks
from profilegate.errors import SettingError
from profilegate.openapi.resources import spec_files


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    The changes from one spec to another of the same name.

    ``is_major``: the major number of ``info.version`` has risen, which announces breaking changes.
    """

    name: str
    changes: tuple[Change, ...]
    is_major: bool = False

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes under which a client may fail."""
        return tuple(each for each in self.changes if each.is_breaking)


def compare(old: Path, new: Path) -> list[Comparison]:
    """
    The changes between two files, or between the specs of two folders.

    Raises:
        SpecError: a file cannot be read, or is no OpenAPI 3.0 or 3.1.
        SettingError: one is a file and the other a folder.
    """
    if old.is_dir() != new.is_dir():
        raise SettingError("OLD and NEW", "one is a folder; give two files, or two folders")
    if not old.is_dir():
        return [compare_files(old, new)]
    before, after = _specs(old), _specs(new)
    found = [compare_files(before[name], after[name]) for name in before if name in after]
    found += [_only(name, breaking("spec", "was removed")) for name in before if name not in after]
    found += [_only(name, harmless("spec", "is new")) for name in after if name not in before]
    return sorted(found, key=lambda each: each.name)


def compare_files(old: Path, new: Path) -> Comparison:
    """
    The changes between two files.

    Raises:
        SpecError: a file cannot be read, or is no OpenAPI 3.0 or 3.1.
    """
    documents = Document(old), Document(new)
    found = grouped(DocumentComparison(*documents).changes())
    changes = grouped([*found, *_hidden_locks(*documents, found)])
    before, after = map(_major, documents)
    return Comparison(new.stem, tuple(changes), before is not None and (after or 0) > before)


def _hidden_locks(old: Document, new: Document, found: Iterable[Change]) -> Iterator[Change]:
    """The changes of locks that the forms of a body hide."""
    told = {each.field.rpartition(".")[2] for each in found if each.rule == "x-lock"}
    before, after = (each.root.part("components").get("schemas", {}) for each in (old, new))
    for name in sorted(before.keys() & after.keys()):
        for change in component_locks(before[name], after[name], name):
            if change.field.rpartition(".")[2] not in told:
                yield change


def _specs(folder: Path) -> Mapping[str, Path]:
    return {path.stem: path for path in spec_files(folder)}


def _only(name: str, change: Change) -> Comparison:
    return Comparison(name, (change,))


def _major(document: Document) -> int | None:
    word = str(document.root.part("info").get("version", "")).partition(".")[0]
    return int(word) if word.isdecimal() else None
