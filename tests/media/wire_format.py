"""Protobuf's wire format, written by hand from its specification.

    >>> text(1, "pw").hex()
    '0a027077'
    >>> message(3, text(1, "A") + boolean(4, True))  # a field that is a message

https://protobuf.dev/programming-guides/encoding/
"""

VARINT, EIGHT_BYTES, LENGTH, GROUP, GROUP_END, FOUR_BYTES = 0, 1, 2, 3, 4, 5


def varint(number: int, *, size: int = 0) -> bytes:
    """A number in groups of seven bits, the lowest first; over-long if a larger size is asked."""
    groups = [number & 0x7F]
    while (number := number >> 7) or len(groups) < size:
        groups.append(number & 0x7F)
    return bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])


def tag(field: int, wire_type: int) -> bytes:
    """What stands before each value."""
    return varint(field << 3 | wire_type)


def message(field: int, body: bytes, *, size: int = 0) -> bytes:
    """A field that is a message, or any other bytes with their length (of a size) before them."""
    return tag(field, LENGTH) + varint(len(body), size=size) + body


def text(field: int, value: str, *, size: int = 0) -> bytes:
    """A field that is a text."""
    return message(field, value.encode(), size=size)


def boolean(field: int, value: bool) -> bytes:
    """A field that is true or false."""
    return tag(field, VARINT) + varint(value)


# One unknown field of each wire type, under a number that no message here has.
UNKNOWN = {
    "a varint": tag(99, VARINT) + varint(2**64 - 1),
    "eight bytes": tag(99, EIGHT_BYTES) + bytes(8),
    "a text": text(99, "unknown"),
    "bytes that are no text": message(99, b"\xff\xfe"),
    "a group": tag(99, GROUP) + text(1, "inside") + tag(99, GROUP_END),
    "a group in a group": tag(99, GROUP)
    + (tag(98, GROUP) + tag(98, GROUP_END))
    + tag(99, GROUP_END),
    "four bytes": tag(99, FOUR_BYTES) + bytes(4),
    "the largest number that there is": tag(2**29 - 1, VARINT) + varint(1),
}
