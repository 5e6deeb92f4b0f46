"""The short part of the kills and the power cuts, and the disk that these rebuild."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import BACKENDS
from tests.torture import kills, power_cuts
from tests.torture.disk import Disk
from tests.torture.results import Result
from tests.torture.system_calls import Event, is_available


def crossed(result: Result) -> list[str]:
    """The figures outside of their bounds."""
    return [f"{each.what}: {each.measured}" for each in result.figures if not each.is_good]


FEW = {
    "sqlite": {"under load": 1, "during an erasure": 1, "key rotation": 1, "migration": 1},
    "postgresql": {"under load": 1, "during an erasure": 1, "key rotation": 1, "first start": 1},
}


@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_acknowledged_is_lost_by_kills(tmp_path: Path, backend: str) -> None:
    """
    "Durable before the response", "all or nothing", "always increasing": also after kill -9.
    """
    assert [] == crossed(kills.run_all(tmp_path, backend, FEW[backend]))


@pytest.mark.skipif(not is_available(), reason="needs strace, and the right to trace")
def test_nothing_acknowledged_is_lost_by_power_cuts(tmp_path: Path) -> None:
    """
    What is acknowledged is synced before, with the names of its files and folders.
    """
    few = {"first start": 24, "restore": 20}

    assert [] == crossed(power_cuts.run_all(tmp_path, few))


class Worst(random.Random):
    """Always the first choice: nothing is left that was not synced."""

    def choice(self, seq: Any) -> Any:
        return seq[0]


def test_a_cut_leaves_what_was_synced(tmp_path: Path) -> None:
    """
    fsync(2): what was written before a sync of the file, if the sync of its folder also says so.
    """
    before = tmp_path / "before"
    before.mkdir()
    (before / "old").write_bytes(b"old")
    disk = Disk(before)
    new, old, late = str(before / "new"), str(before / "old"), str(before / "late")
    events = [
        ("create", new, b"", 1),
        ("write", new, b"synced", 2),
        ("sync", new, b"", 3),
        ("sync", str(before), b"", 4),
        # The sync of the old file began before this write had ended.
        ("write", old, b"OLD", 6),
        ("sync", old, b"", 5),
        ("write", new, b"SYN", 7),
        ("create", late, b"", 8),
        ("sync", late, b"", 9),
        ("unlink", old, b"", 10),
    ]
    for kind, path, data, at in events:
        disk.apply(Event(kind, at, at, path=path, data=data, offset=0))  # type: ignore[arg-type]
    disk.cut(tmp_path / "after", Worst())

    assert {"old": b"old", "new": b"synced"} == {
        file.name: file.read_bytes() for file in (tmp_path / "after").iterdir()
    }
