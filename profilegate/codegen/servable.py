"""Checks that a spec can be served, as far as that does not depend on its handlers."""

from profilegate.codegen.files import CHECKS
from profilegate.codegen.module import generate_module
from profilegate.gateway.schemes import ready_made
from profilegate.openapi import Spec
from profilegate.openapi.examples import example_of


def check_servable(spec: Spec) -> None:
    """
    Do all that ``generate`` and a start would do with a spec.

    Raises:
        SpecError, SpecsRejectedError: it cannot be served.
    """
    try:
        for check in CHECKS:
            check(spec)
        ready_made(spec)
        for operation in spec.operations():
            example_of(spec, operation)
        generate_module(spec)
    except (RecursionError, ValueError) as error:
        # ValueError: the validator's compiler takes no schema with more than some hundred levels.
        raise spec.error(
            (),
            f"schemas refer to each other in a chain that is too long ({type(error).__name__})",
            "choose fewer operations with --operation, or cut the chain",
        ) from None
