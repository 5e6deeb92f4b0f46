"""Places of rules: where a spec has the rule that a request breaks, and what justifies it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from profilegate.admin.exchanges import ExchangeView
from profilegate.errors import Violation
from profilegate.openapi import Node, Spec
from profilegate.openapi.inspection import schemas_at
from profilegate.openapi.messages import sentence
from profilegate.openapi.walk import step_into

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule of a spec: the field, the keyword, and the rule in words.

    ``place`` is its file and line, ``pointer`` the JSON pointer in the file. ``basis`` and ``note``
    (``x-basis``, ``x-note``) say how we know it, ``page`` is the provider's page; empty for none.
    """

    field: str
    rule: str
    detail: str
    place: str = ""
    pointer: str = ""
    basis: str = ""
    note: str = ""
    page: str = ""


def rule_of(view: ExchangeView, violation: Violation) -> Rule:
    """The rule that a violation of a request breaks."""
    nodes = _of_parameter(view, violation) or _of_body(view, violation)
    return _rule_at(view.spec, nodes, violation)


def response_rule_of(view: ExchangeView, violation: Violation) -> Rule:
    """The rule that a violation of a response breaks; of the response itself without a body."""
    body = view.response_body()
    if body is not None and not violation.is_parameter and violation.at != ("body",):
        return _rule_at(
            view.spec, nodes_at(view.spec, body.schema, body.value, violation), violation
        )
    return response_rule(view, violation)


def response_rule(view: ExchangeView, violation: Violation) -> Rule:
    """The rule of a response as a whole: its status, its media type, a header."""
    node, operation = view.response_node(), view.operation
    if node is None and operation is not None:
        node = operation.node["responses"]
    return _rule_at(view.spec, [] if node is None else [(node, view.spec.where(node))], violation)


def _rule_at(spec: Spec, nodes: list[tuple[Node, Place]], violation: Violation) -> Rule:
    """The rule in one of some nodes: that which has its keyword, else the first."""
    detail = f"{violation.field or 'the body'} {sentence(violation)}"
    found = next((each for each in nodes if violation.rule in each[0]), None)
    if found is None and nodes:
        found = nodes[0]
    if found is None:
        return Rule(violation.field, violation.rule, detail)
    node, at = found
    rule = (violation.rule,) if violation.rule in node else ()
    return at_place(spec, Rule(violation.field, violation.rule, detail), (*at, *rule))


def lock_of(spec: Spec, path: str) -> Rule | None:
    """The rule by which a provider locks a path of the profile, or None."""
    for node, at in _schemas_with(spec, "x-lock"):
        said = node.get("x-profile")
        if (said["at"] if isinstance(said, dict) else said) == path:
            when = node["x-lock"]
            state = when["when"] if isinstance(when, dict) else when
            detail = f"{at[-1]} cannot be changed " + (
                "at all" if state == "always" else f"while the account is {state}"
            )
            rule = at_place(spec, Rule(str(at[-1]), "x-lock", detail), (*at, "x-lock"))
            # A field's note is mostly about its form; what is locked stands in a table of fields.
            table = at_place(spec, rule, at[:-2])
            has_own = isinstance(when, dict) or not table.note
            return rule if has_own else replace(rule, basis=table.basis, note=table.note)
    return None


def scheme_of(spec: Spec, name: str) -> Rule | None:
    """The security scheme that describes a credential, by the name of its header or parameter."""
    for scheme, node in spec.security_schemes.items():
        sent = node.get("name", "Authorization")
        if name.lower() in (sent.lower(), scheme.lower()) or sent.lower() in name.lower():
            detail = " ".join(str(node.get("description", "")).split())
            at = ("components", "securitySchemes", scheme)
            return at_place(spec, Rule(sent, node["type"], detail), at)
    return None


def at_place(spec: Spec, rule: Rule, at: Place) -> Rule:
    """A rule with its place, and with the reason that is given there or next above."""
    error = spec.error(at, "", "")
    reason = _reason(spec, at)
    return Rule(
        rule.field,
        rule.rule,
        rule.detail,
        place=error.place,
        pointer=f"#{error.pointer}",
        basis=str(reason.get("x-basis", "")),
        note=" ".join(str(reason.get("x-note") or _description(spec, at)).split()),
        page=str(spec.document.get("externalDocs", {}).get("url", "")),
    )


def _of_parameter(view: ExchangeView, violation: Violation) -> list[tuple[Node, Place]]:
    """The nodes of a parameter: its schema first."""
    if view.operation is None or not violation.at:
        return []
    # A query of its own name comes first where a parameter and a field share one.
    names = [str(step) for step in violation.at[:2]]
    for each in view.operation.parameters:
        if each.name in names and (violation.is_parameter or names[0] in ("query", "path")):
            nodes = [view.spec.resolve(each.schema), each.node]
            return [(node, view.spec.where(node)) for node in nodes]
    return []


def _of_body(view: ExchangeView, violation: Violation) -> list[tuple[Node, Place]]:
    """The nodes of a field of the body; of a missing one those of the object that lacks it."""
    operation, body = view.operation, view.request_body()
    if operation is None or not operation.bodies:
        return []
    schema = next(iter(operation.bodies.values()))["schema"] if body is None else body.schema
    return nodes_at(view.spec, schema, None if body is None else body.value, violation)


def nodes_at(
    spec: Spec, schema: Node, value: Any, violation: Violation
) -> list[tuple[Node, Place]]:
    """The nodes of a field of a body; of a missing one those of the object that lacks it."""
    at: Sequence[Any] = violation.at[:-1] if violation.rule == "required" else violation.at
    schemas = schemas_at([spec.schema(schema)], value, at)
    return [(each.node, spec.where(each.node)) for each in schemas]


def _reason(spec: Spec, at: Place) -> Node:
    """The nearest object above a place that says how we know it."""
    for length in range(len(at), 1, -1):
        node = step_into(spec.document, tuple(map(str, at[:length])))
        if isinstance(node, dict) and "x-basis" in node:
            return node
    return {}


def _description(spec: Spec, at: Place) -> str:
    """The nearest description at or above a place, for a rule without a note."""
    for length in range(len(at), 1, -1):
        node = step_into(spec.document, tuple(map(str, at[:length])))
        if isinstance(node, dict) and isinstance(node.get("description"), str):
            return str(node["description"])
    return ""


def _schemas_with(spec: Spec, key: str) -> Iterator[tuple[Node, Place]]:
    """The properties of all schemas that have a keyword."""
    waiting: list[tuple[Any, Place]] = [(spec.schemas(), ("components", "schemas"))]
    while waiting:
        node, at = waiting.pop(0)
        if isinstance(node, dict):
            if key in node and "x-profile" in node:
                yield node, at
            waiting += [(child, (*at, name)) for name, child in node.items()]
