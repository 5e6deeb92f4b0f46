"""JSON limits: count a JSON text's tokens before it is parsed, to bound time and memory.

The tokens are four of RFC 8259's structural characters: each array and object has an opening one,
each member a colon, and all but the first value of an array or object a comma before it. Those
inside of texts do not count.
"""

TOKENS_MAX = 20_000
"""A person's body has hundreds, and the largest line of an import 13,000. 16 MiB of ``[]`` have
eleven million; parsing such a body would block all other callers for seconds."""

LINES_TOKENS_MAX = 100_000
"""The tokens of all lines of a body together."""

_NO_TOKENS = bytes(set(range(256)) - set(b"[{:,"))
_NEITHER_TOKENS_NOR_QUOTES = bytes(set(_NO_TOKENS) - set(b'"'))


def has_too_many_tokens(raw: bytes, tokens_max: int = TOKENS_MAX) -> bool:
    """
    Whether a JSON text has more than ``tokens_max`` tokens; meaningless for what is not JSON.

    Most bodies have fewer even if the characters inside of texts count. Otherwise every second
    piece between quotation marks is outside of a text.
    """
    if len(raw.translate(None, _NO_TOKENS)) <= tokens_max:
        return False
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    # There is a token between two texts, so a text more than the maximum is enough.
    texts_max = tokens_max + 1
    pieces = raw.translate(None, _NEITHER_TOKENS_NOR_QUOTES).split(b'"', 2 * texts_max)
    return sum(map(len, pieces[::2])) > tokens_max
