"""Reports for other programs: JUnit's XML, which CI servers read, and JSON."""

import json
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from profilegate.contract.findings import Check, Finding, Report


def as_json(report: Report, *, strict: bool = False) -> str:
    """The report as a JSON document."""
    return json.dumps(report.document(strict=strict), indent=2, ensure_ascii=False)


def as_junit(report: Report, *, strict: bool = False) -> str:
    """The report as JUnit's XML: a test suite for each provider, a test case for each check."""
    root = Element("testsuites", name=report.target)
    for provider in dict.fromkeys(check.provider for check in report.checks):
        checks = [each for each in report.checks if each.provider == provider]
        failed = [each for each in checks if _failures(each, strict=strict)]
        suite = SubElement(
            root,
            "testsuite",
            name=provider,
            tests=str(len(checks)),
            failures=str(len(failed)),
            skipped=str(sum(bool(each.skipped) for each in checks)),
            time=f"{sum(each.seconds for each in checks):.3f}",
        )
        for check in checks:
            _add_case(suite, check, strict=strict)
    if not report.successes:
        suite = SubElement(root, "testsuite", name="profilegate", tests="1", failures="1")
        case = SubElement(suite, "testcase", classname="profilegate", name="a call succeeds")
        SubElement(case, "failure", message=nothing_succeeded(report))
    return tostring(root, encoding="unicode", xml_declaration=True)


def nothing_succeeded(report: Report) -> str:
    """Why a run without a successful call is no pass."""
    if not report.calls:
        return "nothing was checked: no exchange matches a spec"
    return f"none of {report.calls} calls succeeded, so the contract is not shown to hold"


def _failures(check: Check, *, strict: bool) -> list[Finding]:
    return check.findings if strict else check.errors


def _add_case(suite: Element, check: Check, *, strict: bool) -> None:
    case = SubElement(
        suite, "testcase", classname=check.provider, name=check.name, time=f"{check.seconds:.3f}"
    )
    if check.skipped:
        SubElement(case, "skipped", message=check.skipped)
    failures = _failures(check, strict=strict)
    for finding in failures:
        failure = SubElement(case, "failure", type=finding.rule.rule, message=finding.rule.detail)
        failure.text = "\n".join(lines_of(finding))
    warnings = [line for each in check.findings if each not in failures for line in lines_of(each)]
    if warnings:
        SubElement(case, "system-out").text = "\n".join(warnings)


def lines_of(finding: Finding) -> Iterator[str]:
    """A finding in lines of text: what is wrong, the rule's sentence, and its place."""
    rule = finding.rule
    yield f"{finding.where}: {finding.side}: {rule.detail}"
    if rule.note:
        yield f"  {rule.basis}: {rule.note}" if rule.basis else f"  {rule.note}"
    if rule.place:
        yield f"  {rule.place} {rule.pointer}"


def as_text(report: Report) -> Iterator[str]:
    """The report in lines of text; the last one is the summary."""
    for check in report.checks:
        if report.lists_checks or check.skipped:
            what = check.skipped or _calls(check)
            yield f"{_word(check):7} {check.provider} {check.name}: {what}"
    for finding in report.findings:
        kind = "warning" if finding.is_warning else "error"
        first, *others = lines_of(finding)
        yield f"{kind:7} {finding.provider} {first}"
        yield from (f"        {line}" for line in others)
    yield from (f"note: {note}" for note in report.notes)
    yield summary(report)


def _word(check: Check) -> str:
    if check.errors:
        return "failed"
    return "skipped" if check.skipped else "ok"


def _calls(check: Check) -> str:
    return "1 call" if check.calls == 1 else f"{check.calls} calls"


def summary(report: Report) -> str:
    """The report in one line."""
    findings = list(report.findings)
    errors = len(report.errors)
    return (
        f"{report.target}: {report.calls} calls, {report.successes} accepted, "
        f"{report.ignored} of no spec; {errors} errors, {len(findings) - errors} warnings"
    )
