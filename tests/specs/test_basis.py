"""The basis of each statement (x-basis), and the reason of each assumption (x-note)."""

import pytest

from profilegate.openapi import Node, Spec
from tests.specs.all_specs import ENVELOPES, PROVIDERS, maps, objects

EACH_PROVIDER = pytest.mark.parametrize("spec", PROVIDERS.values(), ids=PROVIDERS)

KINDS = (
    "operation", "parameter", "request body", "response", "header", "security scheme",
)  # fmt: skip


@EACH_PROVIDER
@pytest.mark.parametrize("kind", KINDS)
def test_everything_a_client_meets_says_how_we_know_it(spec: Spec, kind: str) -> None:
    """
    "The fidelity ledger is generated from these": what has no x-basis is missing in it.
    """
    silent = [at for at, node in objects(spec, kind) if "x-basis" not in node]

    assert [] == silent


@EACH_PROVIDER
def test_every_named_schema_says_how_we_know_it(spec: Spec) -> None:
    """
    A property without a basis of its own has that of its schema.
    """

    assert [] == [name for name, node in spec.schemas().items() if "x-basis" not in node]


@EACH_PROVIDER
def test_what_is_not_documented_says_why(spec: Spec) -> None:
    """
    Inferred from what, assumed for which reason, an example of what: a sentence beside it.
    """
    silent = [
        at
        for at, node in maps(spec)
        if node.get("x-basis", "documented") != "documented" and "x-note" not in node
    ]

    assert [] == silent


@EACH_PROVIDER
def test_a_note_says_on_what_it_is_based(spec: Spec) -> None:
    """
    A note alone does not tell whether the page says it or we do.
    """
    silent = [at for at, node in maps(spec) if "x-note" in node and "x-basis" not in node]

    assert [] == silent


def _error_responses(spec: Spec) -> dict[str, Node]:
    return {
        f"{operation.id} {status}": spec.resolve(response)
        for operation in spec.operations()
        for status, response in operation.node["responses"].items()
        if not status.startswith("2")
    }


@pytest.mark.parametrize("name", ENVELOPES)
def test_every_error_response_comes_in_the_providers_envelope(name: str) -> None:
    """
    A client has one way to read an error: 4xx and 5xx look alike.
    """
    media_type, reference = ENVELOPES[name]
    contents = {
        at: {kind: media["schema"] for kind, media in error_response["content"].items()}
        for at, error_response in _error_responses(PROVIDERS[name]).items()
    }

    assert {at: {media_type: {"$ref": reference}} for at in contents} == contents


@EACH_PROVIDER
def test_every_405_names_the_methods_that_are_allowed(spec: Spec) -> None:
    """
    RFC 9110, 15.5.6: "The origin server MUST generate an Allow header field in a 405 response".
    """
    silent = [
        at
        for at, node in _error_responses(spec).items()
        if at.endswith(" 405") and "Allow" not in node.get("headers", {})
    ]

    assert [] == silent
    assert {f"{operation.id} 405" for operation in spec.operations()} <= _error_responses(
        spec
    ).keys()
