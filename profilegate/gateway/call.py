"""What a handler is given: the request, the provider's context, the call."""

import asyncio
import itertools
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from msgspec import UNSET, Struct, UnsetType, field

from profilegate.errors import BodyUnreadableError, LoginWrongError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.passwords import UNKNOWN_LOGIN, is_password, password_key
from profilegate.profile.fields import Changes, Fields
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
    logins,
)

PROCESS_ID_SIZE_BYTES = 12


class Request(Struct, eq=False):
    """A request as it came: nothing in it is decoded, because signatures cover raw bytes.

    ``target`` is the raw request target (percent-encoded path, ``?query`` when there is one);
    ``headers`` have lower-case names; ``body`` is what was sent, byte for byte.
    """

    method: str
    target: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    decode: "Callable[[Request], Any]"
    _decoded: Any = UNSET
    _query: dict[str, str] | UnsetType = UNSET

    def header(self, name: bytes) -> str | None:
        """A header's text (Latin-1, as HTTP has it), or None.

        The blanks around it are not part of it (RFC 9110, 5.5); httptools leaves those behind it.
        """
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip(" \t")

    def query(self) -> Mapping[str, str]:
        """
        The query's parameters; of one that stands twice, the first.

        Raises:
            BodyUnreadableError: it is not UTF-8.
        """
        if self._query is UNSET:
            text = self.target.partition(b"?")[2].decode("latin-1")
            try:
                pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
            except UnicodeDecodeError:
                raise BodyUnreadableError("the query is not UTF-8") from None
            self._query = dict(reversed(pairs))
        return self._query

    def decoded(self) -> Any:
        """
        The body, read by its media type; it is read once.

        Raises:
            MediaTypeUnsupportedError: the operation does not read this media type.
            BodyUnreadableError: the body is not what its media type says.
        """
        if self._decoded is UNSET:
            self._decoded = self.decode(self)
        return self._decoded


class Caller(Struct, frozen=True):
    """Who calls, once let in: a tenant, or one account, and the nonce that came along.

    ``credential`` is what requests are counted by, where the spec limits their rate.
    """

    tenant: str | None = None
    external_id: str | None = None
    nonce: NonceUse | None = None
    credential: CredentialKey | None = None

    @property
    def user(self) -> str:
        """The account that calls, for providers whose credentials belong to one account."""
        if self.external_id is None:
            raise TypeError("this provider's credentials belong to tenants, not to accounts")
        return self.external_id


class ProviderContext(Struct, eq=False):
    """A provider's side of the gateway: the namespace and the provider are filled in."""

    gateway: Gateway
    provider: str

    @property
    def store(self) -> Store:
        """Where all that this provider shows is kept."""
        return self.gateway.store

    @property
    def namespace(self) -> str:
        """The namespace that this provider looks at."""
        return self.gateway.namespace

    def now(self) -> datetime:
        """The present time, by the gateway's clock."""
        return self.gateway.now()

    def key(self, external_id: str) -> AccountKey:
        """The key of one of this provider's accounts."""
        return AccountKey(self.gateway.namespace, self.provider, external_id)

    def credential_key(self, kind: str, text: str) -> CredentialKey:
        """The key of one of this provider's credentials."""
        return CredentialKey(self.gateway.namespace, self.provider, kind, text)

    async def log_in(self, login: str, password: str) -> str:
        """
        The account that has this login and this password.

        Raises:
            LoginWrongError: there is none; it takes as long whichever of the two is wrong.
        """
        external_id = await self.store.read(logins.holder, self.namespace, self.provider, login)
        key = password_key(self.key(external_id or ""))
        stored = await self.store.read(credentials.find, key)
        secret = UNKNOWN_LOGIN if stored is None or stored.secret is None else stored.secret
        if not await asyncio.to_thread(is_password, password, secret) or external_id is None:
            raise LoginWrongError
        return external_id

    async def open_session(self, kind: str, text: str, external_id: str, age: timedelta) -> None:
        """Let an account be called with a new secret of its own, for some time."""
        key = self.credential_key(kind, text)
        expires_at = self.now() + age
        credential = Credential(key, external_id=external_id, expires_at=expires_at)
        await self.store.write(credentials.put, credential)

    def credential(self, kind: str, text: str) -> Awaitable[Credential | None]:
        """One of this provider's credentials, or None."""
        return self.store.read(credentials.find, self.credential_key(kind, text))


_requests = itertools.count()
_THIS_PROCESS = os.urandom(PROCESS_ID_SIZE_BYTES).hex()


def new_request_id() -> str:
    """A name that no other request has, of this process or of any: no secret, it only tells two
    requests apart."""
    return f"{_THIS_PROCESS}{next(_requests):08x}"


class Call(Struct, eq=False):
    """One request that was authenticated and is well-formed: what a handler works with.

    ``requires`` is what the operation wants of the account (``x-requires``); ``request_id`` is
    this request's alone.
    """

    context: ProviderContext
    caller: Caller
    request: Request
    requires: Sequence[tuple[str, Any]] = ()
    request_id: str = field(default_factory=new_request_id)
    arguments: dict[str, Any] = field(default_factory=dict)
    """The handler's arguments by name, once they are validated."""
    response_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    """More headers for a successful response; their names are in lower case."""

    @property
    def now(self) -> datetime:
        """The present time, by the gateway's clock."""
        return self.context.now()

    @property
    def public_url(self) -> str:
        """Where people reach the gateway, for links in mails."""
        return self.context.gateway.public_url

    @property
    def origin(self) -> Origin:
        """Who calls, and through which channel: what the history of a change keeps."""
        who = self.caller.tenant or self.caller.external_id or ""
        return Origin(self.context.provider, who, self.request_id)

    def account(self, external_id: str) -> Awaitable[Fields]:
        """
        The profile as this provider sees it, through one of the caller's accounts.

        Raises:
            AccountUnknownError: there is none, or it is another tenant's.
        """
        key = self.context.key(external_id)
        return self.context.store.read(accounts.fields_of, key, self.caller.tenant)

    async def create(
        self, external_id: str, changes: Changes, *, reference: str | None = None
    ) -> Fields:
        """
        Create an account of the caller's tenant, with a profile of its own; the caller's nonce
        is used up with it. ``reference`` is the tenant's own name for the account.

        Raises:
            RequestError: whatever ``accounts.create`` rejects, an account that is there among it.
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
        Use up the caller's nonce, for a request that changes nothing else.

        Raises:
            NonceNotIncreasingError: another request was faster.
        """
        if self.caller.nonce is not None:
            await self.context.store.write(credentials.use_nonce, self.caller.nonce)

    def update(
        self, external_id: str, changes: Changes, *, login: LoginChange | None = None
    ) -> Awaitable[Fields]:
        """
        Change the profile durably, or not at all; the caller's nonce is used up with it.

        Raises:
            RequestError: whatever ``accounts.update`` rejects.
        """
        return self.context.store.write(
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
        Make a waiting login the account's login.

        Raises:
            LoginLinkUnknownError, LoginLinkInvalidError: as ``accounts.confirm_login``.
        """
        context = self.context
        return await context.store.write(
            accounts.confirm_login, context.namespace, context.provider, token, self.origin
        )
