"""Mails that wait in the outbox are sent by SMTP: once, and as often as it takes."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from profilegate.gateway import mail
from profilegate.store import (
    AccountKey,
    LoginChange,
    Mail,
    NewAccount,
    OutgoingMail,
    Store,
    Update,
    accounts,
    erasure,
    outbox,
    profiles,
)
from profilegate.store.sqlite import open_store

NAMESPACE = "default"
IVAN = AccountKey(NAMESPACE, "diadoc", "d064f6ba")
SENDER = "no-reply@gateway.example"
TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOOK_EVERY_SECONDS = 0.002
LOOKS_MAX = 5000

SUBJECT = "Подтверждение нового логина"
TEXT = "Перейдите по ссылке:\n\nhttp://gateway.example/UpdateMyUser/confirm?token=abc_-\n"


class Conversation(SMTP):
    """One client's conversation with a mail server, which also keeps what it cannot parse."""

    async def smtp_RCPT(self, arg: str) -> None:
        """Keep the command as it was said: aiosmtpd decodes what looks like an encoded word."""
        self.event_handler.commands.append(f"RCPT {arg}")
        await super().smtp_RCPT(arg)


class MailServer:
    """
    An SMTP server on loopback that keeps the mails that it accepts.

    ``MailServer(error_responses=["451 Later"])`` rejects the first mail with this response and
    accepts all later ones. It never accepts a recipient in ``unknown``.
    """

    def __init__(self, error_responses: list[str] | None = None, unknown: str = "") -> None:
        self.error_responses = error_responses or []
        self.unknown = unknown
        self.commands: list[str] = []
        self.recipients: list[str] = []
        self.messages: list[EmailMessage] = []
        self.users: list[str | None] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Reject one recipient, take all others."""
        if address == self.unknown:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Reject as long as error responses are left, then take."""
        if self.error_responses:
            return self.error_responses.pop(0)
        assert isinstance(envelope.content, bytes)
        self.recipients += envelope.rcpt_tos
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(message)
        login: Any = session.auth_data
        self.users.append(login.login.decode() if login else None)
        return "250 OK"

    @asynccontextmanager
    async def listening(
        self, at: socket.socket | None = None, **options: Any
    ) -> AsyncIterator[int]:
        """Listen, on a port of its own unless a bound socket is given."""
        loop = asyncio.get_running_loop()
        bound = at or bound_socket()
        server = await loop.create_server(
            lambda: Conversation(self, loop=loop, **options), sock=bound
        )
        try:
            yield bound.getsockname()[1]
        finally:
            server.close()


def bound_socket() -> socket.socket:
    """A socket that has a port and does not listen yet: connections are rejected."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look into the outbox all the time; one account may cause many mails at once."""
    monkeypatch.setattr(outbox, "MAIL_EVERY", timedelta(0))
    monkeypatch.setattr(mail, "LOOK_EVERY_SECONDS", LOOK_EVERY_SECONDS)


@dataclass(slots=True)
class Clock:
    """A clock that a test turns; ``runs`` lets a second pass at each look, so that retries come."""

    time: datetime = TIME
    step: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        self.time += self.step
        return self.time


@pytest.fixture
def clock() -> Clock:
    """The clock of the store."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A real store with one account, for which mails can be written."""
    opened = open_store(
        tmp_path / "profiles.db", key_file=tmp_path / "master.key", rules={}, now=clock
    )
    asyncio.run(opened.write(accounts.create, NewAccount(IVAN, {})))
    yield opened
    asyncio.run(opened.close())


async def put(store: Store, to: str) -> None:
    """Put a mail into the outbox, as a change of login does."""
    change = LoginChange(to, f"token of {to}", TIME + timedelta(1), OutgoingMail(to, SUBJECT, TEXT))
    await store.write(accounts.update, Update(IVAN, {}, login=change))


@asynccontextmanager
async def sending(store: Store, url: str) -> AsyncIterator[None]:
    """Send mails meanwhile; whatever ends the sending ends the test."""
    task = asyncio.create_task(mail.MailSender(store, NAMESPACE, url, SENDER).run())
    try:
        yield
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def mails_of(store: Store, until: Callable[[list[Mail]], bool]) -> list[Mail]:
    """The outbox, as soon as it is as a test waits for it."""
    for _ in range(LOOKS_MAX):
        if until(mails := await store.read(outbox.page, NAMESPACE)):
            return mails
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    raise AssertionError(f"still waiting after {LOOKS_MAX} looks")


def all_sent(mails: list[Mail]) -> bool:
    """No mail waits."""
    return all(one.sent_at for one in mails)


def last_sent(mails: list[Mail]) -> bool:
    """The newest mail does not wait."""
    return mails[-1].sent_at is not None


# --- Once --------------------------------------------------------------------------------


def test_a_mail_arrives_as_it_was_written(store):
    """
    The recipient, the subject and the text arrive unharmed, whatever their alphabet.
    """
    server = MailServer()

    async def run():
        await put(store, "newLogin@kontur.ru")
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            await mails_of(store, all_sent)

    asyncio.run(run())
    [message] = server.messages

    assert ["newLogin@kontur.ru"] == server.recipients
    assert ("newLogin@kontur.ru", SENDER, SUBJECT) == (
        message["To"],
        message["From"],
        message["Subject"],
    )
    assert ("text/plain", TEXT) == (
        message.get_content_type(),
        message.get_content().replace("\r\n", "\n"),
    )


def test_a_mail_that_was_sent_is_not_sent_again(store):
    """
    It is marked with the time and the attempt; what comes later is sent without it.
    """
    server = MailServer()

    async def run():
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            for to in ("first@kontur.ru", "second@kontur.ru", "third@kontur.ru"):
                await put(store, to)
                mails = await mails_of(store, all_sent)
        return mails

    mails = asyncio.run(run())

    assert ["first@kontur.ru", "second@kontur.ru", "third@kontur.ru"] == server.recipients
    assert [(TIME, 1)] * 3 == [(one.sent_at, one.attempts) for one in mails]


# --- As often as it takes ----------------------------------------------------------------


def test_a_mail_that_is_rejected_for_now_is_tried_again(store, clock):
    """
    RFC 5321, 4.2.1: a 4yz reply asks to try again later; each attempt counts.
    """
    clock.step = timedelta(seconds=1)
    server = MailServer(error_responses=["451 Later", "452 Disk is full"])

    async def run():
        await put(store, "newLogin@kontur.ru")
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            return await mails_of(store, all_sent)

    [sent] = asyncio.run(run())

    assert (3, 0) == (sent.attempts, sent.rejections)
    assert ["newLogin@kontur.ru"] == server.recipients


def test_an_hour_without_a_mail_server_loses_no_mail(store, clock):
    """
    The time between attempts doubles up to fifteen minutes, and an outage gives up no mail.
    """
    server = MailServer()

    async def run():
        bound = bound_socket()
        sender = mail.MailSender(
            store, NAMESPACE, f"smtp://127.0.0.1:{bound.getsockname()[1]}", SENDER
        )
        await put(store, "newLogin@kontur.ru")
        for _ in range(3600):
            await sender.send_due()
            clock.time += timedelta(seconds=1)
        [waiting] = await store.read(outbox.page, NAMESPACE)
        async with server.listening(bound):
            clock.time += timedelta(seconds=outbox.RETRY_AFTER_MAX_SECONDS)
            await sender.send_due()
        return waiting

    waiting = asyncio.run(run())

    # 1 + 2 + 4 + ... + 512 seconds, then every 900.
    assert (None, 13, 0) == (waiting.sent_at, waiting.attempts, waiting.rejections)
    assert ["newLogin@kontur.ru"] == server.recipients


@pytest.mark.parametrize(
    "bad",
    ["nobody@kontur.ru", "=?x?B?#?=@kontur.ru"],
    ids=["no such mailbox", "an address on which Python's header parser breaks"],
)
def test_a_mail_that_cannot_be_sent_holds_up_no_other(store, clock, bad):
    """
    The next mail goes out all the same; the bad one waits for its next attempt.
    """
    clock.step = timedelta(microseconds=1)
    server = MailServer(unknown="nobody@kontur.ru")

    async def run():
        await put(store, bad)
        await put(store, "good@kontur.ru")
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            return await mails_of(store, lambda mails: any(one.sent_at for one in mails))

    mails = {one.to: one for one in asyncio.run(run())}

    assert ["good@kontur.ru"] == server.recipients
    assert (None, 1, 1) == (mails[bad].sent_at, mails[bad].attempts, mails[bad].rejections)


def test_a_mail_is_given_up_after_five_rejections_and_can_be_retried(store, clock):
    """
    RFC 5321, 4.2.1: a 5yz reply is permanent. The mail stays in the outbox, and `outbox retry`
    makes it due again.
    """
    clock.step = timedelta(seconds=1)
    server = MailServer(unknown="nobody@kontur.ru")

    async def run():
        await put(store, "nobody@kontur.ru")
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            [given_up] = await mails_of(store, lambda mails: mails[0].next_attempt_at is None)
            server.unknown = ""
            retried = await store.write(outbox.retry, NAMESPACE)
            await mails_of(store, all_sent)
        return given_up, retried

    given_up, retried = asyncio.run(run())

    assert (None, outbox.REJECTIONS_MAX, 1) == (given_up.sent_at, given_up.rejections, retried)
    assert ["nobody@kontur.ru"] == server.recipients


def test_a_mail_that_does_not_open_holds_up_no_other(store, tmp_path):
    """
    A damaged row is one row's failure: it is logged, and the others are sent.
    """
    server = MailServer()

    async def run():
        await put(store, "damaged@kontur.ru")
        await put(store, "good@kontur.ru")
        [damaged] = [m.id for m in await store.read(outbox.page, NAMESPACE) if "damaged" in m.to]
        await store.write(
            lambda session: session.run(
                "UPDATE outbox SET sealed = x'00' WHERE id = :id", id=damaged
            )
        )
        sent = "SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL"
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            for _ in range(LOOKS_MAX):
                if await store.read(lambda session: session.row(sent)) == (1,):
                    return
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    asyncio.run(run())

    assert ["good@kontur.ru"] == server.recipients


def test_a_mail_that_replaces_an_erased_one_is_not_marked_with_it(store):
    """
    Ids are never used again: the end of a hand-over marks only the mail that was handed over.
    """

    async def run():
        await put(store, "first@kontur.ru")
        [first] = await store.read(outbox.page, NAMESPACE)
        await store.write(erasure.erase, NAMESPACE, (await store.read(profiles.find_of, IVAN)).id)
        await store.write(accounts.create, NewAccount(IVAN, {}))
        await put(store, "second@kontur.ru")
        await store.write(outbox.mark_sent, first.id)
        return await store.read(outbox.page, NAMESPACE)

    [second] = asyncio.run(run())

    assert ("second@kontur.ru", None) == (second.to, second.sent_at)


# --- To whom, and over what --------------------------------------------------------------


def test_a_mail_goes_to_the_login_and_nowhere_else(store):
    """
    Mail programs read "=?utf-8?q?taken?=" in a header as "taken": the link in the mail must not
    go to that other address.
    """
    server = MailServer()

    async def run():
        await put(store, "=?utf-8?q?taken?=@kontur.ru")
        async with server.listening() as port, sending(store, f"smtp://127.0.0.1:{port}"):
            await mails_of(store, all_sent)

    asyncio.run(run())

    assert ["RCPT TO:<=?utf-8?q?taken?=@kontur.ru>"] == server.commands


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The TLS of a server with a certificate of its own making, which the gateway is told to
    trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2120, 1, 1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return context


def test_a_password_is_sent_only_under_tls(store, tls):
    """
    A server that offers STARTTLS is taken at its word before anyone logs in; a password may
    hold any sign, percent-encoded in the setting.
    """
    server = MailServer()

    def authenticate(server, session, envelope, mechanism, data):
        expected = LoginPassword(b"gateway", b"p@ss/word")
        return AuthResult(success=data == expected, handled=False, auth_data=data)

    async def run():
        await put(store, "newLogin@kontur.ru")
        options = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": authenticate,
        }
        async with (
            server.listening(**options) as port,
            sending(store, f"smtp://gateway:p%40ss%2Fword@127.0.0.1:{port}"),
        ):
            await mails_of(store, all_sent)

    asyncio.run(run())

    assert (["newLogin@kontur.ru"], ["gateway"]) == (server.recipients, server.users)


def test_a_server_that_cannot_show_who_it_is_gets_no_mail(store, tls, monkeypatch):
    """
    A certificate that no authority of ours has signed is rejected before a password is sent; the
    mail waits.
    """
    monkeypatch.delenv("SSL_CERT_FILE")
    server = MailServer()
    asked: list[str] = []

    def authenticate(server, session, envelope, mechanism, data):
        asked.append(mechanism)
        return AuthResult(success=True, handled=False, auth_data=data)

    async def run():
        await put(store, "newLogin@kontur.ru")
        async with (
            server.listening(tls_context=tls, authenticator=authenticate) as port,
            sending(store, f"smtp://gateway:secret@127.0.0.1:{port}"),
        ):
            await mails_of(store, lambda mails: mails[0].attempts > 0)

    asyncio.run(run())

    assert ([], [], []) == (asked, server.recipients, server.users)
