"""A worker: a process that serves at the supervisor's socket. The supervisor runs this module."""

import socket
import sys
from types import ModuleType

import uvloop

from profilegate.errors import ProfilegateError
from profilegate.http.beginning import server_module

EXIT_CODE_REPORTED = 1
"""The exit code of a worker that has printed why it ends."""


def main() -> None:
    """Serve at the socket of descriptor ``argv[1]``; ``argv[2]`` is the link to the supervisor."""
    listener, link = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    try:
        uvloop.run(_work(server_module(), listener, link))
    except ProfilegateError as error:
        print(f"profilegate: {error}", file=sys.stderr)
        sys.exit(EXIT_CODE_REPORTED)


async def _work(server: ModuleType, listener: socket.socket, link: socket.socket) -> None:
    from profilegate.http.worker_link import Link

    opened, order = await Link.open(link)
    await server.serve_worker(order, listener, opened)


if __name__ == "__main__":
    main()
