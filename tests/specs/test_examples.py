"""Every example in every spec is what its schema asks for."""

from collections.abc import Iterator
from typing import Any

import pytest

from profilegate.openapi import Node, Spec
from profilegate.openapi.validator import compile_validator
from tests.specs.all_specs import SPECS, objects


def examples() -> Iterator[tuple[str, Spec, Node, Any]]:
    """Each example with its place, its spec and its schema."""
    for name, spec in SPECS.items():
        for kind in ("media type", "parameter", "header"):
            for at, node in objects(spec, kind):
                for key, example in node.get("examples", {}).items():
                    value = spec.resolve(example)["value"]
                    yield f"{name}#{at}/examples/{key}", spec, node["schema"], value
                if "example" in node:
                    yield f"{name}#{at}/example", spec, node["schema"], node["example"]
        for at, node in objects(spec, "schema"):
            if "example" in node:
                yield f"{name}#{at}/example", spec, node, node["example"]


EXAMPLES = {at: rest for at, *rest in examples()}


@pytest.mark.parametrize(("spec", "schema", "value"), EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_is_valid(spec: Spec, schema: Node, value: Any) -> None:
    """
    Examples are what people copy; one that its own schema rejects teaches them a mistake.
    """

    assert [] == compile_validator(spec, schema)(value)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_body_and_response_has_an_example(spec: Spec) -> None:
    """
    Swagger UI's "Try it out" sends the first one; a response without one says nothing.
    """
    bare = [
        at for at, node in objects(spec, "media type") if not {"example", "examples"} & node.keys()
    ]

    assert [] == bare


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_parameter_and_header_has_an_example(spec: Spec) -> None:
    """
    A name alone does not show how a value looks.
    """
    bare = [
        at
        for kind in ("parameter", "header")
        for at, node in objects(spec, kind)
        if not {"example", "examples"} & node.keys()
    ]

    assert [] == bare
