"""Rules of a provider that no spec expresses, from its own package: nonces, signatures, scripts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from profilegate.contract.checks import Checked

Secrets = Mapping[str, Mapping[str, str]]
"""The credentials of some providers, each by the names that the provider gives them."""

CheckNext = Callable[[Checked], None]
"""Adds findings to the next exchange of a recording, in view of the earlier ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRules:
    """
    What ``handlers/<name>/contract.py`` has as ``RULES``.

    ``checker`` makes the checks of one recording; it takes the credentials that are known.
    """

    checker: Callable[[Mapping[str, str]], CheckNext] | None = None


def load_rules(name: str) -> ContractRules:
    """The rules of a provider; none for one without the module."""
    module = f"profilegate.handlers.{name}.contract"
    if find_spec(module) is None:
        return ContractRules()
    rules: ContractRules = import_module(module).RULES
    return rules
