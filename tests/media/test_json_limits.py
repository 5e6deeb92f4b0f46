"""JSON limits: bodies of too many tokens or lines are rejected."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.errors import BodyUnreadableError
from profilegate.media.json_limits import TOKENS_MAX, has_too_many_tokens
from profilegate.media.json_text import read_json, read_json_lines
from tests.http.providers import MACHNET_MAPPING as MACHNET
from tests.running_gateway import RunningGateway

MANY = 100_000


def listed(item: bytes, first: bytes = b"1") -> bytes:
    """A long list in a field, after something else."""
    return b'{"field": ["more", %b%b]}' % (first, (b"," + item) * MANY)


TOO_MANY: Mapping[str, bytes] = {
    "lists": listed(b"[]"),
    "objects": listed(b"{}"),
    "objects with a member": listed(b'{"a":1}'),
    "numbers": listed(b"1"),
    "texts": listed(b'""'),
    "texts of brackets": listed(b'"["'),
    "lists beside an escape": listed(b"[]", rb'"\n"'),
    "lists behind an escaped quotation mark": listed(b"[]", rb'"\""'),
    "lists behind a backslash at a text's end": listed(b"[]", rb'"\\"'),
    "members": b"{%b}" % b",".join(b'"%d":1' % number for number in range(MANY)),
    "lists in the body itself": b"[%b]" % b",".join([b"[]"] * MANY),
    "16 MiB of lists": b"[" + b"[]," * (16 * 1024 * 1024 // 3 - 2) + b"[]]",
    "what is no JSON": b"[]," * MANY,
}


@pytest.mark.parametrize("body", TOO_MANY.values(), ids=TOO_MANY)
def test_a_body_of_too_many_tokens_is_rejected(gateway: RunningGateway, body: bytes) -> None:
    """
    No provider needs them, and such a body would block all other callers. Machnet's may be the
    largest.
    """
    before = gateway.fields(MACHNET.name, MACHNET.user)

    response = MACHNET.send(gateway, body)

    assert MACHNET.unreadable == MACHNET.gist(response)
    assert before == gateway.fields(MACHNET.name, MACHNET.user)


@pytest.mark.parametrize("text", ["[{:,", '"[', "\\[", '\\"{\\', ',"'])
def test_characters_inside_of_a_text_do_not_count(gateway: RunningGateway, text: str) -> None:
    """
    A text may be as long as a body: a document travels in one, and brackets are characters too.
    """

    assert 200 == MACHNET.send(gateway, MACHNET.good_body(unknown=text * 2 * MANY)).status


def test_the_maximum_of_tokens_is_read() -> None:
    """
    One token more is rejected. A list of n numbers has n tokens.
    """
    most = b"[%b]" % b",".join([b"1"] * TOKENS_MAX)

    assert TOKENS_MAX == len(read_json(most))
    with pytest.raises(BodyUnreadableError):
        read_json(most[:-1] + b",1]")


def tokens_of(value: Any) -> int:
    """The number of tokens of a value's JSON text, from the value and not from the text."""
    if isinstance(value, list):
        return max(1, len(value)) + sum(map(tokens_of, value))
    if isinstance(value, dict):
        return max(1, 2 * len(value)) + sum(map(tokens_of, value.values()))
    return 0


TEXTS = st.text(alphabet='a"\\[]{}:,\n😀', max_size=6)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@given(value=VALUES, is_ascii=st.booleans(), bound=st.integers(0, 12))
def test_tokens_are_counted_as_they_are_written(value: Any, is_ascii: bool, bound: int) -> None:
    """
    The count does not depend on characters inside of texts, escaped or not.
    """
    raw = json.dumps(value, ensure_ascii=is_ascii).encode()

    assert (tokens_of(value) > bound) == has_too_many_tokens(raw, bound)


def test_a_body_of_too_many_lines_is_rejected() -> None:
    """
    Eight million lines would be eight million texts to decode.
    """
    assert 10_000 == len(read_json_lines(b"1\n" * 10_000))
    with pytest.raises(BodyUnreadableError, match="more than 10000 lines"):
        read_json_lines(b"1\n" * 10_001)
