"""Checks of a response: the rules of the spec, masks, and personal data that it must not have."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from profilegate.admin.exchanges import Body
from profilegate.admin.rule_places import Rule, response_rule, response_rule_of
from profilegate.client.checks import Checker
from profilegate.contract.checked import Checked, is_hidden, unknown_names
from profilegate.contract.personal import personal_names, unmasked
from profilegate.contract.recorded import NOTHING
from profilegate.errors import Violation
from profilegate.gateway.provider import Provider
from profilegate.media.protobuf import Messages
from profilegate.openapi import Node, Spec, json_schema
from profilegate.openapi.inspection import HIDDEN, schemas_at
from profilegate.openapi.media_types import bare
from profilegate.openapi.validator import compile_json_schema


class ResponseChecks:
    """The checks of one provider's responses."""

    def __init__(self, provider: Provider, messages: Messages) -> None:
        self._spec: Spec = provider.spec
        self._checker = Checker(provider.spec, messages)
        self._personal = personal_names(provider.spec)

    def check(self, checked: Checked) -> None:
        """Check status, headers, media type, body, masks, and what is personal."""
        view, recorded, operation = checked.view, checked.recorded, checked.match.operation
        if operation is None or (recorded.response_body is None and view.response_node()):
            return
        if recorded.response_value is not NOTHING:
            self._check_shown_value(checked)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in recorded.joined_response_headers().items()
        }
        body = recorded.response_body or b""
        found = self._checker.response(operation, recorded.status, headers, body)
        checked.response_value = found[0]
        known = view.response_body()
        for violation in found[1] if known is None else self._narrowed(found[1], known):
            header = headers.get(violation.field.lower())
            if header == HIDDEN or is_hidden(violation, checked.response_value):
                checked.hidden += 1
            else:
                checked.add("response", response_rule_of(view, violation))
        if known is not None:
            self._check_personal(checked, known.schema, known.value)

    def _narrowed(self, found: Iterable[Violation], body: Body) -> Iterator[Violation]:
        """The violations, with those of the nearest branch in place of "none of the forms"."""
        for violation in found:
            nearest: list[Violation] = []
            if violation.rule in ("anyOf", "oneOf"):
                nearest = self._of_nearest_branch(violation, body)
            yield from nearest or [violation]

    def _of_nearest_branch(self, violation: Violation, body: Body) -> list[Violation]:
        value = body.value
        for step in violation.at:
            value = value[step]
        tried: list[list[Violation]] = []
        at = tuple(map(str, violation.at))
        for schema in schemas_at([self._spec.schema(body.schema)], body.value, violation.at):
            for branch in (*schema.any_of, *schema.one_of):
                rules = json_schema(self._spec, branch.node, "response")
                tried.append(compile_json_schema(rules, at)(value))
        return min(filter(None, tried), key=len, default=[])

    def _check_shown_value(self, checked: Checked) -> None:
        """Check the value of a response whose bytes the recording does not have."""
        node = checked.view.response_node() or {}
        name = bare(checked.view.response_media_type)
        for known, media in node.get("content", {}).items():
            if bare(known) == name:
                checked.response_value = checked.recorded.response_value
                self._check_personal(checked, media.get("schema", {}), checked.response_value)

    def _check_personal(self, checked: Checked, schema: Node, value: Any) -> None:
        """Check masks, and find what the spec does not know in a response."""
        schemas = [self._spec.schema(schema)]
        for violation in unmasked(self._spec, schemas, value):
            checked.add("response", response_rule_of(checked.view, violation))
        for name, shown in unknown_names(schemas, value):
            if name.rpartition(".")[2] in self._personal:
                detail = f"{name} is personal, and the spec does not have it in this response"
                rule = response_rule(checked.view, Violation((name,), "x-pii"))
                checked.add("response", replace(rule, detail=detail))
            else:
                detail = f"{shown} is not known to the spec"
                checked.add("response", Rule(shown, "unknown", detail), is_warning=True)
