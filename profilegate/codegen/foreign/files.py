"""Files of a foreign spec: the one that was given, and those that it refers to, beside it."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from profilegate.codegen.foreign.places import Place
from profilegate.openapi import load_yaml
from profilegate.openapi.yaml_files import reject_hostile


class ForeignFiles:
    """The parsed files of one spec, each read once."""

    def __init__(self, main: Path) -> None:
        """
        Read the main file.

        Raises:
            SpecError: it cannot be read, or is no OpenAPI 3.0 or 3.1.
        """
        self.main = main.resolve()
        self.root = Place(self.main, (), self.main)
        self._documents: dict[Path, Any] = {}
        self.document = self._load(self.main, self.root)
        self._check_version()

    def _check_version(self) -> None:
        if not isinstance(self.document, dict):
            raise self.root.error("this is not an OpenAPI document", "give the file of one")
        if "swagger" in self.document:
            raise (self.root / "swagger").error(
                f"Swagger {self.document['swagger']} is not supported",
                "convert it to OpenAPI 3.0 first, for example with swagger2openapi",
            )
        version = str(self.document.get("openapi"))
        if not version.startswith(("3.0.", "3.1.")) and version not in ("3.0", "3.1"):
            raise (self.root / "openapi").error(
                f"OpenAPI {version} is not supported", "give a spec of OpenAPI 3.0 or 3.1"
            )

    @property
    def is_of_3_1(self) -> bool:
        """Whether schemas are those of JSON Schema 2020-12."""
        return str(self.document["openapi"]).startswith("3.1")

    def _load(self, path: Path, place: Place) -> Any:
        if path not in self._documents:
            try:
                text = path.read_text("utf-8-sig")
            except OSError as error:
                raise place.error(
                    f"the file {path.name} cannot be read: {error.strerror}", "put it there"
                ) from None
            except UnicodeDecodeError as error:
                raise place.error(
                    f"byte {error.start} of {path.name} is not UTF-8", "save the file as UTF-8"
                ) from None
            self._documents[path] = _parsed(text, path.name)
        return self._documents[path]

    def target(self, reference: str, place: Place) -> tuple[Place, Any]:
        """
        The place to which a reference leads, and what is there; references on the way are followed.

        Raises:
            SpecError: it leads to another server, out of the folder of the spec, or nowhere.
        """
        seen: set[str] = set()
        while True:
            found, node = self._step_to(reference, place, seen)
            if not isinstance(node, dict) or set(node) != {"$ref"}:
                return found, node
            if not isinstance(node["$ref"], str):
                return found, node
            if str(found) in seen:
                raise place.error("this $ref leads back to itself", "break the circle")
            seen.add(str(found))
            reference, place = node["$ref"], found

    def _step_to(self, reference: str, place: Place, seen: set[str]) -> tuple[Place, Any]:
        name, _, fragment = reference.partition("#")
        file = self._file(unquote(name), place) if name else place.file
        node = self._load(file, place)
        here = place.at(file, ())
        for raw in unquote(fragment).strip("/").split("/") if fragment.strip("/") else ():
            step: str | int = raw.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and isinstance(node.get("$ref"), str) and step not in node:
                if str(here) in seen:
                    raise place.error("this $ref leads back to itself", "break the circle")
                seen.add(str(here))
                here, node = self.target(node["$ref"], here)
            if isinstance(node, list) and str(step).isdigit() and int(step) < len(node):
                step = int(step)
            elif not isinstance(node, dict) or step not in node:
                raise place.error(f"$ref {reference} names nothing", "fix the reference")
            node, here = node[step], here / step
        return here, node

    def _file(self, name: str, place: Place) -> Path:
        if "://" in name or name.startswith("//"):
            raise place.error(
                "this $ref leads to another server; nothing is fetched",
                "save that file beside the spec, and refer to it by its relative path",
            )
        path = (place.file.parent / name).resolve()
        if not path.is_relative_to(self.main.parent):
            raise place.error(
                "this $ref leads out of the folder of the spec",
                f"put the file below {self.main.parent.name}/",
            )
        return path


def _parsed(text: str, name: str) -> Any:
    """The content of a file: JSON, which YAML's own readers take only in part, or YAML."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            pass  # YAML in flow style begins so too.
    reject_hostile(text, name, has_aliases=True)
    return load_yaml(text, name)
