"""Example responses: what an operation answers until somebody writes it."""

from functools import cache
from typing import Any

from profilegate.gateway.call import Call
from profilegate.openapi import Spec
from profilegate.openapi.examples import example_of


def example(call: Call, operation_id: str) -> Any:
    """The example of an operation's successful response, from its spec or made from its schema."""
    spec = call.context.gateway.providers[call.context.provider].spec
    return _example(spec, operation_id)


@cache
def _example(spec: Spec, operation_id: str) -> Any:
    for operation in spec.operations():
        if operation.id == operation_id:
            return example_of(spec, operation)
    raise LookupError(operation_id)
