"""Writes a document as YAML for readers: block style, long texts over several lines."""

import re
from typing import Any

import yaml

from profilegate.openapi import Node

ROW_CHARACTERS_MAX = 110

_NUMBER_LIKE = re.compile(r"[-+.0-9][-+.0-9eE_:]*")
"""Texts that one reader of YAML or another takes for a number: ``957E36``."""


class _Dumper(yaml.SafeDumper):
    """Block style; a text of several lines stays one."""

    def ignore_aliases(self, data: Any) -> bool:
        """Equal parts are written out: anchors are hard to read."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        """Lists are indented, as in our other specs."""
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    lines = text.split("\n")
    is_long = len(lines) > 1 and not any(line != line.rstrip() for line in lines)
    style = "|" if is_long else "'" if _NUMBER_LIKE.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(document: Node) -> str:
    """The text of a document, with blank lines between its sections."""
    parts = [
        yaml.dump(
            {key: value},
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            width=ROW_CHARACTERS_MAX,
        )
        for key, value in document.items()
    ]
    return "\n".join(parts)
