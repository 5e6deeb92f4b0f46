"""Moving windows: exact within the window, bounded in memory."""

from profilegate.gateway.moving_windows import MovingWindows


def test_events_count_for_the_time_of_the_window_and_rejected_ones_do_not() -> None:
    """
    "At most two within ten seconds": a rejected attempt does not make the wait longer.
    """
    windows = MovingWindows(2, 10.0)

    assert [True, True, False, False, True, False] == [
        windows.add("a", now) for now in (0, 5, 6, 9.9, 10, 14.9)
    ]
    assert windows.add("b", 6)


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
