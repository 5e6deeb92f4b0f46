"""The largest legal body of each operation: what it costs to decode, validate and map it.

``python -m benchmarks.largest_bodies`` prints a line for each operation and media type. All texts
have their maximum length, all lists their maximum of items, and all fields are there; documents
share what the body's limit leaves them. Protobuf is left out: its texts are bounded alike.
"""

import ctypes
import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from profilegate.gateway.loading import load_providers
from profilegate.gateway.provider import Provider
from profilegate.gateway.request import Request
from profilegate.http.decoders import compile_decoder
from profilegate.http.limits import BODY_SIZE_MAX_BYTES
from profilegate.media.json_limits import LINES_TOKENS_MAX
from profilegate.media.protobuf import Messages
from profilegate.openapi import Operation, Spec
from profilegate.openapi.schema import Schema
from profilegate.openapi.validator import compile_validator

TIME_MAX_MS = 50.0
DOCUMENTS_TIME_MAX_MS = 150.0
"""Milliseconds of the event loop for a body, and for a body of more than a megabyte."""

MEMORY_MAX = 4.0
"""The peak of memory, the body included, as a multiple of the body. It is measured for bodies of
more than a megabyte; below, the pages of the allocator hide it."""

MEGABYTE = 1_000_000

ROUNDS = 5
"""The fastest round counts: other processes only make it slower."""

LONG_TEXT_CHARACTERS = 100_000
"""A longer text shares the room of the body with the others of its kind."""

FORMATS: Mapping[str, str] = {
    "country": "NO",
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05.123456789Z",
    "email": f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.no",
    "phone": "+12106603032",
    "uuid": "f45680e1-014d-42c7-be86-3b2899e911c3",
}

FILLINGS = ("я", "A", "1", "a")
"""Characters of texts, the widest first; a pattern chooses the first that it takes."""

DOCUMENT = "data:image/jpg;base64,"


@dataclass(frozen=True, slots=True)
class Bodies:
    """Makes the largest values of a spec's schemas; a long text has ``long_size`` characters."""

    spec: Spec
    long_size: int

    def of(self, schema: Schema) -> Any:
        """The largest value of a schema."""
        if (branches := list(self._branches(schema))) != []:
            return max(branches, key=_size)
        if schema.items is not None:
            item, count = self.of(schema.items), schema.node.get("maxItems", 1)
            return list(range(count)) if schema.node.get("uniqueItems") else [item] * count
        if schema.properties:
            return self._object(schema)
        if schema.all_of:
            return self.of(schema.all_of[0])
        if schema.enum is not None:
            return max((each for each in schema.enum if each is not None), key=_size, default=None)
        kind = schema.node.get("type")
        if kind == "string":
            return self._text(schema)
        if kind in ("integer", "number"):
            return schema.node.get("maximum", 1)
        return False if kind == "boolean" else {}

    def _object(self, schema: Schema) -> dict[str, Any]:
        """The largest value of each property that all parts of the object take."""
        made: dict[str, Any] = {}
        for part in (schema, *schema.all_of):
            for each in part.own_properties or part.properties:
                value = self.of(each.schema)
                known = made.setdefault(each.name, value)
                if value is not known and not self._is_valid(each.schema, known):
                    made[each.name] = value
        return made

    def _is_valid(self, schema: Schema, value: Any) -> bool:
        return not compile_validator(self.spec, schema.node)(value)

    def _branches(self, schema: Schema) -> Iterator[Any]:
        if (choice := schema.discriminator) is not None:
            for value, branch in choice.branches.items():
                yield {**self.of(branch), choice.property_name: value}
        elif (kinds := schema.kinds()) is not None:
            for value, branch in kinds[1]:
                yield {**self.of(branch), kinds[0]: value}
        else:
            yield from map(self.of, (*schema.one_of, *schema.any_of))

    def _text(self, schema: Schema) -> str:
        if "format" in schema.node:
            return FORMATS[schema.node["format"]]
        longest: int = schema.node.get("maxLength", 45)
        sizes = [min(longest, self.long_size) if longest > LONG_TEXT_CHARACTERS else longest]
        texts = (
            text
            for size in (*sizes, *range(44, -1, -1))
            for text in (DOCUMENT + "A" * size, *(filling * size for filling in FILLINGS))
        )
        for text in chain(texts, _words(schema.node.get("pattern", ""))):
            if self._is_valid(schema, text):
                return str(text)
        raise ValueError(schema.node)


def _words(pattern: str) -> list[str]:
    """The words between which a pattern chooses, longest first: ``([Nn][Oo]|[Yy][Ee][Ss])``."""
    return sorted(re.findall(r"\w+", re.sub(r"\[\w(\w)\]", r"\1", pattern)), key=len, reverse=True)


def _size(value: Any) -> int:
    return 0 if value is None else len(json.dumps(value, ensure_ascii=False).encode())


def count_of_tokens(raw: bytes) -> int:
    """At least the number of tokens of a JSON text (``media/json_limits.py``)."""
    return sum(raw.count(token) for token in (b"[", b"{", b":", b","))


def largest_body(spec: Spec, operation: Operation) -> Any:
    """The largest body of an operation that fits into its limit."""
    limit = operation.body_size_max_bytes or BODY_SIZE_MAX_BYTES
    schema = spec.schema(operation.body or {})
    small, larger = (_size(Bodies(spec, size).of(schema)) for size in (100, 200))
    texts = (larger - small) // 100
    room = (limit - small) // texts if texts else 0
    body = Bodies(spec, 100 + room).of(schema)
    if isinstance(body, list):
        line = json.dumps(body[0]).encode()
        lines = min(limit // (_size(body[0]) + 1), LINES_TOKENS_MAX // count_of_tokens(line))
        return body[: max(1, lines)]
    return body


def encoded(body: Any, media_type: str) -> bytes:
    """A body in one of the media types that are read without descriptors."""
    if media_type == "application/x-www-form-urlencoded":
        return urlencode(body).encode()
    if media_type == "application/x-ndjson":
        return b"\n".join(json.dumps(line, ensure_ascii=False).encode() for line in body)
    return json.dumps(body, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one body costs."""

    size_bytes: int
    milliseconds: float
    memory: float | None

    @property
    def is_within_bounds(self) -> bool:
        """Whether it keeps both bounds."""
        time_max = DOCUMENTS_TIME_MAX_MS if self.size_bytes > MEGABYTE else TIME_MAX_MS
        return self.milliseconds <= time_max and (self.memory or 0) <= MEMORY_MAX


async def _never_received() -> Any:
    raise NotImplementedError


def measure(provider: Provider, operation: Operation, raw: bytes, media_type: str) -> Cost:
    """The cost of a body: decoded, validated and, for an update, mapped: in the event loop."""
    spec, node = provider.spec, operation.bodies[media_type]
    decode = compile_decoder(spec, {media_type: node}, Messages(spec, provider.messages))
    request = Request("POST", b"/", {}, raw, decode, "127.0.0.1", _never_received)
    validate = compile_validator(provider.spec, operation.body or {})
    forms = [each for each in provider.mapping.updates if each.operation == operation.id]

    def work() -> None:
        body = decode(request)
        violations = validate(body, len(raw))
        if violations:
            raise ValueError(f"{provider.name} {operation.id}: {violations[:3]}")
        for form in forms[:1]:
            form.to_changes(body)

    gc.collect()
    # Memory that making the body has left in the heap would hide what the work takes.
    ctypes.CDLL(None).malloc_trim(0)
    before = _reset_peak()
    work()
    memory = (_peak() - before + len(raw)) / len(raw) if len(raw) > MEGABYTE else None
    return Cost(len(raw), min(_milliseconds(work) for _ in range(ROUNDS)), memory)


def _milliseconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _reset_peak() -> int:
    """Set the peak of this process's memory to what it has now, and return that (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def main() -> int:
    """Print the cost of each operation's largest body; 1 if one exceeds a bound."""
    exceeding = 0
    print(f"{'operation':<48} {'bytes':>10} {'ms':>8} {'memory':>7}")
    for name, provider in load_providers().items():
        for operation in provider.spec.operations():
            if operation.body is None:
                continue
            body = largest_body(provider.spec, operation)
            for media_type, node in operation.bodies.items():
                if "x-protobuf" in node:
                    continue
                raw = encoded(body, media_type)
                cost = measure(provider, operation, raw, media_type)
                exceeding += not cost.is_within_bounds
                memory = "" if cost.memory is None else f"{cost.memory:.1f}x"
                label = f"{name} {operation.id} {media_type.removeprefix('application/')}"
                note = "" if cost.is_within_bounds else "  exceeds a bound"
                figures = f"{cost.size_bytes:>10,} {cost.milliseconds:>8.2f} {memory:>7}"
                print(f"{label:<48} {figures}{note}")
    return 1 if exceeding else 0


if __name__ == "__main__":
    sys.exit(main())
