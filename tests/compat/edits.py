"""A spec with some places changed, as a file that can be compared."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from profilegate.contract.compat.changes import Change
from profilegate.contract.compat.comparison import compare_files
from profilegate.openapi import Node, load_yaml
from profilegate.openapi.sources import steps_of

REMOVED: Final = object()
"""The value of a place that is taken out."""

BASE: Node = load_yaml(Path(__file__).with_name("base.yaml").read_text("utf-8"), "base.yaml")


def edited(edits: Mapping[str, Any], document: Node = BASE) -> Node:
    """The document with other values at some places (JSON pointers)."""
    made = copy.deepcopy(document)
    for place, value in edits.items():
        *path, last = steps_of(f"/{place}")
        node: Any = made
        for step in path:
            node = node[int(step)] if isinstance(node, list) else node[step]
        key: Any = int(last) if isinstance(node, list) else last
        if value is REMOVED:
            del node[key]
        elif isinstance(node, list) and key == len(node):
            node.append(value)
        else:
            node[key] = value
    return made


def changes(folder: Path, old: Node, new: Node) -> tuple[Change, ...]:
    """The changes between two documents."""
    files = folder / "old.json", folder / "new.json"
    for file, document in zip(files, (old, new), strict=True):
        file.write_text(json.dumps(document), "utf-8")
    return compare_files(*files).changes


def told(folder: Path, old: Node, new: Node) -> list[str]:
    """The changes in words, those that break something behind an exclamation mark."""
    return [f"{'! ' if each.is_breaking else ''}{each}" for each in changes(folder, old, new)]
