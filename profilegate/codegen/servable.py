"""Checks that a spec can be served, as far as that does not depend on its handlers."""

from profilegate.codegen.module import generate_module
from profilegate.gateway.schemes import ready_made
from profilegate.openapi import Spec, json_schema, validate_spec
from profilegate.openapi.bounds import check_bounds
from profilegate.openapi.examples import example_of
from profilegate.openapi.validator import compile_json_schema


def check_servable(spec: Spec) -> None:
    """
    Do all that ``generate`` and a start would do with a spec.

    Raises:
        SpecError: it cannot be served.
    """
    validate_spec(spec)
    check_bounds(spec)
    ready_made(spec)
    for operation in spec.operations():
        bodies = (media["schema"] for media in operation.bodies.values())
        for node in (*(each.schema for each in operation.parameters), *bodies):
            compile_json_schema(json_schema(spec, node))
        example_of(spec, operation)
    generate_module(spec)
