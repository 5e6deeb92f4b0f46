"""YAML files, read with JSON's types.

Connexion renders a spec *file* as a Jinja2 template, and its YAML reader takes an unquoted ``NO``
for false and ``12:30`` for 750. So files are read here, and Connexion gets a dict.
"""

import re
from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from profilegate.errors import SpecError

_BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


MERGE_KEY = "merge keys (<<) are not read: write the keys out, or use $ref or allOf"
"""YAML 1.2 and JSON have none, so other tools would read another document."""

DEPTH_MAX = 100
"""The deepest specs that companies publish are nested 40 times."""

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a part of a document."""


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
            elif key.value == "<<" and not key.style:
                what = MERGE_KEY
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


def reject_hostile(text: str, file: str, *, has_aliases: bool) -> None:
    """
    Check YAML or JSON of a stranger: PyYAML's loader recurses in C, and a few aliases of aliases
    are gigabytes. ``has_aliases`` is whether it may have aliases.

    Raises:
        SpecError: it is nested too deeply, or has an alias that it may not have.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_PlainLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            line = None if event.start_mark is None else event.start_mark.line + 1
            if depth > DEPTH_MAX:
                raise SpecError(file, "", "this is nested too deeply", "flatten it", line)
            if isinstance(event, yaml.AliasEvent) and not has_aliases:
                raise SpecError(file, "", "an alias (*) is not read", "write the value out", line)
    except yaml.YAMLError:
        # The loader finds the same, and says where.
        return


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
        place = f"column {mark.column + 1}: " if mark else ""
        line = mark.line + 1 if mark else None
        raise SpecError(file, "", f"{place}{error.problem}", "fix the YAML there", line) from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        what = "a control character is not allowed"
        hint = "remove it, or write it with \\x in double quotes"
        raise SpecError(file, "", what, hint, line) from None
    except RecursionError:
        raise SpecError(file, "", "this is nested too deeply", "use $ref") from None


@lru_cache(maxsize=4)
def _composed(text: str) -> Any:
    """The nodes of a text, which know their lines; they are only needed for errors."""
    return yaml.compose(text, Loader=_PlainLoader)


def find_line(text: str, at: Place) -> int:
    """The line of a place, or of what is left of it, in a YAML text that can be read."""
    node = _composed(text)
    line = 0
    for step in at:
        if isinstance(node, yaml.MappingNode):
            found = [each for each in node.value if each[0].value == str(step)]
            if not found:
                break
            line, node = found[0][0].start_mark.line, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and int(step) < len(node.value):
            node = node.value[int(step)]
            line = node.start_mark.line
        else:
            break
    return int(line) + 1


def read_text(path: Path, file: str) -> str:
    """
    The text of a file; ``file`` is its name for people.

    Raises:
        SpecError: the file is not UTF-8.
    """
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(
            file, "", f"byte {error.start} is not UTF-8", "save the file as UTF-8"
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
