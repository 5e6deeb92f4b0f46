"""Canaries: unique values that look like personal data, and the forms in which each may appear."""

import base64
import re
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

LETTERS = "Qzjxvkw"
DIGITS = "918273645"

_LETTERS_OF_A_NUMBER = str.maketrans("0123456789", "abcdefghij")


class Canaries:
    """Makes canaries; each contains LETTERS or DIGITS and a number of its own."""

    def __init__(self) -> None:
        self._numbers = count(100_000)
        self.made = 0

    def _next(self) -> int:
        self.made += 1
        return next(self._numbers)

    def word(self) -> str:
        """Letters only, as in a name."""
        return LETTERS + str(self._next()).translate(_LETTERS_OF_A_NUMBER)

    def number(self, length: int = 15) -> str:
        """Digits only, as in a phone number or a document's."""
        return f"{DIGITS}{self._next():0{max(6, length - len(DIGITS))}}"[:length]

    def address(self) -> str:
        """A mail address."""
        return f"{self.word().lower()}@canary.example"

    def uuid(self) -> str:
        """A UUID."""
        return f"{self._next():08x}-7c6f-4d6e-9a51-918273645abc"

    def base64(self) -> str:
        """A document's contents."""
        return base64.b64encode(f"%PDF-1.4 {self.word()} {self.number()}".encode()).decode()

    def like(self, value: str) -> Iterator[str]:
        """Canaries that might be accepted in place of a value, the likeliest first."""
        if "@" in value:
            yield self.address()
        elif value.startswith("data:"):
            yield f"{value.partition(',')[0]},{self.base64()}"
        elif value.startswith("+"):
            yield f"+{self.number(11)}"
        elif value.isdigit():
            yield self.number(len(value))
            yield self.number()
        elif re.fullmatch(r"https?://.*", value):
            yield f"https://{self.word().lower()}.example/"
        else:
            yield self.word()
            yield self.number()


def forms(needle: str) -> dict[str, bytes]:
    """A needle in every encoding in which a file or a response could hold it."""
    found: dict[str, bytes] = {}
    for text in dict.fromkeys((needle, needle.lower(), needle.upper(), needle[::-1])):
        raw = text.encode()
        found[f"{text} utf-8"] = raw
        found[f"{text} utf-16-le"] = text.encode("utf-16-le")
        found[f"{text} utf-16-be"] = text.encode("utf-16-be")
        found[f"{text} hex"] = raw.hex().encode()
        found[f"{text} HEX"] = raw.hex().upper().encode()
        found[f"{text} quoted"] = quote(text, safe="").encode()
        for shift in range(3):
            # The characters that do not depend on what stands before and after.
            whole = base64.b64encode(bytes(shift) + raw)
            inner = whole[(0, 2, 3)[shift] : (shift + len(raw)) * 8 // 6]
            if len(inner) >= 6:
                found[f"{text} base64+{shift}"] = inner
                found[f"{text} base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    return found


MARKS = {name: form for mark in (LETTERS, DIGITS) for name, form in forms(mark).items()}
"""The forms of the part that all canaries share."""


def leaves(body: Any) -> list[tuple[Any, Any]]:
    """Every place of a body that holds a text: its container and its key."""
    found: list[tuple[Any, Any]] = []
    waiting = [body]
    for each in waiting:
        keys = list(each) if isinstance(each, dict) else range(len(each))
        for key in keys:
            if isinstance(each[key], dict | list):
                waiting.append(each[key])
            elif isinstance(each[key], str):
                found.append((each, key))
    return found
