"""Litestar and msgspec."""

from typing import Annotated, Literal

import msgspec
from litestar import Litestar, patch
from litestar.params import Parameter
from starlette.types import ASGIApp

from benchmarks.apps import Save
from benchmarks.peers.structs import UserUpdate

User = Annotated[str, Parameter(min_length=14, max_length=42)]
Version = Annotated[Literal["2025-04-15"] | None, Parameter(header="Payward-Version")]


def create(save: Save | None) -> ASGIApp:
    """The app."""
    if save is None:

        @patch("/b2b/users/{user:str}")
        async def response(user: User, data: UserUpdate, version: Version = None) -> dict[str, str]:
            return {"result": "success"}

        return Litestar([response], openapi_config=None)

    @patch("/b2b/users/{user:str}", sync_to_thread=True)
    def keep(user: User, data: UserUpdate, version: Version = None) -> dict[str, str]:
        save(user, msgspec.to_builtins(data))
        return {"result": "success"}

    return Litestar([keep], openapi_config=None)
