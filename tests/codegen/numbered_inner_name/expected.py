# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""An object without a name whose place is another schema's name: types, operations and the
mapping to the profile.
"""

from collections.abc import Mapping
from typing import Protocol, TypedDict

from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


class ThingPart2(TypedDict, total=False):
    """ThingPart2"""

    name: str


class Thing(TypedDict, total=False):
    """Thing"""

    part: ThingPart2


class ThingPart(TypedDict, total=False):
    """ThingPart"""

    other: str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
