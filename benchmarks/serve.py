"""Serve one of ``apps/`` or ``peers/`` as the gateway serves itself: same server, same settings.

``python -m benchmarks.serve peers.fastapi_app --keep 10000`` serves FastAPI with 10,000 profiles
in a SQLite file of the working folder; without ``--keep`` it keeps nothing.
"""

import argparse
import socket
from importlib import import_module
from pathlib import Path

import uvicorn
import uvloop

WAITING_MAX = 2048
"""Connections that wait to be accepted, as many as at the gateway."""


class _Server(uvicorn.Server):
    """uvicorn, which says where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(
            f"listens on http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}", flush=True
        )


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("app")
    parser.add_argument("--keep", type=int, default=0)
    arguments = parser.parse_args()
    save = None
    if arguments.keep:
        from benchmarks.peers.storage import open_saver

        save = open_saver(Path("sqlalchemy.db"), arguments.keep)
    module = import_module(f"benchmarks.{arguments.app}")
    app = module.create(save)
    config = uvicorn.Config(
        app,
        loop="none",
        # The gateway has a protocol class of its own, which is part of what is measured.
        http=getattr(module, "PROTOCOL", "httptools"),
        ws="none",
        access_log=False,
        log_level="error",
        proxy_headers=False,
        server_header=False,
    )
    listener = socket.create_server(("127.0.0.1", 0), backlog=WAITING_MAX)
    uvloop.run(_Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
