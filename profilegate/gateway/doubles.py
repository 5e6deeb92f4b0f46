"""Test doubles: what a provider's package says of the double that tests use in its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from profilegate.profile.fields import Fields


def no_fields(_: datetime) -> Fields:
    """The own fields of a new user that has none."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleRules:
    """The words of a provider in its test double; ``handlers/<name>/testing.py`` has them.

    ``credentials`` are the double's attributes: each with the kind of a credential, and the name
    under which its issuer shows the value. ``own_names`` are names of own fields that no body of
    the provider's update has: each with its path. ``new_user`` gives the own fields, and
    ``new_body`` other fields in the provider's names, of a user of whom a test says nothing.
    ``to_body`` shows a user; without it the provider's representation does.
    """

    credentials: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    own_names: Mapping[str, str] = field(default_factory=dict)
    new_body: Mapping[str, Any] = field(default_factory=dict)
    new_user: Callable[[datetime], Fields] = no_fields
    to_body: Callable[[Fields], Any] | None = None
