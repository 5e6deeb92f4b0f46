"""Calls: requests and callers, as authenticators and handlers receive them."""

import itertools
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from msgspec import UNSET, Struct, UnsetType, field

from profilegate.errors import BodyUnreadableError, ParameterRepeatedError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.lockouts import FIRST_LOCK, Attempt, Claim
from profilegate.gateway.peers import network_of
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.private import Private
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    NewAccount,
    NonceUse,
    Origin,
    Store,
    Update,
    accounts,
    credentials,
)

PROCESS_ID_SIZE_BYTES = 12

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
"""ASGI's function that waits for the next message about a request."""


class Request(Struct, eq=False):
    """A request in raw bytes, because signatures cover them.

    ``target`` is the raw request target (percent-encoded path, ``?query`` if there is one);
    ``headers`` have lower-case names, with several lines of one header joined by commas; ``body``
    is the whole body; ``decode`` decodes it by its media type. ``peer`` is the client's address;
    ``receive`` waits for the client to leave.
    """

    method: str
    target: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    decode: "Callable[[Request], Any]"
    peer: str
    receive: Receive
    claim: Claim | None = None
    """The credential that the request claims to have, set by its authenticator."""
    _decoded: Any = UNSET
    _query: dict[str, list[str]] | UnsetType = UNSET

    def __repr__(self) -> str:
        """Without what was sent: a traceback or a log must not hold it."""
        return f"<Request {self.method}>"

    def header(self, name: bytes) -> str | None:
        """A header's value as text (Latin-1), or None without the header.

        White space around the value is not part of it (RFC 9110, 5.5), but httptools keeps the
        trailing one.
        """
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip(" \t")

    def query(self) -> Mapping[str, Sequence[str]]:
        """
        The query's parameters: every name with its values.

        Raises:
            BodyUnreadableError: the query is not UTF-8.
        """
        if self._query is UNSET:
            text = self.target.partition(b"?")[2].decode("latin-1")
            try:
                self._query = parse_qs(text, keep_blank_values=True, errors="strict")
            except UnicodeDecodeError:
                raise BodyUnreadableError("the query is not UTF-8") from None
        return self._query

    def query_value(self, name: str) -> str | None:
        """
        The value of a query parameter, or None without it.

        Raises:
            ParameterRepeatedError: it appears twice, as a key in JSON or a field of a form must not
                (ADR 6).
            BodyUnreadableError: the query is not UTF-8.
        """
        values = self.query().get(name, ())
        if len(values) > 1:
            raise ParameterRepeatedError(name)
        return values[0] if values else None

    def decoded(self) -> Any:
        """
        The body, decoded at the first call.

        Raises:
            MediaTypeUnsupportedError: the operation does not accept this media type.
            BodyUnreadableError: the body is malformed for its media type.
        """
        if self._decoded is UNSET:
            self._decoded = self.decode(self)
        return self._decoded

    async def client_left(self) -> None:
        """Wait until the client has closed the connection."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


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
    """The gateway, for the authenticators and handlers of one provider."""

    gateway: Gateway
    provider: str

    @property
    def store(self) -> Store:
        """The gateway's store."""
        return self.gateway.store

    @property
    def namespace(self) -> str:
        """The namespace whose accounts this provider serves."""
        return self.gateway.namespace

    def now(self) -> datetime:
        """The current time by the gateway's clock, in UTC."""
        return self.gateway.now()

    def key(self, external_id: str) -> AccountKey:
        """The key of one of this provider's accounts."""
        return AccountKey(self.gateway.namespace, self.provider, external_id)

    def credential_key(self, kind: str, text: str) -> CredentialKey:
        """The key of one of this provider's credentials."""
        return CredentialKey(self.gateway.namespace, self.provider, kind, text)

    async def claim(
        self, request: Request, kind: str, subject: str, *, first_lock: timedelta = FIRST_LOCK
    ) -> None:
        """
        Note which credential a request claims to have, before that is checked.

        Failures count for its kind, for ``subject`` (the login, key or token) and for the peer;
        the first lock lasts for ``first_lock``.

        Raises:
            CredentialLockedError: there were too many failures.
        """
        request.claim = Claim(kind, subject, first_lock)
        lockouts = self.gateway.lockouts
        if lockouts.locks:
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
        return Attempt(self.namespace, self.provider, claim.kind, claim.subject, peer)

    async def open_session(self, kind: str, text: str, external_id: str, age: timedelta) -> None:
        """Issue a credential of an account that expires after ``age``."""
        key = self.credential_key(kind, text)
        expires_at = self.now() + age
        credential = Credential(key, external_id=external_id, expires_at=expires_at)
        await self.store.write(credentials.put, credential)

    async def credential(self, kind: str, text: str) -> Credential | None:
        """One of this provider's credentials; None if it is unknown or has expired."""
        return await self.store.read(credentials.find, self.credential_key(kind, text))


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
        return Origin(self.context.provider, caller, self.request_id)

    async def account(self, external_id: str) -> Fields:
        """
        The fields of one of the caller's accounts and of its profile.

        Raises:
            AccountUnknownError: there is no such account, or it belongs to another tenant.
        """
        key = self.context.key(external_id)
        return await self.context.store.read(accounts.fields_of, key, self.caller.tenant)

    async def create(
        self, external_id: str, changes: Changes, *, reference: str | None = None
    ) -> Fields:
        """
        Create an account of the caller's tenant with a new profile, and use up the nonce.

        ``reference`` is the tenant's own name for the account.

        Raises:
            RequestError: as ``accounts.create``; AccountExistsError for a known id.
        """
        fields = {path: value for path, value in changes.items() if value is not None}
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
            await self.context.store.write(credentials.use_nonce, self.caller.nonce)

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
            accounts.update,
            Update(
                account=self.context.key(external_id),
                changes=changes,
                tenant=self.caller.tenant,
                requires=self.requires,
                login=login,
                nonce=self.caller.nonce,
                origin=self.origin,
            ),
        )

    async def confirm_login(self, token: str) -> Fields:
        """
        Make a pending login the account's login.

        Raises:
            LoginLinkUnknownError, LoginLinkInvalidError: as ``accounts.confirm_login``.
        """
        context = self.context
        return await context.store.write(
            accounts.confirm_login, context.namespace, context.provider, token, origin=self.origin
        )
