"""The store's files: only their owner reads them, and a lost database is not replaced."""

import asyncio
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from profilegate.errors import MasterKeyError, SettingError
from profilegate.store import Store
from profilegate.store.files import create_folder, locked, sync_folder
from profilegate.store.master_key import create_master_key, read_master_keys
from profilegate.store.sqlite import open_store
from tests.store.conftest import in_a_file
from tests.store.people import KAI, create

FILES = ("profiles.db", "profiles.db-shm", "profiles.db-wal")


def modes(folder: Path, *names: str) -> dict[str, int]:
    """The modes of files in a folder."""
    return {name: (folder / name).stat().st_mode & 0o777 for name in names}


def test_only_the_owner_can_use_the_files_of_the_store(tmp_path: Path) -> None:
    """
    Database, log and key are created 0600 in a folder that is created 0700, whatever the umask is.
    """
    before = os.umask(0)
    try:
        folder = tmp_path / "var" / "data"
        store = open_store(folder / "profiles.db", key_file=folder / "master.key", rules={})
        create(store, KAI)
    finally:
        os.umask(before)
    found = modes(folder, *FILES, "master.key")
    asyncio.run(store.close())

    assert dict.fromkeys((*FILES, "master.key"), 0o600) == found
    assert {"var": 0o700, "var/data": 0o700} == modes(tmp_path, "var", "var/data")


def test_a_new_folder_survives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    fsync(2): syncing a file does not sync the folder's entry of it; nor does it that of the folder.
    Each folder that gets a new one is synced, or the database would be lost with its folder.
    """
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    create_folder(tmp_path / "var" / "data")

    assert [tmp_path.stat().st_ino, (tmp_path / "var").stat().st_ino] == synced


@in_a_file
def test_a_start_closes_files_that_others_could_read(
    open_store: Callable[[], Store], tmp_path: Path
) -> None:
    """
    Older releases created the database and its log with the mode 0644.
    """
    create(open_store(), KAI)
    for name in FILES:
        (tmp_path / name).chmod(0o644)
    open_store()

    assert dict.fromkeys(FILES, 0o600) == modes(tmp_path, *FILES)


# The mode of a key file, whether its file system is read-only, and whether the key is accepted.
KEY_FILES = {
    "a secret of Kubernetes": (0o440, True, True),
    "a secret of Docker": (0o444, True, True),
    "a file that others may read": (0o440, False, False),
    "a mounted file that others may write": (0o664, True, False),
}


@pytest.mark.parametrize(("mode", "is_read_only", "accepted"), KEY_FILES.values(), ids=KEY_FILES)
def test_a_readable_key_is_accepted_on_a_read_only_mount_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, is_read_only: bool, accepted: bool
) -> None:
    """
    Orchestrators mount secrets read-only, with a mode that lets the container's users read them.
    """
    create_master_key(tmp_path / "data.key")
    (tmp_path / "data.key").chmod(mode)
    (tmp_path / "master.key").symlink_to("data.key")
    flags = SimpleNamespace(f_flag=os.ST_RDONLY if is_read_only else 0)
    monkeypatch.setattr(os, "fstatvfs", lambda _: flags)
    try:
        found = len(read_master_keys(tmp_path / "master.key"))
    except MasterKeyError:
        found = 0

    assert int(accepted) == found


def _move_away(folder: Path) -> None:
    (folder / "profiles.db").rename(folder / "elsewhere.db")


def _truncate(folder: Path) -> None:
    (folder / "profiles.db").write_bytes(b"")


def _lose_all_but_the_log(folder: Path) -> None:
    _move_away(folder)
    (folder / "master.key").unlink()
    (folder / "profiles.db-wal").write_bytes(b"log")


LOST = {
    "the database is gone": (_move_away, "profilegate init"),
    "the database is empty": (_truncate, "profilegate restore"),
    "its log is left": (_lose_all_but_the_log, "move the log away"),
}


@in_a_file
@pytest.mark.parametrize(("lose", "way_out"), LOST.values(), ids=LOST)
def test_a_lost_database_is_not_begun_anew(
    open_store: Callable[[], Store], tmp_path: Path, lose: Callable[[Path], None], way_out: str
) -> None:
    """
    Its key or its log shows that there was one; the error names the way out, and nothing changes.
    """
    asyncio.run(open_store().close())
    lose(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(SettingError, match=rf"profiles\.db is missing.*{way_out}"):
        open_store()

    assert before == {file.name: file.read_bytes() for file in tmp_path.iterdir()}


@in_a_file
@pytest.mark.parametrize("left", [(), ("master.key",), ("master.key", "profiles.db")])
def test_an_interrupted_first_start_is_continued(
    open_store: Callable[[], Store], tmp_path: Path, left: tuple[str, ...]
) -> None:
    """
    A process that is killed between the key and the database leaves a mark, not a lost database.
    """
    (tmp_path / "profiles.db.begun").touch()
    if "master.key" in left:
        create_master_key(tmp_path / "master.key")
    if "profiles.db" in left:
        (tmp_path / "profiles.db").touch()
    create(open_store(), KAI)

    assert {"master.key", *FILES} == {file.name for file in tmp_path.iterdir()}


def test_a_folder_is_locked_against_other_processes(tmp_path: Path) -> None:
    """
    Two processes that start at once must not both create a database or a key. The lock ends with
    the block.
    """
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with locked(tmp_path), pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def test_a_folder_is_synced_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    fsync(2): "Calling fsync() does not necessarily ensure that the entry in the directory
    containing the file has also reached disk." A power cut would take a new key.
    """
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    sync_folder(tmp_path)

    assert [tmp_path.stat().st_ino] == synced
