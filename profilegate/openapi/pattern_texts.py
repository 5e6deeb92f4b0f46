"""A text that matches a pattern (ECMA 262), for examples: each part at its least."""

from typing import Final

_SETS: Final = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
"""One character of each named class."""

_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}

_LIKELY: Final = "aA0-_.@ /:+#é中"
"""Characters that are tried for a negated class."""

_PROPERTIES: Final = {"L": "a", "Lu": "A", "Ll": "a", "N": "0", "Nd": "0", "P": ".", "Z": " "}
"""One character of each usual property of Unicode."""


def text_of(pattern: str, *, more: int = 0) -> str | None:
    """
    A text that probably matches; None if the pattern has what is not read here.

    ``more`` is how often a part without a maximum is repeated beyond its minimum. Lookarounds and
    the edges of words are skipped, so the caller checks the text.
    """
    try:
        return _Reader(pattern, more).alternatives()
    except (IndexError, ValueError):
        return None


class _Reader:
    """Reads a pattern from the left to the right."""

    def __init__(self, pattern: str, more: int) -> None:
        self._pattern = pattern
        self._at = 0
        self._more = more

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def alternatives(self) -> str:
        """The first of the alternatives of a group; the others are skipped."""
        first = self._sequence()
        while self._peek() == "|":
            self._take()
            self._sequence()
        return first

    def _sequence(self) -> str:
        text = ""
        while self._peek() not in ("", "|", ")"):
            part = self._atom()
            text += part * self._times()
        return text

    def _times(self) -> int:
        following = self._peek()
        least, is_endless = 1, False
        if following and following in "*+?":
            self._take()
            least, is_endless = int(following == "+"), following != "?"
        elif following == "{" and "}" in self._pattern[self._at :]:
            inside = self._pattern[self._at + 1 : self._pattern.index("}", self._at)]
            low, comma, high = inside.partition(",")
            if not low.isdigit():
                return 1
            self._at += len(inside) + 2
            least, is_endless = int(low), bool(comma)
            if high.isdigit() and least + self._more > int(high):
                is_endless = False
        else:
            return 1
        if self._peek() in ("?", "+"):
            self._take()
        return least + (self._more if is_endless else 0)

    def _atom(self) -> str:
        character = self._take()
        if character in "^$":
            return ""
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        return "a" if character == "." else character

    def _group(self) -> str:
        is_lookaround = False
        if self._peek() == "?":
            self._take()
            kind = self._take()
            if kind == "<" and self._peek() in ("=", "!"):
                kind = self._take()
            elif kind in ("<", "P"):
                self._at = self._pattern.index(">", self._at) + 1
            is_lookaround = kind in ("=", "!")
        text = self.alternatives()
        if self._take() != ")":
            raise ValueError
        return "" if is_lookaround else text

    def _escape(self) -> str:
        character = self._take()
        if character in ("b", "B"):
            return ""
        if character in ("p", "P") and self._peek() == "{":
            end = self._pattern.index("}", self._at)
            name = self._pattern[self._at + 1 : end].rpartition("=")[2]
            self._at = end + 1
            return _PROPERTIES.get(name, "a" if character == "p" else "-")
        if character == "x":
            self._at += 2
            return chr(int(self._pattern[self._at - 2 : self._at], 16))
        if character == "u":
            self._at += 4
            return chr(int(self._pattern[self._at - 4 : self._at], 16))
        return _SETS.get(character) or _CONTROLS.get(character) or character

    def _class(self) -> str:
        is_negated = self._peek() == "^"
        if is_negated:
            self._take()
        members: list[tuple[str, str]] = []
        while self._peek() != "]":
            first = self._member()
            last = first
            if self._peek() == "-" and self._pattern[self._at + 1] != "]":
                self._take()
                last = self._member()
            members.append((first, last))
        self._take()
        if not is_negated:
            return _letter(members)
        for character in _LIKELY:
            if not any(first <= character <= last for first, last in members):
                return character
        raise ValueError

    def _member(self) -> str:
        character = self._take()
        return self._escape() if character == "\\" else character


def _letter(members: list[tuple[str, str]]) -> str:
    """A member of a class: a letter or a digit, if it has one."""
    return next((first for first, _ in members if first.isalnum()), members[0][0])
