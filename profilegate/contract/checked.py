"""Checked exchanges: what breaks the contract in each, and what its recording hides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from profilegate.admin.exchanges import ExchangeView
from profilegate.admin.rule_places import Rule
from profilegate.contract.findings import Finding, Side
from profilegate.contract.matching import Match
from profilegate.contract.recorded import Recorded
from profilegate.errors import RequestError, Violation
from profilegate.openapi import Schema
from profilegate.openapi.inspection import HIDDEN, HIDDEN_NAME, unknown_fields

CHOICES: Final = frozenset({"anyOf", "oneOf", "allOf", "not"})
"""Rules of a whole value, which a hidden part of it may seem to break."""


@dataclass(slots=True)
class Checked:
    """
    An exchange with what breaks the contract in it.

    ``request_value`` is the request's decoded body, ``response_value`` the response's; None without
    one. ``hidden`` counts the values that the recording hides. ``rejection`` is the error by which
    the gateway rejects the request, None for a valid one.
    """

    recorded: Recorded
    match: Match
    view: ExchangeView
    request_value: Any = None
    response_value: Any = None
    findings: list[Finding] = field(default_factory=list)
    hidden: int = 0
    rejection: RequestError | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the response is a success."""
        return 200 <= self.recorded.status < 300

    @property
    def where(self) -> str:
        """The exchange, without anything that was sent."""
        return f"#{self.recorded.number} {self.recorded.method} {self.match.template}"

    def add(self, side: Side, rule: Rule, *, is_warning: bool = False) -> None:
        """Add a finding."""
        found = Finding(
            provider=self.match.provider.name,
            operation=self.operation_id,
            where=self.where,
            side=side,
            rule=rule,
            is_warning=is_warning,
        )
        self.findings.append(found)

    @property
    def operation_id(self) -> str:
        """The id of the operation; empty without one."""
        return "" if self.match.operation is None else self.match.operation.id


def is_hidden(violation: Violation, body: Any) -> bool:
    """Whether a violation is one of a value of a body that the recording hides."""
    if violation.rule == "required":
        # Of what is personal as a whole the names are hidden, too.
        within = _part(body, violation.at[:-1])
        return isinstance(within, dict) and any(each.startswith(HIDDEN_NAME) for each in within)
    value = _part(body, violation.at)
    return value == HIDDEN or (violation.rule in CHOICES and _has_hidden(value))


def unknown_names(schemas: Sequence[Schema], value: Any) -> Iterator[tuple[str, str]]:
    """The fields that the spec does not know: each path, and what may be shown of it."""
    names = unknown_fields(schemas, value, shows_all=True)
    for name, shown in zip(names, unknown_fields(schemas, value), strict=True):
        # The recording itself hides the names of what is personal as a whole.
        if HIDDEN_NAME not in name:
            yield name, shown


def _part(value: Any, at: Sequence[str | int]) -> Any:
    """A part of a value; None if it does not have it."""
    for step in at:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _has_hidden(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_hidden, value.values()))
    return any(map(_has_hidden, value)) if isinstance(value, list) else bool(value == HIDDEN)
