"""Audit: a history that was changed without the store is found."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from profilegate.errors import MasterKeyError, SettingError, StoreDamagedError
from profilegate.store import (
    Break,
    Credential,
    CredentialKey,
    LoginChange,
    OutgoingMail,
    Store,
    Update,
    accounts,
    credentials,
    erasure,
)
from profilegate.store.files import log_files
from profilegate.store.history import chain
from tests.raw_database import RawDatabase
from tests.store.conftest import Clock, in_a_file
from tests.store.people import IVAN, KAI, PARTNER, PASSPORT, VERA, create, run, write

Tamper = Callable[[RawDatabase, str], object]


def rehash(raw: RawDatabase, profile_id: str) -> None:
    """Forge the whole chain anew, as somebody would who has no key but the database."""
    head = bytes(32)
    rows = raw.rows(
        "SELECT version, at, sealed FROM events WHERE profile_id = ? ORDER BY version",
        (profile_id,),
    )
    for version, at, sealed in rows:
        head = chain(head, profile_id, version, at, sealed)
        raw.run(
            "UPDATE events SET hash = ? WHERE profile_id = ? AND version = ?",
            (head, profile_id, version),
        )
    raw.run("UPDATE profiles SET head = ?, version = ? WHERE id = ?", (head, len(rows), profile_id))


def flip(column: str, place: int = -1) -> Tamper:
    """Change one byte of an event's column."""

    def tamper(raw: RawDatabase, profile_id: str) -> None:
        where = "profile_id = ? AND version = 3"
        ((value,),) = raw.rows(f"SELECT {column} FROM events WHERE {where}", (profile_id,))
        flipped = bytearray(value)
        flipped[place] ^= 1
        raw.run(f"UPDATE events SET {column} = ? WHERE {where}", (bytes(flipped), profile_id))

    return tamper


def run_sql(*statements: str) -> Tamper:
    """Run statements, each with the profile's id."""

    def tamper(raw: RawDatabase, profile_id: str) -> None:
        for statement in statements:
            raw.run(statement, {"id": profile_id})

    return tamper


def cut_and_forge(raw: RawDatabase, profile_id: str) -> None:
    """Cut the tail and let the profile's row agree."""
    run_sql("DELETE FROM events WHERE profile_id = :id AND version > 3")(raw, profile_id)
    rehash(raw, profile_id)


def swap_and_forge(raw: RawDatabase, profile_id: str) -> None:
    """Swap what two events hold and fix every hash."""
    SWAP(raw, profile_id)
    rehash(raw, profile_id)


SWAP = run_sql(
    "UPDATE events SET version = version + 100 WHERE profile_id = :id AND version IN (2, 3)",
    "UPDATE events SET version = 105 - version WHERE profile_id = :id AND version > 100",
)

TAMPERED: dict[str, tuple[Tamper, int, str]] = {
    "a byte of what is sealed": (flip("sealed"), 3, "the event was changed"),
    "a byte of a hash": (flip("hash"), 3, "the event was changed"),
    "a time": (
        run_sql("UPDATE events SET at = '2020-01-01' WHERE profile_id = :id AND version = 2"),
        2,
        "the event was changed",
    ),
    "an event is taken away": (
        run_sql("DELETE FROM events WHERE profile_id = :id AND version = 2"),
        2,
        "the event is missing",
    ),
    "the first event is taken away": (
        run_sql("DELETE FROM events WHERE profile_id = :id AND version = 1"),
        1,
        "the event is missing",
    ),
    "events are swapped": (SWAP, 2, "the event was changed"),
    "the tail is cut": (
        run_sql("DELETE FROM events WHERE profile_id = :id AND version > 3"),
        4,
        "the end of the history is missing",
    ),
    "all of it is cut": (
        run_sql("DELETE FROM events WHERE profile_id = :id"),
        1,
        "the end of the history is missing",
    ),
    "the head is changed": (
        run_sql(
            "UPDATE profiles SET head = (SELECT hash FROM events WHERE profile_id = :id"
            " AND version = 1) WHERE id = :id"
        ),
        5,
        "the profile's row does not match the last event",
    ),
    "the version is changed": (
        run_sql("UPDATE profiles SET version = 4 WHERE id = :id"),
        4,
        "the profile's row does not match the last event",
    ),
    "the profile is taken away": (
        run_sql(
            "DELETE FROM accounts WHERE profile_id = :id", "DELETE FROM profiles WHERE id = :id"
        ),
        5,
        "the profile is missing",
    ),
    "the tail is cut and the head forged": (
        cut_and_forge,
        3,
        "the profile does not match its history",
    ),
    "events are swapped and all hashes forged": (
        swap_and_forge,
        2,
        "a sealed value does not open",
    ),
    "the account's row is an older one": (
        run_sql(
            "UPDATE accounts SET sealed = (SELECT value FROM meta WHERE name = 'old')"
            " WHERE profile_id = :id"
        ),
        5,
        "the profile does not match its history",
    ),
}


def a_history(store: Store, raw: RawDatabase) -> str:
    """A profile of five events; its id. What its account's row was once is put aside."""
    profile = create(store, KAI, {"name.given": "Kai", "account.status": "a"}, origin=PARTNER)
    raw.run("INSERT INTO meta (name, value) SELECT 'old', sealed FROM accounts")
    for changes in ({"phone": "1"}, {"phone": "2"}, {"account.status": "b"}, {"phone": "3"}):
        write(store, accounts.update, Update(KAI, changes))
    return profile.id


@pytest.mark.parametrize(("tamper", "version", "what"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_tampered_with_is_found(
    store: Store, raw: RawDatabase, tamper: Tamper, version: int, what: str
) -> None:
    """
    The first place that does not hold is told; before, and in other profiles, all is well.
    """
    profile_id = a_history(store, raw)
    create(store, VERA)
    before = run(store.audit("default"))
    tamper(raw, profile_id)
    broken = run(store.audit("default")).broken

    assert (2, 6, ()) == (before.profiles, before.events, before.broken)
    assert Break(profile_id, version, what) == broken[0]
    assert {profile_id} == {each.profile_id for each in broken}


@pytest.mark.parametrize("what", ["events are swapped", "the tail is cut", "the head is changed"])
def test_an_erased_history_is_guarded_too(store: Store, raw: RawDatabase, what: str) -> None:
    """
    Nobody can read it, and still nobody can change it unnoticed.
    """
    profile_id = a_history(store, raw)
    write(store, erasure.erase, "default", profile_id)
    tamper, version, words = TAMPERED[what]
    tamper(raw, profile_id)

    assert Break(profile_id, version, words) == run(store.audit("default")).broken[0]


def test_an_audit_is_of_one_namespace(store: Store, tmp_path: Path) -> None:
    """
    "Every call is about one namespace".
    """
    create(store, KAI)
    create(store, VERA._replace(namespace="other"))
    audit = run(store.audit("other"))

    assert (1, 1, ()) == (audit.profiles, audit.events, audit.broken)


SEALED = ("profiles", "accounts", "documents", "outbox", "pending_logins", "credentials")
DIGESTS = {"logins": "digest", "profile_keys": "wrapped"}


def a_person_in_every_table(store: Store, clock: Clock) -> str:
    """A person with a row in every table, and a credential of a tenant; the id of the profile."""
    own = {"account.login": "kai@kontur.ru", "documents.physical": [PASSPORT]}
    profile = create(store, IVAN, own, reference="user-1")
    mail = OutgoingMail("new@kontur.ru", "subject", "text")
    change = LoginChange("new@kontur.ru", "token", clock() + timedelta(hours=1), mail)
    write(store, accounts.update, Update(IVAN, {"phone": "+1"}, login=change))
    for kind, tenant, holder in (("token", None, IVAN.external_id), ("client", "t", None)):
        key = CredentialKey("default", "diadoc", kind, "text")
        write(store, credentials.put, Credential(key, tenant, holder, secret=b"secret"))
    return profile.id


@pytest.mark.parametrize("table", [*SEALED, *DIGESTS])
def test_every_damaged_value_is_named_by_its_table_and_row(
    store: Store, clock: Clock, raw: RawDatabase, table: str
) -> None:
    """
    One byte that changed inside of a value leaves the database readable, but not the value.
    """
    a_person_in_every_table(store, clock)
    before = run(store.audit("default")).damaged
    column = DIGESTS.get(table, "sealed")
    values = [value for (value,) in raw.rows(f"SELECT {column} FROM {table}")]
    for value in values:
        flipped = value[:-1] + bytes([value[-1] ^ 1])
        raw.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (flipped, value))
    damaged = run(store.audit("default")).damaged
    rows = [each.row for each in damaged if each.table == table]

    assert () == before
    assert (len(values), True) == (len(rows), all(rows))
    assert not any(part in str(damaged) for part in ("kontur.ru", IVAN.external_id, "user-1"))


@in_a_file
def test_every_damaged_page_is_found(
    open_store: Callable[[], Store], clock: Clock, tmp_path: Path
) -> None:
    """
    Whatever page is overwritten, of a table or of an index, the start or the audit says so.
    """
    store = open_store()
    a_person_in_every_table(store, clock)
    write(store, erasure.erase, "default", create(store, KAI).id)
    run(store.close())
    file = tmp_path / "profiles.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        # No page is free afterwards: nothing could find damage in one, and nothing reads it.
        connection.execute("VACUUM")
        connection.execute("PRAGMA journal_mode = DELETE")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    whole, missed = file.read_bytes(), []
    for start in range(0, len(whole), size):
        file.write_bytes(whole[:start] + b"\xa5" * size + whole[start + size :])
        try:
            opened = open_store()
            audit = run(opened.audit("default"))
            run(opened.close())
        except (StoreDamagedError, SettingError, MasterKeyError):
            continue
        if not audit.damaged and not audit.broken:
            missed.append(start // size + 1)
        for log in log_files(file):
            log.unlink(missing_ok=True)

    assert len(whole) // size > 30
    assert [] == missed


def test_histories_of_erased_profiles_cannot_be_exchanged(store: Store, raw: RawDatabase) -> None:
    """
    The hash of an event covers the id of its profile: what nobody can read is still one profile's.
    """
    one, other = create(store, KAI).id, create(store, VERA).id
    for profile_id in (one, other):
        write(store, erasure.erase, "default", profile_id)
    for pair in (("x", one), (one, other), (other, "x")):
        raw.run("UPDATE events SET profile_id = ? WHERE profile_id = ?", pair)
    heads = dict(raw.rows("SELECT id, head FROM profiles"))
    for profile_id, head in ((one, heads[other]), (other, heads[one])):
        raw.run("UPDATE profiles SET head = ? WHERE id = ?", (head, profile_id))

    assert {one, other} == {each.profile_id for each in run(store.audit("default")).broken}
