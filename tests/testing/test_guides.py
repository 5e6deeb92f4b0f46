"""The guide "Test your client": each of its suites passes, and its seed is one."""

import re
from pathlib import Path

import pytest

from profilegate.admin.seed_files import read_seed_file
from profilegate.gateway.loading import load_providers
from tests.testing.test_plugin import PLUGIN

GUIDE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text("utf-8")

SUITES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)

SEEDS = re.findall(r"```yaml\n(# yaml-language-server.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("text", SUITES, ids=[re.findall(r"def (test_\w+)", s)[0] for s in SUITES])
def test_a_suite_of_the_guide_passes(pytester: pytest.Pytester, text: str) -> None:
    """
    A reader copies it into a file, and runs pytest.
    """
    pytester.makepyfile(text)

    outcomes = pytester.runpytest_subprocess(*PLUGIN).parseoutcomes()

    assert {"passed", "skipped"} >= outcomes.keys()


def test_the_seed_of_the_guide_is_one(tmp_path: Path) -> None:
    """
    A reader copies it too.
    """
    [text] = SEEDS
    file = tmp_path / "people.yaml"
    file.write_text(text, "utf-8")

    seed = read_seed_file(file, load_providers())

    assert (2, 1) == (len(seed.credentials), len(seed.people))
