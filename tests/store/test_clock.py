"""The clock of the store: it never moves backwards, whatever the system's clock does."""

from collections.abc import Callable
from datetime import timedelta

from profilegate.store import (
    Credential,
    CredentialKey,
    Store,
    Update,
    accounts,
    credentials,
    profiles,
)
from tests.store.conftest import Clock
from tests.store.people import KAI, create, read, run, write

SESSION = CredentialKey("default", "diadoc", "token", "session")


def times(store: Store, profile_id: str) -> list[str]:
    """The times of a history."""
    return [event.at.isoformat() for event in read(store, profiles.events, "default", profile_id)]


def test_events_stay_in_order_when_the_clock_is_set_back(
    open_store: Callable[[], Store], clock: Clock
) -> None:
    """
    max(now, last), also in another process and after a restart: `/at` never shows the future.
    """
    store, other = open_store(), open_store()
    profile = create(store, KAI)
    latest = clock()
    clock.advance(hours=-25)
    write(store, accounts.update, Update(KAI, {"phone": "+1"}))
    write(other, accounts.update, Update(KAI, {"phone": "+2"}))
    restarted = open_store()
    write(restarted, accounts.update, Update(KAI, {"phone": "+3"}))

    assert [latest.isoformat()] * 4 == times(store, profile.id)
    assert [latest] * 3 == [each.now() for each in (store, other, restarted)]


def test_an_expired_session_stays_expired_when_the_clock_is_set_back(
    open_store: Callable[[], Store], clock: Clock
) -> None:
    """
    A transaction without an event (here a session that is created) counts too, to the second.
    """
    store = open_store()
    expires_at = clock() + timedelta(hours=1)
    write(store, credentials.put, Credential(SESSION, tenant="t", expires_at=expires_at))
    clock.advance(hours=2)
    later = CredentialKey("default", "kraken", "api-key", "later")
    write(store, credentials.put, Credential(later, tenant="t"))
    run(store.close())
    clock.advance(hours=-2)

    assert read(open_store(), credentials.find, SESSION) is None
