"""Parts: how many a JSON text has, told before anything is made of them.

Its parts are the brackets and braces that open, its colons and its commas (RFC 8259 calls them
structural characters), those in texts aside: one before each name and each value.
"""

PARTS_MAX = 100_000
"""A person's body has hundreds. 16 MiB of ``[]`` have eleven million, and whatever goes through
them one by one lets all other callers wait for seconds."""

_NO_PARTS = bytes(set(range(256)) - set(b"[{:,"))
_NEITHER_PARTS_NOR_QUOTES = bytes(set(_NO_PARTS) - set(b'"'))


def has_too_many_parts(raw: bytes) -> bool:
    """
    Whether a JSON text has more than PARTS_MAX parts.

    First by all that look like parts; only where these are too many, by those outside of texts:
    every other piece between quotation marks. Passes of ``bytes``' own methods over the whole,
    and a loop over no more pieces than the bound. Of what is no JSON the response means nothing.
    """
    if len(raw.translate(None, _NO_PARTS)) <= PARTS_MAX:
        return False
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    # No text follows another without a part between them: who has more texts has too many parts.
    texts_max = PARTS_MAX + 1
    pieces = raw.translate(None, _NEITHER_PARTS_NOR_QUOTES).split(b'"', 2 * texts_max)
    return sum(map(len, pieces[::2])) > PARTS_MAX
