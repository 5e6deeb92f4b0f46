"""Rules of a provider that no spec expresses, from its own package: nonces, signatures, scripts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from profilegate.contract.checked import Checked
from profilegate.contract.conversations import Conversation, Talk

Secrets = Mapping[str, Mapping[str, str]]
"""The credentials of some providers, each by the names that the provider gives them."""

CheckNext = Callable[[Checked], None]
"""Adds findings to the next exchange of a recording, in view of the earlier ones."""


@dataclass(frozen=True, slots=True)
class Subject:
    """
    The user of whom examples speak: ``parameters`` are those of paths and queries that name it.

    ``restore`` gives it back what it had before.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    restore: Callable[[], None] | None = None


def as_it_is(_: str, body: Any, __: Subject) -> Any:
    """The body of an example, unchanged."""
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRules:
    """
    What ``handlers/<name>/contract.py`` has as ``RULES``.

    ``checker`` makes the checks of one recording; it takes the credentials that are known.
    ``subject`` finds or creates (``subject_is_new``) the user of the examples. ``adapt`` makes the
    body of an example fit, given the operation's id: names that only one user may have. Examples of
    the operations in ``left_out`` are not sent: they log in as somebody, or end the session.
    """

    checker: Callable[[Mapping[str, str]], CheckNext] | None = None
    conversations: Sequence[Conversation] = ()
    subject: Callable[[Talk], Subject] | None = None
    subject_is_new: bool = False
    adapt: Callable[[str, Any, Subject], Any] = as_it_is
    left_out: frozenset[str] = frozenset()


def load_rules(name: str) -> ContractRules:
    """The rules of a provider; none for one without the module."""
    module = f"profilegate.handlers.{name}.contract"
    if find_spec(module) is None:
        return ContractRules()
    rules: ContractRules = import_module(module).RULES
    return rules
