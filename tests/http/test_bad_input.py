"""Bodies that are not what they must be: refused alike at every door, whatever their fields."""

import json
from collections.abc import Mapping

import pytest

from tests.clients import JSON
from tests.http.providers import DIADOC, DOORS, KRAKEN, MACHNET_DOOR, NAVIXY, Door
from tests.running_gateway import RunningGate

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

TELLTALE = "TELLTALE"
"""Stands in every bad value; no answer may hold it."""

NESTING_DEPTH_MAX = 64

every_door = pytest.mark.parametrize("door", DOORS, ids=str)


def beside(more: str) -> bytes:
    """An object with something more in it, in whatever way it is written."""
    return f'{{"field": "{TELLTALE}", {more}}}'.encode("utf-8", "surrogatepass")


def nested(begin: str, end: str, depth: int) -> bytes:
    """An object with lists, or objects, inside one another: ``depth`` levels in all."""
    inner = depth - 1
    return beside(f'"nested": {begin * inner}{"1" if begin != "[" else ""}{end * inner}')


UNREADABLE: Mapping[str, bytes] = {
    "no bytes at all": b"",
    "blanks only": b" \r\n\t ",
    "text that is not JSON": TELLTALE.encode(),
    "JSON that is cut short": beside('"more": ')[:-1],
    "JSON with more behind it": beside('"more": 1') + b"{}",
    "a comma too many": beside('"more": 1,'),
    "a comment": beside(f'"more": 1 /* {TELLTALE} */'),
    "single quotation marks": f"{{'field': '{TELLTALE}'}}".encode(),
    "a form": f"field={TELLTALE}".encode(),
    "NaN": beside('"more": NaN'),
    "Infinity": beside('"more": Infinity'),
    "minus Infinity": beside('"more": -Infinity'),
    "a number that no double holds": beside('"more": 1e400'),
    "a negative number that no double holds": beside('"more": -1e400'),
    "an integer with 5,000 digits": beside(f'"more": {"9" * 5_000}'),
    "a number with a leading zero": beside('"more": 007'),
    "a lone high surrogate, escaped": beside(r'"more": "\ud83d"'),
    "a lone low surrogate, escaped": beside(r'"more": "\ude00"'),
    "two high surrogates, escaped": beside(r'"more": "\ud83d\ud83d"'),
    "surrogates in the wrong order, escaped": beside(r'"more": "\ude00\ud83d"'),
    "a lone surrogate in a key": beside(r'"\ud83d": 1'),
    "a lone surrogate as raw bytes": beside('"more": "\ud83d"'),
    "a surrogate pair as raw bytes": beside('"more": "\ud83d\ude00"'),
    "an escape that there is not": beside(r'"more": "\x41"'),
    "a raw NUL in a text": beside('"more": "a\0b"'),
    "a raw NUL behind the JSON": beside('"more": 1') + b"\0",
    "a raw line break in a text": beside('"more": "a\nb"'),
    "Latin-1": beside('"more": "Zoé"').decode().encode("latin-1"),
    "a slash in overlong UTF-8": beside('"more": "+"').replace(b"+", b"\xc0\xaf"),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + beside('"more": 1'),
    "UTF-16 with a byte order mark": beside('"more": 1').decode().encode("utf-16"),
    "UTF-16 without a byte order mark": beside('"more": 1').decode().encode("utf-16-le"),
    "UTF-32": beside('"more": 1').decode().encode("utf-32"),
    "a key twice": beside('"key": 1, "key": 2'),
    "a key twice with one value": beside('"key": 1, "key": 1'),
    "a key twice, far inside": beside('"more": [{"in": {"key": {}, "key": {}}}]'),
    "a key twice beside an escape": beside(r'"more": "\n", "key": 1, "key": 2'),
    "a key twice, once escaped": beside(r'"key": 1, "\u006bey": 2'),
    "a key twice, far inside, once escaped": beside(r'"more": [{"key": 1, "k\u0065y": 1}]'),
    "the empty key twice": beside('"": 1, "": 2'),
    **{
        f"{what} {depth:,} levels deep": nested(begin, end, depth)
        for depth in (NESTING_DEPTH_MAX + 1, 1_000, 100_000)
        for what, begin, end in (("lists", "[", "]"), ("objects", '{"a":', "}"))
    },
    "100,000 lists that never end": b"[" * 100_000,
    "100,000 objects that never end": b'{"a":' * 100_000,
}


@every_door
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused(gate: RunningGate, door: Door, body: bytes) -> None:
    """
    A body that is not JSON (RFC 8259), or that two readers would read in two ways, is refused
    in the provider's words for it; nothing is stored, and nothing of it stands in the answer.
    """
    before = gate.fields(door.name, door.user)

    answer = door.send(gate, body)

    assert door.unreadable == door.gist(answer)
    assert [] == door.named(answer)
    assert TELLTALE not in answer.text
    assert before == gate.fields(door.name, door.user)
    assert 200 == door.send(gate, door.good_body()).status


NO_OBJECT: Mapping[str, str] = {
    "a list": f'["{TELLTALE}"]',
    "a list with an object": f'[{{"legal_type": "{TELLTALE}"}}]',
    "a text": f'"{TELLTALE}"',
    "a number": "17",
    "true": "true",
    "null": "null",
}


@every_door
@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT)
def test_a_body_that_is_no_object_is_refused(gate: RunningGate, door: Door, body: str) -> None:
    """
    Every provider's body is one object: any other JSON is a fault of the body as a whole.
    """
    before = gate.fields(door.name, door.user)

    answer = door.send(gate, body.encode())

    assert door.invalid == door.gist(answer)
    assert set(door.named(answer)) <= {"body"}
    assert TELLTALE not in answer.text
    assert before == gate.fields(door.name, door.user)


NUL: Mapping[str, tuple[dict[str, object], str]] = {
    "in a value": ({"unknown": f"{TELLTALE}\0"}, "unknown"),
    "in a value far inside": (
        {"unknown": {"list": [1, {"text": f"\0{TELLTALE}"}]}},
        "unknown.list[1].text",
    ),
    "in a name": ({f"{TELLTALE}\0": 1}, "body"),
    "in a name far inside": ({"unknown": [{f"{TELLTALE}\0": 1}]}, "unknown[0]"),
}


@every_door
@pytest.mark.parametrize(("more", "named"), NUL.values(), ids=NUL)
def test_nul_is_refused_wherever_it_stands(
    gate: RunningGate, door: Door, more: dict[str, object], named: str
) -> None:
    """
    The NUL character is in nobody's name and address, and cuts texts short in databases and
    programs further on: no door takes it, not even in a field that it would ignore.
    """
    before = gate.fields(door.name, door.user)
    # Diadoc's and Kraken's words have no name for the body as a whole.
    expected = [] if named == "body" and door in (DIADOC, KRAKEN) else [named]

    answer = door.send(gate, door.good_body(**more))

    assert door.invalid == door.gist(answer)
    assert expected == door.named(answer)
    assert TELLTALE not in answer.text
    assert before == gate.fields(door.name, door.user)


@pytest.mark.parametrize(
    "form",
    [f"first_name=%00{TELLTALE}", f"unknown=%00{TELLTALE}", f"%00{TELLTALE}=1"],
    ids=["in a field that is read", "in an unknown field", "in a name"],
)
def test_nul_in_a_form_is_refused(gate: RunningGate, form: str) -> None:
    """
    NUL is refused in a form as it is in JSON.
    """
    before = gate.fields("navixy", NAVIXY.user)
    rest = "&legal_type=individual&middle_name=&last_name=Quinn"
    body = form + rest + ("" if form.startswith("first_name") else "&first_name=Zoe")

    answer = NAVIXY.send(gate, body.encode(), FORM)

    assert NAVIXY.invalid == NAVIXY.gist(answer)
    assert ["body" if form.startswith("%00") else form.partition("=")[0]] == NAVIXY.named(answer)
    assert TELLTALE not in answer.text
    assert before == gate.fields("navixy", NAVIXY.user)


UNREADABLE_FORMS: Mapping[str, bytes] = {
    "bytes that are not UTF-8": b"first_name=\xff" + TELLTALE.encode(),
    "escapes that are not UTF-8": f"first_name=%FF{TELLTALE}".encode(),
    "a lone surrogate, escaped": f"first_name=%ED%A0%80{TELLTALE}".encode(),
    "a field twice": f"first_name={TELLTALE}&first_name={TELLTALE}".encode(),
    "a field twice, once escaped": f"first_name={TELLTALE}&first%5Fname=Zoe".encode(),
    "a field 1,001 times": b"&".join([TELLTALE.encode()] * 1_001),
    "1,001 fields": b"&".join(f"f{n}={TELLTALE}".encode() for n in range(1_001)),
}


@pytest.mark.parametrize("body", UNREADABLE_FORMS.values(), ids=UNREADABLE_FORMS)
def test_a_form_that_cannot_be_read_is_refused(gate: RunningGate, body: bytes) -> None:
    """
    A form is UTF-8 (URL Standard, 5.1), names each field once, and has 1,000 fields at most.
    """
    before = gate.fields("navixy", NAVIXY.user)

    answer = NAVIXY.send(gate, body, FORM)

    assert NAVIXY.unreadable == NAVIXY.gist(answer)
    assert TELLTALE not in answer.text
    assert before == gate.fields("navixy", NAVIXY.user)


ODD: Mapping[str, bytes] = {
    "64 levels": nested("[", "]", NESTING_DEPTH_MAX),
    "brackets in a text": beside(f'"more": "{"[{" * 100}"'),
    "one key in two objects": beside('"more": [{"key": 1}, {"key": 1}]'),
    "two keys that differ in case": beside('"key": 1, "Key": 1'),
    "a quotation mark, escaped": beside(r'"more": "\"key\": 1, \"key\": 2"'),
    "an integer with 400 digits": beside(f'"more": {"9" * 400}'),
    "the largest double": beside('"more": 1.7976931348623157e308'),
    "a number next to nothing": beside('"more": 1e-400'),
    "a surrogate pair, escaped": beside(r'"more": "\ud83d\ude00"'),
    "every control character, escaped": beside(
        '"more": "' + "".join(f"\\u{n:04x}" for n in range(1, 32)) + '"'
    ),
    "no characters": beside('"more": "\ufdd0\uffff"'),
    "blanks round everything": b"\r\n\t " + beside('"more": 1') + b" \n",
}


@every_door
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_json_in_a_field_that_nobody_reads_is_ignored(
    gate: RunningGate, door: Door, odd: bytes
) -> None:
    """
    An unknown field is ignored at every door, so whatever is JSON may stand in it.
    """
    good = json.dumps(door.good).encode()
    body = odd.strip().removesuffix(b"}") + b", " + good.removeprefix(b"{")

    answer = door.send(gate, body)

    assert 200 == answer.status
    assert door.changed.items() <= gate.fields(door.name, door.user).items()


@every_door
def test_a_caller_who_is_not_let_in_does_not_learn_how_to_write_a_body(
    gate: RunningGate, door: Door
) -> None:
    """
    Whoever is not let in hears that, and nothing of what is wrong in the body. (Navixy's hash
    may stand in the body, so there the body is read first: code 5 says that it cannot be.)
    """
    target = door.target.partition("?")[0]
    bad = b'{"legal_type": 17, "first_name": 17, "Login": 17, "full_name": 17}'

    answer = gate.send(door.method, target, body=bad, headers=JSON)

    assert answer.status == (400 if door is NAVIXY else 401)
    assert [] == door.named(answer)


@pytest.mark.parametrize(
    ("body", "why"),
    {
        b'{"a": 1, "a": 2}': "a key stands twice in one object",
        b"[" * 65 + b"]" * 65: "nested more than 64 levels deep",
        b'{"a": "\xff"}': "not UTF-8",
        b"": "the body is empty",
    }.items(),
)
def test_machnet_says_in_words_why_a_body_cannot_be_read(
    gate: RunningGate, body: bytes, why: str
) -> None:
    """
    Machnet's envelope has room for a sentence, so it says which of all this it was.
    """
    answer = MACHNET_DOOR.send(gate, body)

    assert why in answer.json()["message"]
