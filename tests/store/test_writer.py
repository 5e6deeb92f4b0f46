"""The writer: one commit for all jobs that wait, and separate errors for each."""

import asyncio
import sqlite3
import threading

import pytest

from profilegate.errors import StoreUnavailableError
from profilegate.store.sqlite import writer as writer_module
from profilegate.store.sqlite.writer import BATCH_SIZE_MAX, Writer


class Watched(sqlite3.Connection):
    """A connection that records its statements in ``seen`` and can be told to fail.

    ``connection.failing["COMMIT"] = "disk I/O error"`` makes the next COMMIT fail with that
    text before it has any effect.
    """

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.seen = []
        self.failing = {}

    def execute(self, sql, *parameters):
        self.seen.append(sql)
        if (why := self.failing.pop(sql, None)) is not None:
            raise sqlite3.OperationalError(why)
        return super().execute(sql, *parameters)


@pytest.fixture
def connection(tmp_path):
    """A connection to a database with one table, ``lines``."""
    opened = sqlite3.connect(
        tmp_path / "lines.db", isolation_level=None, check_same_thread=False, factory=Watched
    )
    opened.execute("CREATE TABLE lines (text TEXT UNIQUE)")
    opened.seen.clear()
    return opened


@pytest.fixture
def writer(connection):
    """A writer on that connection; the fixture closes it."""
    opened = Writer(connection)
    yield opened
    asyncio.run(opened.close())


@pytest.fixture
def lines(tmp_path):
    """A function that reads the committed lines through another connection."""

    def read():
        reader = sqlite3.connect(tmp_path / "lines.db")
        try:
            return [text for (text,) in reader.execute("SELECT text FROM lines ORDER BY rowid")]
        finally:
            reader.close()

    return read


class Blocker:
    """A job that blocks the writer until it is opened, so that other jobs queue behind it."""

    def __init__(self):
        self.is_reached = threading.Event()
        self.is_open = threading.Event()

    def __call__(self, connection):
        self.is_reached.set()
        self.is_open.wait(timeout=10)


def line(text):
    """A job that writes a line and returns it."""

    def job(connection):
        connection.execute("INSERT INTO lines VALUES (?)", (text,))
        return text

    return job


def poisoned(connection):
    """A job that writes a line and then fails."""
    connection.execute("INSERT INTO lines VALUES ('poisoned')")
    raise ValueError("poison")


async def together(writer, *jobs):
    """The outcomes of jobs that wait at the same time, which makes them one batch."""
    blocker = Blocker()
    held = writer.submit(blocker)
    await asyncio.to_thread(blocker.is_reached.wait)
    futures = [writer.submit(job) for job in jobs]
    blocker.is_open.set()
    await held
    return await asyncio.gather(*futures, return_exceptions=True)


async def ask(writer, job):
    """The result of a single job."""
    return await writer.submit(job)


def test_a_job_is_done_after_its_commit(writer, lines):
    """
    When the future is done, every connection can read what the job wrote.
    """

    async def scene():
        return await writer.submit(line("one")), lines()

    assert ("one", ["one"]) == asyncio.run(scene())


def test_waiting_jobs_share_one_commit(writer, connection, lines):
    """
    Fifty jobs run in one transaction in their order; each future has its own result.
    """
    texts = [f"line {number}" for number in range(50)]

    responses = asyncio.run(together(writer, *map(line, texts)))

    assert texts == responses
    assert texts == lines()
    # One for the blocker, one for all the others.
    assert 2 == connection.seen.count("COMMIT")


def test_a_batch_has_a_limit(writer, connection):
    """
    One job more than a batch holds runs in the next batch.
    """
    asyncio.run(together(writer, *map(line, map(str, range(BATCH_SIZE_MAX + 1)))))

    assert 3 == connection.seen.count("COMMIT")


def test_a_batch_wakes_its_loop_once(writer, monkeypatch):
    """
    One call into the event loop resolves all futures of a batch.
    """
    wakings = []

    async def scene():
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe

        def counted(callback, *arguments, **more):
            if callback is writer_module._resolve:
                wakings.append(len(arguments[0]))
            return wake(callback, *arguments, **more)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        await together(writer, *map(line, map(str, range(50))))

    asyncio.run(scene())

    assert [1, 50] == wakings


def rejected(connection):
    """A job that fails before it writes anything."""
    connection.execute("SELECT text FROM lines").fetchall()
    raise ValueError("poison")


@pytest.mark.parametrize(
    ("job", "savepoints"),
    [
        pytest.param(rejected, 0, id="it wrote nothing: there is nothing to undo"),
        pytest.param(poisoned, 3, id="it wrote: all run again, each under a savepoint"),
    ],
)
def test_a_failing_job_fails_alone(writer, connection, lines, job, savepoints):
    """
    The failing job is rolled back and gets its own error; the others are committed.
    """
    before, error, after = asyncio.run(together(writer, line("before"), job, line("after")))

    assert ["before", "after"] == [before, after]
    assert ["before", "after"] == lines()
    assert "poison" == str(error)
    assert (2, savepoints) == (
        connection.seen.count("COMMIT"),
        connection.seen.count("SAVEPOINT job"),
    )


def test_a_violated_constraint_fails_alone(writer, lines):
    """
    The job gets SQLite's own exception; the others are committed.
    """
    _, error, _ = asyncio.run(together(writer, line("same"), line("same"), line("other")))

    assert ["same", "other"] == lines()
    assert isinstance(error, sqlite3.IntegrityError)


def test_a_job_that_the_database_cannot_serve_fails_alone(writer, lines):
    """
    An operational error of SQLite means that the store is unavailable for this job.
    """

    def unserved(connection):
        connection.execute("INSERT INTO lines VALUES ('unserved')")
        raise sqlite3.OperationalError("database table is locked")

    _, error, _ = asyncio.run(together(writer, line("before"), unserved, line("after")))

    assert isinstance(error, StoreUnavailableError)
    assert ["before", "after"] == lines()


@pytest.mark.parametrize("step", ["BEGIN IMMEDIATE", "COMMIT"])
def test_a_failed_commit_writes_nothing(writer, connection, lines, step):
    """
    The caller gets StoreUnavailableError (locked, disk full), and the next batch succeeds.
    """
    connection.failing[step] = "database or disk is full"

    with pytest.raises(StoreUnavailableError):
        asyncio.run(ask(writer, line("failed")))

    assert "next" == asyncio.run(ask(writer, line("next")))
    assert ["next"] == lines()


def test_a_failed_commit_fails_the_whole_batch(writer, connection, lines):
    """
    Jobs that succeeded fail too; each future gets an exception object of its own.
    """

    async def scene():
        def fill_the_disk(connection):
            connection.failing["COMMIT"] = "database or disk is full"

        return await together(writer, line("a"), fill_the_disk, line("b"))

    outcomes = asyncio.run(scene())

    assert [StoreUnavailableError] * 3 == list(map(type, outcomes))
    assert 3 == len(set(map(id, outcomes)))
    assert ["database or disk is full"] * 3 == [str(error.__cause__) for error in outcomes]
    assert [] == lines()


def test_a_database_that_rolls_back_by_itself_fails_the_batch(writer, lines):
    """
    After some errors SQLite rolls back the whole transaction, so no job succeeds.
    """

    def disk_full(connection):
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    outcomes = asyncio.run(together(writer, line("a"), disk_full, line("b")))

    assert [StoreUnavailableError] * 3 == list(map(type, outcomes))
    assert [] == lines()


def test_a_locked_database_is_unavailable(writer, connection, tmp_path, lines):
    """
    The caller gets StoreUnavailableError if another process holds the lock for too long.
    """
    connection.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "lines.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError):
        asyncio.run(ask(writer, line("while locked")))
    other.close()

    assert "after" == asyncio.run(ask(writer, line("after")))
    assert ["after"] == lines()


def test_a_full_queue_rejects_at_once(writer, monkeypatch, lines):
    """
    A job that finds the queue full is rejected without waiting; queued jobs run.
    """
    monkeypatch.setattr(writer_module, "QUEUE_SIZE_MAX", 2)

    async def scene():
        blocker = Blocker()
        held = writer.submit(blocker)
        await asyncio.to_thread(blocker.is_reached.wait)
        waiting = [writer.submit(line(text)) for text in ("a", "b")]
        with pytest.raises(StoreUnavailableError):
            writer.submit(line("c"))
        blocker.is_open.set()
        await asyncio.gather(held, *waiting)

    asyncio.run(scene())

    assert ["a", "b"] == lines()


def test_a_cancelled_job_does_not_run(writer, lines):
    """
    A job that is cancelled in the queue is skipped; the others run.
    """

    async def scene():
        blocker = Blocker()
        held = writer.submit(blocker)
        await asyncio.to_thread(blocker.is_reached.wait)
        cancelled, waiting = writer.submit(line("cancelled")), writer.submit(line("waiting"))
        cancelled.cancel()
        blocker.is_open.set()
        await asyncio.gather(held, waiting)

    asyncio.run(scene())

    assert ["waiting"] == lines()


def test_a_job_that_is_cancelled_while_it_runs_completes(writer, lines):
    """
    A cancellation has no effect on a running job or on its batch.
    """

    async def scene():
        blocker, work = Blocker(), Blocker()
        held = writer.submit(blocker)
        await asyncio.to_thread(blocker.is_reached.wait)
        cancelled, neighbour = writer.submit(work), writer.submit(line("neighbour"))
        blocker.is_open.set()
        await asyncio.to_thread(work.is_reached.wait)
        cancelled.cancel()
        work.is_open.set()
        await held
        return await asyncio.wait_for(neighbour, timeout=10)

    assert "neighbour" == asyncio.run(scene())
    assert ["neighbour"] == lines()


def test_a_closed_event_loop_affects_no_other(writer, lines):
    """
    The writer serves the next event loop if one was closed while its job ran.
    """
    blocker = Blocker()

    async def leave():
        writer.submit(blocker)
        await asyncio.to_thread(blocker.is_reached.wait)

    asyncio.run(leave())
    blocker.is_open.set()

    assert "next" == asyncio.run(ask(writer, line("next")))


def test_closing_completes_the_queued_jobs(writer, lines):
    """
    Queued jobs run and their futures are done; later jobs are rejected.
    """

    async def scene():
        waiting = [writer.submit(line(str(number))) for number in range(1000)]
        await writer.close()
        with pytest.raises(StoreUnavailableError):
            writer.submit(line("late"))
        return await asyncio.gather(*waiting)

    responses = asyncio.run(scene())

    assert [str(number) for number in range(1000)] == responses
    assert responses == lines()
