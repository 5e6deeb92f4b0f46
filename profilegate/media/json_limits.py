"""JSON limits: count a JSON text's tokens before it is parsed, to bound time and memory.

The tokens are four of RFC 8259's structural characters: each array and object has an opening one,
each member a colon, and all but the first value of an array or object a comma before it. Those
inside of texts do not count.
"""

TOKENS_MAX = 10_000
"""A person's body has hundreds, and so has a line of an import. 16 MiB of ``[]`` have eleven
million; parsing such a body would block all other callers for seconds."""

_NO_TOKENS = bytes(set(range(256)) - set(b"[{:,"))
_NEITHER_TOKENS_NOR_QUOTES = bytes(set(_NO_TOKENS) - set(b'"'))


def has_too_many_tokens(raw: bytes) -> bool:
    """
    Whether a JSON text has more than TOKENS_MAX tokens; meaningless for what is not JSON.

    Most bodies have fewer even if the characters inside of texts count. Otherwise every second
    piece between quotation marks is outside of a text.
    """
    if len(raw.translate(None, _NO_TOKENS)) <= TOKENS_MAX:
        return False
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    # There is a token between two texts, so a text more than the maximum is enough.
    texts_max = TOKENS_MAX + 1
    pieces = raw.translate(None, _NEITHER_TOKENS_NOR_QUOTES).split(b'"', 2 * texts_max)
    return sum(map(len, pieces[::2])) > TOKENS_MAX
