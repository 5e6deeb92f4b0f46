"""First demo data, first demo calls and first tests of a provider."""

from profilegate.codegen.first_spec import ACCOUNT
from profilegate.codegen.foreign.yaml_text import to_yaml
from profilegate.codegen.python_types import docstring
from profilegate.gateway.outgoing import ready_made_signer
from profilegate.openapi import Node, Spec
from profilegate.openapi.examples import example_of_parameter
from profilegate.openapi.mapping import mapping_of

TESTS = '''
import pytest

from tests.first_calls import FirstCall, first_calls, invalid_calls
from tests.running_gateway import RunningGateway

CALLS = first_calls("{name}")
INVALID = invalid_calls("{name}")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_each_operation_can_be_called(gateway: RunningGateway, call: FirstCall) -> None:
    """
    An authenticated request that follows the specification succeeds.
    """
    response = call.send(gateway)

    assert call.status == response.status


@pytest.mark.parametrize("call", INVALID.values(), ids=INVALID)
def test_an_invalid_request_is_rejected(gateway: RunningGateway, call: FirstCall) -> None:
    """
    The specification says which requests are valid.
    """
    response = call.send(gateway)

    assert call.status == response.status
'''


def first_tests(spec: Spec) -> str:
    """A module that calls each operation once, and sends one invalid request."""
    title = " ".join(str(spec.document["info"]["title"]).split())
    caption = docstring(f"First calls of {title}: each operation once, and an invalid request.")
    return f"{caption}\n{TESTS.format(name=spec.name)}"


def demo_data(spec: Spec) -> str:
    """One tenant with a credential for each security scheme, and a person to update."""
    tenant = f"{spec.name}-demo"
    credentials = [_credential(spec, name, node) for name, node in spec.security_schemes.items()]
    document: Node = {
        "credentials": [{**each, "tenant": tenant} for each in credentials],
        "people": [_person(spec, tenant)] if mapping_of(spec).bodies else [],
    }
    what = "# What `profilegate serve --demo` loads for this provider; every secret is public."
    return f"{what}\n{to_yaml(document)}"


def demo_calls(spec: Spec) -> str:
    """The credentials of the security schemes, by their parts, for the provider's page."""
    parts: Node = {}
    for scheme, names in ready_made_signer(spec).required.items():
        made = _credential(spec, scheme, spec.security_schemes[scheme])
        texts = (made["text"], made.get("secret"))
        parts |= {name: text for name, text in zip(names, texts, strict=False) if text}
    what = "# What the page /docs of this provider fills in with the demo data (ADR 41)."
    return f"{what}\n{to_yaml({'credentials': parts})}"


def _credential(spec: Spec, name: str, node: Node) -> Node:
    made = {"provider": spec.name, "kind": name, "text": _key(spec, node)}
    if node["type"] == "http" and str(node.get("scheme")).lower() == "basic":
        made |= {"text": f"{spec.name}-demo-user", "secret": f"{spec.name}-demo-password"}
    return made


def _key(spec: Spec, node: Node) -> str:
    """The text of a credential; a valid one where the same key is a parameter too."""
    for operation in spec.operations():
        for each in operation.parameters:
            if (each.name, each.location) == (node.get("name"), node.get("in")):
                value = example_of_parameter(spec, each)
                if isinstance(value, str) and value:
                    return value
    return f"{spec.name}-demo-key"


def _person(spec: Spec, tenant: str) -> Node:
    account = {"provider": spec.name, "id": ACCOUNT, "tenant": tenant}
    return {"fields": {"name.given": "Zoe", "name.family": "Example"}, "accounts": [account]}
