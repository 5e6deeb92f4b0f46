"""YAML files, read with JSON's types.

Connexion renders a spec *file* as a Jinja2 template, and its YAML reader takes an unquoted ``NO``
for false and ``12:30`` for 750. So files are read here, and Connexion gets a dict.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from profilegate.errors import SpecError

_BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_BASE):  # type: ignore[misc, valid-type]
    """YAML with the core types of JSON only: NO, on, 12:30 and 2025-04-15 stay text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A dict with its keys as written; a repeated key is an error."""
        mapping: dict[Hashable, Any] = {}
        for key, value in node.value:
            what = None
            if not isinstance(key, yaml.ScalarNode):
                what = "a key must be text"
            elif key.value in mapping:
                what = f"the key {key.value!r} is repeated"
            if what:
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            mapping[key.value] = self.construct_object(value, deep=deep)
        return mapping


for _tag, _pattern, _first in (
    ("null", r"(?:~|null|)", ["~", "n", ""]),
    ("bool", r"(?:true|false)", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", list("-0123456789")),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), _first
    )


def load_yaml(text: str, file: str) -> Any:
    """
    Read YAML with JSON's types.

    Raises:
        SpecError: the text is not YAML; the message names the line.
    """
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a safe loader's subclass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise SpecError(file, "", f"{place}{error.problem}", "fix the YAML there") from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        what = f"line {line}: a control character is not allowed"
        raise SpecError(
            file, "", what, "remove it, or write it with \\x in double quotes"
        ) from None


def read_text(path: Path) -> str:
    """
    The text of a file of the specs' folder.

    Raises:
        SpecError: the file is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(
            f"specs/{path.name}", "", f"byte {error.start} is not UTF-8", "save the file as UTF-8"
        ) from None


def load_map(text: str, file: str, what: str, first_key: str) -> dict[str, Any]:
    """
    The map in a YAML text; ``what`` names what it should be.

    Raises:
        SpecError: the text is not YAML, or not a map.
    """
    document = load_yaml(text, file)
    if not isinstance(document, dict):
        raise SpecError(file, "", f"this is not {what}", f"begin it with `{first_key}:`")
    return document
