"""The files that a spec is made of: its own and those that it refers to, joined in one document."""

import copy
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from profilegate.errors import SpecError
from profilegate.openapi.keywords import REFERABLE
from profilegate.openapi.walk import is_reference, objects, step_into
from profilegate.openapi.yaml_files import Place, find_line, load_yaml, read_text

PATH_ITEM: Final = "path item"
"""Components of OpenAPI 3.0 have no path items: one that is named is copied into its place."""

Report = Callable[[Place, str, str], None]
"""Takes an error: its place, what is wrong there, and a hint."""


def pointer(at: Place) -> str:
    """A JSON pointer (RFC 6901) to a place: ``/paths/~1users/patch``."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in at)


def steps_of(fragment: str) -> tuple[str, ...]:
    """The steps of the fragment of a reference: ``/paths/~1users`` -> ``paths``, ``/users``."""
    parts = unquote(fragment).split("/")[1:]
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


@dataclass(slots=True)
class Sources:
    """
    The files of one spec.

    ``file`` is the spec's own, as people name it; ``texts`` are the texts of all. ``origins`` are
    the places of the document that came from elsewhere, with their files and places there.
    """

    file: str
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    origins: dict[Place, tuple[str, Place]] = field(default_factory=dict, repr=False)

    def error(self, at: Place, what: str, hint: str) -> SpecError:
        """An error at a place of the document, in the file that it came from."""
        file, there = self.file, at
        for length in range(len(at), 0, -1):
            if at[:length] in self.origins:
                file, start = self.origins[at[:length]]
                there = (*start, *at[length:])
                break
        line = find_line(self.texts[file], there) if file in self.texts else None
        return SpecError(file, pointer(there), what, hint, line)


@dataclass(slots=True)
class Bundler:
    """
    Joins the files that a document refers to: what it refers to becomes a component of it.

    Only files below ``folder`` are read, which are named by relative paths: no URL is opened. What
    stands in an example, in an enum or in a default is data, and never followed.
    """

    document: dict[str, Any]
    sources: Sources
    folder: Path | None
    report: Report
    _documents: dict[str, Any] = field(default_factory=dict)
    _names: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def run(self) -> None:
        """Join the files of the whole document."""
        self._documents[self.sources.file] = copy.deepcopy(self.document)
        self._join(self.document, "document", (), self.sources.file, ())

    def _join(
        self, node: Any, kind: str, at: Place, file: str, inside: tuple[tuple[str, str], ...]
    ) -> None:
        for found in list(objects(node, kind, at)):
            if found.kind == "discriminator":
                self._join_mapping(found.node, found.at, file)
            elif not is_reference(found.node, found.kind):
                continue
            elif found.kind == PATH_ITEM:
                self._copy_path_item(found.node, found.at, file, inside)
            else:
                target = self._target(found.node["$ref"], found.at, file)
                if target is not None:
                    found.node["$ref"] = self._local(found.kind, target, found.at)

    def _join_mapping(self, node: dict[str, Any], at: Place, file: str) -> None:
        mapping = node.get("mapping")
        if not isinstance(mapping, dict):
            return
        for value, said in mapping.items():
            if isinstance(said, str) and re.search(r"[/#.]", said):
                target = self._target(said, (*at, "mapping", value), file)
                if target is not None:
                    mapping[value] = self._local("schema", target, (*at, "mapping", value))

    def _target(self, reference: str, at: Place, file: str) -> tuple[str, str] | None:
        """The file and the fragment that a reference names, or None after a report."""
        try:
            parts = urlsplit(reference)
        except ValueError:
            self.report((*at, "$ref"), "this is no reference", "write #/components/...")
            return None
        path = unquote(parts.path)
        if parts.scheme or parts.netloc or path.startswith("/") or "\\" in path:
            what = "only files below specs/ are read, and no URL is opened"
            self.report((*at, "$ref"), what, "save it below specs/ and write a relative path")
            return None
        if not path:
            return file, parts.fragment
        name = posixpath.normpath(posixpath.join(posixpath.dirname(file), path))
        if not name.startswith("specs/"):
            what = "this leads out of specs/"
            self.report((*at, "$ref"), what, "save it below specs/ and write a relative path")
            return None
        return name, parts.fragment

    def _local(self, kind: str, target: tuple[str, str], at: Place) -> str:
        """The reference within the document to what is, or now becomes, a part of it."""
        file, fragment = target
        if file == self.sources.file:
            return f"#{fragment}"
        section = REFERABLE[kind]
        known = self._names.get((file, fragment, section))
        if known is None:
            found = self._find(target, at)
            if found is None:
                return f"#{fragment}"
            there = self.document.setdefault("components", {}).setdefault(section, {})
            known = self._names[file, fragment, section] = _free_name(file, fragment, there)
            place = ("components", section, known)
            there[known] = copied = copy.deepcopy(found)
            self.sources.origins[place] = (file, steps_of(fragment))
            self._join(copied, kind, place, file, ())
        return f"#/components/{section}/{known}"

    def _copy_path_item(
        self, node: dict[str, Any], at: Place, file: str, inside: tuple[tuple[str, str], ...]
    ) -> None:
        target = self._target(node["$ref"], at, file)
        if target is None:
            return
        if len(node) > 1:
            self.report(at, "beside $ref nothing counts", "write the path item out here")
            return
        if target in inside:
            self.report(at, "this $ref leads back to itself", "break the circle")
            return
        found = self._find(target, at)
        if found is not None:
            node.clear()
            node.update(copy.deepcopy(found))
            self.sources.origins[at] = (target[0], steps_of(target[1]))
            self._join(node, PATH_ITEM, at, target[0], (*inside, target))

    def _find(self, target: tuple[str, str], at: Place) -> dict[str, Any] | None:
        """The object that a reference to a file names, or None after a report."""
        file, fragment = target
        if file not in self._documents and not self._load(file, at):
            return None
        found = step_into(self._documents[file], steps_of(fragment))
        if not isinstance(found, dict):
            self.report((*at, "$ref"), f"#{fragment} names nothing in {file}", "fix the reference")
            return None
        return found

    def _load(self, file: str, at: Place) -> bool:
        path = None if self.folder is None else self.folder / file.removeprefix("specs/")
        if path is None or self.folder is None or not path.is_file():
            self.report((*at, "$ref"), f"there is no file {file}", "fix the reference")
            return False
        if not path.resolve().is_relative_to(self.folder.resolve()):
            self.report((*at, "$ref"), f"{file} is a link out of specs/", "copy the file")
            return False
        try:
            self.sources.texts[file] = read_text(path, file)
            self._documents[file] = load_yaml(self.sources.texts[file], file)
        except SpecError as error:
            self.report((*at, "$ref"), f"{error.place}: {error.what}", error.hint)
            return False
        return True


def _free_name(file: str, fragment: str, taken: dict[str, Any]) -> str:
    steps = steps_of(fragment)
    words = steps[-1] if steps else posixpath.splitext(posixpath.basename(file))[0]
    stem = re.sub(r"\W", "_", words, flags=re.ASCII) or "part"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name
