"""Protobuf: messages as the dicts that JSON gives, by descriptors generated from ``specs/*.proto``.

A field's key is its JSON name, as in protobuf's own JSON mapping: the field's name in the file, or
the value of ``[json_name = "…"]``. So one schema, one handler and one set of violations serve both
media types, and the spec alone has the rules of a field.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.unknown_fields import UnknownFieldSet

from profilegate.errors import BodyUnreadableError, SpecError
from profilegate.openapi import Node, Spec

CARRIED = {
    FieldDescriptorProto.TYPE_STRING: "string",
    FieldDescriptorProto.TYPE_BOOL: "boolean",
    FieldDescriptorProto.TYPE_ENUM: "string",
    FieldDescriptorProto.TYPE_MESSAGE: "object",
}
"""The types of fields that are supported, and their types in a schema."""

UNKNOWN_SIZE_MAX_BYTES = 64 * 1024
"""Unknown fields are looked at one by one; no newer version of a message has as many."""

NOT_OF_ITS_TYPE = None
"""Replaces a value that is not of its field's type: protobuf has no null, so no schema allows it,
and the field is reported among all other violations."""


@dataclass(frozen=True, slots=True)
class _Field:
    key: str
    name: str
    is_repeated: bool
    message: "_Shape | None"
    enum: EnumDescriptor | None

    def read(self, value: Any) -> Any:
        """One value of the message, as JSON has it: of an enumeration the name."""
        if self.message is not None:
            return _read(value, self.message)
        if self.enum is not None:
            return self.enum.values_by_number[value].name
        # A text that is not UTF-8 comes as bytes.
        return NOT_OF_ITS_TYPE if isinstance(value, bytes) else value

    def scalar(self, value: Any) -> Any:
        """One value for the message; it has no message itself."""
        return value if self.enum is None else self.enum.values_by_name[value].number


@dataclass(frozen=True, slots=True)
class _Shape:
    """A message's fields: by number for decoding, by key for encoding."""

    by_number: dict[int, _Field]
    by_key: dict[str, _Field]


class Messages:
    """The messages of one spec; ``descriptors`` is a FileDescriptorSet, empty without a .proto."""

    def __init__(self, spec: Spec, descriptors: bytes) -> None:
        self._spec = spec
        self._pool = DescriptorPool()
        for file in FileDescriptorSet.FromString(descriptors).file:
            self._pool.Add(file)

    def compile_decoder(
        self, media_type: Node, *, of_response: bool = False
    ) -> Callable[[bytes], dict[str, Any]]:
        """
        The function that decodes the message of a media type; fields that were not sent are absent.
        A list of a response is always there: protobuf writes an empty one as nothing.

        It decodes as protobuf says: fields in any order, the last one of a repeated scalar,
        repeated messages merged, unknown fields ignored. A known field of another type,
        and a string that is not UTF-8, become ``NOT_OF_ITS_TYPE``. It raises
        ``BodyUnreadableError`` for a malformed message, and for more than UNKNOWN_SIZE_MAX_BYTES of
        unknown fields.

        Raises:
            SpecError: there is no such message, or it differs from its schema.
        """
        message_class, shape = self._compile(media_type)

        def decode(raw: bytes) -> dict[str, Any]:
            try:
                message = message_class.FromString(raw)
            except (DecodeError, UnicodeDecodeError):
                raise BodyUnreadableError("the body is not a protobuf message") from None
            if len(raw) > UNKNOWN_SIZE_MAX_BYTES < _unknown_size_bytes(message):
                raise BodyUnreadableError("the body holds too many unknown fields")
            plain = _read(message, shape)
            return _with_lists(plain, shape) if of_response else plain

        return decode

    def compile_encoder(self, media_type: Node) -> Callable[[dict[str, Any]], bytes]:
        """
        The function that encodes the message of a media type, its fields in the order of numbers.

        Raises:
            SpecError: there is no such message, or it differs from its schema.
        """
        message_class, shape = self._compile(media_type)

        def encode(value: dict[str, Any]) -> bytes:
            message = message_class()
            _write(message, shape, value)
            written: bytes = message.SerializeToString()
            return written

        return encode

    def _compile(self, media_type: Node) -> tuple[type[Message], _Shape]:
        name = media_type["x-protobuf"]
        try:
            descriptor = self._pool.FindMessageTypeByName(name)
        except KeyError:
            raise self._error(f"there is no protobuf message {name}") from None
        shape = self._shape(descriptor, media_type["schema"])
        message_class: type[Message] = GetMessageClass(descriptor)
        return message_class, shape

    def _shape(self, descriptor: Descriptor, schema: Node) -> _Shape:
        """A message's shape, if it is that of its schema."""
        properties: dict[str, Node] = self._spec.resolve(schema).get("properties", {})
        written = DescriptorProto()
        descriptor.CopyToProto(written)
        keys = {field.json_name for field in written.field}
        if keys != properties.keys():
            odd = ", ".join(sorted(keys ^ properties.keys()))
            raise self._error(f"{descriptor.full_name} and its schema differ in {odd}")
        fields = {
            field.number: self._field(descriptor, field, properties[field.json_name])
            for field in written.field
        }
        return _Shape(fields, {field.key: field for field in fields.values()})

    def _field(self, descriptor: Descriptor, field: FieldDescriptorProto, schema: Node) -> _Field:
        node = self._spec.resolve(schema)
        name = f"{descriptor.full_name}.{field.name}"
        if field.type not in CARRIED:
            raise self._error(f"{name} is of a type that is not supported yet")
        is_repeated = field.label == FieldDescriptorProto.LABEL_REPEATED
        if is_repeated and node.get("type") == "array":
            node = self._spec.resolve(node["items"])
        elif is_repeated:
            raise self._error(f"{name} and its schema differ in their type")
        if node.get("type") != CARRIED[field.type] or node.get("nullable"):
            raise self._error(f"{name} and its schema differ in their type")
        known = descriptor.fields_by_name[field.name]
        enum: EnumDescriptor | None = known.enum_type
        if enum is not None and {*enum.values_by_name} != {*node.get("enum", ())}:
            raise self._error(f"{name} and its schema differ in their words")
        below = known.message_type
        return _Field(
            key=field.json_name,
            name=field.name,
            is_repeated=is_repeated,
            message=None if below is None else self._shape(below, node),
            enum=enum,
        )

    def _error(self, what: str) -> SpecError:
        return self._spec.error(
            (), what, f"fix it in specs/{self._spec.name}.proto, then run `make generate`"
        )


def _unknown_size_bytes(message: Message) -> int:
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return message.ByteSize() - known.ByteSize()


def _read(message: Message, shape: _Shape) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for descriptor, value in message.ListFields():
        field = shape.by_number[descriptor.number]
        plain[field.key] = [*map(field.read, value)] if field.is_repeated else field.read(value)
    unknown = UnknownFieldSet(message)
    # A known number came under another wire type, which protobuf alone would pass over.
    for number in {unknown[place].field_number for place in range(len(unknown))}:
        if number in shape.by_number:
            plain[shape.by_number[number].key] = NOT_OF_ITS_TYPE
    return plain


def _with_lists(plain: dict[str, Any], shape: _Shape) -> dict[str, Any]:
    """The value with all of its lists."""
    for key, field in shape.by_key.items():
        if field.is_repeated:
            plain.setdefault(key, [])
        below = plain.get(key)
        if field.message is not None:
            for each in below if isinstance(below, list) else [below]:
                if isinstance(each, dict):
                    _with_lists(each, field.message)
    return plain


def _write(message: Message, shape: _Shape, value: dict[str, Any]) -> None:
    for key, item in value.items():
        field = shape.by_key[key]
        if field.message is not None:
            for each in item if field.is_repeated else [item]:
                _write(_below(message, field), field.message, each)
        elif field.is_repeated:
            getattr(message, field.name).extend(map(field.scalar, item))
        else:
            setattr(message, field.name, field.scalar(item))


def _below(message: Message, field: _Field) -> Message:
    """A message in another one: a further one of a list, or the only one."""
    place: Any = getattr(message, field.name)
    below: Message = place.add() if field.is_repeated else place
    # An empty message is sent as well.
    below.SetInParent()
    return below
