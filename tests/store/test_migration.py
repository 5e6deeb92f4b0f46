"""A database of an older Profilegate is taken over with all that it holds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from profilegate.store import Store, database
from profilegate.store.encoding import encode
from tests.store.people import VERA, run


def test_older_profiles_begin_their_history(
    open_store: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A database from before there was a history is taken over: what is there is its first events.
    """
    older = tmp_path / "migrations"
    older.mkdir()
    for file in sorted(database.MIGRATIONS.glob("000[123]*.sql")):
        (older / file.name).write_text(file.read_text("utf-8"), "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(database, "MIGRATIONS", older)
        connection, vault = database.open_database(
            tmp_path / "profiles.db", tmp_path / "master.key"
        )
    where = ("profiles", "default", "profile-1")
    box, wrapped = vault.new_key(*where)
    connection.execute(
        "INSERT INTO profiles (world, id, version, wrapped_key, sealed) VALUES (?, ?, 7, ?, ?)",
        (*where[1:], wrapped, box.seal(encode({"name.given": "Vera"}), *where)),
    )
    connection.execute(
        "INSERT INTO accounts (world, provider, external_id, profile_id, sealed)"
        " VALUES (?, ?, ?, 'profile-1', ?)",
        (*VERA, box.seal(encode({"account.status": "VERIFIED"}), "accounts", *VERA)),
    )
    connection.close()
    store = open_store()
    first, second = run(store.history("default", "profile-1"))

    assert {"name.given": (None, "Vera")} == first.changes
    assert {
        "machnet:account.id": (None, VERA.external_id),
        "machnet:account.status": (None, "VERIFIED"),
    } == second.changes
    assert (2, ()) == (run(store.profile_of(VERA)).version, run(store.audit("default")).broken)
