"""Copies the operations of a foreign spec, and the components that they need, into one document.

Every object is copied by its kind in the table of keywords: what the table does not have is left
out and noted, and each reference leads to a component of the new document, wherever it led before.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from profilegate.codegen.foreign.files import ForeignFiles
from profilegate.codegen.foreign.names import component_name, name_of_steps, unique
from profilegate.codegen.foreign.places import Notes, Place
from profilegate.codegen.foreign.schema_rules import SILENT, is_valid_default, to_3_0
from profilegate.errors import SpecError
from profilegate.openapi import Node
from profilegate.openapi.keywords import OBJECTS, REFERABLE, Child, ListOf, MapOf, similar_own_key
from profilegate.openapi.patterns import is_readable

ANNOTATIONS: Final = frozenset({"description", "summary", "title", "example", "examples"})
"""What is dropped beside a reference without a word: it says nothing of values."""

NOT_SERVED: Final[Mapping[str, str]] = {
    "callbacks": "the gateway sends no requests",
    "links": "links are for readers of responses",
    "webhooks": "the gateway sends no requests",
}

FRAMEWORK: Final = re.compile(r"x-.*(Func|-controller|-handler)$")
"""Keys by which a spec names functions of Connexion's other users; handlers are named here."""

_Target = tuple[str, Any, tuple[str | int, ...]]


class Importer:
    """Copies objects of one spec; ``components`` are those that the copies refer to."""

    def __init__(self, files: ForeignFiles, notes: Notes) -> None:
        self.files = files
        self.notes = notes
        self.components: dict[str, dict[str, Node]] = {}
        self._names: dict[_Target, str] = {}
        self._taken: dict[str, set[str]] = {}
        self._originals: dict[str, Node] = {}
        self._waiting: list[tuple[str, str, Any, Place]] = []
        self._inherited = self._children_of_bases()
        self._keep_good_names()

    # --- References ----------------------------------------------------------------------

    def _keep_good_names(self) -> None:
        """Components whose names are good keep them, whatever else must be renamed."""
        components = self.files.document.get("components") or {}
        for section in REFERABLE.values():
            for name in components.get(section) or {}:
                key = (section, self.files.main, ("components", section, name))
                if section != "schemas" or component_name(str(name)) == name:
                    self._names[key] = unique(str(name), self._taken.setdefault(section, set()))

    def reference(self, kind: str, reference: str, place: Place) -> Node:
        """A reference to a component of the new document."""
        target, node = self.files.target(reference, place)
        return self._component(kind, target, node)

    def _component(self, kind: str, target: Place, node: Any) -> Node:
        section = REFERABLE[kind]
        key = (section, target.file, target.steps)
        if key not in self._names:
            self._names[key] = self._new_name(section, target)
        name = self._names[key]
        if name not in self.components.setdefault(section, {}):
            self.components[section][name] = {}
            self._waiting.append((kind, name, node, target))
            if kind == "schema":
                self._originals[name] = node if isinstance(node, dict) else {}
        return {"$ref": f"#/components/{section}/{name}"}

    def _new_name(self, section: str, target: Place) -> str:
        taken = self._taken.setdefault(section, set())
        if target.steps[:1] == ("components",) and len(target.steps) == 3:
            said = str(target.steps[2])
            name = unique(component_name(said), taken)
            if name != said:
                self.notes.add(target, f"renamed to {name}")
            return name
        name = unique(name_of_steps(target.steps, target.file.stem), taken)
        self.notes.add(target, f"is now components/{section}/{name}, because a $ref leads there")
        return name

    def copied(self, kind: str, reference: str) -> Node:
        """A copy of the object that a reference of the new document leads to."""
        self.complete()
        return self.components[REFERABLE[kind]][reference.rpartition("/")[2]]

    def original(self, reference: str) -> Node:
        """The foreign schema that a reference of the new document leads to."""
        return self._originals[reference.rpartition("/")[2]]

    def complete(self) -> None:
        """Copy every component that something refers to."""
        while self._waiting:
            kind, name, node, place = self._waiting.pop()
            self.components[REFERABLE[kind]][name] = self.copy(kind, node, place)
        for section, found in self.components.items():
            order = self._order(section)
            self.components[section] = dict(
                sorted(found.items(), key=lambda each: order.get(each[0], len(order)))
            )

    def _order(self, section: str) -> dict[str, int]:
        """The components of the main file by their new names, in the order of the file."""
        names = (self.files.document.get("components") or {}).get(section) or {}
        places = ((section, self.files.main, ("components", section, name)) for name in names)
        known = [self._names[place] for place in places if place in self._names]
        return {name: number for number, name in enumerate(known)}

    # --- Objects -------------------------------------------------------------------------

    def copy(self, kind: str, node: Any, place: Place) -> Node:
        """One object, and all below it."""
        if kind == "schema":
            return self._schema(node, place)
        if not isinstance(node, dict):
            raise place.error(f"this must be a map: {kind}", "fix the spec there")
        if kind in REFERABLE and isinstance(node.get("$ref"), str):
            return self.reference(kind, node["$ref"], place)
        made = self._members(kind, node, place)
        if kind in ("parameter", "header"):
            self._repair_parameter(made, place)
        if kind in ("media type", "parameter", "header") and "example" in made:
            made.pop("examples", None)
        if kind == "response":
            made.setdefault("description", "")
        return made

    def _members(self, kind: str, node: Node, place: Place) -> Node:
        made: Node = {}
        for key, value in node.items():
            here = place / key
            if key in NOT_SERVED:
                if value:
                    self.notes.add(here, f"dropped: {NOT_SERVED[key]}")
            elif str(key).startswith("x-"):
                if FRAMEWORK.match(key):
                    self.notes.add(here, "dropped: it would name code to run")
                elif (ours := similar_own_key(key)) is not None:
                    self.notes.add(here, f"dropped: it would be taken for our key {ours}")
                elif _has_references(value):
                    self.notes.add(here, "dropped: it refers to what is not here")
                else:
                    made[key] = value
            elif key not in OBJECTS[kind]:
                self.notes.add(here, "dropped: OpenAPI 3.0 has no such keyword of this object")
            elif value is not None or OBJECTS[kind][key] is None:
                made[key] = self._child(OBJECTS[kind][key], value, here)
        return made

    def _child(self, child: Child, value: Any, place: Place) -> Any:
        if child == "schema or boolean":
            return value if isinstance(value, bool) else self.copy("schema", value, place)
        if isinstance(child, str):
            return self.copy(child, value, place)
        if isinstance(child, MapOf):
            members = value.items() if isinstance(value, dict) else ()
            return {key: self.copy(child.kind, each, place / key) for key, each in members}
        if isinstance(child, ListOf):
            items = enumerate(value) if isinstance(value, list) else ()
            return [self.copy(child.kind, each, place / number) for number, each in items]
        return value

    def _repair_parameter(self, node: Node, place: Place) -> None:
        if "schema" not in node and not node.get("content"):
            node.pop("content", None)
            node["schema"] = {}
            self.notes.add(place, "has no schema; any text is taken")
        if node.get("in") == "path" and node.get("required") is not True:
            node["required"] = True
        if node.get("required") in ("true", "false"):
            node["required"] = node["required"] == "true"

    # --- Schemas -------------------------------------------------------------------------

    def _schema(self, node: Any, place: Place) -> Node:
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            return self._schema_reference(node, place)
        made = to_3_0(node, lambda what: self.notes.add(place, what))
        made = self._members("schema", made, place)
        if "pattern" in made and not is_readable(str(made["pattern"])):
            self.notes.add(place / "pattern", "dropped: the validator cannot read it")
            del made["pattern"]
        if "default" in made and not is_valid_default(made):
            self.notes.add(place / "default", "dropped: the schema does not allow it")
            del made["default"]
        if "discriminator" in made:
            self._repair_choice(made, node, place)
        return made

    def _schema_reference(self, node: Node, place: Place) -> Node:
        siblings = {
            key: value
            for key, value in node.items()
            if key not in ANNOTATIONS | SILENT | {"$ref"} and not str(key).startswith("x-")
        }
        reference = self.reference("schema", node["$ref"], place)
        if not siblings:
            return reference
        self.notes.add(place, f"{', '.join(siblings)} beside $ref: both are in an allOf now")
        made = self._schema(siblings, place)
        return {**made, "allOf": [reference, *made.get("allOf", ())]}

    def _repair_choice(self, made: Node, node: Node, place: Place) -> None:
        """Give a discriminator's branches names, and its mapping the new names of its targets."""
        here = place / "discriminator"
        said = made["discriminator"]
        if not isinstance(said, dict) or not isinstance(said.get("propertyName"), str):
            del made["discriminator"]
            self.notes.add(here, "dropped: it names no property")
            return
        name = said["propertyName"]
        mapping = self._mapping(said.get("mapping") or {}, here / "mapping")
        keyword = next((key for key in ("oneOf", "anyOf") if made.get(key)), None)
        if keyword is not None:
            inline = [branch for branch in made[keyword] if "$ref" not in branch]
            if not all(_values_of(branch, name) for branch in inline):
                del made["discriminator"]
                self.notes.add(here, "dropped: a branch without a name has no value for it")
                return
            for number, branch in enumerate(made[keyword]):
                if "$ref" not in branch:
                    reference = self._named_branch(branch, place / keyword / number)
                    mapping |= dict.fromkeys(_values_of(branch, name), reference)
                    made[keyword][number] = {"$ref": reference}
            allowed = {branch["$ref"] for branch in made[keyword]}
        else:
            allowed = self._bases_references(place)
        kept = {value: target for value, target in mapping.items() if target in allowed}
        for value in mapping.keys() - kept.keys():
            self.notes.add(here / "mapping" / value, "dropped: it leads to no branch of the choice")
        made["discriminator"] = {"propertyName": name}
        if kept:
            made["discriminator"]["mapping"] = kept

    def _mapping(self, mapping: Any, place: Place) -> dict[str, str]:
        found: dict[str, str] = {}
        for value, target in mapping.items() if isinstance(mapping, dict) else ():
            text = str(target)
            reference = text if "/" in text or "#" in text else f"#/components/schemas/{text}"
            try:
                found[str(value)] = self.reference("schema", reference, place)["$ref"]
            except SpecError:
                self.notes.add(place / str(value), "dropped: it leads nowhere")
        return found

    def _named_branch(self, branch: Node, place: Place) -> str:
        taken = self._taken.setdefault("schemas", set())
        name = unique(name_of_steps(place.steps, place.file.stem), taken)
        self.components.setdefault("schemas", {})[name] = branch
        self.notes.add(place, f"is now components/schemas/{name}: a choice needs names")
        return f"#/components/schemas/{name}"

    def _children_of_bases(self) -> dict[tuple[Any, tuple[str | int, ...]], list[Place]]:
        """The component schemas that have another one in their allOf, by the place of that one."""
        found: dict[tuple[Any, tuple[str | int, ...]], list[Place]] = {}
        schemas = (self.files.document.get("components") or {}).get("schemas") or {}
        for name, node in schemas.items():
            parts = node.get("allOf") if isinstance(node, dict) else None
            for part in parts if isinstance(parts, list) else ():
                if isinstance(part, dict) and isinstance(part.get("$ref"), str):
                    here = self.files.root / "components" / "schemas" / name
                    try:
                        base, _ = self.files.target(part["$ref"], here)
                    except SpecError:
                        continue
                    found.setdefault((base.file, base.steps), []).append(here)
        return found

    def _bases_references(self, place: Place) -> set[str]:
        """The schemas among which a discriminator of a base chooses, which are copied too."""
        children = self._inherited.get((place.file, place.steps), [])
        found = {self.reference("schema", f"#{each.pointer}", each)["$ref"] for each in children}
        own = self._names.get(("schemas", place.file, place.steps))
        return found | ({f"#/components/schemas/{own}"} if own else set())


def _has_references(value: Any) -> bool:
    if isinstance(value, dict):
        return "$ref" in value or any(map(_has_references, value.values()))
    return isinstance(value, list) and any(map(_has_references, value))


def _values_of(branch: Node, name: str) -> list[str]:
    """The values that a branch allows for a property, as texts."""
    words = branch.get("properties", {}).get(name, {}).get("enum", ())
    return [str(word) for word in words if word is not None]
