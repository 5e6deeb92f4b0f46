"""The rules of every request: each field's own, as listed in rules.yaml."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from profilegate.openapi import Node, Spec, load_yaml
from profilegate.openapi.resources import specs_folder
from tests.specs.all_specs import SPECS

LIST = Path(__file__).with_name("rules.yaml")
RULES: dict[str, list[dict[str, Any]]] = load_yaml(LIST.read_text("utf-8"), LIST.name)

SCHEMA_RULES = """
    type format enum nullable required minLength maxLength pattern minimum maximum minItems maxItems
""".split()
OPERATION_RULES = "security x-body-size-max-bytes x-rate-limit x-requires x-unsafe".split()

OPTIONS_LISTED_MAX = 30
"""The longest list is of all countries, and has its own tests."""

Rule = tuple[str, Node]


class Walk:
    """The rules of one spec that a request can break, each with the name of what it is for."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[Rule]:
        yield "/", picked(self._spec.document, OPERATION_RULES)
        for operation in self._spec.operations():
            yield operation.id, picked(operation.node, OPERATION_RULES)
            for parameter in operation.parameters:
                name = f"{operation.id}?{parameter['name']}"
                if parameter.get("required") and parameter["in"] != "path":
                    yield f"{name} as a whole", {"required": True}
                yield from self._schema(name, parameter["schema"])
            body = self._spec.resolve(operation.node.get("requestBody", {}))
            yield f"{operation.id} body as a whole", picked(body, ["required"])
            for content in body.get("content", {}).values():
                yield from self._schema(f"{operation.id} body", content["schema"])

    def _schema(self, name: str, node: Node) -> Iterator[Rule]:
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            node = self._spec.resolve(node)
            if name in self._seen or (self._spec.name == "profiles" and name in generated()):
                return
            self._seen.add(name)
        yield name, picked(node, SCHEMA_RULES)
        for key, part in node.get("properties", {}).items():
            yield from self._schema(f"{name}.{key}", part)
        if "items" in node:
            yield from self._schema(f"{name}[]", node["items"])
        for key in ("oneOf", "anyOf", "allOf"):
            for number, part in enumerate(node.get(key, ())):
                yield from self._schema(f"{name}|{number}", part)


def picked(node: Node, names: list[str]) -> Node:
    """Some keys of a map; a long enumeration is counted."""
    found = {name: node[name] for name in names if name in node}
    if len(found.get("enum", ())) > OPTIONS_LISTED_MAX:
        found["enum"] = f"{len(found['enum'])} values"
    return found


@cache
def shared_fields() -> dict[str, Node]:
    """The fields of the shared profile."""
    path = specs_folder() / "profile.yaml"
    fields: dict[str, Node] = load_yaml(path.read_text("utf-8"), path.name)["fields"]
    return fields


@cache
def generated() -> set[str]:
    """The schemas of the admin API that are generated from the shared profile."""
    text = (specs_folder() / "profiles.yaml").read_text("utf-8")
    block = text.partition("# --- Generated from")[2].partition("# --- End of")[0]
    return set(load_yaml(block.partition("\n")[2], "profiles.yaml"))


def rules_of(name: str) -> Iterator[Rule]:
    """The rules of a spec, or of the shared profile."""
    if name != "profile":
        yield from Walk(SPECS[name])
        return
    for path, node in shared_fields().items():
        yield path, picked(node, SCHEMA_RULES)
        if "items" in node:
            yield f"{path}[]", picked(node["items"], SCHEMA_RULES)
            for key, part in node["items"].get("properties", {}).items():
                yield f"{path}[].{key}", picked(part, SCHEMA_RULES)


def test_every_spec_has_its_rules_listed() -> None:
    """
    A spec that is not listed could be loosened unnoticed.
    """
    assert sorted(RULES) == sorted([*SPECS, "profile"])


@pytest.mark.parametrize("name", RULES)
def test_a_field_has_the_rules_that_are_listed(name: str) -> None:
    """
    Tests of behaviour send samples of wrong values, not one for each rule of each field; some take
    the maximum from the spec. So each rule is written twice: who changes one changes the list too.
    """
    listed = [(field, row["rule"]) for row in RULES[name] for field in row["of"].split(", ")]

    assert lines(listed) == lines(rules_of(name))


def lines(rules: Any) -> list[str]:
    """One line for each, so that a difference is short."""
    return sorted({f"{field}: {json.dumps(rule, sort_keys=True)}" for field, rule in rules if rule})
