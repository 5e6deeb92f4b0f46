"""Error responses: bounded in size, and without a word that the caller sent."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest

from profilegate.http.limits import BODY_SIZE_MAX_BYTES
from profilegate.openapi import Operation, Spec
from profilegate.openapi.schema import Schema
from tests.clients import MACHNET, NAVIXY_HASH, KrakenPartner, diadoc_authorization
from tests.profiles.client import ADMIN
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import SPECS

ERROR_SIZE_MAX_BYTES = 16 * 1024
"""Envoy and the Google APIs bound an error to kilobytes too; ours are far below."""

CANARY = "canary-ivan@example.com\n\u2028"
"""Stands in every name and value that is sent."""

WORD = "canary"

LIST_SIZE = 30
"""More items than any response may list, within the largest body."""

kraken_partner = KrakenPartner()

OPERATIONS = {
    f"{name} {operation.id}": (spec, operation)
    for name, spec in SPECS.items()
    for operation in spec.operations()
}


def hostile(schema: Schema) -> Any:
    """A value that breaks every rule of a schema, at every depth, in long lists and names."""
    branches = [*schema.one_of, *schema.any_of, *schema.all_of]
    if schema.items is not None:
        item = hostile(schema.items)
        return [item] * (LIST_SIZE if len(json.dumps(item)) < 1_000 else 2)
    if schema.properties or branches:
        known = {each.name: hostile(each.schema) for each in schema.properties}
        for branch in branches:
            if isinstance(below := hostile(branch), dict):
                known |= below
        return {**known, CANARY * 9: [CANARY], CANARY: {CANARY: [CANARY, "\0"]}}
    return {CANARY: [CANARY]}


def bodies(spec: Spec, operation: Operation) -> dict[str, Any]:
    """Bodies that break rules: of one type too many, and broken everywhere."""
    assert operation.body is not None
    everywhere = hostile(spec.schema(operation.body))
    return {"a text": CANARY, "a list": [CANARY] * 100, "broken everywhere": everywhere}


def headers(spec: Spec, target: str, body: bytes) -> Mapping[str, str]:
    """What authenticates a caller of a provider."""
    if spec.name == "kraken":
        return kraken_partner.headers(target, body)
    return {
        "navixy": {"Authorization": f"NVX {NAVIXY_HASH}"},
        "machnet": MACHNET,
        "diadoc": diadoc_authorization(),
        "profiles": ADMIN,
    }[spec.name]


def target_of(operation: Operation, query: Mapping[str, str]) -> str:
    """The operation's path, with the examples of the spec for its parameters."""
    path = operation.paths[0]
    for parameter in operation.parameters:
        if parameter.location == "path":
            examples = [each["value"] for each in parameter.node.get("examples", {}).values()]
            value = str(examples[0] if examples else parameter.node.get("example", "1"))
            path = path.replace(f"{{{parameter.name}}}", quote(value))
    return f"{path}?" + "&".join(f"{quote(name)}={quote(value)}" for name, value in query.items())


def assert_bounded(response: Response) -> None:
    """The response is an error of the caller's, small, and without its words."""
    assert 400 <= response.status < 500
    assert len(response.body) <= ERROR_SIZE_MAX_BYTES
    assert WORD not in response.text.lower()
    assert WORD not in str(response.headers).lower()


BODIES = {name: each for name, each in OPERATIONS.items() if each[1].body is not None}


@pytest.mark.parametrize(("spec", "operation"), BODIES.values(), ids=BODIES)
def test_an_error_response_never_grows_with_a_body_or_repeats_it(
    gateway: RunningGateway, spec: Spec, operation: Operation
) -> None:
    """
    "Errors name every violation at once and never repeat a value that was sent": nor a name.
    """
    media_type = next(iter(spec.resolve(operation.node["requestBody"])["content"]))
    for sent in bodies(spec, operation).values():
        raw = json.dumps(sent).encode()
        if media_type == "application/x-ndjson":
            raw = b"\n".join([json.dumps(sent[0] if sent == [*sent] else sent).encode()] * 100)
        else:
            media_type = "application/json"
        query = {"type": "password"} if operation.id == "authenticate" else {}
        target = target_of(operation, query)
        sender = {**headers(spec, target, raw), "Content-Type": media_type}

        response = gateway.send(operation.method, target, body=raw, headers=sender)

        assert len(raw) <= (operation.body_size_max_bytes or BODY_SIZE_MAX_BYTES)
        assert_bounded(response)


PARAMETERS = {
    name: (spec, operation)
    for name, (spec, operation) in OPERATIONS.items()
    if any(parameter.location != "path" for parameter in operation.parameters)
}


@pytest.mark.parametrize(("spec", "operation"), PARAMETERS.values(), ids=PARAMETERS)
def test_an_error_response_never_repeats_a_parameter(
    gateway: RunningGateway, spec: Spec, operation: Operation
) -> None:
    """
    Parameters are validated as bodies are, and their errors are bounded alike.
    """
    names = {CANARY} | {
        parameter.name for parameter in operation.parameters if parameter.location == "query"
    }
    target = target_of(operation, dict.fromkeys(names, CANARY * 20))
    also = {
        parameter.name: WORD * 400
        for parameter in operation.parameters
        if parameter.location == "header"
    }
    sender = {**headers(spec, target, b""), **also}

    response = gateway.send(operation.method, target, body=b"", headers=sender)

    assert_bounded(response)
