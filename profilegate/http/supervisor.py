"""The supervisor: keeps workers that serve at one socket, and replaces those that end."""

import asyncio
import fcntl
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from profilegate.errors import WorkerStartError
from profilegate.gateway.metrics import forget_process
from profilegate.gateway.settings import Settings
from profilegate.http.listening import listening
from profilegate.http.logs import configure_logs
from profilegate.http.stop_signals import stopped_by_signals
from profilegate.http.worker import EXIT_CODE_REPORTED
from profilegate.http.worker_link import Order, metrics_folder
from profilegate.http.worker_process import START_MAX_SECONDS, WorkerProcess

logger = logging.getLogger("profilegate")

START_AGAIN_FIRST_SECONDS: Final = 1.0
START_AGAIN_LAST_SECONDS: Final = 30.0
"""A worker that cannot start is started again after a time that doubles; we chose."""

SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (each supervisor makes a folder in it)

SECRET_SIZE_BYTES: Final = 32

FOLDER_PREFIX: Final = "profilegate-"

OWNED: Final = "owned"
"""The file in the folder that its supervisor locks."""


async def supervise(settings: Settings) -> None:
    """
    Serve with several processes until a signal.

    SIGHUP replaces the workers one after another: each new one serves before an old one stops.

    Raises:
        ConfigurationError: a setting is wrong.
        WorkerStartError: a worker cannot start.
        SystemExit: the same, and the worker has printed why.
    """
    configure_logs(settings.log_format, settings.log_level)
    settings.check_addresses()
    settings.check_drain()
    with listening(settings) as listeners, _shared_folder() as folder:
        await _Supervisor(settings, listeners, folder).run()


@contextmanager
def _shared_folder() -> Iterator[Path]:
    """
    A folder for what the workers share; in memory, if the system has such a place.

    Its owner holds a lock in it. Folders that nobody holds are what killed supervisors have left.
    """
    is_in_memory = os.access(SHARED_MEMORY, os.W_OK)
    place = SHARED_MEMORY if is_in_memory else Path(tempfile.gettempdir())
    _remove_abandoned(place)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=place))
    with (folder / OWNED).open("wb") as owned:
        fcntl.flock(owned, fcntl.LOCK_EX)
        try:
            metrics_folder(folder).mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(place: Path) -> None:
    """Remove the folders of supervisors that do not run any more."""
    for mark in place.glob(f"{FOLDER_PREFIX}*/{OWNED}"):
        # Another user's, or one that has just ended.
        with suppress(OSError), mark.open("rb") as owned:
            fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(mark.parent)


class _Supervisor:
    """The workers of one gateway."""

    def __init__(
        self, settings: Settings, listeners: Sequence[socket.socket], folder: Path
    ) -> None:
        self._settings, self._listeners, self._folder = settings, listeners, folder
        self._secret = secrets.token_bytes(SECRET_SIZE_BYTES)
        self._workers: set[WorkerProcess] = set()
        """Those that run, also before they serve."""
        self._keepers: set[asyncio.Task[None]] = set()
        self._replacing: asyncio.Task[None] | None = None
        self._have_started = asyncio.Event()
        self._is_stopping = False

    async def run(self) -> None:
        """Keep as many workers as the settings say until a signal, and wait for their ends."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._begin_to_replace)
        with stopped_by_signals(lambda: loop.call_soon_threadsafe(self._stop)):
            try:
                await self._start_all()
                self._have_started.set()
                while self._keepers:
                    done, _ = await asyncio.wait(self._keepers, return_when=asyncio.FIRST_COMPLETED)
                    # Others may have been added meanwhile.
                    self._keepers -= done
                    for keeper in done:
                        keeper.result()
            finally:
                for worker in self._workers:
                    worker.kill()

    async def _start_all(self) -> None:
        """
        Start a worker for each socket.

        Raises:
            WorkerStartError, SystemExit: as ``supervise``.
        """
        # It creates or migrates the database and loads the seeds, before others open it.
        first, *others = self._listeners
        try:
            await self._start(first, is_first=True)
            await asyncio.gather(*map(self._start, others))
        except WorkerStartError as error:
            # One that is told to stop before it serves ends at once.
            if self._is_stopping:
                return
            if error.code == EXIT_CODE_REPORTED:
                sys.exit(error.code)
            raise

    def _stop(self) -> None:
        """Stop the workers; at a second signal, at once."""
        self._is_stopping = True
        for worker in self._workers:
            worker.stop()
        # Only the workers accept connections from now on: what nobody accepts is rejected at once.
        for listener in self._listeners:
            listener.close()

    def _begin_to_replace(self) -> None:
        if self._replacing is None or self._replacing.done():
            self._replacing = asyncio.create_task(self._replace())

    async def _replace(self) -> None:
        """Replace each worker by a new one; if one cannot start, the rest of the old ones stays."""
        await self._have_started.wait()
        for old in tuple(self._workers):
            try:
                await self._start(old.listener)
            except WorkerStartError:
                if self._is_stopping:
                    return
                logger.error("a new worker cannot start; %d old ones stay", len(self._workers))
                return
            old.is_retired = True
            old.stop()

    async def _start(self, listener: socket.socket, *, is_first: bool = False) -> None:
        """
        Start a worker, and keep it once it serves.

        Raises:
            WorkerStartError: it cannot start.
        """
        if self._is_stopping:
            raise WorkerStartError(0)
        order = Order(self._settings, str(self._folder), self._secret, is_first)
        worker = await WorkerProcess.start(order, listener)
        self._workers.add(worker)
        if self._is_stopping:
            # The signal came while the process was made.
            worker.stop()
        try:
            await worker.ready(within_seconds=None if is_first else START_MAX_SECONDS)
        except BaseException:
            self._workers.discard(worker)
            raise
        self._keepers.add(asyncio.create_task(self._replace_when_ended(worker)))

    async def _replace_when_ended(self, worker: WorkerProcess) -> None:
        """Wait for the end of a worker, and start another one unless it is meant to end."""
        code = await worker.ended()
        self._workers.discard(worker)
        forget_process(metrics_folder(self._folder), worker.pid)
        wait = START_AGAIN_FIRST_SECONDS
        if not self._is_stopping and not worker.is_retired:
            logger.error("worker %d ended with code %d; another one starts", worker.pid, code)
        while not self._is_stopping and not worker.is_retired:
            try:
                await self._start(worker.listener)
            except WorkerStartError:
                logger.error("no new worker can start; the next attempt is in %d seconds", wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, START_AGAIN_LAST_SECONDS)
            else:
                return
