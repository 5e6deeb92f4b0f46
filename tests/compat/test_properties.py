"""Random schemas and random edits: what an independent validator sees, and what is reported."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30WriteValidator

from profilegate.contract.compat.changes import Change
from profilegate.openapi import Node
from tests.compat.edits import BASE, changes
from tests.openapi.test_against_another_validator import SCHEMAS, VALUES
from tests.specs.all_specs import SPECS


def spec_of(schema: Node) -> Node:
    """A spec that takes values of a schema, and shows them."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {
        "requestBody": {"required": True, **content},
        "responses": {"200": {"description": "Done.", **content}},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Random", "version": "1"},
        "paths": {"/": {"post": operation}},
    }


def places(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all schemas within a schema."""
    found = [at]
    for key in ("oneOf", "anyOf", "allOf"):
        for n, part in enumerate(node.get(key, ())):
            found += places(part, (*at, key, n))
    for name, part in node.get("properties", {}).items():
        found += places(part, (*at, "properties", name))
    for key in ("items", "additionalProperties", "not"):
        if isinstance(node.get(key), dict):
            found += places(node[key], (*at, key))
    return found


# Whether the forms of a oneOf overlap is not compared: it counts as an anyOf.
CHOICES = SCHEMAS.map(lambda schema: json.loads(json.dumps(schema).replace("oneOf", "anyOf")))


@st.composite
def edits(draw: st.DrawFn) -> tuple[Node, Node]:
    """A schema, and the same with one to three places changed."""
    old = draw(CHOICES)
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 3))):
        path = ["root", *draw(st.sampled_from(places(new)))]
        last = path.pop()
        holder: Any = {"root": new}
        for step in path:
            holder = holder[step]
        here = holder[last]
        other = copy.deepcopy(draw(CHOICES))
        edit = draw(st.sampled_from(["drop", "take", "replace"]))
        if edit == "drop" and here:
            here.pop(draw(st.sampled_from(sorted(here))))
        elif edit == "take":
            here.update(other)
        elif last != "root":
            holder[last] = other
    return old, new


def broken(found: tuple[Change, ...], part: str) -> bool:
    """Whether a change of this part breaks something."""
    return any(each.is_breaking and each.part.startswith(part) for each in found)


@settings(derandomize=True, database=None, deadline=None, max_examples=500)
@given(pair=edits(), values=st.lists(VALUES, min_size=12, max_size=12))
def test_no_value_that_breaks_a_client_is_overlooked(
    pair: tuple[Node, Node], values: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """
    A value that the old spec took and the new one rejects breaks a request; one that only the new
    spec shows breaks the reading of a response.
    """
    folder = tmp_path_factory.getbasetemp()
    before, after = (
        OAS30WriteValidator(each, format_checker=OAS30WriteValidator.FORMAT_CHECKER)
        for each in pair
    )
    outcomes = {(before.is_valid(each), after.is_valid(each)) for each in values}
    found = changes(folder, spec_of(pair[0]), spec_of(pair[1]))
    # A client ignores fields that it does not know, and sends none that are not described.
    assume(all(each.text not in ("is new", "takes other fields now") for each in found))

    if (True, False) in outcomes:
        assert broken(found, "request")
    if (False, True) in outcomes:
        assert broken(found, "response")


def shuffled(node: Any, chance: Any) -> Any:
    """The same document with its keys in another order."""
    if isinstance(node, dict):
        keys = list(node)
        chance.shuffle(keys)
        return {key: shuffled(node[key], chance) for key in keys}
    return [shuffled(each, chance) for each in node] if isinstance(node, list) else node


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(schema=SCHEMAS, chance=st.randoms(use_true_random=False))
def test_a_schema_in_another_order_is_the_same(
    schema: Node, chance: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """
    A comparison that raises false alarms is switched off.
    """
    folder = tmp_path_factory.getbasetemp()

    assert () == changes(folder, spec_of(schema), shuffled(spec_of(schema), chance))


def inlined(node: Any, document: Node, inside: tuple[str, ...] = ()) -> Any:
    """A document whose references are written out, but for those within themselves."""
    if isinstance(node, list):
        return [inlined(each, document, inside) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str) and reference not in inside and "/schemas/" in reference:
        target: Any = document
        for step in reference[2:].split("/"):
            target = target[step]
        return inlined(target, document, (*inside, reference))
    return {key: inlined(each, document, inside) for key, each in node.items()}


def other_words(node: Any) -> Any:
    """A document with other descriptions and without examples."""
    if isinstance(node, list):
        return [other_words(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: "Other words." if key in ("description", "x-note") and isinstance(each, str)
        else other_words(each)
        for key, each in node.items()
        if key != "example" or not isinstance(each, str)
    }  # fmt: skip


DOCUMENTS = {"base": BASE, **{name: spec.document for name, spec in SPECS.items()}}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_another_way_to_write_the_same_is_no_change(name: str, tmp_path: Path) -> None:
    """
    Order, references and words are the author's; a client meets none of them.
    """
    old = json.loads(json.dumps(DOCUMENTS[name]))
    ways = {
        "itself": old,
        "in another order": shuffled(old, random.Random(14)),
        "with references written out": {**inlined(old, old), "components": old["components"]},
        "in other words": other_words(old),
    }

    assert dict.fromkeys(ways, ()) == {
        way: changes(tmp_path, old, new) for way, new in ways.items()
    }
