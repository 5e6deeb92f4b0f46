"""Fields: the values of a request, each with a name of its own, as a command line gives them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import UNSET

from profilegate.client.bodies import kind_in, read_json
from profilegate.client.media import body_media
from profilegate.errors import InvalidFieldsError, Violation
from profilegate.openapi import Operation, Schema, Spec
from profilegate.openapi.text_values import Form, TextReader

DEPTH_MAX: Final = 6
"""Objects within each other whose members are fields; one that is deeper, or that contains itself,
is given as JSON. We chose it: no provider nests more."""

BODY: Final = ""
"""The root of the fields of the body."""

Reads = Literal["text", "json", "file"]


@dataclass(frozen=True, slots=True)
class Field:
    """
    One value of a request.

    ``name`` is unique, ``address.city``. ``root`` is the parameter that it is a part of, by its
    name in Python, or BODY; ``at`` is its place there. ``reads``: from a text, from JSON, or from
    a file. ``is_list``: it is given once for each item, whose schema ``schema`` is.
    """

    name: str
    root: str
    at: tuple[str, ...]
    schema: Schema
    form: Form
    reads: Reads
    is_list: bool
    is_required: bool
    description: str

    @property
    def words(self) -> Sequence[str]:
        """The values that the spec lists; none if there are others."""
        return self.form.words or (("true", "false") if self.form.types == {"boolean"} else ())

    @property
    def kind(self) -> str:
        """What is given, in one word: ``INTEGER``."""
        if self.reads != "text":
            return self.reads.upper()
        types = self.form.types - {"string"} or self.form.types
        return str(self.schema.node.get("format") or next(iter(sorted(types)), "text")).upper()


class Fields:
    """The fields of one operation: of its parameters, and of its body in any media type."""

    def __init__(self, spec: Spec, operation: Operation) -> None:
        self._spec = spec
        self._operation = operation
        self._texts = TextReader(spec)
        self.all = list(_unique(self._find()))

    def _find(self) -> Iterator[Field]:
        for parameter in self._operation.parameters:
            schema = self._spec.schema(parameter.schema)
            for each in self._parts(
                schema, parameter.name, parameter.argument, (), parameter.is_required
            ):
                said = parameter.node.get("description", each.description)
                yield each if each.at else replace(each, description=said)
        for media in self._operation.bodies.values():
            schema = self._spec.schema(media["schema"])
            form = self._texts.form(schema)
            if form.types == {"object"}:
                yield from self._members(schema, form, "", BODY, ())

    def _members(
        self, schema: Schema, form: Form, name: str, root: str, at: tuple[str, ...]
    ) -> Iterator[Field]:
        required = {each.name for each in schema.properties if each.is_required}
        for member, inner in form.members.items():
            if not inner.is_read_only:
                full = f"{name}.{member}" if name else member
                yield from self._parts(inner, full, root, (*at, member), member in required)

    def _parts(
        self, schema: Schema, name: str, root: str, at: tuple[str, ...], is_required: bool
    ) -> Iterator[Field]:
        form = self._texts.form(schema)
        description = str(schema.node.get("description", ""))
        is_deep = schema.is_recursive or len(at) >= DEPTH_MAX
        if form.types == {"object"} and form.members and not is_deep:
            yield from self._members(schema, form, name, root, at)
            return
        is_list = form.types == {"array"} and form.items is not None
        if is_list and form.items is not None:
            schema, form = form.items, self._texts.form(form.items)
        reads: Reads = "json" if form.types & {"object", "array"} else "text"
        if schema.node.get("format") == "binary":
            reads = "file"
        yield Field(name, root, at, schema, form, reads, is_list, is_required, description)

    def read_body(self, content: bytes, media_type: str = "") -> Any:
        """
        A body that is given as a whole: JSON, unless its media type is text or bytes.

        Raises:
            InvalidFieldsError: it is no JSON.
            MediaTypeUnsupportedError: the operation does not have the media type.
        """
        media = body_media(self._operation, media_type)
        kind = "binary" if media is None else kind_in(self._spec, *media)
        try:
            if kind == "lines":
                return [read_json(line) for line in content.splitlines() if line.strip()]
            if kind == "text":
                return content.decode()
            return content if kind == "binary" else read_json(content)
        except ValueError:
            what = "it is not UTF-8" if kind == "text" else "it is not JSON"
            raise InvalidFieldsError([Violation(("body",), "unreadable", what)]) from None

    def values(
        self, given: Mapping[str, Sequence[str]], body: Any = UNSET
    ) -> tuple[dict[str, Any], Any]:
        """
        The parameters and the body that some texts make, by the fields' names.

        ``body`` is the object into which the fields of the body are put; UNSET is none.

        Raises:
            InvalidFieldsError: a text is no JSON, or the body that it belongs into is no object.
            OSError: a file cannot be read.
        """
        values: dict[str, Any] = {}
        for field in self.all:
            if not (texts := given.get(field.name)):
                continue
            read = [self._read(field, text) for text in texts]
            value = read if field.is_list else read[-1]
            if field.root != BODY:
                values[field.root] = _put(values.get(field.root, UNSET), field.at, value)
            elif body is UNSET or isinstance(body, dict):
                body = _put(body, field.at, value)
            else:
                raise InvalidFieldsError([Violation(("body",), "type", ("object",))])
        return values, body

    def _read(self, field: Field, text: str) -> Any:
        if field.reads == "file":
            return Path(text.removeprefix("@")).read_bytes()
        if field.reads == "json" and (
            text.startswith(("{", "[")) or "string" not in field.form.types
        ):
            try:
                return read_json(text.encode())
            except ValueError:
                raise InvalidFieldsError(
                    [Violation((field.name,), "unreadable", "it is not JSON")]
                ) from None
        return self._texts.primitive(text, field.schema)


def _put(whole: Any, at: Sequence[str], value: Any) -> Any:
    """A copy of an object with a value at a place in it; the value itself at no place."""
    if not at:
        return value
    members = whole if isinstance(whole, dict) else {}
    return {**members, at[0]: _put(members.get(at[0]), at[1:], value)}


def _unique(fields: Iterator[Field]) -> Iterator[Field]:
    """Each field once, with a name that no other one has in any spelling of an option."""
    known: set[tuple[str, tuple[str, ...]]] = set()
    taken: set[str] = set()
    for each in fields:
        if (each.root, each.at) in known:
            continue
        known.add((each.root, each.at))
        name = each.name
        while spelled(name) in taken:
            name = f"{each.root or 'body'}.{name}"
        taken.add(spelled(name))
        yield replace(each, name=name)


def spelled(name: str) -> str:
    """A name as it is compared: ``first_name`` and ``first-name`` are one."""
    return name.replace("_", "-")
