# Generated from specs/spec.yaml by `make generate`. Edit the spec, not this file.
"""Operations, parameters and responses: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Literal, Protocol, TypedDict

from profilegate.gateway.call import Call
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping

Day = str
"""A day."""


class Thing(TypedDict, total=False):
    """A thing."""

    name: str


class AddThingBody(TypedDict):
    """AddThingBody"""

    name: str


class AddThingResponse(TypedDict, total=False):
    """AddThingResponse"""

    id: str


class Operations(Protocol):
    """What a handler module for specs/spec.yaml provides."""

    async def show_thing(
        self, call: Call, *, thing_id: str, language: Literal["en", "ru"] | None = None, since: Day
    ) -> Thing:
        """GET /things/{thing_id}: Show a thing"""
        ...

    async def replace_thing(self, call: Call, *, thing_id: str, body: Thing) -> str:
        """PUT /things/{thing_id}: Replace a thing, in JSON or as a form."""
        ...

    async def remove_thing(self, call: Call, *, thing_id: str) -> None:
        """DELETE /things/{thing_id}: remove_thing"""
        ...

    async def list_things(self, call: Call) -> list[Thing]:
        """GET /things: List all things"""
        ...

    async def add_thing(self, call: Call, *, body: AddThingBody | None = None) -> AddThingResponse:
        """POST /things: Add a thing"""
        ...


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
