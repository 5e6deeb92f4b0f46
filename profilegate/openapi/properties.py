"""The properties of an object schema, those of its `allOf` parts included."""

from dataclasses import dataclass

from profilegate.openapi.spec import Node, Spec


def component(reference: str) -> str:
    """The name at the end of a reference to a component."""
    return reference.rsplit("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object: its name, its schema as written, and whether it must be there."""

    name: str
    node: Node
    required: bool


def properties(spec: Spec, node: Node) -> list[Property]:
    """All properties of an object schema, those of its ``allOf`` parts first."""
    node = spec.resolve(node)
    found: dict[str, Property] = {}
    required = set(node.get("required", ()))
    for part in node.get("allOf", ()):
        for inherited in properties(spec, part):
            found.setdefault(inherited.name, inherited)
    for name, child in node.get("properties", {}).items():
        found[name] = Property(name, child, name in required)
    return [Property(p.name, p.node, True) if p.name in required else p for p in found.values()]


def is_object(spec: Spec, node: Node) -> bool:
    """Whether a schema is an object with properties of its own or of its parts."""
    node = spec.resolve(node)
    if "oneOf" in node:
        return False
    return "properties" in node or any(is_object(spec, part) for part in node.get("allOf", ()))


def parents(spec: Spec, node: Node) -> list[str]:
    """The named ``allOf`` parts of an object, if it can inherit them: no property stands twice."""
    parts = node.get("allOf", ())
    names = [name for part in parts for name in (p.name for p in properties(spec, part))]
    names += node.get("properties", {})
    if any("$ref" not in part for part in parts) or len(names) != len(set(names)):
        return []
    return [component(part["$ref"]) for part in parts]


def accepts_null(spec: Spec, node: Node) -> bool:
    """Whether null is a legal value."""
    node = spec.resolve(node)
    return (
        bool(node.get("nullable"))
        or None in node.get("enum", ())
        or any(
            accepts_null(spec, branch) for key in ("oneOf", "anyOf") for branch in node.get(key, ())
        )
        or ("allOf" in node and all(accepts_null(spec, part) for part in node["allOf"]))
    )
