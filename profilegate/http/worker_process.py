"""A worker process as its supervisor sees it: starts, answers, ends."""

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from typing import Final

from profilegate.errors import WorkerStartError
from profilegate.http.worker_link import READY, Order

logger = logging.getLogger("profilegate")

START_MAX_SECONDS: Final = 60.0
"""The time until a worker serves. We chose: a start takes about one second. The first worker has no
such limit, because it may migrate a large database."""

SILENCE_MAX_SECONDS: Final = 10.0
"""A worker without a sign of life for so long hangs, and is killed: meanwhile its share of the
clients waits. We chose ten of its signs; no work of ours holds the event loop for a second."""


class WorkerProcess:
    """A worker process, and the supervisor's end of the link to it.

    ``listener`` is the socket at which it serves, ``is_retired`` whether another one has taken its
    place.
    """

    def __init__(
        self,
        listener: socket.socket,
        process: Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.listener = listener
        self._process, self._reader, self._writer = process, reader, writer
        self.is_retired = False

    @classmethod
    async def start(cls, order: Order, listener: socket.socket) -> "WorkerProcess":
        """Start a process that is to serve at a socket."""
        ours, its = socket.socketpair()
        with its:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "profilegate.http.worker"),
                *(str(listener.fileno()), str(its.fileno())),
                pass_fds=(listener.fileno(), its.fileno()),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                # Ctrl+C is for the supervisor, which stops the workers.
                start_new_session=True,
            )
        worker = cls(listener, process, *await asyncio.open_connection(sock=ours))
        worker._writer.write(order.encode())
        return worker

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    async def ready(self, *, within_seconds: float | None = START_MAX_SECONDS) -> None:
        """
        Wait until it serves.

        Raises:
            WorkerStartError: it does not serve; it has ended then.
        """
        with suppress(TimeoutError, ConnectionResetError):
            async with asyncio.timeout(within_seconds):
                line = await self._reader.readline()
                if line == READY:
                    return
                if not line:
                    # It ends by itself.
                    raise WorkerStartError(await self._process.wait())
        self.kill()
        raise WorkerStartError(await self._process.wait())

    async def ended(self) -> int:
        """Wait for its end, and kill it if it hangs; return its exit code."""
        try:
            with suppress(ConnectionResetError):
                while True:
                    async with asyncio.timeout(SILENCE_MAX_SECONDS):
                        if not await self._reader.read(4096):
                            break
        except TimeoutError:
            logger.error("worker %d hangs", self.pid)
            self.kill()
        self._writer.close()
        return await self._process.wait()

    def stop(self) -> None:
        """Let it finish its requests; a second time, stop it at once."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a shutdown."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
