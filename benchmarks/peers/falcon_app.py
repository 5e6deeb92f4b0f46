"""Falcon's ASGI app and msgspec."""

import asyncio
from typing import Any

import falcon
import falcon.asgi
import msgspec
from starlette.types import ASGIApp

from benchmarks.apps import Save
from benchmarks.peers.structs import UserUpdate

RESPONSE = msgspec.json.encode({"result": "success"})

decode = msgspec.json.Decoder(UserUpdate).decode


class Users:
    """The one resource."""

    def __init__(self, save: Save | None) -> None:
        self._save = save

    async def on_patch(self, request: Any, response: Any, user: str) -> None:
        """Validate as the others do, and response."""
        if request.get_header("Payward-Version", default="2025-04-15") != "2025-04-15":
            raise falcon.HTTPBadRequest(title="Payward-Version is not one of ours")
        if not 14 <= len(user) <= 42:
            raise falcon.HTTPBadRequest(title="no user has such a name")
        try:
            body = decode(await request.stream.read())
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise falcon.HTTPBadRequest(title=str(error)) from None
        if self._save is not None:
            await asyncio.to_thread(self._save, user, msgspec.to_builtins(body))
        response.content_type = falcon.MEDIA_JSON
        response.data = RESPONSE


def create(save: Save | None) -> ASGIApp:
    """The app."""
    app = falcon.asgi.App()
    app.add_route("/b2b/users/{user}", Users(save))
    return app
