"""Matching: finds the operation of a request, at whatever host and base path it is."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from profilegate.gateway.provider import Provider
from profilegate.openapi import Operation

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Match:
    """
    The provider of an exchange, and its operation; None if the path has none for the method.

    ``path`` are the parameters of the path; ``methods`` are those that the path has.
    """

    provider: Provider
    operation: Operation | None
    template: str
    path: Mapping[str, str]
    methods: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Template:
    provider: Provider
    operation: Operation
    segments: tuple[re.Pattern[str], ...]
    fixed: int
    is_whole: bool
    """Whether it stands at the root: with one of the spec's own base paths."""


class Matcher:
    """The paths of some providers."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._templates = [each for provider in providers for each in _templates(provider)]

    def match(self, method: str, url: str) -> Match | None:
        """
        The operation of a request, or None.

        A path as the spec has it comes first, then one with the fewest segments above it, and a
        fixed segment before a parameter. What the spec ignores in paths (``x-routing``) counts for
        nothing here either.
        """
        raw = urlsplit(url).path or "/"
        best: tuple[tuple[bool, bool, int, int], Match] | None = None
        for each in self._templates:
            segments = _segments(each.provider, raw)
            above = len(segments) - len(each.segments)
            if above < 0 or (each.is_whole and above) or (above and not each.fixed):
                continue
            values = _values(each, segments[above:])
            if values is None:
                continue
            is_method = method in each.operation.methods
            operation = each.operation if is_method else None
            rank = (is_method, each.is_whole, -above, each.fixed)
            if best is None or rank > best[0]:
                template = each.operation.path
                best = rank, Match(each.provider, operation, template, values, _methods(each))
        return None if best is None else best[1]


def _methods(template: _Template) -> list[str]:
    return [
        method
        for each in template.provider.spec.operations()
        if each.path == template.operation.path
        for method in each.methods
    ]


def _templates(provider: Provider) -> Iterator[_Template]:
    flags = re.IGNORECASE if "letter-case" in provider.spec.routing.get("ignores", ()) else 0
    for operation in provider.spec.operations():
        # At the root as the spec has it; below any other base the path alone.
        for path, is_whole in (
            (operation.path, False),
            *((each, True) for each in operation.paths),
        ):
            parts = path.split("/")[1:]
            yield _Template(
                provider,
                operation,
                tuple(_compiled(part, flags) for part in parts),
                sum("{" not in part for part in parts),
                is_whole,
            )


def _compiled(segment: str, flags: int) -> re.Pattern[str]:
    text = _PARAMETER.sub("\0", segment)
    return re.compile("(.+?)".join(map(re.escape, text.split("\0"))), flags | re.DOTALL)


def _segments(provider: Provider, raw: str) -> list[str]:
    ignores = provider.spec.routing.get("ignores", ())
    if "repeated-slashes" in ignores:
        raw = re.sub("//+", "/", raw)
    if "last-slash" in ignores and len(raw) > 1:
        raw = raw.removesuffix("/")
    return [unquote(segment) for segment in raw.split("/")[1:]]


def _values(template: _Template, segments: list[str]) -> dict[str, str] | None:
    values: list[str] = []
    for pattern, segment in zip(template.segments, segments, strict=True):
        found = pattern.fullmatch(segment)
        if found is None:
            return None
        values += found.groups()
    return dict(zip(_PARAMETER.findall(template.operation.path), values, strict=True))
