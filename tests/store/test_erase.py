"""Erased is erased: in responses, exports and histories, and in every byte that is kept."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from profilegate.errors import AccountUnknownError, ProfileUnknownError
from profilegate.store import (
    ANY_TENANT,
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    NewAccount,
    OutgoingMail,
    Store,
    Update,
    accounts,
    credentials,
    erasure,
    linking,
    logins,
    outbox,
    profiles,
    transfer,
)
from profilegate.store.sqlite import SqliteStore, database
from tests.store.conftest import Clock, in_a_file
from tests.store.people import ADMIN, KAI, PASSPORT, create, read, run, write

PATIENCE_SECONDS = 60

MARKED = AccountKey("default", "diadoc", "MARKED-external-id")
SESSION = CredentialKey("default", "diadoc", "token", "MARKED-token")


def a_marked_person(store: Store, clock: Clock) -> str:
    """A person with marked values in every table, and a bystander; the person's profile id."""
    create(store, KAI, {"name.given": "Kai"})
    fields = {
        "name.given": "MARKED-name",
        "documents.physical": [{**PASSPORT, "front": "MARKED-content"}],
        "account.login": "MARKED@kontur.ru",
        "account.status": "MARKED-own",
    }
    profile = create(store, MARKED, fields)
    mail = OutgoingMail("MARKED-mail@kontur.ru", "MARKED", "MARKED")
    change = LoginChange("MARKED-new@kontur.ru", "MARKED", clock() + timedelta(hours=1), mail)
    write(store, accounts.update, Update(MARKED, {"phone": "MARKED-phone"}, login=change))
    write(store, credentials.put, Credential(SESSION, external_id=MARKED.external_id))
    return profile.id


def kept_bytes(folder: Path) -> dict[str, bytes]:
    """The database's files; read by another process, for closing them here lets go of locks."""
    read = "import sys, pathlib; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    return {
        path.name: subprocess.run(
            [sys.executable, "-c", read, path], check=True, capture_output=True
        ).stdout
        for path in sorted(folder.glob("profiles.db*"))
    }


def marked_files(folder: Path) -> list[str]:
    """The files that hold a marked value."""
    return [name for name, kept in kept_bytes(folder).items() if b"MARKED" in kept]


def wrapped_key(folder: Path, profile_id: str) -> bytes:
    """The profile's key as it is kept."""
    reader = database.connect(folder / "profiles.db", query_only=True)
    (wrapped,) = reader.execute(
        "SELECT key.wrapped FROM profile_keys AS key JOIN profiles ON key_id = key.id"
        " WHERE profiles.id = ?",
        (profile_id,),
    ).fetchone()
    reader.close()
    return bytes(wrapped)


def test_nothing_of_an_erased_person_is_given_out(store: Store, clock: Clock) -> None:
    """
    No account, login, credential, mail, profile, export or history knows the person.
    """
    profile_id = a_marked_person(store, clock)
    write(store, erasure.erase, "default", profile_id)

    with pytest.raises(AccountUnknownError):
        read(store, accounts.fields_of, MARKED, ANY_TENANT)
    for ask in (profiles.find, profiles.events, transfer.export_profile):
        with pytest.raises(ProfileUnknownError):
            read(store, ask, "default", profile_id)
    with pytest.raises(ProfileUnknownError):
        write(store, erasure.erase, "default", profile_id)
    with pytest.raises(ProfileUnknownError):
        read(store, profiles.fields_at, "default", profile_id, clock())
    assert (None, None, [], [], [KAI]) == (
        read(store, credentials.find, SESSION),
        read(store, logins.holder, "default", "diadoc", "marked@kontur.ru"),
        read(store, credentials.page, "default"),
        read(store, outbox.page, "default"),
        [
            a.key
            for p in read(store, profiles.page, "default", after=None, limit=9).profiles
            for a in p.accounts
        ],
    )


@in_a_file
def test_no_byte_of_an_erased_person_is_kept(store: Store, clock: Clock, tmp_path: Path) -> None:
    """
    Neither in the database nor in its log; and the key that opens what is sealed is gone.
    """
    profile_id = a_marked_person(store, clock)
    key = wrapped_key(tmp_path, profile_id)
    assert any(key in kept for kept in kept_bytes(tmp_path).values())
    write(store, erasure.erase, "default", profile_id)
    run(store.maintain())

    assert [] == marked_files(tmp_path)
    assert [] == [name for name, kept in kept_bytes(tmp_path).items() if key in kept]


def test_an_erasure_empties_the_cache_of_opened_values(store: SqliteStore, clock: Clock) -> None:
    """
    Opened credentials stay in memory for a while, but not those of an erased person.
    """
    profile_id = a_marked_person(store, clock)
    read(store, credentials.find, SESSION)
    cached = store._vault._cached.cache_info

    assert 1 == cached().currsize
    write(store, erasure.erase, "default", profile_id)
    assert 0 == cached().currsize


@in_a_file
def test_keys_leave_no_copy_where_they_are_erased(store: Store, tmp_path: Path) -> None:
    """
    Rows of keys never move to another page, so overwriting one overwrites all of it; also when
    several profiles are erased at once.
    """
    ids = [f"{number * 7919 % 1009}" for number in range(360)]
    keys = [AccountKey("default", "kraken", each) for each in ids]

    async def fill() -> list[str]:
        notes = ({"account.note": "n" * (number % 89) * 9} for number in range(len(ids)))
        new = map(NewAccount, keys, notes)
        await asyncio.gather(*(store.write(accounts.create, each) for each in new))
        return [(await store.read(profiles.find_of, key)).id for key in keys[::9]]

    erased = run(fill())
    wrapped = [wrapped_key(tmp_path, each) for each in erased]

    async def erase_eight_at_a_time() -> None:
        for start in range(0, len(erased), 8):
            batch = erased[start : start + 8]
            await asyncio.gather(
                *(store.write(erasure.erase, "default", profile_id) for profile_id in batch)
            )
        await store.maintain()

    run(erase_eight_at_a_time())

    kept = b"".join(kept_bytes(tmp_path).values())
    assert [] == [key for key in wrapped if key in kept]


def test_external_ids_and_tenants_are_not_readable(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    """
    "Stored as keyed digests next to their sealed text", for persons that are not erased too.
    """
    a_marked_person(store, clock)
    marked = MARKED._replace(provider="kraken")
    create(store, marked, {"account.external_id": "MARKED"}, tenant="MARKED", reference="MARKED")

    assert [] == marked_files(tmp_path)


def test_an_erased_history_is_still_verified(store: Store, clock: Clock) -> None:
    """
    "The chain is over ciphertext": what nobody can read any more, everybody can count.
    """
    profile_id = a_marked_person(store, clock)
    before = run(store.audit("default"))
    write(store, erasure.erase, "default", profile_id)

    assert (before, (2, 3, ())) == (
        run(store.audit("default")),
        (before.profiles, before.events, before.broken),
    )


def test_what_is_erased_stays_so_when_the_store_is_opened_again(
    open_store: Callable[[], Store], clock: Clock
) -> None:
    """
    "Durable before the response" goes for forgetting, too.
    """
    profile_id = a_marked_person(open_store(), clock)
    write(open_store(), erasure.erase, "default", profile_id)
    with pytest.raises(ProfileUnknownError):
        read(open_store(), profiles.find, "default", profile_id)


def test_an_erased_persons_ids_and_login_are_free_again(store: Store, clock: Clock) -> None:
    """
    Who comes back is a new person: no value, no event and no key is left of the old one.
    """
    old = a_marked_person(store, clock)
    write(store, erasure.erase, "default", old)
    new = create(store, MARKED, {"account.login": "MARKED@kontur.ru"})

    assert (True, 1, {}) == (new.id != old, new.version, new.fields)


@in_a_file
def test_a_reader_delays_neither_an_erasure_nor_an_update(
    open_store: Callable[[], Store],
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    "Nothing in the writer waits for a reader": while another connection holds a read transaction,
    the log stays; it is emptied by the first maintenance after it.
    """
    # A writer that waits for the reader would wait as long as this.
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 1000 * 10 * PATIENCE_SECONDS)
    store = open_store()
    profile_id = a_marked_person(store, clock)
    key = wrapped_key(tmp_path, profile_id)
    reader = database.connect(tmp_path / "profiles.db", query_only=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM profiles").fetchone()

    async def erase_and_update() -> None:
        await store.write(erasure.erase, "default", profile_id)
        update = store.write(accounts.update, Update(KAI, {"phone": "+1"}))
        await asyncio.wait_for(asyncio.gather(store.maintain(), update), PATIENCE_SECONDS)

    try:
        run(erase_and_update())
        held = [name for name, kept in kept_bytes(tmp_path).items() if key in kept]
    finally:
        reader.execute("ROLLBACK")
        reader.close()
    run(store.maintain())

    assert ["profiles.db-wal"] == [name for name in held if name.endswith("-wal")]
    assert [] == [name for name, kept in kept_bytes(tmp_path).items() if key in kept]


@in_a_file
def test_an_erasure_that_was_interrupted_is_finished_at_the_next_start(
    open_store: Callable[[], Store], clock: Clock, tmp_path: Path
) -> None:
    """
    That the log is still to be emptied is written down in the erasure's own transaction.
    """
    store = open_store()
    profile_id = a_marked_person(store, clock)
    key = wrapped_key(tmp_path, profile_id)
    write(store, erasure.erase, "default", profile_id)
    assert any(key in kept for kept in kept_bytes(tmp_path).values())
    open_store()

    assert [] == [name for name, kept in kept_bytes(tmp_path).items() if key in kept]


@in_a_file
def test_a_profile_that_was_linked_away_loses_its_key(store: Store, tmp_path: Path) -> None:
    """
    "The old profile, if no account is left, is erased": its key is nowhere, its history verifies.
    """
    target = create(store, KAI)
    old = create(store, MARKED, {"name.given": "Kai"})
    key = wrapped_key(tmp_path, old.id)
    write(store, linking.link, MARKED, target.id, ADMIN, prefer=None)
    run(store.maintain())

    assert [] == [name for name, kept in kept_bytes(tmp_path).items() if key in kept]
    assert (2, ()) == (run(store.audit("default")).profiles, run(store.audit("default")).broken)
