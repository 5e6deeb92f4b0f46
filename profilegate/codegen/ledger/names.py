"""Names of the schemas of a spec: ``UserUpdate.phone``, ``update_user?user``, ``User.tags[]``."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from profilegate.openapi import Node, Spec
from profilegate.openapi.sources import steps_of


@dataclass(slots=True)
class SchemaNames:
    """
    The name of each schema that a request or a response has, by the identity of its node.

    A component has its own name, whatever refers to it; any other schema that of its place.
    """

    spec: Spec
    of_requests: dict[int, str] = field(default_factory=dict)
    of_responses: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Walk through all operations."""
        for operation in self.spec.operations():
            for parameter in operation.parameters:
                self._note(f"{operation.id}?{parameter.name}", parameter.schema, self.of_requests)
            body = self.spec.resolve(operation.node.get("requestBody", {}))
            self._contents(f"{operation.id} body", body, self.of_requests)
            for status, response in operation.node["responses"].items():
                node = self.spec.resolve(response)
                self._contents(f"{operation.id} {status}", node, self.of_responses)
                for name, header in node.get("headers", {}).items():
                    schema = self.spec.resolve(header).get("schema", {})
                    self._note(f"{operation.id} {status} {name}", schema, self.of_responses)

    def _contents(self, name: str, node: Node, found: dict[int, str]) -> None:
        for content in node.get("content", {}).values():
            self._note(name, content.get("schema", {}), found)

    def _note(self, name: str, node: Node, found: dict[int, str]) -> None:
        if "$ref" in node:
            name = steps_of(node["$ref"])[-1]
            node = self.spec.resolve(node)
        if id(node) in found:
            return
        found[id(node)] = name
        for step, part in _parts(node):
            self._note(f"{name}{step}", part, found)


def _parts(node: Node) -> Iterator[tuple[str, Node]]:
    for key, part in node.get("properties", {}).items():
        yield f".{key}", part
    if "items" in node:
        yield "[]", node["items"]
    if isinstance(node.get("additionalProperties"), dict):
        yield ".*", node["additionalProperties"]
    for key in ("oneOf", "anyOf", "allOf"):
        for number, part in enumerate(node.get(key, ())):
            yield f"|{number}", part
