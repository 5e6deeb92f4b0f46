"""What we ask of a provider's handler package, and what its functions are given."""

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl

from profilegate.errors import BodyUnreadableError, LoginWrongError, ProfilegateError
from profilegate.passwords import NOBODYS_PASSWORD, is_password, password_key
from profilegate.profile.rules import Changes, DoorMap, DoorRules, Fields
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    NewAccount,
    NonceUse,
    Origin,
    Profile,
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
        """
        The query's parameters; of one that stands twice, the first.

        Raises:
            BodyUnreadableError: it is not UTF-8.
        """
        if self._query is None:
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
            MediaTypeNotSpokenError: the operation does not read this media type.
            BodyUnreadableError: the body is not what its media type says.
        """
        if self._decoded is _UNREAD:
            self._decoded = self._decode(self)
        return self._decoded


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, once let in: a tenant, or one account, and the nonce that came along.

    ``credential`` is what requests are counted by, where the spec limits their rate.
    """

    tenant: str | None = None
    external_id: str | None = None
    nonce: NonceUse | None = None
    credential: CredentialKey | None = None

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
    now: Callable[[], datetime]
    admin_token: str | None = None
    """What opens our own API; it is a setting, so that no database ever holds it."""

    def key(self, external_id: str) -> AccountKey:
        """The key of one of this provider's accounts."""
        return AccountKey(self.world, self.provider, external_id)

    def credential_key(self, kind: str, text: str) -> CredentialKey:
        """The key of one of this provider's credentials."""
        return CredentialKey(self.world, self.provider, kind, text)

    async def log_in(self, login: str, password: str) -> str:
        """
        The account that has this login and this password.

        Raises:
            LoginWrongError: there is none; it takes as long whichever of the two is wrong.
        """
        external_id = await self.store.account_of_login(self.world, self.provider, login)
        kept = await self.store.credential(password_key(self.key(external_id or "")))
        secret = NOBODYS_PASSWORD if kept is None or kept.secret is None else kept.secret
        if not await asyncio.to_thread(is_password, password, secret) or external_id is None:
            raise LoginWrongError
        return external_id

    async def open_session(self, kind: str, text: str, external_id: str, age: timedelta) -> None:
        """Let an account be called with a new secret of its own, for some time."""
        key = self.credential_key(kind, text)
        expires_at = self.now() + age
        await self.store.put_credential(
            Credential(key, external_id=external_id, expires_at=expires_at)
        )

    async def credential(self, kind: str, text: str) -> Credential | None:
        """One of this provider's credentials, or None."""
        return await self.store.credential(self.credential_key(kind, text))


def _new_request_id() -> str:
    return uuid.uuid4().hex


@dataclass(slots=True)
class Call:
    """One request that was let in and is well-formed: what a handler works with."""

    door: Door
    caller: Caller
    request: Request
    public_url: str
    now: datetime
    doors: "AllDoors"
    requires: Sequence[tuple[str, Any]] = field(default=())
    request_id: str = field(default_factory=_new_request_id)
    answer_headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    """More headers for the answer, if there is one; their names are in lower case."""

    @property
    def origin(self) -> Origin:
        """Who calls, and by which door: what the history of a change keeps."""
        who = self.caller.tenant or self.caller.external_id or ""
        return Origin(self.door.provider, who, self.request_id)

    async def account(self, external_id: str) -> Fields:
        """
        The profile as this door sees it, through one of the caller's accounts.

        Raises:
            AccountUnknownError: there is none, or it is another tenant's.
        """
        return await self.door.store.account(self.door.key(external_id), self.caller.tenant)

    async def create(
        self, external_id: str, changes: Changes, *, reference: str | None = None
    ) -> Fields:
        """
        Create an account of the caller's tenant, with a profile of its own; the caller's nonce
        is used up with it. ``reference`` is the tenant's own name for the account.

        Raises:
            RequestError: whatever ``Store.create`` refuses, an account that is there among it.
        """
        fields = {path: value for path, value in changes.items() if value is not None}
        return await self.door.store.create(
            NewAccount(
                account=self.door.key(external_id),
                fields=fields,
                tenant=self.caller.tenant,
                nonce=self.caller.nonce,
                must_be_new=True,
                reference=reference,
                origin=self.origin,
            )
        )

    async def use_nonce(self) -> None:
        """
        Use up the caller's nonce, for a request that changes nothing else.

        Raises:
            NonceNotIncreasingError: another request was faster.
        """
        if self.caller.nonce is not None:
            await self.door.store.use_nonce(self.caller.nonce)

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
                origin=self.origin,
            )
        )

    async def confirm_login(self, token: str) -> Fields:
        """
        Make a waiting login the account's login.

        Raises:
            LoginLinkUnknownError, LoginLinkDeadError: as ``Store.confirm_login``.
        """
        door = self.door
        return await door.store.confirm_login(door.world, door.provider, token, self.origin)


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


@dataclass(frozen=True, slots=True)
class DoorView:
    """A profile as one linked account's door shows it."""

    provider: str
    external_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a change at one door: ``taken``, ``refused`` or ``cannot express``.

    ``fields`` are in that door's own words; ``why`` tells the reason of the latter two.
    """

    provider: str
    external_id: str
    outcome: str
    fields: tuple[str, ...]
    why: str | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a change would do: a verdict for each door it meets, and the shared fields after it."""

    verdicts: tuple[Verdict, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential: ``text`` and ``secret`` are kept, ``shown`` is told once only."""

    text: str
    shown: Mapping[str, str]
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """How a provider's credentials of one kind are made, and who holds them.

    ``holder`` is ``tenant``, ``account``, or ``nobody``: a client that is just known.
    """

    kind: str
    holder: Literal["tenant", "account", "nobody"]
    issue: Callable[[], Issued]


@dataclass(frozen=True, slots=True)
class Issuing:
    """How a provider's accounts and credentials are made by our own API.

    ``external_id`` is the form of an account's name; ``has_tenant`` whether accounts belong to
    tenants; ``own`` the account's fields that may be given at first, with what they are if they
    are not (None: they must be); ``changeable`` those that may be changed afterwards.
    """

    external_id: re.Pattern[str]
    has_tenant: bool
    own: Mapping[str, Any]
    changeable: Collection[str]
    issuers: Sequence[Issuer]


class AllDoors(Protocol):
    """Every provider's door, side by side; see ``serving/doors.py``."""

    def issuing(self, provider: str) -> Issuing | None:
        """How a provider's accounts and credentials are made; None for no provider."""
        ...

    def views(self, profile: Profile) -> Sequence[DoorView]:
        """The profile as each linked door shows it."""
        ...

    async def what_if(self, profile: Profile, provider: str, external_id: str, body: Any) -> WhatIf:
        """
        What an update by one of the profile's accounts would do; nothing is written.

        Raises:
            AccountUnknownError: the profile has no such account, or its door changes nothing.
        """
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
    door: DoorMap
    messages: bytes = b""
    """Descriptors of the provider's protobuf messages, if it has any."""
    schemes: Mapping[str, Authenticate] = field(default_factory=dict)
    """Security schemes, by their names in the spec, that let in otherwise than ``authenticate``."""
    issuing: Issuing | None = None
    """How its accounts and credentials are made, if our own API may make them."""

    @property
    def rules(self) -> DoorRules:
        """What this door locks."""
        return self.door.rules
