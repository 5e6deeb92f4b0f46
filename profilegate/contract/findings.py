"""Findings: what breaks a contract, where, and by which rule."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from profilegate.admin.rule_places import Rule

Side = Literal["request", "response", "state"]
"""What is wrong: the request, the response, or a response in view of earlier exchanges."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One broken rule.

    ``where`` names the exchange by its number, method and path template, or the conversation;
    it holds nothing that was sent. A warning breaks no contract: a field that the spec does not
    know.
    """

    provider: str
    operation: str
    where: str
    side: Side
    rule: Rule
    is_warning: bool = False

    def document(self) -> dict[str, Any]:
        """The finding as a program reads it."""
        rule = {name: value for name, value in asdict(self.rule).items() if value}
        return {
            "provider": self.provider,
            **({"operation": self.operation} if self.operation else {}),
            "where": self.where,
            "side": self.side,
            "severity": "warning" if self.is_warning else "error",
            **rule,
        }


@dataclass(slots=True)
class Check:
    """
    One thing that was checked: an exchange, a conversation, a phase of generated requests.

    ``calls`` are the requests that it sent or saw, ``successes`` those with a response of 2xx.
    ``skipped`` says why it was not run; empty if it was.
    """

    provider: str
    name: str
    findings: list[Finding] = field(default_factory=list)
    calls: int = 0
    successes: int = 0
    seconds: float = 0.0
    skipped: str = ""

    @property
    def errors(self) -> list[Finding]:
        """The findings that break the contract."""
        return [each for each in self.findings if not each.is_warning]


@dataclass(slots=True)
class Report:
    """
    The outcome of a run.

    ``ignored`` are the exchanges that match no spec; ``hidden`` are values that the recording
    hides, and that were not checked. ``notes`` are sentences about what was not checked.
    ``lists_checks``: a reader wants to see each check, also those without findings.
    """

    target: str
    checks: list[Check] = field(default_factory=list)
    ignored: int = 0
    hidden: int = 0
    notes: list[str] = field(default_factory=list)
    lists_checks: bool = False

    @property
    def findings(self) -> Iterator[Finding]:
        """All findings, in the order of the checks."""
        for check in self.checks:
            yield from check.findings

    @property
    def errors(self) -> Sequence[Finding]:
        """The findings that break the contract."""
        return [each for each in self.findings if not each.is_warning]

    @property
    def calls(self) -> int:
        """The requests that were sent or seen."""
        return sum(check.calls for check in self.checks)

    @property
    def successes(self) -> int:
        """The requests that were accepted."""
        return sum(check.successes for check in self.checks)

    def holds(self, *, strict: bool = False) -> bool:
        """Whether the contract holds: something was checked, and nothing was found."""
        found = list(self.findings) if strict else self.errors
        return self.successes > 0 and not found

    def document(self, *, strict: bool = False) -> dict[str, Any]:
        """The report as a program reads it."""
        return {
            "target": self.target,
            "holds": self.holds(strict=strict),
            "calls": self.calls,
            "successes": self.successes,
            "ignored": self.ignored,
            "hidden_values": self.hidden,
            "notes": self.notes,
            "checks": [
                {
                    "provider": check.provider,
                    "name": check.name,
                    "calls": check.calls,
                    "successes": check.successes,
                    "seconds": round(check.seconds, 3),
                    **({"skipped": check.skipped} if check.skipped else {}),
                    "findings": [each.document() for each in check.findings],
                }
                for check in self.checks
            ],
        }
