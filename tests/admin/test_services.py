"""The admin services: each action is one transaction, whatever happens beside it or in it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from profilegate.admin import accounts, credentials, profiles
from profilegate.admin.context import Admin
from profilegate.errors import (
    AccountExistsError,
    AccountUnknownError,
    CredentialIdUnknownError,
    FieldsLockedError,
)
from profilegate.gateway.loading import load_providers
from profilegate.profile.times import utc_now
from profilegate.store import DEFAULT_NAMESPACE, AccountKey, Origin
from profilegate.store import credentials as stored_credentials
from profilegate.store.sqlite import open_store

PROVIDERS = load_providers()
MACHNET_ID = "0c7cb1a2-1f2e-4c55-9b0e-6a1f5d2c3b4a"
VERIFIED = accounts.NewAccount(
    "machnet", MACHNET_ID, tenant="demo", fields={"account.status": "VERIFIED"}
)


@pytest.fixture
def admin(tmp_path: Path) -> Iterator[Admin]:
    """The services on an empty store."""
    rules = {name: provider.mapping.rules for name, provider in PROVIDERS.items()}
    store = open_store(tmp_path / "profiles.db", key_file=tmp_path / "master.key", rules=rules)
    origin = Origin("profiles", "admin", "request-1")
    yield Admin(store, PROVIDERS, DEFAULT_NAMESPACE, origin, utc_now)
    asyncio.run(store.close())


def on(new: accounts.NewAccount, profile_id: str, **fields: Any) -> accounts.NewAccount:
    """The same account, on a profile and with more fields."""
    return accounts.NewAccount(
        new.provider, new.external_id, new.tenant, profile_id, {**new.fields, **fields}
    )


def test_an_account_joins_a_profile_without_accounts_in_one_step(admin: Admin) -> None:
    """
    A verified account locks the name, and the profile has one: it is created on that profile, and
    no other profile is left.
    """

    async def create() -> tuple[str, int]:
        profile = await profiles.create(admin, {"name.given": "Zoe"})
        joined = await accounts.create(admin, on(VERIFIED, profile.id))
        assert profile.id == joined.id
        return joined.fields["name.given"], len((await profiles.page(admin, limit=9)).profiles)

    assert ("Zoe", 1) == asyncio.run(create())


def test_an_account_that_cannot_join_is_not_created(admin: Admin) -> None:
    """
    "The answer was 409, and the account exists": now nothing of it is written.
    """

    async def create() -> list[str]:
        profile = await profiles.create(admin, {"name.given": "Zoe"})
        await accounts.create(admin, on(VERIFIED, profile.id))
        rival = accounts.NewAccount(
            "kraken",
            "AA08N84GCPARUN7A",
            tenant="demo",
            profile_id=profile.id,
            fields={"name.given": "Eve"},
        )
        with pytest.raises(FieldsLockedError):
            await accounts.create(admin, rival)
        with pytest.raises(AccountUnknownError):
            await accounts.profile_of(admin, admin.account_key("kraken", "AA08N84GCPARUN7A"))
        with pytest.raises(AccountExistsError):
            await accounts.create(admin, on(VERIFIED, profile.id))
        return [each.id for each in (await profiles.page(admin, limit=9)).profiles]

    assert 1 == len(asyncio.run(create()))


def test_of_rotations_at_once_one_succeeds(admin: Admin) -> None:
    """
    "One job: replace": the others learn that the credential is gone, and one is live.
    """

    async def rotate() -> tuple[list[type], int]:
        issued = await credentials.issue(admin, credentials.NewCredential("kraken", tenant="demo"))
        outcomes = await asyncio.gather(
            *(credentials.replace(admin, issued.info.id) for _ in range(4)), return_exceptions=True
        )
        live = await credentials.page(admin, limit=9)
        return sorted((type(each) for each in outcomes), key=str), len(live)

    outcomes, live = asyncio.run(rotate())

    assert [credentials.Issued, *[CredentialIdUnknownError] * 3] == outcomes
    assert 1 == live


def test_a_rotation_that_fails_half_way_keeps_the_old_credential(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "One transaction": the old one is revoked only together with the new one.
    """

    async def rotate() -> list[str]:
        issued = await credentials.issue(admin, credentials.NewCredential("kraken", tenant="demo"))
        with monkeypatch.context() as patched:
            patched.setattr(stored_credentials, "put", fail)
            with pytest.raises(ZeroDivisionError):
                await credentials.replace(admin, issued.info.id)
        return [info.id for info in await credentials.page(admin, limit=9)] + [issued.info.id]

    def fail(*_: object) -> str:
        raise ZeroDivisionError

    live, issued = asyncio.run(rotate())

    assert issued == live


def test_an_external_id_is_found_as_people_write_it(admin: Admin) -> None:
    """
    Kraken prints an IIBAN with blanks, for people; they do not count.
    """
    key = admin.account_key("kraken", "AA08 N84G CPAR UN7A")

    assert AccountKey(DEFAULT_NAMESPACE, "kraken", "AA08N84GCPARUN7A") == key
