"""Protobuf: any encoding of a message is read, what is no message is rejected, nothing is lost."""

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass
from hypothesis import given, settings
from hypothesis import strategies as st

from profilegate.codegen.descriptors import generate_descriptors
from profilegate.errors import BodyUnreadableError, SpecError
from profilegate.media.protobuf import Messages
from profilegate.openapi import Spec
from tests.media.wire_format import (
    EIGHT_BYTES,
    FOUR_BYTES,
    GROUP,
    GROUP_END,
    UNKNOWN,
    VARINT,
    boolean,
    message,
    tag,
    text,
    varint,
)

PROTO = """
syntax = "proto2";
package Zoo;
message Animal {
  optional string Name = 1;
  optional bool Tame = 2;
  optional Place Home = 3;
  optional string Sound = 4 [json_name = "says"];
}
message Place {
  optional string City = 1;
  optional Place2 Cage = 2;
}
message Place2 { optional string Label = 16; }
message Herd {
  repeated string Names = 1;
  repeated Place Homes = 2;
  optional Mood Mood = 3;
  repeated Mood Moods = 4;
}
enum Mood {
  Unsure = -1;
  Calm = 0;
  Wild = 2;
}
message Scale { optional int64 Grams = 1; }
"""


def properties(**schemas):
    """A schema of an object."""
    return {"type": "object", "properties": schemas}


TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
PLACE = properties(City=TEXT, Cage=properties(Label=TEXT))
ANIMAL = properties(Name=TEXT, Tame=FLAG, Home={"$ref": "#/components/schemas/Place"}, says=TEXT)

MOOD = {"type": "string", "enum": ["Unsure", "Calm", "Wild"]}


def many(items):
    """A schema of a list."""
    return {"type": "array", "items": items}


HERD = properties(Names=many(TEXT), Homes=many(PLACE), Mood=MOOD, Moods=many(MOOD))

SPEC = Spec("zoo", {"components": {"schemas": {"Place": PLACE}}})


def media_type(name, schema):
    """A media type of the spec."""
    return {"x-protobuf": name, "schema": schema}


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory):
    """
    What the generator makes of PROTO.
    """
    file: Path = tmp_path_factory.mktemp("zoo") / "zoo.proto"
    file.write_text(PROTO)
    return generate_descriptors(file)


@pytest.fixture(scope="module")
def messages(descriptors):
    """
    The messages of PROTO.
    """
    return Messages(SPEC, descriptors)


@pytest.fixture(scope="module")
def decode(messages):
    """
    The function that reads an Animal.
    """
    return messages.compile_decoder(media_type("Zoo.Animal", ANIMAL))


@pytest.fixture(scope="module")
def encode(messages):
    """
    The function that writes an Animal.
    """
    return messages.compile_encoder(media_type("Zoo.Animal", ANIMAL))


NAME, TAME, SOUND = text(1, "Rex"), boolean(2, True), text(4, "wuff")
HOME = message(3, text(1, "Omsk") + message(2, text(16, "C7")))
REX = {"Name": "Rex", "Tame": True, "Home": {"City": "Omsk", "Cage": {"Label": "C7"}}}

# The encoding guide lets a parser meet all of these.
ENCODINGS = {
    "nothing at all": (b"", {}),
    "one field": (NAME, {"Name": "Rex"}),
    "all fields, in the order of their numbers": (NAME + TAME + HOME, REX),
    "all fields, the other way round": (HOME + TAME + NAME, REX),
    "a field whose JSON name is another": (SOUND, {"says": "wuff"}),
    "an empty text": (text(1, ""), {"Name": ""}),
    "false": (boolean(2, False), {"Tame": False}),
    "an empty message": (message(3, b""), {"Home": {}}),
    "a text twice: the last one counts": (text(1, "Max") + NAME, {"Name": "Rex"}),
    "a truth twice: the last one counts": (TAME + boolean(2, False), {"Tame": False}),
    "a message twice: the two are merged": (
        message(3, text(1, "Omsk")) + NAME + message(3, message(2, text(16, "C7"))),
        {"Name": "Rex", "Home": {"City": "Omsk", "Cage": {"Label": "C7"}}},
    ),
    "a message in a message twice: merged too": (
        message(3, message(2, text(16, "C1"))) + message(3, message(2, text(16, "C2"))),
        {"Home": {"Cage": {"Label": "C2"}}},
    ),
    "a message twice, then empty: nothing is taken back": (
        message(3, text(1, "Omsk")) + message(3, b""),
        {"Home": {"City": "Omsk"}},
    ),
    "an over-long tag": (varint(1 << 3 | 2, size=5) + b"\x03Rex", {"Name": "Rex"}),
    "an over-long length": (text(1, "Rex", size=5), {"Name": "Rex"}),
    "an over-long truth": (tag(2, VARINT) + varint(1, size=10), {"Tame": True}),
    "a truth that is more than one": (tag(2, VARINT) + varint(150), {"Tame": True}),
    "a NUL": (text(1, "a\0b"), {"Name": "a\0b"}),
    "four bytes of UTF-8": (text(1, "🦊"), {"Name": "🦊"}),
    **{f"an unknown field: {what}": (raw + NAME, {"Name": "Rex"}) for what, raw in UNKNOWN.items()},
    **{
        f"an unknown field below: {what}": (
            message(3, text(1, "Omsk") + raw),
            {"Home": {"City": "Omsk"}},
        )
        for what, raw in UNKNOWN.items()
    },
}


@pytest.mark.parametrize(("raw", "expected"), ENCODINGS.values(), ids=ENCODINGS)
def test_every_encoding_of_a_message_is_read(decode, raw, expected):
    """
    Encoding guide: "a parser must be able to parse the fields in any order"; for a scalar it
    "accepts the last value it sees", embedded messages are merged, unknown fields are skipped.
    """

    assert expected == decode(raw)


OF_ANOTHER_TYPE = {
    "a number for a text": (tag(1, VARINT) + varint(5), {"Name": None}),
    "eight bytes for a text": (tag(1, EIGHT_BYTES) + bytes(8), {"Name": None}),
    "four bytes for a text": (tag(1, FOUR_BYTES) + bytes(4), {"Name": None}),
    "a group for a text": (tag(1, GROUP) + tag(1, GROUP_END), {"Name": None}),
    "a text for a truth": (text(2, "yes"), {"Tame": None}),
    "a number for a message": (tag(3, VARINT) + varint(5), {"Home": None}),
    "a number for a text below": (message(3, tag(1, VARINT) + varint(5)), {"Home": {"City": None}}),
    "a number beside the right text": (NAME + tag(1, VARINT) + varint(5), {"Name": None}),
    "a text that is not UTF-8": (message(1, b"\xff\xfe"), {"Name": None}),
    "a text with half a character": (message(1, "я".encode()[:1]), {"Name": None}),
    "a text with a surrogate": (message(1, b"\xed\xa0\x80"), {"Name": None}),
    "a text with an over-long character": (message(1, b"\xc0\x80"), {"Name": None}),
    "a text of another type by its JSON name": (tag(4, VARINT) + varint(5), {"says": None}),
    "two of them": (boolean(1, True) + text(2, ""), {"Name": None, "Tame": None}),
}


@pytest.mark.parametrize(("raw", "expected"), OF_ANOTHER_TYPE.values(), ids=OF_ANOTHER_TYPE)
def test_a_field_of_another_type_is_neither_read_nor_lost(decode, raw, expected):
    """
    Protobuf passes over a known number with another wire type as if it were unknown; here
    None stands for it, which no schema accepts, so that its sender learns of it.
    """

    assert expected == decode(raw)


NO_MESSAGES = {
    "cut short after a tag": tag(1, 2),
    "cut short in a text": NAME[:-1],
    "cut short in a message": HOME[:-1],
    "cut short in a varint": tag(2, VARINT) + b"\x80",
    "cut short in four bytes": tag(99, FOUR_BYTES) + bytes(3),
    "a length beyond the end of its message": message(3, tag(1, 2) + varint(9) + b"Omsk"),
    "a field without a number": b"\x00",
    "a wire type that there is not": tag(1, 6),
    "a varint of eleven bytes": tag(2, VARINT) + varint(1, size=11),
    "a length that no memory holds": tag(1, 2) + varint(2**63),
    "a group without an end": tag(99, GROUP),
    "a group with another's end": tag(99, GROUP) + tag(98, GROUP_END),
    "an end without a group": tag(99, GROUP_END),
    "groups a thousand deep": tag(99, GROUP) * 1000 + tag(99, GROUP_END) * 1000,
    "JSON": b'{"Name": "Rex"}',
}


@pytest.mark.parametrize("raw", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_what_is_no_message_is_unreadable(decode, raw):
    """
    It is the caller's violation, told in a sentence that repeats nothing of what was sent.
    """
    with pytest.raises(BodyUnreadableError) as caught:
        decode(raw)

    assert "the body is not a protobuf message" == str(caught.value)


MANY = {
    "unknown fields": boolean(99, True) * 40_000,
    "unknown fields below": message(3, boolean(99, True) * 40_000),
    "fields of another type": boolean(1, True) * 40_000,
}


@pytest.mark.parametrize("raw", MANY.values(), ids=MANY)
def test_unknown_fields_beyond_all_measure_are_rejected(decode, raw):
    """
    Each of them is looked at: sixteen megabytes of them would hold the gateway for seconds.
    """
    with pytest.raises(BodyUnreadableError) as caught:
        decode(raw)

    assert "the body holds too many unknown fields" == str(caught.value)


@pytest.mark.parametrize("unknown", [b"", boolean(99, True) * 10_000], ids=["alone", "with others"])
def test_a_known_field_may_be_long(decode, unknown):
    """
    Only what is unknown is measured: how long a text may be is its schema's business.
    """
    name = "я" * 500_000

    assert {"Name": name} == decode(unknown + text(1, name))


@settings(derandomize=True, max_examples=500)
@given(raw=st.binary(max_size=40))
def test_any_bytes_are_a_message_or_unreadable(decode, raw):
    """
    Nothing that is sent ends in another error.
    """
    try:
        read = decode(raw)
    except BodyUnreadableError:
        return

    assert read.keys() <= ANIMAL["properties"].keys()


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


def some(**fields):
    """Dicts that have some of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


ANIMALS = some(
    Name=TEXTS,
    Tame=st.booleans(),
    Home=some(City=TEXTS, Cage=some(Label=TEXTS)),
    says=TEXTS,
)


@settings(derandomize=True, max_examples=300)
@given(animal=ANIMALS)
def test_what_is_written_is_read_again(decode, encode, animal):
    """
    decode(encode(x)) == x, for every x: absent stays absent, empty stays empty.
    """

    assert animal == decode(encode(animal))


@settings(derandomize=True, max_examples=300)
@given(animal=ANIMALS)
def test_another_reader_and_another_writer_agree(descriptors, decode, encode, animal):
    """
    Google's own mapping between messages and JSON reads what we write, and the other way round.
    """
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(descriptors).file:
        pool.Add(file)
    theirs = GetMessageClass(pool.FindMessageTypeByName("Zoo.Animal"))

    assert animal == MessageToDict(theirs.FromString(encode(animal)))
    assert animal == decode(ParseDict(animal, theirs()).SerializeToString())


def test_fields_are_written_in_the_order_of_their_numbers(encode):
    """
    The same dict gives the same bytes, whatever the order of its keys.
    """

    assert NAME + TAME + HOME == encode(dict(reversed(REX.items())))


@pytest.mark.parametrize(
    ("animal", "expected"),
    [
        ({"Tame": False}, boolean(2, False)),
        ({"Name": ""}, text(1, "")),
        ({"Home": {}}, message(3, b"")),
        ({}, b""),
    ],
    ids=["false", "an empty text", "an empty message", "nothing"],
)
def test_what_is_there_is_written_though_it_is_empty(encode, animal, expected):
    """
    proto2 tells absent from empty: Diadoc's own clients demand a field that is false.
    """

    assert expected == encode(animal)


HERD_BYTES = (
    text(1, "Rex")
    + text(1, "")
    + message(2, text(1, "Omsk"))
    + message(2, b"")
    + tag(3, VARINT) + varint(2**64 - 1)
    + tag(4, VARINT) + varint(0)
    + tag(4, VARINT) + varint(2)
)  # fmt: skip
IN_JSON = {
    "Names": ["Rex", ""],
    "Homes": [{"City": "Omsk"}, {}],
    "Mood": "Unsure",
    "Moods": ["Calm", "Wild"],
}


def test_lists_and_enumerations_are_those_of_the_json_mapping(messages):
    """
    Protobuf's JSON mapping: a repeated field is a list, an enumeration the name of its value.
    """
    node = media_type("Zoo.Herd", HERD)
    herd = messages.compile_decoder(node)(HERD_BYTES)

    assert IN_JSON == herd
    assert HERD_BYTES == messages.compile_encoder(node)(herd)


def test_a_list_of_a_response_is_there_though_it_is_empty(messages):
    """
    Protobuf writes an empty list as nothing: a response without it has an empty one.
    """
    decode = messages.compile_decoder(media_type("Zoo.Herd", HERD), of_response=True)

    assert {"Names": [], "Homes": [], "Moods": []} == decode(b"")


def test_an_unknown_value_of_an_enumeration_is_not_of_its_type(messages):
    """
    proto2 keeps it among the unknown fields; the field is reported, not passed over.
    """
    herd = messages.compile_decoder(media_type("Zoo.Herd", HERD))(tag(3, VARINT) + varint(7))

    assert {"Mood": None} == herd


MISTAKES = {
    "a message that is not there": (
        media_type("Zoo.Unicorn", ANIMAL),
        "there is no protobuf message Zoo.Unicorn",
    ),
    "a property that the message lacks": (
        media_type("Zoo.Place2", properties(Label=TEXT, Colour=TEXT)),
        "Zoo.Place2 and its schema differ in Colour",
    ),
    "a field that the schema lacks": (
        media_type("Zoo.Animal", properties(Name=TEXT, Home=PLACE)),
        "Zoo.Animal and its schema differ in Tame, says",
    ),
    "a field by its name in the file where it has another in JSON": (
        media_type("Zoo.Animal", properties(Name=TEXT, Tame=FLAG, Home=PLACE, Sound=TEXT)),
        "Zoo.Animal and its schema differ in Sound, says",
    ),
    "a truth that the schema calls a text": (
        media_type("Zoo.Animal", properties(Name=TEXT, Tame=TEXT, Home=PLACE, says=TEXT)),
        "Zoo.Animal.Tame and its schema differ in their type",
    ),
    "a text that may be null": (
        media_type("Zoo.Place2", properties(Label={"type": "string", "nullable": True})),
        "Zoo.Place2.Label and its schema differ in their type",
    ),
    "a mistake below": (
        media_type("Zoo.Place", properties(City=TEXT, Cage=properties())),
        "Zoo.Place2 and its schema differ in Label",
    ),
    "a list of texts that the schema calls a text": (
        media_type("Zoo.Herd", {**HERD, "properties": {**HERD["properties"], "Names": TEXT}}),
        "Zoo.Herd.Names and its schema differ in their type",
    ),
    "a list of texts that the schema calls a list of flags": (
        media_type("Zoo.Herd", {**HERD, "properties": {**HERD["properties"], "Names": many(FLAG)}}),
        "Zoo.Herd.Names and its schema differ in their type",
    ),
    "an enumeration with another word": (
        media_type(
            "Zoo.Herd",
            {**HERD, "properties": {**HERD["properties"], "Mood": {**TEXT, "enum": ["Calm"]}}},
        ),
        "Zoo.Herd.Mood and its schema differ in their words",
    ),
    "a number": (
        media_type("Zoo.Scale", properties(Grams={"type": "integer"})),
        "Zoo.Scale.Grams is of a type that is not supported yet",
    ),
}


@pytest.mark.parametrize("compiling", ["compile_decoder", "compile_encoder"])
@pytest.mark.parametrize(("node", "what"), MISTAKES.values(), ids=MISTAKES)
def test_a_message_that_is_not_what_its_schema_says_stops_the_start(
    messages, compiling, node, what
):
    """
    One sentence with the file and what to do; otherwise it would be a 500 for some caller.
    """
    with pytest.raises(SpecError) as caught:
        getattr(messages, compiling)(node)

    assert f"specs/zoo.yaml: #: {what}; fix it in specs/zoo.proto, then run `make generate`" == str(
        caught.value
    )


def test_a_spec_without_a_proto_has_no_messages():
    """
    It is loaded all the same, as long as no media type names one.
    """
    with pytest.raises(SpecError, match=r"there is no protobuf message Zoo\.Animal"):
        Messages(SPEC, b"").compile_decoder(media_type("Zoo.Animal", ANIMAL))
