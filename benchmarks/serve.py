"""Serve one of ``apps/`` or ``peers/`` as the gateway serves itself: same server, same settings.

``python -m benchmarks.serve peers.fastapi_app --database sqlite:///own.db`` serves FastAPI with
10,000 profiles in a new SQLite file of the working folder; without ``--database`` it keeps nothing.
"""

import argparse
import socket
from importlib import import_module

import uvicorn
import uvloop

from benchmarks.names import PROFILES
from benchmarks.peers.memory import open_memory
from benchmarks.peers.signing import Accept

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
    parser.add_argument("--database")
    arguments = parser.parse_args()
    module = import_module(f"benchmarks.{arguments.app}")
    is_peer = arguments.app.startswith("peers.")
    app = module.create(_accept(arguments.database) if is_peer else arguments.database)
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


def _accept(database: str | None) -> Accept:
    """What a peer verifies and saves with."""
    if database is None:
        return open_memory()
    # Imported only here: nobody pays for a driver that it does not use.
    kind = database.partition(":")[0]
    open_database = getattr(import_module(f"benchmarks.peers.{kind}"), f"open_{kind}")
    accept: Accept = open_database(database, PROFILES)
    return accept


if __name__ == "__main__":
    main()
