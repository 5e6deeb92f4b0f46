"""Calls: authenticated requests, as handlers receive them."""

import itertools
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.request import Request
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.text_forms import SentForm, reject_unfit
from profilegate.store import (
    LoginChange,
    NewAccount,
    Origin,
    Update,
    accounts,
    logins,
    nonces,
)
from profilegate.store.session import UUID_SIZE_BYTES

PROCESS_ID_SIZE_BYTES = 12

_requests = itertools.count()
_THIS_PROCESS = os.urandom(PROCESS_ID_SIZE_BYTES).hex()


def new_request_id() -> str:
    """An id that is unique among all processes: 32 hexadecimal digits; it is not a secret."""
    return f"{_THIS_PROCESS}{next(_requests):08x}"


class Call(Struct, eq=False):
    """One authenticated request, as a handler receives it.

    ``requires`` are the fields that the account must have (``x-requires``): path and value. The
    response and the profile's history carry ``request_id``.
    """

    context: ProviderContext
    caller: Caller
    request: Request
    requires: Sequence[tuple[str, Any]] = ()
    request_id: str = field(default_factory=new_request_id)
    arguments: dict[str, Any] = field(default_factory=dict)
    """The handler's arguments by name, set by the validation stage."""
    response_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    """More headers for a successful response; their names are in lower case."""
    events: list[tuple[str, int]] = field(default_factory=list)
    """The events that the request has added to histories: the profile's id and its version."""

    def __repr__(self) -> str:
        """Without what was sent: a traceback or a log must not hold it."""
        return f"<Call {self.context.provider} {self.request_id}>"

    @property
    def now(self) -> datetime:
        """The current time by the gateway's clock, in UTC."""
        return self.context.now()

    @property
    def public_url(self) -> str:
        """The address under which people reach the gateway, for links in mails."""
        return self.context.gateway.public_url

    @property
    def origin(self) -> Origin:
        """The channel, the caller and the request id, for the history of a change."""
        caller = self.caller.tenant or self.caller.external_id or ""
        return Origin(self.context.provider, caller, self.request_id, self.events)

    async def new_id(self) -> str:
        """A random UUID, for a new account."""
        return str(UUID(bytes=await self.context.random_bytes(UUID_SIZE_BYTES), version=4))

    async def account(self, external_id: str) -> Fields:
        """
        The fields of one of the caller's accounts and of its profile.

        Raises:
            AccountUnknownError: there is no such account, or it belongs to another tenant.
        """
        key = self.context.key(external_id)
        return await self.context.store.read(accounts.fields_of, key, self.caller.tenant)

    async def children(self, external_id: str, *, limit: int) -> list[Fields]:
        """
        The fields of the oldest accounts that belong to one of the caller's accounts, oldest
        first, and of their profiles.

        Raises:
            AccountUnknownError: there is no such account, or it belongs to another tenant.
        """
        key, tenant = self.context.key(external_id), self.caller.tenant
        return await self.context.store.read(accounts.fields_of_children, key, tenant, limit=limit)

    async def create(
        self, external_id: str, changes: Changes, *, reference: str | None = None
    ) -> Fields:
        """
        Create an account of the caller's tenant with a new profile, and use up the nonce.

        ``reference`` is the tenant's own name for the account.

        Raises:
            RequestError: as ``accounts.create``; AccountExistsError for a known id;
                InvalidFieldsError as ``accounts.update``.
        """
        fields = {path: value for path, value in changes.items() if value is not None}
        reject_unfit(self._forms, {}, fields)
        return await self.context.store.write(
            accounts.create,
            NewAccount(
                account=self.context.key(external_id),
                fields=fields,
                tenant=self.caller.tenant,
                nonce=self.caller.nonce,
                must_be_new=True,
                reference=reference,
                origin=self.origin,
            ),
        )

    async def use_nonce(self) -> None:
        """
        Use up the caller's nonce, for a request that writes nothing else.

        Raises:
            NonceNotIncreasingError: another request has used this nonce or a larger one.
        """
        if self.caller.nonce is not None:
            await self.context.store.write(nonces.use, self.caller.nonce)

    async def update(
        self, external_id: str, changes: Changes, *, login: LoginChange | None = None
    ) -> Fields:
        """
        Change the profile durably and completely, or not at all, and use up the nonce.

        ``login`` is a new login, which stays pending until it is confirmed.

        Raises:
            RequestError: as ``accounts.update``.
        """
        return await self.context.store.write(
            accounts.update, self._update(external_id, changes, login)
        )

    async def update_by(self, external_id: str, to_changes: Callable[[Fields], Changes]) -> Fields:
        """
        As ``update``, with changes that depend on the present fields, in one transaction.

        Raises:
            RequestError: as ``accounts.update``.
        """
        return await self.context.store.write(
            accounts.update_by, self._update(external_id, {}), to_changes
        )

    async def confirm_login(self, token: str) -> Fields:
        """
        Make a pending login the account's login.

        Raises:
            LoginLinkUnknownError, LoginLinkInvalidError: as ``accounts.confirm_login``.
        """
        context = self.context
        await context.enter_that_of(logins.namespace_of_token, context.provider, token)
        return await context.store.write(
            accounts.confirm_login, context.namespace, context.provider, token, origin=self.origin
        )

    @property
    def _forms(self) -> Sequence[SentForm]:
        """The forms of the texts that this provider's clients send."""
        description = self.context.gateway.providers.get(self.context.provider)
        return () if description is None else description.mapping.forms

    def _update(
        self, external_id: str, changes: Changes, login: LoginChange | None = None
    ) -> Update:
        return Update(
            account=self.context.key(external_id),
            changes=changes,
            tenant=self.caller.tenant,
            requires=self.requires,
            forms=self._forms,
            login=login,
            nonce=self.caller.nonce,
            origin=self.origin,
        )
