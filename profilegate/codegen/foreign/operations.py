"""Operations of a foreign spec: chosen, named, and repaired so that they can be served."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from profilegate.codegen.foreign.importer import Importer
from profilegate.codegen.foreign.names import operation_name, unique
from profilegate.codegen.foreign.places import Place
from profilegate.errors import SpecError
from profilegate.openapi import Node
from profilegate.openapi.keywords import METHODS
from profilegate.openapi.media_types import is_json, kind_of

_PARAMETER: Final = re.compile(r"\{([^{}]+)\}")

BINARY: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One operation of the foreign spec that is to be served, with its new id."""

    id: str
    path: str
    method: str
    node: Node
    item: Node
    place: Place
    item_place: Place


class OperationImporter:
    """Copies the chosen operations, in the order of the file."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._notes = importer.notes
        self._files = importer.files

    # --- Which -----------------------------------------------------------------------------

    def choose(self, wanted: Collection[str]) -> list[Chosen]:
        """
        The operations with these ids, as the file or we call them, or ``METHOD /path``.

        All of them if none is named.

        Raises:
            SpecError: there is no such operation.
        """
        found = list(self._all())
        if not wanted:
            return found
        names = {name: each for each in found for name in self._names(each)}
        for name in wanted:
            if name not in names:
                raise (self._files.root / "paths").error(
                    f"there is no operation {name}",
                    "name it by its operationId, or as 'METHOD /path'",
                )
        chosen = {names[name].id for name in wanted}
        return [each for each in found if each.id in chosen]

    def _names(self, each: Chosen) -> tuple[str, ...]:
        said = str(each.node.get("operationId", each.id))
        return each.id, said, f"{each.method.upper()} {each.path}"

    def _all(self) -> Iterator[Chosen]:
        taken: set[str] = set()
        place = self._files.root / "paths"
        for path, raw in (self._files.document.get("paths") or {}).items():
            if str(path).startswith("x-") or not isinstance(raw, dict):
                continue
            item, item_place = raw, place / path
            if isinstance(raw.get("$ref"), str):
                item_place, target = self._files.target(raw["$ref"], item_place)
                item = {**target, **{key: raw[key] for key in raw if key != "$ref"}}
            for key in item:
                if key in ("options", "head", "trace"):
                    why = "the gateway itself answers HEAD and OPTIONS, and never TRACE"
                    self._notes.add(place / path / key, f"dropped: {why}")
            for method in METHODS:
                if isinstance(item.get(method), dict):
                    node = item[method]
                    said = node.get("operationId")
                    name = unique(
                        operation_name(None if said is None else str(said), method, path), taken
                    )
                    yield Chosen(name, path, method, node, item, item_place / method, item_place)

    # --- How -------------------------------------------------------------------------------

    def copy(self, chosen: list[Chosen], *, may_leave_out: bool) -> Node:
        """
        The paths of the new document.

        Raises:
            SpecError: an operation cannot be served, and must not be left out.
        """
        paths: dict[str, Node] = {}
        shapes: dict[str, str] = {}
        for each in chosen:
            try:
                path = self._path(each)
                # OpenAPI 3.0.3, Path Templating: paths that differ in their parameters' names alone
                # are identical.
                owner = shapes.setdefault(_PARAMETER.sub("{}", path), path)
                if each.method in paths.get(owner, {}):
                    raise each.item_place.error(
                        f"{each.method.upper()} {owner} matches the same requests",
                        "choose one of the two with --operation",
                    )
                operation = self._operation(each, path, owner)
            except SpecError as error:
                if not may_leave_out:
                    raise
                self._notes.add(each.place, f"left out: {error.what}; {error.hint}")
                continue
            item = paths.setdefault(owner, self._shared(each))
            item[each.method] = operation
        if not paths:
            left_out = [line for line in self._notes.lines if ": left out: " in line]
            raise (self._files.root / "paths").error(
                "no operation can be served" if left_out else "there is no operation",
                left_out[0] if left_out else "give a spec with operations",
            )
        return paths

    def _path(self, each: Chosen) -> str:
        path = each.path if each.path.startswith("/") else f"/{each.path}"
        if "?" in path or "#" in path:
            raise each.item_place.error(
                "a path with a query or a fragment cannot be told from others by its path",
                "write the query as parameters",
            )
        return path

    def _shared(self, each: Chosen) -> Node:
        """What a path item says of all its operations; its parameters are in each of them."""
        item = {key: each.item[key] for key in ("summary", "description") if each.item.get(key)}
        if each.item.get("servers"):
            item["servers"] = copy_servers(each.item["servers"], each.item_place, self._notes)
        return item

    def _operation(self, each: Chosen, path: str, served: str) -> Node:
        said = {key: value for key, value in each.node.items() if key not in ("servers",)}
        made: Node = {"operationId": each.id}
        if each.node.get("operationId") not in (None, each.id):
            self._notes.add(each.place / "operationId", f"renamed to {each.id}")
        elif "operationId" not in each.node:
            self._notes.add(each.place, f"has no operationId; it is called {each.id}")
        for key in ("parameters", "requestBody", "responses"):
            said.pop(key, None)
        made |= self._importer.copy("operation", {**said, "operationId": each.id}, each.place)
        if each.node.get("servers"):
            made["servers"] = copy_servers(each.node["servers"], each.place, self._notes)
        if parameters := self._parameters(each, path, served):
            made["parameters"] = parameters
        body = each.node.get("requestBody")
        if body is not None:
            self._body(made, body, each.place / "requestBody")
        made["responses"] = self._responses(each)
        return made

    def _parameters(self, each: Chosen, path: str, served: str) -> list[Node]:
        found: dict[tuple[Any, Any], Node] = {}
        for owner, place in ((each.item, each.item_place), (each.node, each.place)):
            for number, raw in enumerate(owner.get("parameters") or ()):
                here = place / "parameters" / number
                target, node = here, raw
                if isinstance(raw.get("$ref"), str):
                    target, node = self._files.target(raw["$ref"], here)
                if not node.get("name"):
                    self._notes.add(here, "dropped: a parameter needs a name")
                    continue
                if node.get("in") not in ("path", "query", "header", "cookie"):
                    raise here.error(
                        f"a parameter cannot be in {node.get('in')}", "see OpenAPI 3.0.3"
                    )
                found[node.get("name"), node["in"]] = self._parameter(raw, node, here, target)
        names = _PARAMETER.findall(path)
        kept = {key: node for key, node in found.items() if key[1] != "path" or key[0] in names}
        for name, _ in found.keys() - kept.keys():
            self._notes.add(each.place, f"the path parameter {name} is dropped: no path has it")
        for name in names:
            if (name, "path") not in kept:
                self._notes.add(each.place, f"the path parameter {name} is added as a text")
                node = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                kept[name, "path"] = node
        for name, new in zip(names, _PARAMETER.findall(served), strict=True):
            if name != new:
                self._notes.add(each.place, f"the path parameter {name} is called {new}, as above")
                kept[name, "path"] = {**self._inline(kept[name, "path"]), "name": new}
        return list(kept.values())

    def _inline(self, node: Node) -> Node:
        """A copied parameter itself, if it is a reference."""
        if "$ref" not in node:
            return node
        return self._importer.copied("parameter", node["$ref"])

    def _parameter(self, raw: Node, node: Node, here: Place, target: Place) -> Node:
        for media_type in node.get("content") or ():
            if media_type != "application/json":
                raise here.error(
                    f"a parameter cannot be read from {media_type}", "give it a schema"
                )
        return self._importer.copy("parameter", raw, here)

    # --- Bodies and responses ----------------------------------------------------------------

    def _body(self, made: Node, raw: Node, place: Place) -> None:
        target, node = place, raw
        if isinstance(raw.get("$ref"), str):
            target, node = self._files.target(raw["$ref"], place)
        if not node.get("content"):
            self._notes.add(place, "dropped: it has no content")
            return
        body = self._importer.copy("request body", {**node, "content": {}}, target)
        body["content"] = self._content(node["content"], target / "content")
        if not body["content"]:
            raise place.error(
                f"a body of {', '.join(node['content'])} cannot be read",
                "use JSON, a form, multipart/form-data, a text, or format binary",
            )
        if body.get("required") in ("true", "false"):
            body["required"] = body["required"] == "true"
        made["requestBody"] = body

    def _content(self, content: Node, place: Place) -> Node:
        """The media types that can be read; a range of them becomes one."""
        found: Node = {}
        for media_type, media in content.items():
            here = place / media_type
            node = self._importer.copy("media type", media or {}, here)
            schema = node.get("schema", {})
            name, more = self._media_type(str(media_type), schema)
            if name is None or name in found:
                if name is None:
                    self._notes.add(here, "dropped: bodies of this media type cannot be read")
                continue
            if name != media_type:
                self._notes.add(here, f"is now {name}")
            found[name] = {**node, **more}
        return found

    def _media_type(self, name: str, schema: Node) -> tuple[str | None, Node]:
        resolved = self._resolved(schema)
        is_text = resolved.get("type", "string") == "string" and not (
            resolved.keys() & {"properties", "allOf", "oneOf", "anyOf"}
        )
        bare = name.partition(";")[0].strip().lower()
        if "*" in bare or bare.count("/") != 1:
            if bare.startswith("text/"):
                return "text/plain", {}
            if is_text and resolved:
                is_binary = resolved.get("format") == "binary"
                return (BINARY, {"x-also-any": True}) if is_binary else ("text/plain", {})
            return "application/json", {}
        if kind_of(name, {}, resolved) is None:
            return None, {}
        if is_json(bare) or not is_text or bare.startswith("text/"):
            return name, {}
        return name, {}

    def _resolved(self, schema: Node) -> Node:
        """A copied schema whose reference is followed into the foreign spec."""
        if "$ref" not in schema:
            return schema
        return self._importer.original(schema["$ref"])

    def _responses(self, each: Chosen) -> Node:
        place = each.place / "responses"
        found: Node = {}
        for status, raw in (each.node.get("responses") or {}).items():
            here = place / status
            if str(status).startswith("x-"):
                continue
            target, node = here, raw
            if isinstance(raw.get("$ref"), str):
                target, node = self._files.target(raw["$ref"], here)
            made = self._importer.copy("response", {**node, "content": {}}, target)
            made.pop("content", None)
            if content := self._written(node.get("content") or {}, target / "content"):
                made["content"] = content
            found[str(status)] = made
        if not any(self._is_success(status) or status == "default" for status in found):
            found["204"] = {"description": "Done."}
            self._notes.add(place, "has no successful response; 204 is added")
        return found

    def _is_success(self, status: str) -> bool:
        return status.upper() == "2XX" or (status.isdigit() and status.startswith("2"))

    def _written(self, content: Node, place: Place) -> Node:
        """
        The media types of a response that can be written.

        A response that is only XML, or another text with a form, is a text without one.
        """
        if found := self._content(content, place):
            return found
        for media_type, media in content.items():
            if "*" not in media_type:
                self._notes.add(place / media_type, "is a text now: its form is not written")
                said = (media or {}).get("example")
                example = {"example": said} if isinstance(said, str) else {}
                return {media_type: {"schema": {"type": "string"}, **example}}
        return {}


def copy_servers(servers: Any, place: Place, notes: Any) -> list[Node]:
    """Servers, each with all its variables; the path of each is a base path."""
    found = []
    for number, raw in enumerate(servers):
        here = place / "servers" / number
        server = {key: raw[key] for key in ("url", "description", "variables") if raw.get(key)}
        server.setdefault("url", "/")
        names = _PARAMETER.findall(server["url"])
        said = server.get("variables") or {}
        variables = {}
        for name in names:
            variable = {
                key: value
                for key, value in (said.get(name) or {}).items()
                if key in ("default", "enum", "description") and value != []
            }
            variable = {
                key: [str(word) for word in value] if key == "enum" else str(value)
                for key, value in variable.items()
            }
            if "default" not in variable:
                variable["default"] = variable.get("enum", [name])[0]
                notes.add(here, f"the variable {name} has no default; it is {variable['default']}")
            variables[name] = variable
        server.pop("variables", None)
        found.append(server | ({"variables": variables} if variables else {}))
    return found
