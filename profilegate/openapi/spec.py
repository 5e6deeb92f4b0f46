"""A spec: its document, its operations, and its schemas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from profilegate.errors import SpecError
from profilegate.openapi.keywords import METHODS
from profilegate.openapi.schema import Node, Schema, SchemaParser
from profilegate.profile.fields import FIELDS


def pointer(at: tuple[str | int, ...]) -> str:
    """A JSON pointer (RFC 6901) to a place: ``/paths/~1users/patch``."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in at)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a spec.

    ``path`` is its key in the document, ``paths`` are the paths at which it is served: below each
    base path of ``servers``. ``parameters`` are those of the path and its own, ``body`` is the
    schema of its body in every media type (None: it takes no body), ``response`` the schema of its
    first successful response.
    """

    id: str
    method: str
    path: str
    paths: tuple[str, ...]
    node: Node = field(repr=False)
    parameters: tuple[Node, ...] = field(repr=False)
    body: Node | None = field(repr=False)
    is_body_required: bool
    response: Node | None = field(repr=False)

    @property
    def requires(self) -> tuple[tuple[str, Any], ...]:
        """The fields that the account must have (``x-requires``)."""
        return tuple(self.node.get("x-requires", {}).items())

    @property
    def body_size_max_bytes(self) -> int | None:
        """The size of the largest body (``x-body-size-max-bytes``); None for the server's limit."""
        size_bytes: int | None = self.node.get("x-body-size-max-bytes")
        return size_bytes

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that it serves: HEAD too for a GET that changes nothing (``x-unsafe``)."""
        return ("GET", "HEAD") if self._has_head else (self.method,)

    @property
    def _has_head(self) -> bool:
        # RFC 9110, 9.1: GET and HEAD are required of every server; 9.2.1: HEAD is safe.
        return self.method == "GET" and "x-unsafe" not in self.node

    @property
    def is_update(self) -> bool:
        """Whether this operation changes the profile (``x-update``)."""
        return "x-update" in self.node


@dataclass(frozen=True, eq=False)
class Spec:
    """A provider's spec: ``name`` is the provider's one word, ``document`` the OpenAPI in it.

    ``fields`` are the shared fields that the spec may name, with the codecs of their common forms.
    """

    name: str
    document: Node
    fields: Mapping[str, str | None] = field(default_factory=lambda: FIELDS, repr=False)

    @property
    def file(self) -> str:
        """The file as people name it: ``specs/kraken.yaml``."""
        return f"specs/{self.name}.yaml"

    def resolve(self, node: Node, at: tuple[str | int, ...] = ()) -> Node:
        """
        Follow a ``$ref`` (and the next) to the node that it names; any other node is itself.

        Raises:
            SpecError: it points outside the file, at nothing, or in a circle.
        """
        seen: list[str] = []
        while "$ref" in node:
            reference = node["$ref"]
            if reference in seen:
                raise self.error(at, "this $ref leads back to itself", "break the circle")
            seen.append(reference)
            found: Any = self.document
            for step in reference.removeprefix("#/").split("/"):
                step = step.replace("~1", "/").replace("~0", "~")
                found = found.get(step) if isinstance(found, dict) else None
            if not reference.startswith("#/") or not isinstance(found, dict):
                raise self.error(
                    at, f"$ref {reference} names nothing in this file", "fix the reference"
                )
            node = found
        return node

    def operations(self) -> tuple[Operation, ...]:
        """
        Every operation, in the order of the file.

        Raises:
            SpecError: an operation has no id, or its media types have different schemas.
        """
        return self._operations

    @cached_property
    def _operations(self) -> tuple[Operation, ...]:
        return tuple(
            self._operation(path, method, item)
            for path, item in self.document.get("paths", {}).items()
            for method in METHODS
            if method in item
        )

    def _operation(self, path: str, method: str, item: Node) -> Operation:
        node = item[method]
        if "operationId" not in node:
            raise self.error(
                ("paths", path, method),
                "an operation needs an operationId",
                "name it as its function in handlers/ is named",
            )
        parameters = (*item.get("parameters", ()), *node.get("parameters", ()))
        request = self.resolve(node.get("requestBody", {}))
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            paths=tuple(base + path for base in self.base_paths),
            node=node,
            parameters=tuple(map(self.resolve, parameters)),
            body=self._body(request, ("paths", path, method, "requestBody")),
            is_body_required=bool(request.get("required")),
            response=self._response(node),
        )

    @cached_property
    def base_paths(self) -> tuple[str, ...]:
        """The path of each server's URL, without its last slash (OpenAPI 3.0.3, Server Object)."""
        servers: list[Node] = self.document.get("servers") or [{"url": "/"}]
        paths = (urlsplit(server["url"]).path.rstrip("/") for server in servers)
        return tuple(dict.fromkeys(paths))

    @property
    def routing(self) -> Node:
        """How paths are matched beyond OpenAPI's rules (``x-routing``)."""
        routing: Node = self.document.get("x-routing", {})
        return routing

    def _body(self, request: Node, at: tuple[str | int, ...]) -> Node | None:
        schemas: list[Node] = [media["schema"] for media in request.get("content", {}).values()]
        if any(schema != schemas[0] for schema in schemas):
            raise self.error(
                at,
                "the media types of one operation have different schemas",
                "let them share one by $ref",
            )
        return schemas[0] if schemas else None

    def _response(self, operation: Node) -> Node | None:
        for status, response in operation.get("responses", {}).items():
            if str(status).startswith("2"):
                for media in self.resolve(response).get("content", {}).values():
                    schema: Node = media["schema"]
                    return schema
        return None

    def schema(self, node: Node) -> Schema:
        """
        A schema of the document, or one that refers to the document, parsed.

        Raises:
            SpecError: it contains itself, or its discriminator does not fit.
        """
        return self._parser.parse(node)

    def component(self, name: str) -> Schema:
        """A component schema, parsed."""
        return self.schema({"$ref": f"#/components/schemas/{name}"})

    @cached_property
    def _parser(self) -> SchemaParser:
        def error(node: Node, what: str, hint: str) -> SpecError:
            return self.error(self.where(node), what, hint)

        names = {id(node): name for name, node in self.schemas().items()}
        return SchemaParser(self.resolve, error, names)

    def schemas(self) -> dict[str, Node]:
        """The component schemas by name, in the order of the file."""
        schemas: dict[str, Node] = self.document.get("components", {}).get("schemas", {})
        return schemas

    def where(self, node: Node) -> tuple[str | int, ...]:
        """The place of a node in the document, for an error's pointer."""

        def search(here: Any, at: tuple[str | int, ...]) -> tuple[str | int, ...] | None:
            if here is node:
                return at
            children: Iterable[tuple[str | int, Any]] = ()
            if isinstance(here, dict):
                children = here.items()
            elif isinstance(here, list):
                children = enumerate(here)
            for step, child in children:
                if (found := search(child, (*at, step))) is not None:
                    return found
            return None

        return search(self.document, ()) or ()

    def error(self, at: tuple[str | int, ...], what: str, hint: str) -> SpecError:
        """An error at a place of this spec."""
        return SpecError(self.file, pointer(at), what, hint)
