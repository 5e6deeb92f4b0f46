"""Erased is erased: in responses, exports and histories, and in every byte that is kept."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from profilegate.errors import AccountUnknownError, ProfileUnknownError, StoreUnavailableError
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    NewAccount,
    OutgoingMail,
    Store,
    Update,
    database,
    erasing,
)
from tests.store.conftest import Clock
from tests.store.people import ADMIN, KAI, PASSPORT, create, run

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
    run(store.update(Update(MARKED, {"phone": "MARKED-phone"}, login=change)))
    run(store.put_credential(Credential(SESSION, external_id=MARKED.external_id)))
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
        "SELECT wrapped_key FROM profiles WHERE id = ?", (profile_id,)
    ).fetchone()
    reader.close()
    return bytes(wrapped)


def test_nothing_of_an_erased_person_is_given_out(store: Store, clock: Clock) -> None:
    """
    No account, login, credential, mail, profile, export or history knows the person.
    """
    profile_id = a_marked_person(store, clock)
    run(store.erase("default", profile_id))

    with pytest.raises(AccountUnknownError):
        run(store.account(MARKED))
    for ask in (store.profile, store.history, store.export_profile, store.erase):
        with pytest.raises(ProfileUnknownError):
            run(ask("default", profile_id))
    with pytest.raises(ProfileUnknownError):
        run(store.profile_at("default", profile_id, clock()))
    assert (None, None, [], [], [KAI]) == (
        run(store.credential(SESSION)),
        run(store.account_of_login("default", "diadoc", "marked@kontur.ru")),
        run(store.credentials("default")),
        run(store.mails("default")),
        [a.key for p in run(store.profiles("default", after=None, limit=9)) for a in p.accounts],
    )


def test_no_byte_of_an_erased_person_is_kept(store: Store, clock: Clock, tmp_path: Path) -> None:
    """
    Neither in the database nor in its log; nor is the key that opens what is sealed.
    """
    profile_id = a_marked_person(store, clock)
    key = wrapped_key(tmp_path, profile_id)
    before = marked_files(tmp_path)
    run(store.erase("default", profile_id))

    assert before
    assert [] == marked_files(tmp_path)
    assert [] == [name for name, kept in kept_bytes(tmp_path).items() if key in kept]


def test_moved_rows_leave_no_copy_behind(store: Store, tmp_path: Path) -> None:
    """
    Rows that SQLite moved from page to page are gone from all of them.
    """
    ids = [f"{'kept' if number % 9 else 'MARKED'}-{number * 7919 % 1009}" for number in range(360)]

    async def fill_and_erase() -> None:
        keys = [AccountKey("default", "kraken", each) for each in ids]
        notes = ({"account.note": "n" * (number % 89) * 9} for number in range(len(ids)))
        await asyncio.gather(*map(store.create, map(NewAccount, keys, notes)))
        for key in keys:
            if key.external_id.startswith("MARKED"):
                await store.erase("default", (await store.profile_of(key)).id)

    run(fill_and_erase())

    assert [] == marked_files(tmp_path)


def test_a_copy_that_was_left_behind_is_found(store: Store, clock: Clock, tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """
    Should SQLite leave a copy where it deletes, the whole database is written anew.
    """
    profile_id = a_marked_person(store, clock)
    rewritten: list[bool] = []

    def rewrite(connection: object) -> None:
        rewritten.append(True)

    # An id that stands elsewhere too cannot be told from a copy that was left behind.
    create(store, MARKED._replace(provider="kraken"))
    monkeypatch.setattr(erasing, "rewrite", rewrite)
    run(store.erase("default", profile_id))

    assert [True] == rewritten


def test_an_erased_history_is_still_verified(store: Store, clock: Clock) -> None:
    """
    "The chain is over ciphertext": what nobody can read any more, everybody can count.
    """
    profile_id = a_marked_person(store, clock)
    before = run(store.audit("default"))
    run(store.erase("default", profile_id))

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
    run(open_store().erase("default", profile_id))
    with pytest.raises(ProfileUnknownError):
        run(open_store().profile("default", profile_id))


def test_an_erased_persons_ids_and_login_are_free_again(store: Store, clock: Clock) -> None:
    """
    Who comes back is a new person: no value, no event and no key is left of the old one.
    """
    old = a_marked_person(store, clock)
    run(store.erase("default", old))
    new = create(store, MARKED, {"account.login": "MARKED@kontur.ru"})

    assert (True, 1, {}) == (new.id != old, new.version, new.fields)


def test_a_reader_who_keeps_the_log_is_reported_of(
    store: Store, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The profile is erased, but the log cannot be emptied: to erase once more empties it.
    """
    profile_id = a_marked_person(store, clock)
    reader = database.connect(tmp_path / "profiles.db", query_only=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM profiles").fetchone()
    # Not the five seconds that somebody is waited for in earnest.
    patience = "PRAGMA busy_timeout = 50"
    run(asyncio.wait_for(_ask(store, patience), 5))
    with pytest.raises(StoreUnavailableError):
        run(store.erase("default", profile_id))
    reader.execute("ROLLBACK")
    reader.close()
    with pytest.raises(ProfileUnknownError):
        run(store.erase("default", profile_id))

    assert [] == marked_files(tmp_path)


async def _ask(store: Store, pragma: str) -> None:
    """Let the writer run a pragma."""
    await store._writer.submit(lambda c: c.execute(pragma).fetchall(), alone=True)  # type: ignore[attr-defined]


def test_a_profile_that_was_linked_away_loses_its_key(store: Store, tmp_path: Path) -> None:
    """
    "The old profile, if no account is left, is erased": its key is nowhere, its history verifies.
    """
    target = create(store, KAI)
    old = create(store, MARKED, {"name.given": "Kai"})
    key = wrapped_key(tmp_path, old.id)
    run(store.link(MARKED, target.id, ADMIN, prefer=None))

    assert [] == [name for name, kept in kept_bytes(tmp_path).items() if key in kept]
    assert (2, ()) == (run(store.audit("default")).profiles, run(store.audit("default")).broken)
