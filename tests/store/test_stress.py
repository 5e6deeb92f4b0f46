"""Many writers at once: nothing is lost, and every step of it is in the history."""

import asyncio
from collections.abc import Callable

from profilegate.profile.fields import Fields
from profilegate.store import ANY_TENANT, AccountKey, Origin, Store, Update, accounts, profiles
from tests.store.people import KAI, create, read, run

WRITERS = 8
UPDATES_EACH = 500


async def _write(store: Store, account: AccountKey, path: str) -> None:
    """Count up in one field, one durable update after the other."""
    for number in range(1, UPDATES_EACH + 1):
        origin = Origin("kraken", path, str(number))
        await store.write(accounts.update, Update(account, {path: number}, origin=origin))


def test_eight_writers_on_one_profile_lose_nothing(open_store: Callable[[], Store]) -> None:
    """
    "One at a time; none is lost": through two stores, as two processes would have it, on fields
    of their own, they end with every last value and a history that has each of their steps.
    """
    stores = [open_store(), open_store()]
    profile = create(stores[0], KAI)
    paths = [f"account.field_{n}" if n % 2 else f"addresses.postal.line{n}" for n in range(WRITERS)]

    async def write_all() -> None:
        writers = (_write(stores[n % 2], KAI, path) for n, path in enumerate(paths))
        await asyncio.gather(*writers)

    run(write_all())
    fields: Fields = read(stores[0], accounts.fields_of, KAI, ANY_TENANT)
    del fields["account.id"]
    events = read(stores[0], profiles.events, "default", profile.id, after=1, limit=10_000)
    steps = {
        path: [event.changes for event in events if event.origin.who == path] for path in paths
    }
    audit = run(stores[0].audit("default"))

    assert dict.fromkeys(paths, UPDATES_EACH) == fields
    for path, changes in steps.items():
        name = f"kraken:{path}" if path.startswith("account.") else path
        counted = [{name: (number or None, number + 1)} for number in range(UPDATES_EACH)]
        assert counted == changes
    assert (1, 1 + WRITERS * UPDATES_EACH, ()) == (audit.profiles, audit.events, audit.broken)
