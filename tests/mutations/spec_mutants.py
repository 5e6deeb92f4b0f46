"""Mutants of specs: one rule, lock cell or mask is dropped or widened."""

from collections.abc import Iterator
from pathlib import PurePath

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tests.mutations.mutant import ROOT, Mutant

NO_NUL = r"'^[^\x00]*$'"
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
OPERATION_RULES = frozenset({"security", "x-rate-limit", "x-requires", "x-unsafe"})
SAMPLES = frozenset({"example", "examples"})
GENERATED = "# --- Generated from", "# --- End of the generated"


class SpecMutants:
    """
    The mutants of one YAML file.

    A rule is mutated if a request can break it: only what a response shows is not checked by the
    gateway, so nothing of it can be loosened.
    """

    def __init__(self, path: PurePath) -> None:
        self._path = str(path)
        self._text = (ROOT / path).read_text("utf-8")
        root = yaml.compose(self._text, yaml.SafeLoader)
        assert isinstance(root, MappingNode)
        self._root = root
        self._seen: set[int] = set()

    def __iter__(self) -> Iterator[Mutant]:
        begin, end = (self._text.find(mark) for mark in GENERATED)
        for mutant in self._all():
            if not begin < mutant.start < end:
                yield mutant

    def _all(self) -> Iterator[Mutant]:
        yield from self._keywords(self._root)
        for _, field in pairs(child(self._root, "fields")):
            yield from self._schema(field)
        for _, path in pairs(child(self._root, "paths")):
            operations = [node for key, node in pairs(path) if key in METHODS]
            for node in (path, *operations):
                for parameter in items(child(node, "parameters")):
                    yield from self._parameter(parameter)
                yield from self._body(child(node, "requestBody"))

    def _keywords(self, node: Node) -> Iterator[Mutant]:
        """The rules that stand anywhere: those of operations, locks and masks."""
        if isinstance(node, SequenceNode):
            for item in node.value:
                yield from self._keywords(item)
        if not isinstance(node, MappingNode):
            return
        for key, value in node.value:
            name = key.value
            if name in SAMPLES:
                continue
            if name in OPERATION_RULES and value.value != []:
                yield self._drop(node, key, value, "spec")
            if name == "x-body-size-max-bytes":
                yield self._put(value, str(2 * int(value.value)), f"{name} doubled")
            if name == "x-lock":
                yield self._drop(node, key, value, "lock")
                yield from self._lock_cells(value)
            if name == "x-mask":
                yield self._drop(node, key, value, "mask")
                yield from self._lock_cells(value, "mask")
            yield from self._keywords(value)

    def _lock_cells(self, node: Node, kind: str = "lock") -> Iterator[Mutant]:
        if isinstance(node, ScalarNode) and node.value == "always":
            yield self._put(node, "verified", "locked once verified only", kind)
        for item in items(child(node, "document_types")):
            yield self._put(item, '"OTHER"', "document type dropped", kind)

    def _parameter(self, node: Node | None) -> Iterator[Mutant]:
        node = self._resolve(node)
        if node is not None and id(node) not in self._seen:
            self._seen.add(id(node))
            required, place = child(node, "required"), child(node, "in")
            is_path = isinstance(place, ScalarNode) and place.value == "path"
            if isinstance(required, ScalarNode) and required.value == "true" and not is_path:
                yield self._put(required, "false", "required")
            yield from self._schema(child(node, "schema"))

    def _body(self, node: Node | None) -> Iterator[Mutant]:
        node = self._resolve(node)
        if node is not None and id(node) not in self._seen:
            self._seen.add(id(node))
            required = child(node, "required")
            if isinstance(required, ScalarNode) and required.value == "true":
                yield self._put(required, "false", "required")
            for _, content in pairs(child(node, "content")):
                yield from self._schema(child(content, "schema"))

    def _schema(self, node: Node | None) -> Iterator[Mutant]:
        node = self._resolve(node)
        if not isinstance(node, MappingNode) or id(node) in self._seen:
            return
        self._seen.add(id(node))
        for key, value in node.value:
            yield from self._rule(node, key, value)
        for _, part in pairs(child(node, "properties")):
            yield from self._schema(part)
        yield from self._schema(child(node, "items"))
        yield from self._schema(child(node, "additionalProperties"))
        for name in ("oneOf", "anyOf", "allOf"):
            for part in items(child(node, name)):
                yield from self._schema(part)

    def _rule(self, node: MappingNode, key: Node, value: Node) -> Iterator[Mutant]:
        name = key.value
        if name in ("maxLength", "maxItems", "maximum"):
            yield self._put(value, str(int(value.value) + 1), f"{name} + 1")
            yield self._drop(node, key, value, "spec")
        if name in ("minLength", "minItems", "minimum"):
            yield self._put(value, str(int(value.value) - 1), f"{name} - 1")
            yield self._drop(node, key, value, "spec")
        if name == "pattern":
            yield self._drop(node, key, value, "spec")
            if value.value != NO_NUL[1:-1]:
                yield self._put(value, NO_NUL, "pattern widened")
        if name in ("type", "format"):
            yield self._drop(node, key, value, "spec")
        if name == "type" and child(node, "nullable") is None:
            after = (
                ", nullable: true" if node.flow_style else f"\n{' ' * column(key)}nullable: true"
            )
            yield self._put(value, value.value + after, "nullable added")
        if name == "enum" and items(value):
            last = items(value)[-1]
            more = "9999" if last.tag.endswith(":int") else '"MUTANT"'
            is_flow = isinstance(value, SequenceNode) and value.flow_style
            separator = ", " if is_flow else f"\n{' ' * (column(last) - 2)}- "
            old = self._text[last.start_mark.index : last.end_mark.index]
            yield self._put(last, old + separator + more, "enum + 1")
        if name == "required":
            for item in items(value):
                others = ", ".join(each.value for each in items(value) if each is not item)
                yield self._put(value, f"[{others}]", f"{item.value} not required")

    def _put(self, node: Node, new: str, rule: str, kind: str = "spec") -> Mutant:
        start, end = node.start_mark.index, node.end_mark.index
        old = self._text[start:end]
        trailing = old[len(old.rstrip()) :]
        return Mutant(kind, self._path, start, end, new + trailing, rule)

    def _drop(self, node: MappingNode, key: Node, value: Node, kind: str) -> Mutant:
        """Remove a key and its value; the lines stay, empty."""
        start, end = key.start_mark.index, value.end_mark.index
        text, new = self._text, ""
        if len(node.value) == 1:
            start, end, new = node.start_mark.index, node.end_mark.index, "{}"
        elif node.flow_style:
            if text[end] == ",":
                end += 1
            else:
                start = text.rindex(",", 0, start)
        else:
            old = text[start:end].rstrip()
            end = start + len(old)
            new = "\n" * old.count("\n")
            if text[text.rindex("\n", 0, start) + 1 : start].strip():
                new += "\n" + " " * (column(key) - 1)
        return Mutant(kind, self._path, start, end, new, f"{key.value} dropped")

    def _resolve(self, node: Node | None) -> Node | None:
        reference = child(node, "$ref")
        if reference is None:
            return node
        target: Node | None = self._root
        for step in reference.value.removeprefix("#/").split("/"):
            target = child(target, step)
        return self._resolve(target)


def child(node: Node | None, name: str) -> Node | None:
    """The value of a key, if there is one."""
    return dict(pairs(node)).get(name)


def pairs(node: Node | None) -> list[tuple[str, Node]]:
    """The keys and values of a mapping; none of anything else."""
    if not isinstance(node, MappingNode):
        return []
    return [(key.value, value) for key, value in node.value]


def items(node: Node | None) -> list[Node]:
    """The items of a list; none of anything else."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def column(node: Node) -> int:
    """The column in which a node begins."""
    return int(node.start_mark.column)


def spec_mutants() -> Iterator[Mutant]:
    """The mutants of all specs and of the shared profile's schema."""
    for file in sorted((ROOT / "specs").glob("*.yaml")):
        yield from SpecMutants(file.relative_to(ROOT))
