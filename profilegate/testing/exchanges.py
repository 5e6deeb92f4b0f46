"""Exchanges of a test: the requests that its clients have sent, and the responses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from profilegate.admin.exchanges import ExchangeView
from profilegate.openapi.messages import sentence

SEPARATOR = "__"
"""Between the steps of a place in the name of an argument: ``body__residence__country``."""

TEXT_SHOWN_MAX = 1000
"""Characters of a body in the report of a failure; we chose some dozen lines."""


class Missing:
    """Stands for what an exchange does not have."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Exchange:
    """
    One request and its response, as they were received and sent.

    ``operation`` is None if the provider has none for the request. ``path`` are the parameters of
    the path. ``headers`` have names in lower case. A body is decoded, or its bytes if it cannot
    be. ``error`` is the name of the error, and ``violations`` are the rules that the request broke.
    """

    id: str
    provider: str
    operation: str | None
    method: str
    target: str
    path: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int
    response_headers: Mapping[str, str]
    response: Any
    outcome: str
    error: str | None
    violations: tuple[str, ...]
    duration_ms: float
    is_cut: bool = False
    """Whether the body was longer than the journal keeps: ``body`` is its beginning then."""

    @classmethod
    def of(cls, view: ExchangeView) -> Self:
        """An exchange of the journal."""
        entry = view.entry
        body, response = view.request_body(), view.response_body()
        return cls(
            id=entry.request_id,
            provider=entry.provider,
            operation=entry.operation or None,
            method=entry.method,
            target=entry.target.decode("latin-1"),
            path=entry.path,
            headers=_headers(entry.headers),
            body=(entry.request.kept or None) if body is None else body.value,
            status=entry.status,
            response_headers=_headers(entry.response_headers),
            response=(entry.response.kept or None) if response is None else response.value,
            outcome=entry.outcome,
            error=entry.error or None,
            violations=tuple(
                f"{each.field or 'body'} {sentence(each)}" for each in view.request_violations()
            ),
            duration_ms=entry.duration_ms,
            is_cut=not entry.request.is_whole,
        )

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def differences(self, wanted: Mapping[str, Any]) -> Iterator[str]:
        """How the exchange differs from what is wanted, a sentence for each place."""
        for name, value in wanted.items():
            found = self._at(name)
            if name == "headers" and isinstance(value, Mapping):
                for header, text in value.items():
                    sent = self.headers.get(header.lower(), MISSING)
                    if sent != text:
                        yield f"header {header} was {sent!r}, not {text!r}"
            elif found != value:
                yield f"{name.replace(SEPARATOR, '.')} was {found!r}, not {value!r}"

    def _at(self, name: str) -> Any:
        """
        The value at a place: ``body__residence__country``, ``body__documents__0``.

        Raises:
            TypeError: an exchange has no such part.
        """
        part, *steps = name.split(SEPARATOR)
        if part not in PARTS:
            raise TypeError(f"an exchange has no {part!r}; there are {', '.join(PARTS)}")
        value = getattr(self, part)
        if part == "body" and self.is_cut:
            raise ValueError(
                f"the body of {self} is longer than the journal keeps: match other parts"
            )
        for step in steps:
            if isinstance(value, Mapping):
                value = value.get(step.replace("_", "-") if part == "headers" else step, MISSING)
            elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
                value = value[int(step)]
            else:
                return MISSING
        return value

    def __str__(self) -> str:
        """One line, as in a log."""
        operation = self.operation or "no operation"
        return f"{self.method} {self.target} ({self.provider}, {operation}): {self.status or '-'}"

    def report(self) -> Iterator[str]:
        """The lines of a failure's report: request, response, and why it was rejected."""
        yield f"{self} in {self.duration_ms:.1f} ms, request id {self.id}"
        if self.body is not None:
            yield f"  sent      {_text(self.body)}"
        if self.response is not None:
            yield f"  received  {_text(self.response)}"
        if self.error is not None:
            yield f"  error     {self.error}"
        for violation in self.violations:
            yield f"  violation {violation}"


PARTS = tuple("status method target path query headers body response outcome error".split())
"""What can be matched: ``status=429``, ``body__language="de"``, ``headers__user_agent="x"``."""


def _headers(lines: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in lines}


def _text(body: Any) -> str:
    text = repr(body)
    return text if len(text) <= TEXT_SHOWN_MAX else f"{text[:TEXT_SHOWN_MAX]}…"
