"""Recordings: checks every exchange of one that matches a spec, alone and with the others."""

from collections.abc import Iterable, Sequence

from profilegate.contract.checks import Checked, ExchangeChecker
from profilegate.contract.findings import Check, Report
from profilegate.contract.matching import Matcher
from profilegate.contract.provider_rules import Secrets, load_rules
from profilegate.contract.recorded import Recorded
from profilegate.contract.sequences import check_sequences
from profilegate.gateway.provider import Provider


def check_recording(
    name: str, exchanges: Iterable[Recorded], providers: Sequence[Provider], secrets: Secrets
) -> Report:
    """
    Check the exchanges of a recording that match one of the providers' specs.

    ``secrets`` are credentials by the names of their providers; with them signatures are checked.
    """
    matcher, checker = Matcher(providers), ExchangeChecker(providers)
    report = Report(name)
    found: dict[str, list[Checked]] = {}
    unread = 0
    for recorded in exchanges:
        match = matcher.find(recorded)
        if match is None or recorded.method == "OPTIONS":
            report.ignored += 1
            continue
        checked = checker.check(recorded, match)
        unread += recorded.request_body is None or recorded.response_body is None
        report.hidden += checked.hidden
        found.setdefault(match.provider.name, []).append(checked)
    for provider, checked_ones in found.items():
        check_sequences(checked_ones)
        rules = load_rules(provider)
        if rules.check_recorded is not None:
            rules.check_recorded(checked_ones, secrets.get(provider, {}))
        report.checks += map(_check, checked_ones)
    if unread:
        report.notes.append(f"{unread} exchanges are recorded without their whole bodies")
    if report.hidden:
        report.notes.append(f"{report.hidden} values are hidden in the recording: not checked")
    return report


def _check(checked: Checked) -> Check:
    return Check(
        provider=checked.match.provider.name,
        name=checked.where,
        findings=checked.findings,
        calls=1,
        successes=int(checked.is_accepted),
        seconds=checked.recorded.ended - checked.recorded.started,
    )
