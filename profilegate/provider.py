"""What we ask of a provider's handler package, and what its functions are given."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl

from profilegate.errors import ProfilegateError
from profilegate.profile.rules import Changes, DoorRules, Fields
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    NonceUse,
    Store,
    Update,
)

_UNREAD: Any = object()


class Request:
    """A request as it came: nothing in it is decoded, because signatures cover raw bytes.

    ``target`` is the raw request target (percent-encoded path, ``?query`` when there is one);
    ``headers`` have lower-case names; ``body`` is what was sent, byte for byte.
    """

    __slots__ = ("_decode", "_decoded", "_query", "body", "headers", "method", "target")

    def __init__(
        self,
        method: str,
        target: bytes,
        headers: Mapping[bytes, bytes],
        body: bytes,
        decode: "Callable[[Request], Any]",
    ) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self._decode = decode
        self._decoded = _UNREAD
        self._query: dict[str, str] | None = None

    def header(self, name: bytes) -> str | None:
        """A header's text (Latin-1, as HTTP has it), or None.

        The blanks around it are not part of it (RFC 9110, 5.5); httptools leaves those behind it.
        """
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip(" \t")

    def query(self) -> Mapping[str, str]:
        """The query's parameters; of one that stands twice, the first."""
        if self._query is None:
            pairs = parse_qsl(
                self.target.partition(b"?")[2].decode("latin-1"),
                keep_blank_values=True,
                errors="replace",
            )
            self._query = dict(reversed(pairs))
        return self._query

    def decoded(self) -> Any:
        """
        The body, read by its media type; it is read once.

        Raises:
            MediaTypeNotSpokenError: the operation does not read this media type.
            BodyUnreadableError: the body is not what its media type says.
        """
        if self._decoded is _UNREAD:
            self._decoded = self._decode(self)
        return self._decoded


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, once let in: a tenant, or one account, and the nonce that came along."""

    tenant: str | None = None
    external_id: str | None = None
    nonce: NonceUse | None = None

    @property
    def user(self) -> str:
        """The account that calls, for doors whose credentials belong to one account."""
        if self.external_id is None:
            raise TypeError("this door's credentials belong to tenants, not to accounts")
        return self.external_id


@dataclass(slots=True)
class Door:
    """A provider's side of the store: the world and the provider are filled in."""

    world: str
    provider: str
    store: Store

    def key(self, external_id: str) -> AccountKey:
        """The key of one of this provider's accounts."""
        return AccountKey(self.world, self.provider, external_id)

    def credential_key(self, kind: str, text: str) -> CredentialKey:
        """The key of one of this provider's credentials."""
        return CredentialKey(self.world, self.provider, kind, text)

    async def credential(self, kind: str, text: str) -> Credential | None:
        """One of this provider's credentials, or None."""
        return await self.store.credential(self.credential_key(kind, text))


@dataclass(slots=True)
class Call:
    """One request that was let in and is well-formed: what a handler works with."""

    door: Door
    caller: Caller
    request: Request
    public_url: str
    now: datetime
    requires: Sequence[tuple[str, Any]] = field(default=())

    async def account(self, external_id: str) -> Fields:
        """
        The profile as this door sees it, through one of the caller's accounts.

        Raises:
            AccountUnknownError: there is none, or it is another tenant's.
        """
        return await self.door.store.account(self.door.key(external_id), self.caller.tenant)

    async def update(
        self, external_id: str, changes: Changes, *, login: LoginChange | None = None
    ) -> Fields:
        """
        Change the profile durably, or not at all; the caller's nonce is used up with it.

        Raises:
            RequestError: whatever ``Store.update`` refuses.
        """
        return await self.door.store.update(
            Update(
                account=self.door.key(external_id),
                changes=changes,
                tenant=self.caller.tenant,
                requires=self.requires,
                login=login,
                nonce=self.caller.nonce,
            )
        )

    async def confirm_login(self, token: str) -> Fields:
        """
        Make a waiting login the account's login.

        Raises:
            LoginLinkUnknownError, LoginLinkDeadError: as ``Store.confirm_login``.
        """
        return await self.door.store.confirm_login(self.door.world, self.door.provider, token)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in a provider's words: a status, a media type, a body, and more headers."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def with_header(self, name: str, value: str) -> "Refusal":
        """The same refusal with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))


class Authenticate(Protocol):
    """Find out who calls, on the raw bytes and the raw target."""

    def __call__(self, request: Request, door: Door) -> Awaitable[Caller]:
        """
        Let the caller in.

        Raises:
            CredentialError: the caller is not let in; nothing else is said.
        """
        ...


class Refuse(Protocol):
    """Say an error in the provider's words; every ``ProfilegateError`` can come."""

    def __call__(self, error: ProfilegateError) -> Refusal:
        """The refusal for an error."""
        ...


class Sign(Protocol):
    """Sign a request as the provider's clients do; only for providers whose requests are signed."""

    def __call__(self, target: str, *, key: str, secret: str, body: str) -> dict[str, str]:
        """The headers to send with the request."""
        ...


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's handler package: its operations, who may call, its words, its locks."""

    name: str
    operations: Any
    authenticate: Authenticate
    refuse: Refuse
    rules: DoorRules
