"""Bodies of millions of little parts: rejected before anything is made of them.

What is bounded is counted, not timed: the parts of a text, and that the parser is never asked.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.errors import BodyUnreadableError
from profilegate.media import json_limits as parts
from profilegate.media import json_text as json_texts
from profilegate.media.json_limits import PARTS_MAX
from profilegate.media.json_text import read_json, read_json_lines
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.running_gateway import RunningGateway

MANY = 100_000

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)


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


@every_provider
@pytest.mark.parametrize("body", TOO_MANY.values(), ids=TOO_MANY)
def test_a_body_of_too_many_parts_is_rejected(
    gateway: RunningGateway, api: ProviderApi, body: bytes
) -> None:
    """
    No provider needs them; whoever sends them would let all other callers wait.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, body)

    assert api.unreadable == api.gist(response)
    assert before == gateway.fields(api.name, api.user)


@pytest.mark.parametrize("body", TOO_MANY.values(), ids=TOO_MANY)
def test_too_many_parts_are_reported_before_the_parser_is_asked(
    monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    """
    Five million lists cost more to make than to reject, so none is made.
    """
    asked: list[bytes] = []
    monkeypatch.setattr(json_texts, "_decode_json", asked.append)

    with pytest.raises(BodyUnreadableError, match="more than 100000 parts; send less at once"):
        read_json(body)

    assert [] == asked


@every_provider
@pytest.mark.parametrize("text", ["[{:,", '"[', "\\[", '\\"{\\', ',"'])
def test_what_stands_in_a_text_is_no_part(
    gateway: RunningGateway, api: ProviderApi, text: str
) -> None:
    """
    A text may be as long as a body: a document travels in one, and brackets are characters too.
    """

    assert 200 == api.send(gateway, api.good_body(unknown=text * 2 * MANY)).status


def test_as_many_parts_as_may_be_are_read() -> None:
    """
    The bound itself is taken; one part more is not. A list of n numbers has n parts.
    """
    most = b"[%b]" % b",".join([b"1"] * PARTS_MAX)

    assert PARTS_MAX == len(read_json(most))
    with pytest.raises(BodyUnreadableError):
        read_json(most[:-1] + b",1]")


def parts_of(value: Any) -> int:
    """How many parts a value has when it is written, from the value and not from the text."""
    if isinstance(value, list):
        return max(1, len(value)) + sum(map(parts_of, value))
    if isinstance(value, dict):
        return max(1, 2 * len(value)) + sum(map(parts_of, value.values()))
    return 0


TEXTS = st.text(alphabet='a"\\[]{}:,\n😀', max_size=6)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@given(value=VALUES, is_ascii=st.booleans(), bound=st.integers(0, 12))
def test_parts_are_counted_as_they_are_written(value: Any, is_ascii: bool, bound: int) -> None:
    """
    Whatever stands in texts, escaped or not: the count is that of the value that is read.
    """
    raw = json.dumps(value, ensure_ascii=is_ascii).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "PARTS_MAX", bound)
        has_too_many = parts.has_too_many_parts(raw)

    assert (parts_of(value) > bound) == has_too_many


def test_a_body_of_too_many_lines_is_rejected_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Eight million lines would be eight million texts to read.
    """
    asked: list[bytes] = []
    monkeypatch.setattr(json_texts, "read_json", asked.append)

    with pytest.raises(BodyUnreadableError, match="more than 10000 lines"):
        read_json_lines(b"1\n" * 10_001)

    assert [] == asked
