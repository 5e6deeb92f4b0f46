"""Rotation of the master key: online, and continued wherever it was interrupted."""

import inspect
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profilegate.errors import MasterKeyError
from profilegate.store import (
    ANY_TENANT,
    Credential,
    CredentialKey,
    Store,
    Update,
    accounts,
    credentials,
    erasure,
    rotation,
)
from profilegate.store.master_key import (
    new_master_key,
    read_master_keys,
    write_master_keys,
)
from profilegate.store.sqlite import SqliteStore, open_store
from profilegate.store.vault import mark_of
from tests.raw_database import RawDatabase
from tests.store.people import IVAN, KAI, VERA, create, read, run, write

PARTNER = CredentialKey("default", "kraken", "api-key", "partner")


@pytest.fixture(name="stores")
def _stores(open_store: Callable[[], Store]) -> Callable[[], Store]:
    """The fixture ``open_store``, whose name the function has."""
    return open_store


def fill(store: Store) -> None:
    """Two people, an erased one, and a tenant's credential."""
    create(store, KAI, {"name.given": "Kai"})
    create(store, VERA, {"name.given": "Vera"})
    write(store, erasure.erase, "default", create(store, IVAN).id)
    write(store, credentials.put, Credential(PARTNER, tenant="demo", secret=b"secret"))


def assert_whole(store: Store) -> None:
    """Everything opens, and histories are whole."""
    partner = read(store, credentials.find, PARTNER)
    audit = run(store.audit("default"))

    assert {"name.given": "Vera"}.items() <= read(
        store, accounts.fields_of, VERA, ANY_TENANT
    ).items()
    assert partner is not None
    assert b"secret" == partner.secret
    assert ((), ()) == (audit.broken, audit.damaged)


def rotate(store: Store) -> Any:
    """Rotate without a report."""
    return run(store.rotate_master_key(lambda _, __: None))


def test_a_rotation_leaves_nothing_under_the_old_key(
    stores: Callable[[], Store], raw: RawDatabase, tmp_path: Path
) -> None:
    """
    The old master key opens neither the database nor any value of it; a file of its own keeps it,
    for older backups.
    """
    store = stores()
    fill(store)
    (old,) = read_master_keys(tmp_path / "master.key")
    rotated = rotate(store)
    run(store.close())
    (new,) = read_master_keys(tmp_path / "master.key")
    assert rotated.old_key_file is not None
    again = stores()
    assert_whole(again)
    marks = raw.rows(
        "SELECT DISTINCT substr(wrapped, 1, 1) FROM profile_keys"
        " UNION SELECT substr(sealed, 1, 1) FROM credentials"
    )
    run(again.close())
    write_master_keys(tmp_path / "master.key", [old])

    assert new != old
    assert [old] == read_master_keys(rotated.old_key_file)
    assert {(b"\0",), (mark_of(2),)} == set(marks)
    with pytest.raises(MasterKeyError, match="another master key"):
        stores()


def test_other_processes_notice_a_rotation(stores: Callable[[], Store], raw: RawDatabase) -> None:
    """
    A gateway that knows only the old root key reads and writes on, and seals under the new one.
    """
    gateway, command = stores(), stores()
    fill(gateway)
    rotate(command)
    key = KAI._replace(external_id="new")
    create(gateway, key, {"name.given": "New"})
    write(gateway, accounts.update, Update(VERA, {"phone": "+1"}))

    assert_whole(gateway)
    assert_whole(command)
    assert [] == [
        wrapped
        for (wrapped,) in raw.rows("SELECT wrapped FROM profile_keys")
        if wrapped[:1] == mark_of(1)
    ]


class KilledError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("is_done", [False, True], ids=["before a step", "after a step"])
def test_a_rotation_is_continued_wherever_it_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_done: bool
) -> None:
    """
    Before and after each write of the key file and each transaction: the store opens as ever, and
    the next rotation ends with one master key and one root key.
    """
    monkeypatch.setattr(rotation, "BATCH_ROWS", 1)
    ends = 0
    while not is_rotated_until(tmp_path / str(ends), monkeypatch, ends, is_done=is_done):
        folder = tmp_path / str(ends)
        again = open_in(folder)
        assert_whole(again)
        rotated = rotate(again)
        assert_whole(again)
        counts = again._reader.execute("SELECT count(*) FROM vault_keys").fetchone()
        run(again.close())

        assert (0, 1, (2,)) == (
            rotated.damaged,
            len(read_master_keys(folder / "master.key")),
            counts,
        )
        ends += 1

    assert ends > 10


def open_in(folder: Path) -> SqliteStore:
    """A store in a folder."""
    return open_store(folder / "profiles.db", key_file=folder / "master.key", rules={})


def is_rotated_until(
    folder: Path, monkeypatch: pytest.MonkeyPatch, ends: int, *, is_done: bool
) -> bool:
    """Rotate in a folder, and end at one of the steps; True if there are no so many."""
    store, steps = open_in(folder), itertools.count()
    fill(store)
    with monkeypatch.context() as patched:
        for name in ("keep_old_key", "write_master_keys", "_run"):
            step = getattr(rotation, name)

            def ending(*args: Any, step: Callable[..., Any] = step) -> Any:
                is_end = next(steps) == ends
                if is_end and not is_done:
                    raise KilledError
                result = step(*args)
                return end_after(result) if is_end else result

            patched.setattr(rotation, name, ending)
        try:
            rotate(store)
        except KilledError:
            return False
        finally:
            run(store.close())
    return True


def end_after(result: Any) -> Any:
    """End after a step, once its transaction is committed."""
    if not inspect.isawaitable(result):
        raise KilledError

    async def end() -> None:
        await result
        raise KilledError

    return end()


def test_a_mounted_key_is_rotated_with_a_new_key_from_outside(
    stores: Callable[[], SqliteStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A read-only secret cannot be written: the operator adds the new key to it, above the old one.
    """
    store = stores()
    fill(store)
    (old,) = read_master_keys(tmp_path / "master.key")
    read_only = type("", (), {"f_flag": os.ST_RDONLY})
    monkeypatch.setattr(os, "statvfs", lambda _: read_only)
    with pytest.raises(MasterKeyError, match="put a new key above the old one"):
        rotate(store)
    new = new_master_key()
    write_master_keys(tmp_path / "master.key", [new, old])
    rotated = rotate(store)
    write_master_keys(tmp_path / "master.key", [new])

    assert (True, None) == (rotated.holds_old_key, rotated.old_key_file)
    assert_whole(stores())
