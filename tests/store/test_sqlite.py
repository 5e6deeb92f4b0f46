"""The store in a file: sealed bytes, SQLite's settings, the master key and the schema version."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from profilegate.errors import MasterKeyError, SettingError, StoreDamagedError
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
    faults,
    lockouts,
    namespaces,
    outbox,
    profiles,
    rows,
    transfer,
)
from profilegate.store.session import ONE_STATEMENT, Row, Session
from profilegate.store.sqlite import open_store
from profilegate.store.sqlite.database import connect

KAI = AccountKey("default", "kraken", "AA08 N84G CPAR UN7A")

WRITE = """
import asyncio, sys
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
    await store.close()

asyncio.run(main())
"""

ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def open_file(tmp_path):
    """Open the store in the test's folder; the fixture closes it."""
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
    """Run statements on the closed database; the rows of the last one."""
    connection = sqlite3.connect(tmp_path / "profiles.db", isolation_level=None)
    try:
        return [connection.execute(statement).fetchall() for statement in sql][-1]
    finally:
        connection.close()


def test_every_commit_waits_for_the_disk(open_file):
    """
    The writer uses a write-ahead log and syncs it at each commit, so a power cut loses nothing.
    """
    execute = open_file()._writer._connection.execute

    assert ("wal",) == execute("PRAGMA journal_mode").fetchone()
    assert (2,) == execute("PRAGMA synchronous").fetchone()


def test_no_personal_data_is_readable_in_the_files(tmp_path, open_file):
    """
    No file of the store contains a field, a document, a login, a mail, a token or a secret.
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

    def readable():
        files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        return [name for name, content in files.items() if b"marked" in content.lower()]

    asyncio.run(fill())
    before_closing = {file.name for file in tmp_path.iterdir()}
    found = readable()
    asyncio.run(store.close())
    found += readable()

    assert {"master.key", "profiles.db", "profiles.db-wal", "profiles.db-shm"} == before_closing
    assert [] == found


@pytest.mark.parametrize("table", ["profiles", "accounts"])
def test_sealed_values_cannot_change_places(tmp_path, open_file, table):
    """
    A sealed value that was moved to another row does not open.
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


async def _mail(store):
    """The first mail; a list shows a damaged one too."""
    mail, *_ = await store.read(outbox.page, "default")
    if mail.damaged:
        raise MasterKeyError("the mail is damaged")


SEALED = {
    "documents": lambda store: store.read(transfer.export_profile, "default", PROFILE_ID),
    "outbox": lambda store: _mail(store),
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


def test_a_connection_is_configured_defensively(tmp_path, open_file):
    """
    Foreign keys are enforced, deleted bytes are overwritten, and a reader cannot write.
    """
    open_file()
    reader = connect(tmp_path / "profiles.db", query_only=True)
    pragmas = [reader.execute(f"PRAGMA {name}").fetchone()[0] for name in
               ("foreign_keys", "secure_delete", "synchronous")]  # fmt: skip
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM meta")
    reader.close()

    assert [1, 1, 2] == pragmas


def test_a_read_without_a_transaction_is_one_statement_at_most(tmp_path, open_file):
    """
    "One statement is a snapshot in itself": two would see two states.
    """
    store = open_file()
    asyncio.run(store.write(accounts.create, NewAccount(KAI, {})))
    key = CredentialKey("default", "kraken", "api-key", "1")
    asyncio.run(store.write(credentials.put, Credential(key, tenant="demo")))
    calls = {
        accounts.fields_of: (KAI,),
        credentials.find: (key,),
        lockouts.digest: ("default", "login"),
        faults.find_all: ("default",),
        lockouts.find_all: (),
        lockouts.last_login: ("default", b"digest"),
        namespaces.any_exists: (),
        namespaces.others_exist: (),
        namespaces.clock: ("default",),
    }
    statements: list[str] = []
    store._reader.set_trace_callback(statements.append)
    for function in ONE_STATEMENT:
        statements.clear()
        asyncio.run(store.read(function, *calls[function]))

        assert len(statements) <= 1


def test_a_read_of_several_statements_sees_one_state(open_file):
    """
    "In one snapshot of the database", whatever is committed meanwhile.
    """
    store, other = open_file(), open_file()

    def count_twice(session: Session) -> tuple[Row | None, Row | None]:
        count = "SELECT count(*) FROM accounts"
        first = session.row(count)
        thread = Thread(
            target=asyncio.run, args=(other.write(accounts.create, NewAccount(KAI, {})),)
        )
        thread.start()
        thread.join()
        return first, session.row(count)

    assert ((0,), (0,)) == asyncio.run(store.read(count_twice))
    assert accounts.exists(store._session(store._reader), KAI)


def test_a_file_system_without_a_log_is_rejected():
    """
    Where SQLite cannot use a WAL, it uses another journal and reports no error.
    """
    with pytest.raises(SettingError, match="without a write-ahead log"):
        connect(Path(":memory:"))


def test_an_open_of_a_current_database_waits_for_no_writer(tmp_path, open_file):
    """
    A command can open the database while the gateway is in a long transaction.
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
    Each login issues one that expires; an index finds the credential to revoke.
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


def test_a_lost_key_is_not_replaced(tmp_path, open_file):
    """
    If the database exists and its key file does not, no new key file is written.
    """
    asyncio.run(open_file().close())
    (tmp_path / "master.key").unlink()

    with pytest.raises(MasterKeyError, match=r"master\.key is missing"):
        open_file()

    assert not (tmp_path / "master.key").exists()


def test_a_store_of_a_newer_version_is_left_alone(tmp_path, open_file):
    """
    A database that a newer Profilegate has migrated is not opened.
    """
    asyncio.run(open_file().close())
    statements_of(tmp_path, "PRAGMA user_version = 99")

    with pytest.raises(SettingError, match="newer Profilegate"):
        open_file()


def test_a_file_that_is_not_a_database_is_rejected(tmp_path, open_file):
    """
    The error names the setting, the file and the reason.
    """
    asyncio.run(open_file().close())
    (tmp_path / "profiles.db").write_bytes(b"something else" * 1000)

    with pytest.raises(
        SettingError, match=r"PROFILEGATE_DATABASE: .*profiles\.db .* not a database"
    ):
        open_file()


def test_missing_folders_are_created(tmp_path):
    """
    The folders of the database and of the key file need not exist.
    """
    store = open_store(
        tmp_path / "var/data/profiles.db", key_file=tmp_path / "etc/keys/master.key", rules={}
    )
    asyncio.run(store.close())

    assert (tmp_path / "var/data/profiles.db").exists()
    assert (tmp_path / "etc/keys/master.key").exists()


def test_many_processes_may_start_at_once(tmp_path):
    """
    Eight processes that start in an empty folder share one key and one database.
    """
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                WRITE,
                str(tmp_path),
                "default",
                "kraken",
                str(number),
            ],
            env=ENVIRONMENT,
        )
        for number in range(8)
    ]

    assert [0] * 8 == [process.wait() for process in processes]
    assert ["master.key", "profiles.db"] == sorted(file.name for file in tmp_path.iterdir())


def _overwrite(file, page, start=0):
    """Overwrite a page of a database, from one of its bytes on."""
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 + start : page * 4096] = bytes(4096 - start)
    file.write_bytes(content)


def test_a_damaged_database_is_called_damaged_at_the_start(tmp_path, open_file):
    """
    Its first page holds the schema: damage does not pass by itself, so no error says "later".
    """
    asyncio.run(open_file().close())
    _overwrite(tmp_path / "profiles.db", 1, start=100)

    with pytest.raises(StoreDamagedError, match="`profilegate restore` restores a backup"):
        open_file()


def test_a_damaged_page_is_called_damage_when_it_is_used(tmp_path, open_file):
    """
    Reads and writes that need the page fail with the same error; all others succeed.
    """
    asyncio.run(open_file().close())
    sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'accounts'"
    ((page,),) = statements_of(tmp_path, sql)
    _overwrite(tmp_path / "profiles.db", page)
    store = open_file()
    with pytest.raises(StoreDamagedError):
        asyncio.run(store.read(accounts.fields_of, KAI))
    with pytest.raises(StoreDamagedError):
        asyncio.run(store.write(accounts.create, NewAccount(KAI, {})))

    assert asyncio.run(store.read(credentials.find, CredentialKey("a", "b", "c", "d"))) is None
