"""Migration: a database of an older Profilegate keeps all of its data."""

import gzip
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from profilegate.errors import ProfileUnknownError
from profilegate.store import (
    CredentialKey,
    Event,
    Store,
    accounts,
    credentials,
    outbox,
    profiles,
    transfer,
)
from profilegate.store.encoding import encode
from profilegate.store.opening import open_store
from profilegate.store.postgresql import opening
from profilegate.store.sqlite import database
from tests import postgres
from tests.raw_database import RawDatabase
from tests.store.conftest import Clock, in_a_file
from tests.store.people import VERA, read, run, write


@in_a_file
def test_a_migrated_profile_has_a_history(
    open_store: Callable[[], Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The values in a database without a history become the first events.
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
    check = vault.box.seal(b"", *database.CHECK)
    connection.execute("INSERT INTO meta (name, value) VALUES ('check', ?)", (check,))
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
    first, second = read(store, profiles.events, "default", "profile-1")

    assert {"name.given": (None, "Vera")} == first.changes
    assert {
        "machnet:account.id": (None, VERA.external_id),
        "machnet:account.status": (None, "VERIFIED"),
    } == second.changes
    assert (2, ()) == (
        read(store, profiles.find_of, VERA).version,
        run(store.audit("default")).broken,
    )


OLD = Path(__file__).parent / "old_database"


@in_a_file
def test_a_database_of_version_4_is_migrated(
    open_store: Callable[[], Store], tmp_path: Path, clock: Clock
) -> None:
    """
    Profiles, accounts, documents, histories, credentials with their secrets and nonces, logins,
    pending logins and mails of a database of version 4 do not change; the erased profile stays
    erased, and no external id and no tenant is readable in the file.
    """
    expected = json.loads((OLD / "version-4.json").read_text("utf-8"))
    put_old_database(tmp_path)
    clock.time = datetime(2026, 1, 2, 4, tzinfo=UTC)
    store = open_store()
    found = read(store, profiles.page, "default", limit=1000).profiles
    audit = run(store.audit("default"))
    api_key = CredentialKey("default", "kraken", "api-key", "demo-api-key")
    partner = read(store, credentials.find, api_key)

    exports = [
        {**read(store, transfer.export_profile, "default", each.id), "version": each.version}
        for each in found
    ]
    histories = {
        each.id: [shown(event) for event in read(store, profiles.events, "default", each.id)]
        for each in found
    }
    assert partner is not None
    assert partner.secret is not None
    confirmed = write(store, accounts.confirm_login, "default", "diadoc", "waiting-token")

    assert (expected["exports"], expected["histories"]) == (exports, histories)
    assert (*expected["audit"], ()) == (audit.profiles, audit.events, audit.broken)
    assert expected["credentials"] == sorted(
        [
            info.id,
            info.provider,
            info.kind,
            info.tenant,
            info.external_id,
            info.created_at.isoformat() if info.created_at else None,
            info.expires_at.isoformat() if info.expires_at else None,
        ]
        for info in read(store, credentials.page, "default")
    )
    assert (expected["kraken_secret"], expected["kraken_nonce"]) == (
        partner.secret.hex(),
        partner.nonce,
    )
    assert expected["mails"] == [
        [mail.to, mail.subject, mail.text, mail.created_at.isoformat()]
        for mail in read(store, outbox.page, "default")
    ]
    assert "new@kontur.ru" == confirmed["account.login"]
    with pytest.raises(ProfileUnknownError):
        read(store, profiles.find, "default", expected["erased"])
    assert [] == [
        name
        for name in (b"AA08N84GCPARUN7A", b"d064f6ba-7b81", b"demo-client")
        if name in (tmp_path / "profiles.db").read_bytes()
    ]


def test_an_interrupted_migration_leaves_no_plain_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A process that ends right after the migration's transaction leaves names readable in the file;
    the next start removes them.
    """
    served, ended = tmp_path / "served", tmp_path / "ended"
    served.mkdir()
    put_old_database(served)
    with monkeypatch.context() as patched:
        patched.setattr(database, "_remove_plain_text", lambda _: copytree(served, ended))
        database.open_database(served / "profiles.db", served / "master.key")[0].close()
    before = (ended / "profiles.db").read_bytes()
    connection, _ = database.open_database(ended / "profiles.db", ended / "master.key")
    after = b"".join(file.read_bytes() for file in ended.iterdir())
    connection.close()

    assert (True, False) == (b"AA08N84GCPARUN7A" in before, b"AA08N84GCPARUN7A" in after)


def put_old_database(folder: Path) -> None:
    """The files of a database of version 4."""
    (folder / "profiles.db").write_bytes(gzip.decompress((OLD / "version-4.db.gz").read_bytes()))
    (folder / "master.key").write_bytes((OLD / "version-4.key").read_bytes())
    (folder / "master.key").chmod(0o600)


def shown(event: Event) -> list[Any]:
    """An event as the old release showed it."""
    origin = [event.origin.channel, event.origin.who, event.origin.request_id]
    changes = {path: list(values) for path, values in event.changes.items()}
    return [event.version, event.at.isoformat(), origin, changes, event.hash.hex()]


def test_both_backends_have_the_same_migrations() -> None:
    """
    ADR 36: from number 15 on a migration has the same number and name on both.
    """
    sqlite, postgresql = (
        sorted(file.name for file in folder.glob("*.sql"))
        for folder in (database.MIGRATIONS, opening.MIGRATIONS)
    )

    assert [name for name in sqlite if name >= "0015"] == postgresql


def test_columns_have_the_same_order_on_both_backends(tmp_path: Path) -> None:
    """
    A snapshot holds rows without the names of columns, and a copy may go to the other backend.
    """
    name = postgres.new_store(tmp_path / "key")
    open_store(f"sqlite:///{tmp_path / 'profiles.db'}", key_file=tmp_path / "other", rules={})
    found = []
    for url in (f"sqlite:///{tmp_path / 'profiles.db'}", postgres.url_of(name)):
        with closing(RawDatabase(url)) as raw:
            found.append({table: raw.columns(table) for table in raw.tables()})
    postgres.drop_database(name)

    assert found[0] == found[1]
