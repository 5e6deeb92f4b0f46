"""Bounds: every text and list for the profile has a maximum, and no text of it can hold NUL."""

import re
from collections.abc import Iterator

from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.schema import Node
from profilegate.openapi.spec import Spec

NO_NUL = r"^[^\x00]*$"
"""The pattern of a free text. NUL is in nobody's name, and cuts texts short in other systems."""

NO_CONTROL = r"^[^\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]*$"
"""The pattern of a text without the Unicode categories Cc (but white space) and Co: see
``json_schema.py`` for the private use characters beyond U+FFFF."""

BOUNDED_FORMATS = frozenset({"country", "date", "phone", "uuid"})
"""Formats of texts with a maximum length. All formats exclude NUL."""

TEXT_HINT = "add maxLength: a few hundred characters, if the provider's page names no number"
LIST_HINT = "add maxItems: a few dozen items, if the provider's page names no number"
NUL_HINT = f"add pattern: '{NO_NUL}', or exclude \\x00 from the present one and anchor it"

_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|.)")
_CLASS = re.compile(r"\[(\^?)((?:\\.|[^\]\\])*)\]")
_UNBOUNDED = re.compile(r"[*+]|\{\d+,\}")


def check_bounds(spec: Spec, *, everywhere: bool = False) -> None:
    """
    Check every schema of a parameter or a request body whose values live in the profile.

    ``everywhere``: or whose values do not; the size of a body alone bounds those.

    Raises:
        SpecError, SpecsRejectedError: a text has no maximum length or can hold NUL, or a list has
            no maximum.
    """
    seen: set[tuple[int, bool]] = set()
    errors = ErrorList()
    for operation in spec.operations():
        bodies = [media["schema"] for media in operation.bodies.values()]
        for root in (*(parameter.schema for parameter in operation.parameters), *bodies):
            for node in _checked(spec, root, seen, is_stored=everywhere):
                if (problem := unbounded(node)) is not None:
                    errors.add(spec.error(spec.where(node), *problem))
    errors.raise_errors()


def _checked(
    spec: Spec, node: Node, seen: set[tuple[int, bool]], *, is_stored: bool
) -> Iterator[Node]:
    """The schemas at and below an ``x-profile``, each once."""
    node = spec.resolve(node)
    is_stored = is_stored or "x-profile" in node
    if (id(node), is_stored) in seen:
        return
    seen.add((id(node), is_stored))
    if is_stored:
        yield node
    for child in _children(node):
        yield from _checked(spec, child, seen, is_stored=is_stored)


def _children(node: Node) -> list[Node]:
    children = [*node.get("properties", {}).values()]
    for key in ("oneOf", "anyOf", "allOf"):
        children += node.get(key, ())
    children += [node[key] for key in ("items", "additionalProperties") if key in node]
    return [child for child in children if isinstance(child, dict)]


def unbounded(node: Node) -> tuple[str, str] | None:
    """What one schema lacks, with a hint; None if its values are bounded and cannot hold NUL."""
    if node.get("type") == "array" and "maxItems" not in node:
        return "this list has no maximum", LIST_HINT
    if node.get("type") != "string" or "enum" in node:
        return None
    pattern = node.get("pattern")
    has_bounded_form = node.get("format") in BOUNDED_FORMATS or (
        pattern is not None and is_bounded(pattern)
    )
    if "maxLength" not in node and not has_bounded_form:
        return "this text has no maximum length", TEXT_HINT
    if "format" not in node and (pattern is None or not excludes_nul(pattern)):
        return "this text can hold the NUL character", NUL_HINT
    return None


def is_bounded(pattern: str) -> bool:
    """Whether a pattern limits a text's length: anchored at both ends, and nothing is endless."""
    return _is_anchored(pattern) and not _UNBOUNDED.search(_skeleton(pattern))


def excludes_nul(pattern: str) -> bool:
    r"""
    Whether no text that matches a pattern can hold NUL.

    The pattern is anchored at both ends, each negated class names ``\x00``, and nothing else in it
    (``.``, ``\D``, ``\x00``) matches NUL. A range cannot: NUL is the first character.
    """
    for negated, members in _CLASS.findall(pattern):
        if bool(negated) != (r"\x00" in members) or re.search(r"\\[DSW]", members):
            return False
    outside = _CLASS.sub("c", pattern)
    escapes = set(_ESCAPE.findall(outside))
    return (
        _is_anchored(pattern)
        and "." not in _skeleton(pattern)
        and escapes.isdisjoint({r"\D", r"\S", r"\W", r"\x00"})
    )


def _is_anchored(pattern: str) -> bool:
    """Whether a pattern is about the whole text: ``^…$``, without a choice at the top."""
    depth = 0
    for character in _skeleton(pattern):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and depth == 0:
            return False
    return pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith(r"\$")


def _skeleton(pattern: str) -> str:
    """A pattern with a letter in the place of each class and of each escape."""
    return _ESCAPE.sub("e", _CLASS.sub("c", pattern))
