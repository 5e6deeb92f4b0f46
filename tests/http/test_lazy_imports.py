"""Postponed imports: later, but the very same modules."""

import sys
from pathlib import Path

import pytest

from profilegate.http.lazy_imports import postpone


def test_a_postponed_module_is_loaded_at_its_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    "Nothing is taken away: whoever calls one of these modules gets it, a little later."
    """
    (tmp_path / "seldom_used.py").write_text('print("loaded")\nANSWER = 42\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.delitem(sys.modules, "seldom_used", raising=False)

    postpone(["seldom_used"])
    import seldom_used  # type: ignore[import-not-found]

    imported = capsys.readouterr().out
    response = seldom_used.ANSWER
    used = capsys.readouterr().out
    del sys.modules["seldom_used"]

    assert ("", "loaded\n", 42) == (imported, used, response)


def test_a_postponed_module_that_is_not_installed_is_missed_at_once() -> None:
    """
    Libraries ask so whether they may use another one.
    """
    before = list(sys.meta_path)
    try:
        postpone(["never_installed"])
        with pytest.raises(ModuleNotFoundError):
            import never_installed  # type: ignore[import-not-found]  # noqa: F401
    finally:
        sys.meta_path[:] = before
