"""JSON: decode a text, and reject what parsers disagree about."""

import json
from typing import Any

import msgspec

from profilegate.errors import BodyUnreadableError
from profilegate.media.json_limits import LINES_TOKENS_MAX, TOKENS_MAX, has_too_many_tokens

NESTING_DEPTH_MAX = 64
"""No spec needs more than five; deeper nesting attacks the stack of a parser."""

LINES_MAX = 10_000
"""No spec takes more than a thousand at once."""

_NO_MARKS = bytes(set(range(256)) - set(b'"[{\\'))
"""All bytes but those that bound the depth and tell a repeated key."""

_decode_json = msgspec.json.Decoder().decode
_encode_json = msgspec.json.Encoder().encode


def read_json(raw: bytes) -> Any:
    """
    The value of a JSON text.

    Rejects, beside what is not JSON: NaN, lone surrogates, numbers that no double holds, a key
    that is there twice in one object (parsers disagree about which counts), deep nesting, and more
    than TOKENS_MAX tokens.

    Raises:
        BodyUnreadableError: it says what is wrong and where, and quotes nothing of the text.
    """
    if not raw:
        raise BodyUnreadableError("the body is empty; it must be JSON")
    if len(raw) > TOKENS_MAX and has_too_many_tokens(raw):
        raise BodyUnreadableError(f"the body has more than {TOKENS_MAX} parts; send less at once")
    try:
        value = _decode_json(raw)
    except UnicodeDecodeError:
        raise BodyUnreadableError("the body is not UTF-8") from None
    except RecursionError:
        raise BodyUnreadableError(_too_deep()) from None
    except (msgspec.DecodeError, ValueError) as error:
        raise BodyUnreadableError(f"the body is not JSON: {_plainly(error)}") from None
    marks = raw.translate(None, _NO_MARKS)
    quotes = marks.count(b'"')
    if len(marks) - quotes > NESTING_DEPTH_MAX and _depth(value) > NESTING_DEPTH_MAX:
        raise BodyUnreadableError(_too_deep())
    # Without escapes every quotation mark begins or ends a string, and the value encoded again has
    # as many unless a repeated key was dropped; a second parser would cost four times as much.
    has_escapes = b"\\" in marks
    if _has_a_key_twice(raw) if has_escapes else quotes != _encode_json(value).count(b'"'):
        raise BodyUnreadableError("the body is ambiguous: a key appears twice in one object")
    return value


def _plainly(error: Exception) -> str:
    """The parser's own sentence, if it is known to quote nothing of the text."""
    if isinstance(error, msgspec.DecodeError) and not isinstance(error, msgspec.ValidationError):
        return str(error).removeprefix("JSON is malformed: ")
    return "a number is out of range"


def _too_deep() -> str:
    return f"the body is nested more than {NESTING_DEPTH_MAX} levels deep"


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level:
        depth += 1
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += [child for child in item.values() if isinstance(child, dict | list)]
            elif isinstance(item, list):
                below += [child for child in item if isinstance(child, dict | list)]
        level = below
    return depth


def _has_a_key_twice(raw: bytes) -> bool:
    """Whether a key appears twice in one object, by a second, slower parser."""

    def reject_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise KeyError
        return found

    try:
        json.loads(raw, object_pairs_hook=reject_twice)
    except KeyError:
        return True
    return False


def read_json_lines(raw: bytes) -> list[Any]:
    """
    The values of JSON texts, one in each line; empty lines are skipped.

    Raises:
        BodyUnreadableError: as ``read_json``, with the line's number.
    """
    if raw.count(b"\n") > LINES_MAX:
        raise BodyUnreadableError(f"the body has more than {LINES_MAX} lines")
    if has_too_many_tokens(raw, LINES_TOKENS_MAX):
        raise BodyUnreadableError(f"the body has more than {LINES_TOKENS_MAX} parts; send less")
    values = []
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if line.strip():
            try:
                values.append(read_json(line))
            except BodyUnreadableError as error:
                raise BodyUnreadableError(f"line {number}: {error}") from None
    return values
