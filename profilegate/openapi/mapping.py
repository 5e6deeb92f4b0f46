"""Where a spec's properties live in the shared profile, and which schemas have a mapping.

A property says it by ``x-profile``; a part of a list's item by ``<list>[].<part>``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from profilegate.errors import SpecError
from profilegate.openapi.properties import (
    Property,
    component,
    is_object,
    parents,
    properties,
)
from profilegate.openapi.spec import Node, Spec
from profilegate.profile.fields import ACCOUNT_PREFIX

_KEYS = frozenset({"x-profile", "x-lock", "x-mask"})
"""Keys by which a property speaks of the profile; all of them need a place there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a property lives: its key in the profile (or in a list's item), and its codec."""

    key: str
    codec: str | None


def place_of(spec: Spec, node: Node, above: str = "") -> Place | None:
    """
    Where a property lives; ``above`` is the path of the list whose item it is a part of.

    Raises:
        SpecError: the path is not one of the shared profile's, or a codec is missing.
    """
    holder = node if "x-profile" in node else spec.resolve(node)
    said = holder.get("x-profile")
    if said is None:
        if holder.get("type") == "array" and has_list_places(spec, holder["items"]):
            raise spec.error(
                spec.where(holder),
                "the items say where their parts live, the list does not say where it lives",
                "give the list an x-profile, the path before []",
            )
        return None
    path, codec = (said, None) if isinstance(said, str) else (said["at"], said["as"])

    def error(what: str, hint: str) -> SpecError:
        # Where the holder is, is looked for all over the document: only when it must be said.
        return spec.error((*spec.where(holder), "x-profile"), what, hint)

    head, brackets, part = path.partition("[].")
    if not head.startswith(ACCOUNT_PREFIX) and head not in spec.fields:
        raise error(
            f'"{path}" is not a field of the shared profile',
            "use a field of specs/profile.yaml, or add it there",
        )
    if above != (head if brackets else ""):
        wanted = f"{above}[].<part>" if above else "a path without []"
        raise error(f'"{path}" is not where this can live', f"write {wanted}")
    if codec is None and spec.fields.get(path):
        raise error(
            f'"{path}" has a common form, so this provider needs a codec for it',
            "write {at: …, as: …} with one of the codecs in profilegate/profile/codecs.py",
        )
    return Place(part or path, codec.replace("-", "_") if codec else None)


def list_path(node: Node) -> str:
    """The path of a list, under which the parts of its items live."""
    said = node["x-profile"]
    path: str = said if isinstance(said, str) else said["at"]
    return path


def has_places(spec: Spec, node: Node) -> bool:
    """Whether an object itself says where things live (and not just its parts for some)."""
    if any(speaks_for_some(spec, part) for part in spec.resolve(node).get("allOf", ())):
        return False
    return any(
        _KEYS.intersection(inner := spec.resolve(member.node))
        or has_nested_places(spec, member.node)
        or has_list_places(spec, inner.get("items", {}))
        for member in properties(spec, node)
    )


def has_nested_places(spec: Spec, node: Node) -> bool:
    """Whether a property is an object whose own properties live somewhere."""
    return is_object(spec, node) and has_places(spec, node)


def paths_below(spec: Spec, node: Node) -> Iterator[str]:
    """Every path of the profile that an object speaks of."""
    for member in properties(spec, node):
        if place := place_of(spec, member.node):
            yield place.key
        elif has_nested_places(spec, member.node):
            yield from paths_below(spec, member.node)


def has_list_places(spec: Spec, node: Node) -> bool:
    """Whether the items of a list say where their parts live (``tax.ids[].id``).

    Those of a list of whole profiles do not: no part of them lives below a list.
    """
    return is_object(spec, node) and any(
        "[]." in str(spec.resolve(member.node).get("x-profile", ""))
        or has_list_places(spec, member.node)
        for member in properties(spec, node)
    )


def speaks_for_some(spec: Spec, node: Node) -> bool:
    """Whether a schema speaks of some accounts only."""
    return "x-applies" in spec.resolve(node)


def mapped(spec: Spec, node: Node) -> Iterator[str]:
    """
    The component schemas below a body that have a mapping of their own, in order.

    Raises:
        SpecError: a body says where things live but has no name, after which to call functions.
    """
    name = component(node["$ref"]) if "$ref" in node else ""
    node = spec.resolve(node)
    for key in ("oneOf", "anyOf", "allOf"):
        for part in node.get(key, ()):
            if "$ref" in part and (key != "allOf" or speaks_for_some(spec, part)):
                yield from mapped(spec, part)
    if "discriminator" in node or speaks_for_some(spec, node) or has_places(spec, node):
        if not name:
            raise spec.error(
                spec.where(node),
                "a body that lives in the profile needs a name",
                "move it to components/schemas and write a $ref here",
            )
        yield name


def mapped_parents(spec: Spec, node: Node) -> list[str]:
    """The parts that an object inherits and that have a mapping of their own."""
    return [name for name in parents(spec, node) if has_places(spec, spec.schemas()[name])]


def own_properties(spec: Spec, node: Node) -> list[Property]:
    """The properties that an object does not inherit."""
    members = properties(spec, node)
    if not parents(spec, node):
        return members
    return [member for member in members if member.name in node.get("properties", {})]
