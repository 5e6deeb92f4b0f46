"""The writer: one commit for all who wait, and nobody harmed by another."""

import asyncio
import sqlite3
import threading

import pytest

from profilegate.errors import StoreUnavailableError
from profilegate.store.sqlite import writer as writer_module
from profilegate.store.sqlite.writer import BATCH_SIZE_MAX, Writer


class Watched(sqlite3.Connection):
    """A connection that keeps in ``seen`` what it was asked, and may fail at it.

    ``connection.failing["COMMIT"] = "disk I/O error"`` lets the next COMMIT fail with that
    text, before it does anything.
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
    """A writer on that connection; it is closed in the end."""
    opened = Writer(connection)
    yield opened
    asyncio.run(opened.close())


@pytest.fixture
def lines(tmp_path):
    """What anybody can read by now: the committed lines."""

    def read():
        reader = sqlite3.connect(tmp_path / "lines.db")
        try:
            return [text for (text,) in reader.execute("SELECT text FROM lines ORDER BY rowid")]
        finally:
            reader.close()

    return read


class Gateway:
    """A job that holds the writer up until it is opened, so that others gather behind it."""

    def __init__(self):
        self.is_reached = threading.Event()
        self.is_open = threading.Event()

    def __call__(self, connection):
        self.is_reached.set()
        self.is_open.wait(timeout=10)


def line(text):
    """A job that writes a line and gives it back."""

    def job(connection):
        connection.execute("INSERT INTO lines VALUES (?)", (text,))
        return text

    return job


def poisoned(connection):
    """A job that writes a line and then fails."""
    connection.execute("INSERT INTO lines VALUES ('poisoned')")
    raise ValueError("poison")


async def together(writer, *jobs):
    """The outcomes of jobs that waited together, so that they are one batch."""
    gateway = Gateway()
    held = writer.submit(gateway)
    await asyncio.to_thread(gateway.is_reached.wait)
    futures = [writer.submit(job) for job in jobs]
    gateway.is_open.set()
    await held
    return await asyncio.gather(*futures, return_exceptions=True)


async def ask(writer, job):
    """The response to a job that waits alone."""
    return await writer.submit(job)


def test_a_job_responses_after_its_commit(writer, lines):
    """
    When the future is done, everybody can read what the job wrote.
    """

    async def scene():
        return await writer.submit(line("one")), lines()

    assert ("one", ["one"]) == asyncio.run(scene())


def test_whatever_waits_is_committed_once(writer, connection, lines):
    """
    Fifty who wait together share one transaction, in their order, each with its own response.
    """
    texts = [f"line {number}" for number in range(50)]

    responses = asyncio.run(together(writer, *map(line, texts)))

    assert texts == responses
    assert texts == lines()
    # One for the gateway that held them up, one for all of them.
    assert 2 == connection.seen.count("COMMIT")


def test_a_batch_has_a_limit(writer, connection):
    """
    More than fit into one batch go into the next.
    """
    asyncio.run(together(writer, *map(line, map(str, range(BATCH_SIZE_MAX + 1)))))

    assert 3 == connection.seen.count("COMMIT")


def test_a_batch_wakes_its_loop_once(writer, monkeypatch):
    """
    All futures of a batch are resolved by one call into their event loop.
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


def test_a_poisoned_job_fails_alone(writer, connection, lines):
    """
    The one that fails leaves no trace and hears its own error; its neighbours are committed.
    """
    before, error, after = asyncio.run(together(writer, line("before"), poisoned, line("after")))

    assert ["before", "after"] == [before, after]
    assert ["before", "after"] == lines()
    assert "poison" == str(error)
    assert 2 == connection.seen.count("COMMIT")


def test_a_broken_rule_of_the_database_fails_alone(writer, lines):
    """
    A constraint is one job's error, and its own: it is not hidden behind another name.
    """
    _, error, _ = asyncio.run(together(writer, line("same"), line("same"), line("other")))

    assert ["same", "other"] == lines()
    assert isinstance(error, sqlite3.IntegrityError)


def test_a_job_that_the_database_cannot_serve_fails_alone(writer, lines):
    """
    What SQLite cannot do just now is no violation of the job: the store is not available for it.
    """

    def unserved(connection):
        connection.execute("INSERT INTO lines VALUES ('unserved')")
        raise sqlite3.OperationalError("database table is locked")

    _, error, _ = asyncio.run(together(writer, line("before"), unserved, line("after")))

    assert isinstance(error, StoreUnavailableError)
    assert ["before", "after"] == lines()


@pytest.mark.parametrize("step", ["BEGIN IMMEDIATE", "SAVEPOINT job", "RELEASE job", "COMMIT"])
def test_if_the_commit_fails_nothing_has_happened(writer, connection, lines, step):
    """
    Locked, or no room on the disk: the caller hears that the store is not available, and the
    next batch starts afresh.
    """
    connection.failing[step] = "database or disk is full"

    with pytest.raises(StoreUnavailableError):
        asyncio.run(ask(writer, line("failed")))

    assert "next" == asyncio.run(ask(writer, line("next")))
    assert ["next"] == lines()


def test_a_whole_batch_hears_of_a_failed_commit(writer, connection, lines):
    """
    Also those whose own job went well, each by an error of its own.
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
    After some errors SQLite has undone the whole transaction; then nobody is told otherwise.
    """

    def disk_full(connection):
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    outcomes = asyncio.run(together(writer, line("a"), disk_full, line("b")))

    assert [StoreUnavailableError] * 3 == list(map(type, outcomes))
    assert [] == lines()


def test_a_locked_database_is_unavailable(writer, connection, tmp_path, lines):
    """
    If another process holds the database longer than we wait, the caller hears so.
    """
    connection.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "lines.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError):
        asyncio.run(ask(writer, line("while locked")))
    other.close()

    assert "after" == asyncio.run(ask(writer, line("after")))
    assert ["after"] == lines()


def test_a_full_queue_says_so_at_once(writer, monkeypatch, lines):
    """
    Who finds no room hears it without waiting; those in the queue are served.
    """
    monkeypatch.setattr(writer_module, "QUEUE_SIZE_MAX", 2)

    async def scene():
        gateway = Gateway()
        held = writer.submit(gateway)
        await asyncio.to_thread(gateway.is_reached.wait)
        waiting = [writer.submit(line(text)) for text in ("a", "b")]
        with pytest.raises(StoreUnavailableError):
            writer.submit(line("c"))
        gateway.is_open.set()
        await asyncio.gather(held, *waiting)

    asyncio.run(scene())

    assert ["a", "b"] == lines()


def test_a_cancelled_job_is_taken_out(writer, lines):
    """
    Who leaves before the job's turn takes it along; the others are served.
    """

    async def scene():
        gateway = Gateway()
        held = writer.submit(gateway)
        await asyncio.to_thread(gateway.is_reached.wait)
        cancelled, waiting = writer.submit(line("cancelled")), writer.submit(line("waiting"))
        cancelled.cancel()
        gateway.is_open.set()
        await asyncio.gather(held, waiting)

    asyncio.run(scene())

    assert ["waiting"] == lines()


def test_a_job_cancelled_at_work_is_done_all_the_same(writer, lines):
    """
    Who leaves while the job runs changes nothing any more, and disturbs nobody of the batch.
    """

    async def scene():
        gateway, work = Gateway(), Gateway()
        held = writer.submit(gateway)
        await asyncio.to_thread(gateway.is_reached.wait)
        cancelled, neighbour = writer.submit(work), writer.submit(line("neighbour"))
        gateway.is_open.set()
        await asyncio.to_thread(work.is_reached.wait)
        cancelled.cancel()
        work.is_open.set()
        await held
        return await asyncio.wait_for(neighbour, timeout=10)

    assert "neighbour" == asyncio.run(scene())
    assert ["neighbour"] == lines()


def test_a_loop_that_is_gone_disturbs_nobody(writer, lines):
    """
    If an event loop was closed while its job ran, the writer serves the next loop.
    """
    gateway = Gateway()

    async def leave():
        writer.submit(gateway)
        await asyncio.to_thread(gateway.is_reached.wait)

    asyncio.run(leave())
    gateway.is_open.set()

    assert "next" == asyncio.run(ask(writer, line("next")))


def test_closing_finishes_what_waits(writer, lines):
    """
    Jobs that wait are done and told so; then nothing more is taken.
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
