"""Generated requests: Schemathesis makes them from the spec; we sign them, and check more."""

import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from profilegate.admin.rule_places import Rule, at_place
from profilegate.contract.findings import Check, Finding
from profilegate.contract.generated_signing import as_bytes, signed
from profilegate.contract.provider_rules import Subject
from profilegate.contract.recorded import HeaderLines, Recorded
from profilegate.contract.verification import Plan, changes_nothing
from profilegate.openapi import Operation
from profilegate.openapi.keywords import METHODS
from profilegate.openapi.media_types import is_json

NAME: Final = "generated requests"

ABSENT: Final = "Schemathesis is not installed: pip install 'profilegate[verify]'"

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
)
"""Its checks that need no knowledge of locks and logins: the conversations have that."""

SEED: Final = 20260102
"""The same requests in every run."""

REQUEST_TIMEOUT_SECONDS: Final = 30.0
"""That of the client's own requests."""


def run_generated(plan: Plan, subject: Subject, *, examples: int, is_thorough: bool) -> Check:
    """
    Send about so many generated requests to each operation.

    ``is_thorough``: also one for each word, each bound and each missing field of the spec, which
    are thousands. At a server that is only read it sends valid requests of operations that only
    read.
    """
    check = Check(plan.caller.provider.name, NAME)
    try:
        import schemathesis
    except ImportError:
        check.skipped = ABSENT
        return check
    document = _narrowed(plan, subject)
    if not document["paths"]:
        check.skipped = "no operation only reads; --write permits the others"
        return check
    started = time.perf_counter()
    config = _config(plan, examples, is_thorough=is_thorough and plan.writes)
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.auth.set_from_requests(signed(plan, subject))
    _leave_out_ambiguous(schema, drops_null=plan.spec.document.get("x-null") == "absent")
    _run(schema, plan, check)
    check.seconds = time.perf_counter() - started
    return check


# --- The spec -----------------------------------------------------------------------------


def _narrowed(plan: Plan, subject: Subject) -> dict[str, Any]:
    """The spec of the operations that may be called, with the subject's values as parameters."""
    document = deepcopy(plan.spec.document)
    known = {each.id: each for each in plan.spec.operations()}
    paths: dict[str, Any] = {}
    for path, item in document["paths"].items():
        kept = {key: node for key, node in item.items() if key not in METHODS}
        called = {
            method: item[method]
            for method in METHODS
            if method in item and _may_call(plan, known[item[method]["operationId"]])
        }
        if called:
            paths[path] = {**kept, **called}
    document["paths"] = paths
    for node in _objects(document):
        if node.get("in") in ("path", "query") and node.get("name") in subject.parameters:
            node["schema"] = {"type": "string", "enum": [subject.parameters[node["name"]]]}
            node.pop("example", None)
            node.pop("examples", None)
        if "content" in node and any(map(is_json, node["content"])):
            node["content"] = {name: e for name, e in node["content"].items() if is_json(name)}
    document["servers"] = [{"url": plan.caller.client.base_url.origin}]
    return document


def _may_call(plan: Plan, operation: Operation) -> bool:
    is_left_out = operation.id in plan.rules.left_out
    return not is_left_out and (plan.writes or changes_nothing(operation))


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for each in node.values():
            yield from _objects(each)
    elif isinstance(node, list):
        for each in node:
            yield from _objects(each)


# --- Schemathesis -------------------------------------------------------------------------


def _config(plan: Plan, examples: int, *, is_thorough: bool) -> Any:
    from schemathesis.config import ProjectConfig, ProjectsConfig, SchemathesisConfig

    modes = ["positive", "negative"] if plan.writes else ["positive"]
    pause = plan.caller.pause_seconds
    off = {"enabled": False}
    settings = {
        "base-url": _base_url(plan),
        "continue-on-failure": True,
        "request-timeout": REQUEST_TIMEOUT_SECONDS,
        **({"rate-limit": f"{int(60 / pause)}/m"} if pause else {}),
        "generation": {
            "modes": modes,
            "max-examples": examples,
            "deterministic": True,
            "database": "none",
            "with-security-parameters": False,
            "no-shrink": True,
        },
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "phases": {"examples": off, "stateful": off, "coverage": {"enabled": is_thorough}},
    }
    project = ProjectConfig.from_dict(settings)
    config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))
    return config


def _base_url(plan: Plan) -> str:
    base = plan.caller.client.base_url
    operation = plan.spec.operations()[0]
    return base.origin + base.path(operation).removesuffix(operation.path)


def _leave_out_ambiguous(schema: Any, *, drops_null: bool) -> None:
    """Leave out what is read in several ways: repeated names, and null where it is nothing."""

    def filter_case(context: Any, case: Any) -> bool:
        query = case.query if isinstance(case.query, dict) else {}
        has_lists = any(isinstance(each, list | dict) for each in query.values())
        is_nested = any("[" in name for name in query)
        return not (is_nested or has_lists or (drops_null and _has_null(case.body)))

    schema.hook(filter_case)


def _has_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(each is None or _has_null(each) for each in value.values())
    return isinstance(value, list) and any(map(_has_null, value))


def _recorded(number: int, interaction: Any) -> Recorded:
    sent, response = interaction.request, interaction.response
    is_whole = len(response.content) == response.content_size
    return Recorded(
        number=number,
        method=sent.method,
        url=sent.uri,
        headers=_lines(sent.headers),
        request_body=sent.body or b"",
        status=response.status_code,
        # The body is decompressed.
        response_headers=[e for e in _lines(response.headers) if e[0] != b"content-encoding"],
        response_body=response.content if is_whole else None,
        started=0.0,
        ended=response.elapsed,
    )


def _lines(headers: Mapping[str, Any]) -> HeaderLines:
    return [
        (name.lower().encode(), as_bytes(", ".join(map(_text, e)))) for name, e in headers.items()
    ]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _run(schema: Any, plan: Plan, check: Check) -> None:
    from schemathesis.engine import events, from_schema

    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _examine(plan, check, event.recorder)
        elif isinstance(event, events.NonFatalError):
            check.skipped = f"Schemathesis stopped at {event.label}: {type(event.value).__name__}"
        elif isinstance(event, events.FatalError):
            check.skipped = f"Schemathesis stopped: {type(event.exception).__name__}"


def _examine(plan: Plan, check: Check, recorder: Any) -> None:
    """Count what was sent, check it as all exchanges, and add what Schemathesis has found."""
    operations = {each.id: each for each in plan.spec.operations()}
    for interaction in recorder.interactions.values():
        check.calls += 1
        if interaction.response is not None:
            check.successes += 200 <= interaction.response.status_code < 300
            plan.caller.examine(check, _recorded(check.calls, interaction))
    for case_id, nodes in recorder.checks.items():
        case = recorder.cases[case_id].value
        operation = operations[case.operation.definition.raw["operationId"]]
        for node in nodes:
            if node.failure_info is not None:
                _add(plan, check, operation, node.name, node.failure_info.failure)


def _add(plan: Plan, check: Check, operation: Operation, name: str, failure: Any) -> None:
    """A failure of Schemathesis, without what was sent."""
    at = ("paths", operation.path, operation.method.lower())
    title = str(failure.title)
    rule = at_place(plan.spec, Rule("", name, f"{title[0].lower()}{title[1:]}"), at)
    where = f"{NAME}: {operation.method} {operation.path}"
    plan.caller.add(check, Finding(plan.spec.name, operation.id, where, "response", rule))
