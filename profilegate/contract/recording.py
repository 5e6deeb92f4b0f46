"""Recordings: checks every exchange of one that matches a spec, alone and with the others."""

from collections.abc import Iterable, Sequence

from profilegate.contract.checked import Checked
from profilegate.contract.checks import ExchangeChecker
from profilegate.contract.findings import Check, Report
from profilegate.contract.matching import Match, Matcher
from profilegate.contract.provider_rules import CheckNext, Secrets, load_rules
from profilegate.contract.recorded import Recorded
from profilegate.contract.sequences import Sequences
from profilegate.gateway.provider import Provider


class TrafficChecker:
    """
    Checks exchanges one after the other.

    ``secrets`` are credentials by the names of their providers; with them signatures are checked.
    """

    def __init__(self, providers: Sequence[Provider], secrets: Secrets) -> None:
        self._matcher, self._checker = Matcher(providers), ExchangeChecker(providers)
        self._sequences = Sequences()
        self._own: dict[str, CheckNext] = {}
        for each in providers:
            if (checker := load_rules(each.name).checker) is not None:
                self._own[each.name] = checker(secrets.get(each.name, {}))

    def match(self, recorded: Recorded) -> Match | None:
        """The operation of an exchange; None for one of no spec, and for a CORS preflight."""
        is_preflight = recorded.method == "OPTIONS"
        return None if is_preflight else self._matcher.match(recorded.method, recorded.url)

    def check_request(self, recorded: Recorded, match: Match) -> Checked:
        """Check a request that has no response yet."""
        return self._checker.check_request(recorded, match)

    def check(self, recorded: Recorded, match: Match) -> Checked:
        """Check an exchange, alone and in view of the earlier ones."""
        checked = self._checker.check(recorded, match)
        self._sequences.add(checked)
        if match.provider.name in self._own:
            self._own[match.provider.name](checked)
        return checked


def check_recording(
    name: str, exchanges: Iterable[Recorded], providers: Sequence[Provider], secrets: Secrets
) -> Report:
    """Check the exchanges of a recording that match one of the providers' specs."""
    checker, report = TrafficChecker(providers, secrets), Report(name)
    unread = 0
    for recorded in exchanges:
        match = checker.match(recorded)
        if match is None:
            report.ignored += 1
            continue
        checked = checker.check(recorded, match)
        unread += recorded.request_body is None or recorded.response_body is None
        report.hidden += checked.hidden
        report.checks.append(check_of(checked))
    if unread:
        report.notes.append(f"{unread} exchanges are recorded without their whole bodies")
    if report.hidden:
        report.notes.append(f"{report.hidden} values are hidden in the recording: not checked")
    return report


def check_of(checked: Checked) -> Check:
    """An exchange as a part of a report."""
    return Check(
        provider=checked.match.provider.name,
        name=checked.where,
        findings=checked.findings,
        calls=1,
        successes=int(checked.is_accepted),
        seconds=checked.recorded.ended - checked.recorded.started,
    )
