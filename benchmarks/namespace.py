"""The namespace that is measured: many users of one Kraken partner, some of Machnet and Diadoc."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from benchmarks.bodies import VARYING, changes_of
from benchmarks.names import (
    CLIENT_SECRET,
    CONNECTIONS_MAX,
    DATABASE,
    DIADOC_USERS,
    KEY_FILE,
    MACHNET_USERS,
    PROFILES,
    TENANT,
    diadoc_token,
    diadoc_user,
    kraken_key,
    kraken_secret,
    kraken_user,
    machnet_user,
)
from benchmarks.work import kraken_body
from profilegate.gateway.loading import load_providers
from profilegate.profile.fields import Fields
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    Credential,
    CredentialKey,
    NewAccount,
    Store,
    accounts,
    credentials,
)
from profilegate.store.opening import open_store

JOBS_AT_ONCE = 2000
"""How many wait for the store at a time; they share their transactions."""


def make_namespace(folder: Path, profiles: int = PROFILES, url: str | None = None) -> None:
    """
    Fill a new database, and make its key in a folder; without ``url`` a file in the same folder.

    The store itself makes it, in large transactions.
    """
    providers = load_providers()
    rules = {name: provider.mapping.rules for name, provider in providers.items()}
    # Kraken's users are as an update leaves them: the first one that makes a profile larger
    # costs more than those that follow, and among a million most would be first ones.
    updated = changes_of(providers["kraken"], kraken_body("ACME"))
    url = url or f"sqlite:///{folder / DATABASE}"
    store = open_store(url, key_file=folder / KEY_FILE, rules=rules)
    asyncio.run(_fill(store, profiles, updated))


async def _fill(store: Store, profiles: int, updated: Fields) -> None:
    try:
        await _all(
            store.write(accounts.create, account) for account in _accounts(profiles, updated)
        )
        await _all(store.write(credentials.put, credential) for credential in _credentials())
    finally:
        await store.close()


async def _all(jobs: Iterable[Awaitable[object]]) -> None:
    waiting = iter(jobs)
    while batch := list(islice(waiting, JOBS_AT_ONCE)):
        await asyncio.gather(*batch)


def _credentials() -> Iterator[Credential]:
    for number in range(CONNECTIONS_MAX):
        key = CredentialKey(DEFAULT_NAMESPACE, "kraken", "api-key", kraken_key(number))
        yield Credential(key, tenant=TENANT, secret=kraken_secret(number))
    key = CredentialKey(DEFAULT_NAMESPACE, "machnet", "client", TENANT)
    yield Credential(key, tenant=TENANT, secret=CLIENT_SECRET.encode())
    yield Credential(CredentialKey(DEFAULT_NAMESPACE, "diadoc", "api-client", TENANT))
    for number in range(DIADOC_USERS):
        key = CredentialKey(DEFAULT_NAMESPACE, "diadoc", "token", diadoc_token(number))
        yield Credential(key, external_id=diadoc_user(number))


def _accounts(profiles: int, updated: Fields) -> Iterator[NewAccount]:
    for number in range(profiles):
        key = AccountKey(DEFAULT_NAMESPACE, "kraken", kraken_user(number))
        fields = {**_fields(number), **updated, VARYING: f"{number:019d}"}
        yield NewAccount(key, fields, tenant=TENANT)
    for number in range(MACHNET_USERS):
        key = AccountKey(DEFAULT_NAMESPACE, "machnet", machnet_user(number))
        # A verified user is one with locks.
        own = {"account.business": False, "account.type": "SEND", "account.status": "VERIFIED"}
        yield NewAccount(key, {**_fields(number), **own}, tenant=TENANT)
    for number in range(DIADOC_USERS):
        key = AccountKey(DEFAULT_NAMESPACE, "diadoc", diadoc_user(number))
        own = {"account.login": f"user{number}@example.com", "account.registered": True}
        yield NewAccount(key, {**_fields(number), **own})


def _fields(number: int) -> Fields:
    return {
        "name.given": "Tenzin",
        "name.middle": "",
        "name.family": "Norgay",
        "birth.date": "1990-05-04",
        "birth.city": "Bergen",
        "birth.country": "NO",
        "addresses.residential.line1": f"Karl Johans gate {number}",
        "addresses.residential.city": "Oslo",
        "addresses.residential.postal_code": "0026",
        "addresses.residential.country": "NO",
        "phone": "+4722123456",
        "email": f"user{number}@example.com",
    }
