"""A spec: its document, its operations, and its schemas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from profilegate.errors import SpecError
from profilegate.openapi.keywords import METHODS
from profilegate.openapi.media_types import kind_of
from profilegate.openapi.parameters import Parameter, parameters_of
from profilegate.openapi.schema import Node, Schema, SchemaParser
from profilegate.openapi.servers import base_paths
from profilegate.openapi.sources import Sources, steps_of
from profilegate.openapi.walk import step_into
from profilegate.profile.fields import FIELDS


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a spec.

    ``path`` is its key in the document, ``paths`` are the paths at which it is served: below each
    base path of ``servers``. ``parameters`` are those of the path and its own. ``bodies`` are the
    media types of its body, ``body`` is the schema of the first (None: it takes no body).
    ``status`` is that of its successful response, ``content`` are the media types of this response,
    ``response`` is the schema of the first (None: it has no body).
    """

    id: str
    method: str
    path: str
    paths: tuple[str, ...]
    node: Node = field(repr=False)
    parameters: tuple[Parameter, ...] = field(repr=False)
    body: Node | None = field(repr=False)
    is_body_required: bool
    bodies: Mapping[str, Node] = field(repr=False)
    status: int
    response: Node | None = field(repr=False)
    content: Mapping[str, Node] = field(repr=False)

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
    def takes_files(self) -> bool:
        """Whether a media type of its body is a form with files, or one file."""
        kinds = {kind_of(name, node, {}) for name, node in self.bodies.items()}
        return bool(kinds & {"multipart", "binary"})

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
    ``sources`` are the files that it was read from, for the places of errors.
    """

    name: str
    document: Node
    fields: Mapping[str, str | None] = field(default_factory=lambda: FIELDS, repr=False)
    sources: Sources | None = field(default=None, repr=False)

    @property
    def file(self) -> str:
        """The file as people name it: ``specs/kraken.yaml``."""
        return self._sources.file

    @cached_property
    def _sources(self) -> Sources:
        return self.sources or Sources(f"specs/{self.name}.yaml")

    @property
    def is_bundled(self) -> bool:
        """Whether parts of it are in other files."""
        return bool(self._sources.origins)

    def resolve(self, node: Node, at: tuple[str | int, ...] = ()) -> Node:
        """
        Follow a ``$ref`` (and the next) to the node that it names; any other node is itself.

        Raises:
            SpecError: it points outside the file, at nothing, or in a circle.
        """
        seen: list[str] = []
        while isinstance(reference := node.get("$ref"), str):
            if reference in seen:
                raise self.error(at, "this $ref leads back to itself", "break the circle")
            seen.append(reference)
            found = step_into(self.document, steps_of(reference.removeprefix("#")))
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
        return tuple(self.read_operation(*place) for place in self.places_of_operations())

    def places_of_operations(self) -> list[tuple[str, str]]:
        """The path and the method of every operation, in the order of the file."""
        return [
            (path, method)
            for path, item in self.document.get("paths", {}).items()
            if path.startswith("/")
            for method in METHODS
            if method in item
        ]

    def read_operation(self, path: str, method: str) -> Operation:
        """
        One operation, apart from the others.

        Raises:
            SpecError: as ``operations``.
        """
        item: Node = self.document["paths"][path]
        node = item[method]
        if "operationId" not in node:
            raise self.error(
                ("paths", path, method),
                "an operation needs an operationId",
                "name it as its function in handlers/ is named",
            )
        request = self.resolve(node.get("requestBody", {}))
        at = ("paths", path, method)
        bodies = self._content(request, (*at, "requestBody"))
        status, response = self._success(node, at)
        content = self._content(response, (*at, "responses"))
        return Operation(
            id=node["operationId"],
            method=method.upper(),
            path=path,
            paths=tuple(base + path for base in self._base_paths(path, method, item)),
            node=node,
            parameters=parameters_of(
                [self.resolve(each) for each in item.get("parameters", ())],
                [self.resolve(each) for each in node.get("parameters", ())],
            ),
            body=next((media["schema"] for media in bodies.values()), None),
            is_body_required=bool(request.get("required")),
            bodies=bodies,
            status=status,
            response=next((media["schema"] for media in content.values()), None),
            content=content,
        )

    @cached_property
    def base_paths(self) -> tuple[str, ...]:
        """
        The path of each server's URL, without its last slash (OpenAPI 3.0.3, Server Object).

        Raises:
            SpecError: a variable of a URL has no default, or there are too many URLs.
        """
        return base_paths(self, self.document.get("servers") or [{"url": "/"}], ("servers",))

    def _base_paths(self, path: str, method: str, item: Node) -> tuple[str, ...]:
        """Those of an operation: its own servers, else those of its path, else the document's."""
        if "servers" in item[method]:
            return base_paths(self, item[method]["servers"], ("paths", path, method, "servers"))
        if "servers" in item:
            return base_paths(self, item["servers"], ("paths", path, "servers"))
        return self.base_paths

    @property
    def routing(self) -> Node:
        """How paths are matched beyond OpenAPI's rules (``x-routing``)."""
        routing: Node = self.document.get("x-routing", {})
        return routing

    def _content(self, node: Node, at: tuple[str | int, ...]) -> dict[str, Node]:
        """
        The media types of a body, each with its schema; a schema that is missing takes any value.

        Raises:
            SpecError: a media type cannot be read or written.
        """
        content: dict[str, Node] = {}
        for media_type, media in node.get("content", {}).items():
            schema = media.get("schema", {})
            if kind_of(media_type, media, self.resolve(schema)) is None:
                raise self.error(
                    (*at, "content", media_type),
                    "bodies of this media type cannot be read or written",
                    "use JSON, a form, text/plain, or a schema of type string and format binary",
                )
            content[media_type] = {**media, "schema": schema}
        return content

    def _success(self, operation: Node, at: tuple[str | int, ...]) -> tuple[int, Node]:
        """
        The status and the node of the successful response: the first one with content, if any.

        OpenAPI 3.0.3, Responses Object: "2XX" is a range of codes, "default" is for those that are
        not declared.

        Raises:
            SpecError: there is none.
        """
        found: list[tuple[int, Node]] = []
        for status, response in operation.get("responses", {}).items():
            word = str(status).upper()
            if word == "2XX" or (word.isdigit() and word.startswith("2")):
                found.append((200 if word == "2XX" else int(word), self.resolve(response)))
        if not found and "default" in operation.get("responses", {}):
            found.append((200, self.resolve(operation["responses"]["default"])))
        if not found:
            raise self.error(
                (*at, "responses"),
                "there is no successful response",
                'add a "200", or a "204" where there is nothing to say',
            )
        return next((each for each in found if each[1].get("content")), found[0])

    def response_of(self, operation: Operation, status: int) -> Node | None:
        """What an operation says of a response: of its status, of the range, or by default."""
        responses = operation.node.get("responses", {})
        known = {str(key).upper(): node for key, node in responses.items()}
        for key in (str(status), f"{status // 100}XX", "DEFAULT"):
            if key in known:
                return self.resolve(known[key])
        return None

    def requirements(self, operation: Operation) -> list[Node]:
        """The security requirements of an operation: its own, or those of the document."""
        everywhere: list[Node] = self.document.get("security", [])
        requirements: list[Node] = operation.node.get("security", everywhere)
        return requirements

    def schema(self, node: Node) -> Schema:
        """
        A schema of the document, or one that refers to the document, parsed.

        Raises:
            SpecError: it contains itself, or its discriminator does not fit.
        """
        return self._parser.parse(node)

    def component(self, name: str) -> Schema:
        """A component schema, parsed."""
        return self.schema(self.schemas()[name])

    @cached_property
    def _parser(self) -> SchemaParser:
        def error(node: Node, what: str, hint: str) -> SpecError:
            return self.error(self.where(node), what, hint)

        names = {id(node): name for name, node in self.schemas().items()}
        return SchemaParser(self.resolve, error, names, self._children_of)

    def _children_of(self, base: Node) -> list[str]:
        return [
            name
            for name, node in self.schemas().items()
            if any(self.resolve(part) is base for part in node.get("allOf", ()))
        ]

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

    @property
    def security_schemes(self) -> dict[str, Node]:
        """The security schemes by name, references resolved."""
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        return {name: self.resolve(node) for name, node in schemes.items()}

    @property
    def host(self) -> str | None:
        """The host name of the provider's own, in small letters; None if all hosts are."""
        host: str | None = self.routing.get("host")
        return host

    def error(self, at: tuple[str | int, ...], what: str, hint: str) -> SpecError:
        """An error at a place of this spec."""
        return self._sources.error(at, what, hint)
