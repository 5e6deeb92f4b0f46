"""Moving windows: exact within the window, bounded in memory, in one process or in several."""

from pathlib import Path

import pytest

from profilegate.gateway.counts import Counts, OwnCounts
from profilegate.gateway.moving_windows import MovingWindows
from profilegate.gateway.shared_counts import SharedCounts, SharedWindows

SECRET = b"secret of a test"


@pytest.fixture(params=["in one process", "shared by workers"])
def counts(request: pytest.FixtureRequest, tmp_path: Path) -> Counts:
    """Counts of both kinds."""
    is_shared = request.param == "shared by workers"
    return SharedCounts(tmp_path, SECRET) if is_shared else OwnCounts()


def test_events_count_for_the_time_of_the_window_and_rejected_ones_do_not(counts: Counts) -> None:
    """
    "At most two within ten seconds": a rejected attempt does not make the wait longer.
    """
    windows = counts.windows("logins", 2, 10.0)

    assert [True, True, False, False, True, False] == [
        windows.add("a", now) for now in (100, 105, 106, 109.9, 110, 114.9)
    ]
    assert windows.add("b", 106)
    windows.forget("a")
    assert windows.add("a", 114.9)


def test_keys_without_events_are_dropped() -> None:
    """
    Strangers choose the keys: those whose windows are empty take no memory.
    """
    windows = MovingWindows(2, 10.0)
    for number in range(10_000):
        windows.add(number, number)

    assert len(windows._times) <= 12


def test_the_key_that_waited_longest_is_dropped_beyond_the_maximum() -> None:
    """
    A flood of keys within one window is bounded too, and takes the place of its own oldest ones.
    """
    windows = MovingWindows(1, 10.0, keys_max=100)
    windows.add("used", 0)
    added = []
    for number in range(10_000):
        windows.add(number, 0)
        added.append(windows.add("used", 0))

    assert len(windows._times) <= 100
    assert not any(added)


def test_workers_count_together_and_each_name_by_itself(tmp_path: Path) -> None:
    """
    What one worker counts, the others have counted too; another limit has counts of its own.
    """
    first, second = SharedCounts(tmp_path, SECRET), SharedCounts(tmp_path, SECRET)
    first.windows("logins", 2, 10.0).add("a", 100)
    second.windows("logins", 2, 10.0).add("a", 101)

    assert not first.windows("logins", 2, 10.0).add("a", 102)
    assert second.windows("requests", 2, 10.0).add("a", 102)


def test_a_key_that_finds_no_room_takes_that_of_the_one_not_tried_for_the_longest_time(
    tmp_path: Path,
) -> None:
    """
    The files of the workers have a fixed size, whatever strangers send; a key in use stays.
    """
    windows = SharedWindows(tmp_path / "keys", SECRET, 1, 10.0, keys_max=100)
    size = (tmp_path / "keys").stat().st_size
    windows.add("used", 100)
    added = []
    for number in range(2_000):
        windows.add(number, 100)
        added.append(windows.add("used", 100))

    assert not any(added)
    assert size == (tmp_path / "keys").stat().st_size


def test_the_files_of_the_workers_hold_no_key(tmp_path: Path) -> None:
    """
    "No personal data": logins and addresses are in the files as keyed digests only.
    """
    windows = SharedWindows(tmp_path / "keys", SECRET, 1, 10.0)
    windows.add(("default", "198.51.100.7"), 100)

    assert b"198.51.100.7" not in (tmp_path / "keys").read_bytes()


def test_a_lock_is_noted_by_every_worker(tmp_path: Path) -> None:
    """
    A lockout holds at all workers at once, not at the next look into the database.
    """
    first, second = SharedCounts(tmp_path, SECRET), SharedCounts(tmp_path, SECRET)
    before = second.locks_noted
    first.note_lock()

    assert before != second.locks_noted
