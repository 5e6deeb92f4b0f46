"""Ask both: the same request, in this process, to the gateway and to stock Connexion."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from starlette.types import ASGIApp

from profilegate.errors import ProfilegateError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_providers
from profilegate.gateway.lockouts import Lockouts
from profilegate.gateway.provider import ErrorResponse, Provider
from profilegate.http.app import GatewayApp
from profilegate.openapi import Spec
from profilegate.profile.locks import LockRules
from profilegate.profile.times import utc_now
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    Credential,
    CredentialKey,
    LoginChange,
    OutgoingMail,
    Session,
    Store,
    Update,
    accounts,
    credentials,
)
from profilegate.store.sqlite import SqliteStore
from profilegate.store.sqlite.database import open_database
from profilegate.store.sqlite.writer import Writer
from tests.clients import DIADOC_USER, NAVIXY_USER, KrakenPartner, with_nonce
from tests.demo_data import load_demo_data
from tests.differential.corpus import (
    PROVIDERS,
    corpus,
    is_of_embed_v1,
    request_headers,
    unquoted_path,
)
from tests.differential.meaning import SESSION
from tests.differential.sent import Sent
from tests.differential.stock import stock_app

CHUNK_SIZE_BYTES = 16


@dataclass(frozen=True, slots=True)
class Asked:
    """What both said to one request; ``error`` is why the gateway rejected it, if it told."""

    sent: Sent
    ours: int
    stock: int
    error: ProfilegateError | None

    @property
    def is_good_call(self) -> bool:
        """It is meant well, or taken for well meant: what a difference must not hide."""
        return self.sent.is_good or self.ours < 400

    @property
    def is_further_error_response(self) -> bool:
        """We reject, stock does not."""
        return self.stock < 400 <= self.ours

    @property
    def is_further_acceptance(self) -> bool:
        """Stock rejects, we do not."""
        return self.ours < 400 <= self.stock


def _listened_to(provider: Provider, heard: list[ProfilegateError]) -> Provider:
    """A provider that lets one hear why it rejects."""

    def to_error_response(error: ProfilegateError) -> ErrorResponse:
        heard.append(error)
        return provider.to_error_response(error)

    return replace(provider, to_error_response=to_error_response)


async def ask_both(folder: Path) -> list[Asked]:
    """Send the whole corpus to both; the gateway's store lies in a folder.

    Each spec's requests go in their order, those of different specs at the same time.
    """
    heard: dict[str, list[ProfilegateError]] = {name: [] for name in PROVIDERS}
    providers = {
        name: _listened_to(provider, heard[name])
        for name, provider in load_providers().items()
        if name in PROVIDERS
    }
    rules = {name: provider.mapping.rules for name, provider in providers.items()}
    store = _hasty_store(folder / "profiles.db", folder / "master.key", rules)
    await load_demo_data(store, providers)
    gateway = GatewayApp(
        Gateway(
            store,
            "http://gateway.example",
            limits_rates=False,
            lockouts=Lockouts(is_on=False),
            providers=providers,
        ),
        providers,
    )
    asked = await asyncio.gather(
        *(
            _ask_of_spec(gateway, provider.spec, store, heard[name])
            for name, provider in providers.items()
        )
    )
    await store.close()
    return list(chain.from_iterable(asked))


def _hasty_store(path: Path, key_file: Path, rules: Mapping[str, LockRules]) -> SqliteStore:
    """A store that waits for no disk: nothing here asks what is left after a power cut."""
    connection, vault = open_database(path, key_file)
    connection.execute("PRAGMA synchronous = OFF")
    return SqliteStore(path, Writer(connection), vault, rules, utc_now)


async def _ask_of_spec(
    gateway: ASGIApp, spec: Spec, store: Store, heard: list[ProfilegateError]
) -> list[Asked]:
    stock = stock_app(spec)
    partner = KrakenPartner()
    session = Credential(
        CredentialKey(DEFAULT_NAMESPACE, "navixy", "hash", SESSION),
        external_id=NAVIXY_USER,
        expires_at=utc_now() + timedelta(days=30),
    )
    asked = []
    has_ended = spec.name == "navixy"
    for sent in corpus(spec):
        if has_ended:
            await store.write(credentials.put, session)
        await store.write(_forget_mails)
        if sent.operation == "confirm_login" and sent.is_good:
            await store.write(accounts.update, _login_change(sent))
        if is_of_embed_v1(sent):
            sent = replace(sent, body=with_nonce(sent.body, next(partner.nonces)))
        headers = request_headers(sent, partner)
        heard.clear()
        ours = await _status(gateway, sent, headers)
        error = heard[0] if heard else None
        has_ended = sent.spec == "navixy" and sent.operation.startswith("log_out")
        asked.append(Asked(sent, ours, await _status(stock, sent, headers), error))
    return asked


def _forget_mails(session: Session) -> None:
    """Forget the mails, which are counted: all requests are those of one user."""
    session.run("DELETE FROM outbox")


def _login_change(sent: Sent) -> Update:
    """A new login that waits for a link to be opened: the very one that is sent."""
    [token] = parse_qs(sent.target.partition("?")[2])["token"]
    login = f"{quote(token, safe='')}@example.com"
    change = LoginChange(login, token, utc_now() + timedelta(days=1), OutgoingMail(login, "", ""))
    return Update(AccountKey(DEFAULT_NAMESPACE, "diadoc", DIADOC_USER), {}, login=change)


async def _status(app: ASGIApp, sent: Sent, headers: list[tuple[bytes, bytes]]) -> int:
    """The status with which an app responses."""
    raw_path, query = unquoted_path(sent.target)
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("gateway.example", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "method": sent.method,
        "path": unquote(raw_path.decode()),
        "raw_path": raw_path,
        "query_string": query,
        "headers": headers,
        "extensions": {},
    }
    statuses: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, _receiver(sent), send)
    return statuses[0]


def _receiver(sent: Sent) -> Callable[[], Awaitable[Any]]:
    """What gives a request's body, whole or in chunks, and then the end of the connection."""
    parts = [sent.body]
    if sent.is_chunked:
        starts = range(0, len(sent.body), CHUNK_SIZE_BYTES)
        parts = [sent.body[start : start + CHUNK_SIZE_BYTES] for start in starts]

    async def receive() -> Any:
        if not parts:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    return receive
