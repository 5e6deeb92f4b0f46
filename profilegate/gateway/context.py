"""The context of a provider: the gateway and its callers, for authenticators and handlers."""

import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Concatenate, ParamSpec

from msgspec import Struct

from profilegate.gateway.gateway import Gateway
from profilegate.gateway.lockouts import FIRST_LOCK, Attempt, Claim
from profilegate.gateway.peers import network_of
from profilegate.gateway.request import Request
from profilegate.profile.private import Private
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    Credential,
    CredentialKey,
    NonceUse,
    Session,
    Store,
    credentials,
    namespaces,
)
from profilegate.store.namespace_store import NamespaceStore

P = ParamSpec("P")

FindNamespace = Callable[Concatenate[Session, P], str | None]


class Caller(Private, frozen=True):
    """The authenticated caller: a tenant, or one account.

    ``nonce`` is the nonce that the request uses up, ``credential`` the key of the credential that
    authenticated it. All four are None for an anonymous caller.
    """

    tenant: str | None = None
    external_id: str | None = None
    nonce: NonceUse | None = None
    credential: CredentialKey | None = None

    @property
    def account_id(self) -> str:
        """
        The calling account's external id, for providers whose credentials belong to one account.

        Raises:
            TypeError: the credential belongs to a tenant.
        """
        if self.external_id is None:
            raise TypeError("this provider's credentials belong to tenants, not to accounts")
        return self.external_id


class ProviderContext(Struct, eq=False):
    """
    The gateway, for the authenticators and handlers of one provider, in one namespace.

    A credential or a login may show that a request belongs to another namespace: then the context
    of the request moves there.
    """

    gateway: Gateway
    provider: str
    namespace: str = DEFAULT_NAMESPACE
    is_chosen: bool = False
    """Whether the client has named the namespace: then the context stays in it."""
    has_faults: bool = False
    """Whether the namespace had scripted faults when the context entered it."""
    on_settled: Callable[[], Awaitable[None]] | None = None
    """Called once the namespace of a login is known; set by the stage of scripted faults."""
    _claimed_by: Request | None = None
    """The request that claims a credential."""
    _own_store: NamespaceStore | None = None
    """The store with the namespace's own clock or seed, where it has one."""

    @property
    def store(self) -> Store:
        """The gateway's store; its times, ids and tokens are those of the namespace."""
        return self._own_store or self.gateway.store

    def now(self) -> datetime:
        """The current time by the namespace's clock, in UTC."""
        return self.gateway.now() if self._own_store is None else self._own_store.now()

    def seconds(self) -> float:
        """The time by which requests are counted; only the differences of such times count."""
        return monotonic() if self._own_store is None else self._own_store.now().timestamp()

    async def random_bytes(self, size: int) -> bytes:
        """Random bytes, for ids and tokens; those of the seed in a namespace that has one."""
        if self._own_store is None:
            return os.urandom(size)
        return await self._own_store.write(_random_bytes, size)

    async def enter(self, namespace: str, *, is_chosen: bool = False) -> None:
        """
        Move to a namespace, with its clock and its seed.

        Raises:
            NamespaceUnknownError: there is no such namespace.
        """
        clock = await self.gateway.store.read(namespaces.clock, namespace)
        self.namespace, self.is_chosen = namespace, is_chosen
        self.has_faults = clock.has_faults
        is_own = clock.is_own and self.gateway.test_mode
        self._own_store = NamespaceStore(self.gateway.store, clock) if is_own else None

    async def enter_that_of(
        self, find: FindNamespace[P], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """
        Move to the namespace that a function of the store finds, if it finds one.

        It is looked for only from the default namespace, unless the client has chosen that.

        Raises:
            CredentialLockedError: there were too many failures in that namespace.
        """
        is_sought = self.gateway.finds_namespaces and not self.is_chosen
        if is_sought and self.namespace == DEFAULT_NAMESPACE:
            namespace = await self.gateway.store.read(find, *args, **kwargs)
            if namespace is not None:
                await self.enter(namespace)
                await self._reject_locked()
        if self.on_settled is not None:
            await self.on_settled()

    def key(self, external_id: str) -> AccountKey:
        """The key of one of this provider's accounts."""
        return AccountKey(self.namespace, self.provider, external_id)

    def credential_key(self, kind: str, text: str) -> CredentialKey:
        """The key of one of this provider's credentials."""
        return CredentialKey(self.namespace, self.provider, kind, text)

    async def claim(
        self,
        request: Request,
        kind: str,
        subject: str,
        *,
        first_lock: timedelta = FIRST_LOCK,
        is_of_all: bool = False,
    ) -> None:
        """
        Note which credential a request claims to have, before that is checked.

        Failures count for its kind, for ``subject`` (the login, key or token) and for the peer;
        the first lock lasts for ``first_lock``. A credential ``is_of_all`` if it is valid in all
        namespaces: a peer that names another one has no more guesses.

        Raises:
            CredentialLockedError: there were too many failures.
        """
        request.claim = Claim(kind, subject, first_lock, is_of_all)
        self._claimed_by = request
        await self._reject_locked()

    async def _reject_locked(self) -> None:
        """Check the claim in the namespace in which the context is; it may move to another one."""
        request, lockouts = self._claimed_by, self.gateway.lockouts
        if lockouts.may_lock and request is not None and request.claim is not None:
            attempt = self.attempt(request, request.claim)
            await lockouts.reject_locked(self.store, attempt, self.now())

    async def count_failure(self, request: Request) -> None:
        """Count that a request's claim is wrong."""
        if (claim := request.claim) is not None:
            await self.gateway.lockouts.count(
                self.store,
                self.attempt(request, claim),
                self.now(),
                first_lock=claim.first_lock,
            )

    def attempt(self, request: Request, claim: Claim) -> Attempt:
        """What the failures of a claim count for."""
        peer = network_of(request.peer)
        namespace = DEFAULT_NAMESPACE if claim.is_of_all else self.namespace
        return Attempt(namespace, self.provider, claim.kind, claim.subject, peer)

    async def open_session(self, kind: str, text: str, external_id: str, age: timedelta) -> None:
        """Issue a credential of an account that expires after ``age``."""
        key = self.credential_key(kind, text)
        expires_at = self.now() + age
        credential = Credential(key, external_id=external_id, expires_at=expires_at)
        await self.store.write(credentials.put, credential)

    async def credential(self, kind: str, text: str) -> Credential | None:
        """
        One of this provider's credentials; None if it is unknown or has expired.

        If another namespace has it, the context moves there.
        """
        found = await self.store.read(credentials.find, self.credential_key(kind, text))
        if found is None and self.namespace == DEFAULT_NAMESPACE:
            await self.enter_that_of(credentials.namespace_of, self.provider, kind, text)
            if self.namespace != DEFAULT_NAMESPACE:
                return await self.store.read(credentials.find, self.credential_key(kind, text))
        return found


def _random_bytes(session: Session, size: int) -> bytes:
    return session.random_bytes(size)
