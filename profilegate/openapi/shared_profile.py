"""Read ``specs/profile.yaml``: every field of the shared profile, with its schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profilegate.errors import SpecError
from profilegate.openapi.bounds import unbounded
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.object_checks import ObjectCheck
from profilegate.openapi.schema import Node
from profilegate.openapi.sources import Sources, pointer
from profilegate.openapi.yaml_files import load_map, read_text

COMMON_FORMS = frozenset({"country", "phone"})
"""Formats of fields that have a common form; the codec has the same name."""


@dataclass(frozen=True, slots=True)
class SharedProfile:
    """The shared profile as its file describes it.

    ``fields`` maps a path (``addresses.postal.city``) to an OpenAPI 3.0 schema; ``groups`` maps the
    path of a nested object (``addresses.postal``) to its title and description.
    """

    file: str
    fields: Mapping[str, Node]
    groups: Mapping[str, Mapping[str, str]]

    @property
    def codecs(self) -> dict[str, str | None]:
        """Each path, with the codec of its common form, if it has one."""
        return {
            path: node["format"] if node.get("format") in COMMON_FORMS else None
            for path, node in self.fields.items()
        }

    @property
    def documents(self) -> dict[str, Node]:
        """The lists of documents: path -> ``x-documents``."""
        return {
            path: node["x-documents"] for path, node in self.fields.items() if "x-documents" in node
        }


def read_shared_profile(path: Path) -> SharedProfile:
    """
    Read the file and check it.

    Raises:
        SpecError: with the file, a JSON pointer, what is wrong there and what to do.
    """
    file = f"specs/{path.name}"
    text = read_text(path, file)
    document = load_map(text, file, "a shared profile", "profile")
    sources = Sources(file, {file: text})
    errors = ErrorList()
    check = ObjectCheck(lambda at, what, hint: errors.add(sources.error(at, what, hint)))
    check.check(document, "shared profile", ())
    errors.raise_errors()
    for key in ("groups", "fields"):
        if key not in document:
            raise SpecError(file, "", f"`{key}` is missing", f"add it below `{key}:`")
    profile = SharedProfile(file, document["fields"], document["groups"])
    for field_path, node in profile.fields.items():
        _check_field(profile, field_path, node)
        _check_bounds(profile, ("fields", field_path), node)
    return profile


def _check_bounds(profile: SharedProfile, at: tuple[str, ...], node: Node) -> None:
    """Every text and list of a field is bounded, down to the parts of documents."""
    if (problem := unbounded(node)) is not None:
        raise SpecError(profile.file, pointer(at), *problem)
    for name, part in node.get("properties", {}).items():
        _check_bounds(profile, (*at, "properties", name), part)
    if "items" in node:
        _check_bounds(profile, (*at, "items"), node["items"])


def _check_field(profile: SharedProfile, path: str, node: Node) -> None:
    def error(step: str, what: str, hint: str) -> SpecError:
        return SpecError(profile.file, pointer(("fields", path, step)), what, hint)

    for key in ("type", "description"):
        if key not in node:
            raise error("", f"a field needs a {key}", "add it")
    group = path
    while "." in group:
        group = group.rpartition(".")[0]
        if group not in profile.groups:
            raise error("", f'there is no group "{group}"', "add it to groups, with a title")
    if node["type"] == "array" and "items" not in node:
        raise error("items", "a list needs items", "add their schema")
    if "x-documents" in node:
        parts: Any = node["items"].get("properties", {})
        rule = node["x-documents"]
        missing = {"type", "id", rule["value"], *rule.get("contents", ())} - parts.keys()
        if missing:
            raise error(
                "x-documents",
                f"documents have no {', '.join(sorted(missing))}",
                "add the properties to the items",
            )
