"""What is particular to the store in a file: power cuts, sealed bytes, keys and versions."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from profilegate.errors import MasterKeyError, SettingError
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    NewAccount,
    OutgoingMail,
    Update,
    accounts,
    credentials,
    outbox,
    profiles,
    rows,
    transfer,
)
from profilegate.store.session import ONE_STATEMENT
from profilegate.store.sqlite import open_store
from profilegate.store.sqlite.database import connect

KAI = AccountKey("default", "kraken", "AA08 N84G CPAR UN7A")

WRITE_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from profilegate.store import AccountKey, NewAccount, Update, accounts
from profilegate.store.sqlite import open_store

async def main():
    folder = Path(sys.argv[1])
    store = open_store(folder / "profiles.db", key_file=folder / "master.key", rules={})
    key = AccountKey(*sys.argv[2:])
    await store.write(accounts.create, NewAccount(key, {}))
    for number in range(20):
        await store.write(accounts.update, Update(key, {"phone": f"+{number}"}))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""

ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def open_file(tmp_path):
    """Open the store in the test's folder; it is closed in the end."""
    opened = []

    def open_one():
        opened.append(
            open_store(tmp_path / "profiles.db", key_file=tmp_path / "master.key", rules={})
        )
        return opened[-1]

    yield open_one
    for store in opened:
        asyncio.run(store.close())


def statements_of(tmp_path, *sql):
    """Do to the closed database what the store would never do; the last statement's rows."""
    connection = sqlite3.connect(tmp_path / "profiles.db", isolation_level=None)
    try:
        return [connection.execute(statement).fetchall() for statement in sql][-1]
    finally:
        connection.close()


def test_a_change_survives_a_kill_right_after_its_call(tmp_path, open_file):
    """
    When an update has returned, the process may be killed: the change is there.
    """
    killed = subprocess.run(
        [sys.executable, "-c", WRITE_AND_DIE, str(tmp_path), *KAI], env=ENVIRONMENT
    )

    assert -signal.SIGKILL == killed.returncode
    assert "+19" == asyncio.run(open_file().read(accounts.fields_of, KAI, ANY_TENANT))["phone"]


def test_every_commit_waits_for_the_disk(open_file):
    """
    The writing connection logs ahead and syncs at each commit, so a power cut loses nothing.
    """
    execute = open_file()._writer._connection.execute

    assert ("wal",) == execute("PRAGMA journal_mode").fetchone()
    assert (2,) == execute("PRAGMA synchronous").fetchone()


def test_nothing_personal_lies_in_the_files_to_be_read(tmp_path, open_file):
    """
    No file of the store has a byte of a field, a document, a login, a mail, a token or a secret.
    """
    store = open_file()
    key = CredentialKey("default", "kraken", "token", "MARKED-text")
    change = LoginChange(
        login="MARKED-new@example.com",
        token="MARKED-token",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
        mail=OutgoingMail(to="MARKED-to", subject="MARKED-subject", text="MARKED-mail"),
    )
    fields = {
        "name.given": "MARKED-given",
        "account.login": "MARKED-old@example.com",
        "account.country": "MARKED-own",
        "documents.physical": [{"type": "PASSPORT", "front": "MARKED-front"}],
    }

    async def fill() -> None:
        await store.write(accounts.create, NewAccount(KAI, fields))
        await store.write(credentials.put, Credential(key, secret=b"MARKED-secret"))
        await store.write(accounts.update, Update(KAI, {"phone": "MARKED-phone"}, login=change))
        await store.write(accounts.confirm_login, "default", "kraken", "MARKED-token")

    def lying_open():
        files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        return [name for name, content in files.items() if b"marked" in content.lower()]

    asyncio.run(fill())
    before_closing = {file.name for file in tmp_path.iterdir()}
    found = lying_open()
    asyncio.run(store.close())
    found += lying_open()

    assert {"master.key", "profiles.db", "profiles.db-wal", "profiles.db-shm"} == before_closing
    assert [] == found


def test_a_document_is_kept_whole_and_archived(tmp_path, open_file):
    """
    A newer document of a type archives the older, whose sealed row stays.
    """
    store = open_file()

    async def fill() -> None:
        await store.write(accounts.create, NewAccount(KAI, {}))
        for front in ("first", "second"):
            document = {"type": "PASSPORT", "front": front}
            await store.write(accounts.update, Update(KAI, {"documents.physical": [document]}))
        await store.close()

    asyncio.run(fill())

    assert [(0,), (1,)] == statements_of(
        tmp_path, "SELECT archived_at IS NULL FROM documents ORDER BY archived_at IS NULL"
    )


def test_the_version_counts_real_changes(tmp_path, open_file):
    """
    Each update that changes something counts one, whatever it changes; others count nothing.
    """
    store = open_file()

    async def fill() -> None:
        await store.write(accounts.create, NewAccount(KAI, {"phone": "+1"}))
        for changes in ({"phone": "+2"}, {"phone": "+2"}, {"account.status": "open"}, {}):
            await store.write(accounts.update, Update(KAI, changes))
        await store.close()

    asyncio.run(fill())

    assert [(3,)] == statements_of(tmp_path, "SELECT version FROM profiles")


@pytest.mark.parametrize("table", ["profiles", "accounts"])
def test_sealed_values_cannot_change_places(tmp_path, open_file, table):
    """
    A row's sealed value in another row's place does not open, and the gateway says so.
    """
    store = open_file()
    other = KAI._replace(external_id="other")

    async def fill() -> None:
        for key in (KAI, other):
            await store.write(
                accounts.create, NewAccount(key, {"phone": "+1", "account.status": "open"})
            )
        await store.close()

    asyncio.run(fill())
    statements_of(
        tmp_path,
        f"UPDATE {table} AS one SET sealed = other.sealed FROM {table} AS other"
        " WHERE one.sealed <> other.sealed",
    )

    with pytest.raises(MasterKeyError, match=f"a sealed value in {table} does not open"):
        asyncio.run(open_file().read(accounts.fields_of, KAI, ANY_TENANT))


SEALED = {
    "documents": lambda store: store.read(transfer.export_profile, "default", PROFILE_ID),
    "outbox": lambda store: store.read(outbox.page, "default"),
    "pending_logins": lambda store: store.write(
        accounts.confirm_login, "default", "diadoc", "token-1"
    ),
    "credentials": lambda store: store.read(
        credentials.find, CredentialKey("default", "diadoc", "token", "1")
    ),
    "events": lambda store: store.read(profiles.events, "default", PROFILE_ID),
}
"""How a sealed value of each table is read."""

PROFILE_ID = "5f0c1c1e-8d0b-4e53-9a0c-6f3b7f8f4c11"


@pytest.mark.parametrize("table", SEALED)
def test_sealed_values_of_one_profile_cannot_change_places(tmp_path, open_file, table):
    """
    "Its place (table, namespace, row) is authenticated with it", in every table.
    """
    store = open_file()

    async def fill() -> None:
        await store.write(rows.insert, "default", PROFILE_ID)
        for number in "12":
            key = AccountKey("default", "diadoc", number)
            new = NewAccount(key, {"account.login": f"{number}@x.org"}, profile_id=PROFILE_ID)
            await store.write(accounts.create, new)
            mail = OutgoingMail(f"{number}@y.org", number, number)
            expires_at = datetime.now(UTC) + timedelta(hours=1)
            login = LoginChange(f"{number}@y.org", f"token-{number}", expires_at, mail)
            await store.write(accounts.update, Update(key, {}, login=login))
            token = CredentialKey("default", "diadoc", "token", number)
            credential = Credential(token, external_id=number, secret=number.encode())
            await store.write(credentials.put, credential)
        documents = [{"type": kind, "front": kind} for kind in ("PASSPORT", "EIN")]
        await store.write(accounts.update, Update(key, {"documents.physical": documents}))
        await store.close()

    asyncio.run(fill())
    statements_of(
        tmp_path,
        f"UPDATE {table} AS one SET sealed = other.sealed FROM {table} AS other"
        " WHERE one.sealed <> other.sealed",
    )

    with pytest.raises(MasterKeyError):
        asyncio.run(SEALED[table](open_file()))


def test_a_connection_has_its_second_lines_of_defence(tmp_path, open_file):
    """
    Foreign keys hold, deleted bytes are overwritten, and a reader cannot write.
    """
    open_file()
    reader = connect(tmp_path / "profiles.db", query_only=True)
    pragmas = [reader.execute(f"PRAGMA {name}").fetchone()[0] for name in
               ("foreign_keys", "secure_delete", "synchronous")]  # fmt: skip
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM meta")
    reader.close()

    assert [1, 1, 2] == pragmas


def test_a_read_without_a_transaction_is_one_statement(tmp_path, open_file):
    """
    "One statement is a snapshot in itself": two would see two states.
    """
    store = open_file()
    asyncio.run(store.write(accounts.create, NewAccount(KAI, {})))
    key = CredentialKey("default", "kraken", "api-key", "1")
    asyncio.run(store.write(credentials.put, Credential(key, tenant="demo")))
    calls = {accounts.fields_of: (KAI,), credentials.find: (key,)}
    statements: list[str] = []
    store._reader.set_trace_callback(statements.append)
    for function in ONE_STATEMENT:
        asyncio.run(store.read(function, *calls[function]))

    assert len(ONE_STATEMENT) == len(statements)


def test_a_file_system_without_a_log_is_rejected():
    """
    SQLite falls back to another journal without an error where it cannot have a WAL.
    """
    with pytest.raises(SettingError, match="without a write-ahead log"):
        connect(Path(":memory:"))


def test_an_open_of_a_current_database_waits_for_no_writer(tmp_path, open_file):
    """
    A command opens the database beside a gateway in a long transaction.
    """
    open_file()
    writer = connect(tmp_path / "profiles.db")
    writer.execute("BEGIN IMMEDIATE")
    try:
        asyncio.run(open_file().read(profiles.page, "default", limit=1))
    finally:
        writer.execute("ROLLBACK")
        writer.close()


def test_expired_credentials_are_deleted_and_others_found_by_an_index(tmp_path, open_file):
    """
    Each login makes one that expires; a credential is revoked without a walk over all of them.
    """
    store = open_file()

    def session(number: int, hours: int) -> Credential:
        key = CredentialKey("default", "diadoc", "api-client", str(number))
        return Credential(key, expires_at=datetime.now(UTC) + timedelta(hours=hours))

    async def log_in() -> None:
        for number, hours in enumerate((-1, -1, 1)):
            await store.write(credentials.put, session(number, hours))

    asyncio.run(log_in())
    plan = "EXPLAIN QUERY PLAN DELETE FROM credentials WHERE namespace = 'default' AND id = 'x'"
    reader = connect(tmp_path / "profiles.db", query_only=True)
    (count,) = reader.execute("SELECT count(*) FROM credentials").fetchone()
    steps = " ".join(row[3] for row in reader.execute(plan).fetchall())
    reader.close()

    assert (1, True) == (count, "INDEX credentials_by_id" in steps)


def test_another_master_key_is_noticed_at_once(tmp_path, open_file):
    """
    A store does not open with a key that did not seal it, and tells what to do.
    """
    asyncio.run(open_file().close())
    (tmp_path / "master.key").unlink()
    another = open_store(tmp_path / "another.db", key_file=tmp_path / "master.key", rules={})
    asyncio.run(another.close())

    with pytest.raises(MasterKeyError, match=r"profiles\.db is sealed with another master key"):
        open_file()


def test_a_lost_key_is_not_made_anew(tmp_path, open_file):
    """
    If the database is there and its key file is not, no new key takes its place.
    """
    asyncio.run(open_file().close())
    (tmp_path / "master.key").unlink()

    with pytest.raises(MasterKeyError, match=r"master\.key is missing"):
        open_file()

    assert not (tmp_path / "master.key").exists()


def test_a_store_of_a_newer_version_is_left_alone(tmp_path, open_file):
    """
    A database that a newer Profilegate migrated is not opened.
    """
    asyncio.run(open_file().close())
    statements_of(tmp_path, "PRAGMA user_version = 99")

    with pytest.raises(SettingError, match="newer Profilegate"):
        open_file()


def test_what_is_no_database_is_rejected(tmp_path, open_file):
    """
    A file with something else in it is not a store; the error names setting, file and reason.
    """
    asyncio.run(open_file().close())
    (tmp_path / "profiles.db").write_bytes(b"something else" * 1000)

    with pytest.raises(
        SettingError, match=r"PROFILEGATE_DATABASE: .*profiles\.db .* not a database"
    ):
        open_file()


def test_folders_are_made(tmp_path):
    """
    The database and the key file may lie in folders that are not there yet.
    """
    store = open_store(
        tmp_path / "var/data/profiles.db", key_file=tmp_path / "etc/keys/master.key", rules={}
    )
    asyncio.run(store.close())

    assert (tmp_path / "var/data/profiles.db").exists()
    assert (tmp_path / "etc/keys/master.key").exists()


def test_many_processes_may_start_at_once(tmp_path):
    """
    Eight processes that start on nothing agree on one key and one database.
    """
    script = WRITE_AND_DIE.replace("os.kill(os.getpid(), signal.SIGKILL)", "await store.close()")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), "default", "kraken", str(number)],
            env=ENVIRONMENT,
        )
        for number in range(8)
    ]

    assert [0] * 8 == [process.wait() for process in processes]
    assert ["master.key", "profiles.db"] == sorted(file.name for file in tmp_path.iterdir())
