"""Verification of a server: the spec's examples, and the provider's conversations."""

import ipaddress
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import UNSET

from profilegate.client import Response
from profilegate.contract.caller import Caller
from profilegate.contract.conversations import (
    ANOTHER_FORM,
    UNCHECKED,
    UNREADABLE,
    Conversation,
    SetupFailedError,
    Talk,
    run_conversation,
)
from profilegate.contract.findings import Check, Report
from profilegate.contract.provider_rules import ContractRules, Subject
from profilegate.errors import InvalidFieldsError, SettingError
from profilegate.openapi import Operation, Spec
from profilegate.openapi.examples import example_of_parameter

FOREIGN_PAUSE_SECONDS: Final = 0.5
"""Between two requests to a server that is not on this machine: a fraction of the least rate limit
of the providers' pages."""

EXAMPLES: Final = "the spec's examples"
SUBJECT: Final = "the user of the examples"

NO_WRITES: Final = "it writes; --write permits that at a server of others"


@dataclass(slots=True, kw_only=True)
class Plan:
    """
    What is verified.

    ``writes``: requests that change something are sent too. ``inputs`` are values by the names of
    parameters, or of what conversations need. ``more`` are further checks with the same subject.
    ``tell`` is called before each check with its name.
    """

    caller: Caller
    rules: ContractRules
    writes: bool
    inputs: Mapping[str, str] = field(default_factory=dict)
    more: dict[str, Callable[["Plan", Subject], Check]] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda _: None

    @property
    def spec(self) -> Spec:
        """The provider's spec."""
        return self.caller.provider.spec

    @property
    def steps(self) -> int:
        """How many checks there are."""
        return 2 + len(self.rules.conversations) + len(self.more)


def is_foreign(url: str) -> bool:
    """Whether a server is on another machine than this one."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def changes_nothing(operation: Operation) -> bool:
    """Whether an operation only reads (RFC 9110, 9.2.1; ``x-unsafe``)."""
    return operation.method == "GET" and "x-unsafe" not in operation.node


def verify(plan: Plan, report: Report) -> None:
    """
    Run the examples, the conversations, and what else is planned, and add them to the report.

    Raises:
        CallError: there is no response.
    """
    plan.tell(SUBJECT)
    check, subject = find_subject(plan)
    report.checks.append(check)
    plan.tell(EXAMPLES)
    report.checks.append(run_examples(plan, subject))
    for conversation in plan.rules.conversations:
        plan.tell(conversation.name)
        if conversation.writes and not plan.writes:
            name = plan.caller.provider.name
            report.checks.append(Check(name, conversation.name, skipped=NO_WRITES))
        else:
            report.checks.append(
                run_conversation(plan.caller, conversation, plan.inputs, subject.parameters)
            )
    for name, run in plan.more.items():
        plan.tell(name)
        report.checks.append(run(plan, subject))
    if subject.restore is not None and plan.writes:
        subject.restore()


# --- Examples ----------------------------------------------------------------------------


def find_subject(plan: Plan) -> tuple[Check, Subject]:
    """The user of the examples, and how it was found."""
    rules, provider = plan.rules, plan.caller.provider
    check = Check(provider.name, SUBJECT)
    given = Subject(dict(plan.inputs))
    if rules.subject is None or (rules.subject_is_new and not plan.writes):
        check.skipped = "" if rules.subject is None else NO_WRITES
        return check, given
    setup = Conversation(name=SUBJECT, at=(), run=lambda _: None)
    try:
        found = rules.subject(Talk(plan.caller, setup, check, plan.inputs))
    except (SetupFailedError, InvalidFieldsError, SettingError) as error:
        check.skipped = str(error)
        return check, given
    except UNREADABLE:
        check.skipped = ANOTHER_FORM
        return check, given
    return check, Subject({**found.parameters, **plan.inputs}, found.restore)


def run_examples(plan: Plan, subject: Subject) -> Check:
    """Send every example of every operation, and check the responses."""
    check = Check(plan.caller.provider.name, EXAMPLES)
    started = time.perf_counter()
    for operation in plan.spec.operations():
        for parameters, body in examples_of(plan, operation, subject):
            send_example(plan, check, operation, parameters, body)
    if not check.calls:
        check.skipped = "no example can be sent"
    check.seconds = time.perf_counter() - started
    return check


def send_example(
    plan: Plan, check: Check, operation: Operation, parameters: Mapping[str, Any], body: Any
) -> Response | None:
    """The response to an example; None without the credential that the operation needs."""
    try:
        return plan.caller.call(check, operation.id, parameters, body=body, options=UNCHECKED)
    except SettingError:
        return None


def examples_of(
    plan: Plan, operation: Operation, subject: Subject
) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """The parameters and the body of each example that may be sent."""
    if operation.id in plan.rules.left_out or not (plan.writes or changes_nothing(operation)):
        return
    parameters = parameters_of(plan, operation, subject)
    for body in bodies_of(plan, operation, subject):
        yield parameters, body


def parameters_of(plan: Plan, operation: Operation, subject: Subject) -> dict[str, Any]:
    """The values of an operation's parameters: those of the subject, else the examples."""
    return {
        each.name: subject.parameters.get(
            each.name, _without_credentials(plan, example_of_parameter(plan.spec, each))
        )
        for each in operation.parameters
        if each.is_required or each.name in subject.parameters
    }


def _without_credentials(plan: Plan, value: Any) -> Any:
    """An example without the credentials in it, which are those of the page."""
    if not isinstance(value, dict):
        return value
    own = plan.caller.client.signer.names
    return {key: each for key, each in value.items() if key not in own}


def bodies_of(plan: Plan, operation: Operation, subject: Subject) -> Iterator[Any]:
    """The examples of an operation's body; UNSET for one without a body."""
    found = False
    for media in operation.bodies.values():
        for value in _examples(plan.spec, media):
            found = True
            body = _without_credentials(plan, value)
            yield plan.rules.adapt(operation.id, body, subject)
        if found:
            return
    if not operation.is_body_required:
        yield UNSET


def _examples(spec: Spec, media: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    for each in media.get("examples", {}).values():
        node = spec.resolve(each)
        if "value" in node:
            yield node["value"]
