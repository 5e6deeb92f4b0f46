"""Long enumerations: replaced by patterns in the schema that explains a violation."""

import re
from typing import Any

from profilegate.openapi import Node

Place = tuple[str | int, ...]
Options = tuple[Any, ...]

OPTIONS_QUOTED_MAX = 20
"""Longer enumerations are taken out of the schema that explains a violation."""

_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
"""What a pattern of ECMAScript would not take as it stands."""


def without_long_enums(schema: Any, at: Place, options: dict[Place, Options]) -> Any:
    """The schema with a ``pattern`` for each long ``enum`` of texts, whose options are noted by
    the pattern's place.

    The validator puts all options into each error: Kraken's 262 countries take it longer than all
    the rest of the request.
    """
    if isinstance(schema, list):
        return [
            without_long_enums(each, (*at, index), options) for index, each in enumerate(schema)
        ]
    if not isinstance(schema, dict):
        return schema
    fixed = {key: without_long_enums(value, (*at, key), options) for key, value in schema.items()}
    enum = schema.get("enum")
    if isinstance(enum, list) and len(enum) > OPTIONS_QUOTED_MAX and _says_of_texts(schema):
        texts = [_SPECIAL.sub(r"\\\g<0>", text) for text in enum if text is not None]
        del fixed["enum"]
        fixed["pattern"] = f"^(?:{'|'.join(texts)})$"
        options[*at, "pattern"] = tuple(enum)
    return fixed


def _says_of_texts(schema: Node) -> bool:
    """Whether an enumeration says nothing but which texts are taken: the type says the rest."""
    types = {"string"} | ({"null"} if None in schema["enum"] else set())
    named = schema.get("type")
    return (
        "pattern" not in schema
        and types == set([named] if isinstance(named, str) else named or ())
        and all(isinstance(option, str) or option is None for option in schema["enum"])
    )
