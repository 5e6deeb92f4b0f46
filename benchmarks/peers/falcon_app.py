"""Falcon's ASGI app and msgspec."""

from functools import partial
from typing import Any

import falcon
import falcon.asgi
import msgspec
from starlette.types import ASGIApp

from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError
from benchmarks.peers.structs import UserUpdate

RESPONSE = msgspec.json.encode({"result": "success"})

decode = msgspec.json.Decoder(UserUpdate).decode


class Users:
    """The one resource."""

    def __init__(self, accept: Accept) -> None:
        self._accept = accept

    async def on_patch(self, request: Any, response: Any, user: str) -> None:
        """Validate as the others do, and response."""
        if request.get_header("Payward-Version", default="2025-04-15") != "2025-04-15":
            raise falcon.HTTPBadRequest(title="Payward-Version is not one of ours")
        if not 14 <= len(user) <= 42:
            raise falcon.HTTPBadRequest(title="no user has such a name")
        raw = await request.stream.read()
        try:
            body = decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise falcon.HTTPBadRequest(title=str(error)) from None
        try:
            signed = Signed.of(request.scope, raw)
            await self._accept(signed, user, partial(msgspec.to_builtins, body))
        except UnauthenticatedError:
            raise falcon.HTTPUnauthorized from None
        response.content_type = falcon.MEDIA_JSON
        response.data = RESPONSE


def create(accept: Accept) -> ASGIApp:
    """The app."""
    app = falcon.asgi.App()
    app.add_route("/b2b/users/{user}", Users(accept))
    return app
