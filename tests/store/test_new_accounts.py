"""Accounts that must be new, and their tenants' references."""

import asyncio
from typing import Any

import pytest

from profilegate.errors import (
    AccountExistsError,
    NonceNotIncreasingError,
    ReferenceTakenError,
)
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    NewAccount,
    NonceUse,
    Store,
    accounts,
    credentials,
    nonces,
)
from tests.store.people import write

KAI = AccountKey("default", "kraken", "AA08N84GCPARUN7A")
ZOE = AccountKey("default", "kraken", "AA39N84GC4XO6B2V")

API_KEY = Credential(CredentialKey("default", "kraken", "api-key", "demo-api-key"), tenant="demo")


def create(store: Store, key: AccountKey, **more: Any) -> Any:
    """Create an account unless it exists; its fields."""
    return asyncio.run(
        store.write(accounts.create, NewAccount(key, more.pop("fields", {}), **more))
    )


def test_of_concurrent_creations_of_one_account_one_succeeds(store: Store):
    """
    Writes run one at a time, so the others find an existing account.
    """
    new = NewAccount(KAI, {}, must_be_new=True)

    async def race() -> Any:
        return await asyncio.gather(
            *(store.write(accounts.create, new) for _ in range(8)), return_exceptions=True
        )

    outcomes = asyncio.run(race())

    assert 7 == sum(isinstance(outcome, AccountExistsError) for outcome in outcomes)


@pytest.mark.parametrize(
    ("key", "tenant", "reference"),
    [
        (ZOE, "other", "user-1"),
        (ZOE, "demo", "user-2"),
        (ZOE, "demo", "USER-1"),
        (ZOE, "demo", None),
        (ZOE._replace(namespace="elsewhere"), "demo", "user-1"),
        (ZOE._replace(provider="machnet"), "demo", "user-1"),
    ],
    ids=["tenant", "reference", "case", "no reference", "namespace", "provider"],
)
def test_another_reference_is_free(
    store: Store, key: AccountKey, tenant: str, reference: str | None
):
    """
    A reference is unique for one tenant of one provider in one namespace, and case-sensitive.
    """
    create(store, KAI, tenant="demo", reference="user-1")
    fields = create(store, key, tenant=tenant, reference=reference, must_be_new=True)

    assert {"account.id": key.external_id} == fields


def test_accounts_without_references_do_not_conflict(store: Store):
    """
    A missing reference is not a value.
    """
    create(store, KAI, tenant="demo")

    assert {"account.id": ZOE.external_id} == create(store, ZOE, tenant="demo")


def test_a_reference_is_unique_among_accounts_without_a_tenant(store: Store):
    """
    All accounts without a tenant share one set of references.
    """
    create(store, KAI, reference="user-1")

    with pytest.raises(ReferenceTakenError):
        create(store, ZOE, reference="user-1")


def test_creating_an_account_again_keeps_its_reference(store: Store):
    """
    The second creation is no change, and the reference stays taken.
    """
    for _ in range(2):
        create(store, KAI, tenant="demo", reference="user-1")

    with pytest.raises(ReferenceTakenError):
        create(store, ZOE, tenant="demo", reference="user-1")


def test_a_rejected_account_uses_up_no_nonce(store: Store):
    """
    All or nothing: the nonce is stored only with the account.
    """
    write(store, credentials.put, API_KEY)
    nonce = NonceUse(API_KEY.key, 5)
    create(store, KAI, tenant="demo", reference="user-1")
    with pytest.raises(AccountExistsError):
        create(store, KAI, tenant="demo", must_be_new=True, nonce=nonce)
    with pytest.raises(ReferenceTakenError):
        create(store, ZOE, tenant="demo", reference="user-1", nonce=nonce)
    create(store, ZOE, tenant="demo", reference="user-2", nonce=nonce)

    with pytest.raises(NonceNotIncreasingError):
        write(store, nonces.use, nonce)


def test_a_reference_is_durable(open_store):
    """
    Another process finds it in the database.
    """
    create(open_store(), KAI, tenant="demo", reference="user-1")

    with pytest.raises(ReferenceTakenError):
        create(open_store(), ZOE, tenant="demo", reference="user-1")
