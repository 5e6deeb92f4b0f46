"""Litestar and msgspec."""

from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Litestar, Request, patch
from litestar.exceptions import NotAuthorizedException
from litestar.params import Parameter
from starlette.types import ASGIApp

from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError
from benchmarks.peers.structs import UserUpdate

User = Annotated[str, Parameter(min_length=14, max_length=42)]
Version = Annotated[Literal["2025-04-15"] | None, Parameter(header="Payward-Version")]


def create(accept: Accept) -> ASGIApp:
    """The app."""

    @patch("/b2b/users/{user:str}")
    async def keep(
        request: Request[Any, Any, Any], user: User, data: UserUpdate, version: Version = None
    ) -> dict[str, str]:
        try:
            signed = Signed.of(request.scope, await request.body())
            await accept(signed, user, partial(msgspec.to_builtins, data))
        except UnauthenticatedError:
            raise NotAuthorizedException from None
        return {"result": "success"}

    return Litestar([keep], openapi_config=None)
