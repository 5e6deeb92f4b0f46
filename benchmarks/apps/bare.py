"""The ceiling of any server: read the body, response a constant."""

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.apps.response import read, send_constant


def create(database: None) -> ASGIApp:
    """The app; it keeps nothing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await read(receive)
        await send_constant(send)

    return app
