"""A failing disk in short: a full one, and one whose syncs fail."""

from pathlib import Path
from shutil import which

import pytest

from tests.torture.disk_failures import FAILURES, failing_disk
from tests.torture.failing_disk import FailingDisk
from tests.torture.results import Result
from tests.torture.scenes import LOG, new_scenes

WORDS = {
    "a full disk (ENOSPC)": "the disk of the database is full",
    "failing syncs (EIO)": "the disk of the database fails",
}


@pytest.mark.skipif(which("cc") is None, reason="the failing disk needs a C compiler")
@pytest.mark.parametrize("what", WORDS)
def test_no_update_is_acknowledged_on_a_failing_disk(tmp_path: Path, what: str) -> None:
    """
    While the disk fails, an update is rejected with the provider's 503, and the log says why; then
    updates are accepted again without a restart, and none that was acknowledged is lost.
    """
    result = Result("", "")
    scene = next(new_scenes(tmp_path, FailingDisk.build(tmp_path), result))
    failing_disk(scene, what, FAILURES[what], updates=3)
    (figure,) = result.figures

    assert figure.is_good, figure
    assert figure.measured.startswith("7 acknowledged, 3 × 503, 0 other responses, 0 lost")
    assert WORDS[what] in (scene.folder / LOG).read_text("utf-8")
