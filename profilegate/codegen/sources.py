"""Pieces of generated source: variables, places in a dict, conversions of a value."""

import keyword
import re

from profilegate.codegen.python_types import repr_text, snake
from profilegate.openapi import Node, Spec
from profilegate.openapi.mapping import Place
from profilegate.openapi.properties import is_object, properties

_TAKEN = frozenset("body cast changes codecs fields item masks shown stored".split())
"""Names that generated functions use themselves."""


def place_in(place: Place, variable: str) -> str:
    """Source of the place in a dict: ``changes["name.given"]``."""
    return f"{variable}[{repr_text(place.key)}]"


def stored(place: Place, source: str) -> str:
    """Source that makes the stored value of a body's value."""
    return f"codecs.{place.codec}.store({source})" if place.codec else source


def variable(name: str, above: str = "") -> str:
    """A variable for a property: ``residence``, or ``full_name_full_name`` two levels down."""
    word = re.sub(r"\W", "_", snake(name))
    if above and above not in _TAKEN:
        return f"{above}_{word}"
    if keyword.iskeyword(word) or word in _TAKEN or not word.isidentifier():
        return f"{word}_" if word[0].isalpha() else f"_{word}"
    return word


def known_parts(spec: Spec, node: Node) -> tuple[str, str] | None:
    """
    The property that tells an object's kinds apart, and what each of them may hold, as source
    text, for a property that is taken as a whole.

    The kinds are the branches of a ``oneOf`` that one-valued words tell apart; None where the
    property is no such choice.

    Raises:
        SpecError: no property tells all the kinds apart.
    """
    branches = [spec.resolve(branch) for branch in node.get("oneOf", ())]
    objects = [branch for branch in branches if is_object(spec, branch)]
    if not objects:
        return None
    for tag in (p.name for p in properties(spec, objects[0]) if p.required):
        kinds: dict[str, list[str]] = {}
        reported_apart = True
        for branch in objects:
            members = {p.name: p for p in properties(spec, branch)}
            words = spec.resolve(members[tag].node).get("enum", ()) if tag in members else ()
            reported_apart = reported_apart and bool(words) and kinds.keys().isdisjoint(words)
            kinds |= {word: sorted(members) for word in words}
        if reported_apart:
            rows = ", ".join(
                f"{repr_text(word)}: frozenset({{{', '.join(map(repr_text, names))}}})"
                for word, names in kinds.items()
            )
            return repr_text(tag), f"{{{rows}}}"
    raise spec.error(
        spec.where(node),
        "nothing tells the kinds of this object apart",
        "give each branch a required property with words of its own",
    )
