"""Sends the mails of the outbox through a mail server (SMTP), with retries."""

import asyncio
import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from profilegate.errors import StoreUnavailableError
from profilegate.store import Mail, Store, outbox

logger = logging.getLogger("profilegate")

LOOK_EVERY_SECONDS = 1.0
SEND_TIMEOUT_SECONDS = 20.0

BATCH_MAILS_MAX = 20
"""The maximum of mails that one read of the store returns."""

SERVER_ERROR_MIN = 500
"""SMTP (RFC 5321, 4.2.1): 5yz is a permanent negative reply; 4yz asks to try again later."""


@dataclass(frozen=True, slots=True, repr=False)
class MailSender:
    """Sends the mails of a namespace through the server at ``smtp_url``.

    It marks a mail as sent after the server has taken it, so it may send a mail twice but loses
    none. A mail that the server rejects does not delay the others.
    """

    store: Store
    namespace: str
    smtp_url: str
    sender: str

    async def run(self) -> None:
        """Send mails until the task is cancelled; errors are only logged."""
        while True:
            try:
                await self.send_due()
            except StoreUnavailableError as error:
                logger.error("mails: %s", error)
            except Exception as error:
                # Log only the type, because the message may quote an address.
                logger.error("mails: unexpected %s", type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def send_due(self) -> None:
        """Try each due mail once; stop at the first error that is not a rejection of the mail."""
        found = await self.store.read(outbox.due, self.namespace, limit=BATCH_MAILS_MAX)
        for mail_id in found.damaged:
            logger.error("mail %s does not open; see `profilegate audit`", mail_id)
            await self.store.write(outbox.mark_failed, mail_id, rejected=False)
        for mail in found.mails:
            # Another process may look at the same outbox.
            if not await self.store.write(outbox.claim, mail.id):
                continue
            try:
                await asyncio.to_thread(self._hand_over, mail)
            except Exception as error:
                # Log only the type, because the message may quote the address.
                logger.warning("mail %s was not sent: %s", mail.id, type(error).__name__)
                rejected = _is_rejected(error)
                await self.store.write(outbox.mark_failed, mail.id, rejected=rejected)
                if not rejected:
                    return
            else:
                await self.store.write(outbox.mark_sent, mail.id)

    def _hand_over(self, mail: Mail) -> None:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message.set_content(mail.text)
        address = urlsplit(self.smtp_url)
        # It verifies certificates; SSL_CERT_FILE may name a private certificate authority.
        tls = ssl.create_default_context()
        with _connect(address, tls) as server:
            # A server lists its extensions in reply to EHLO.
            server.ehlo_or_helo_if_needed()
            if address.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=tls)
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            # Pass the recipient too: as a header, "=?utf-8?q?a?=@b.ru" decodes to another address.
            server.send_message(message, to_addrs=[mail.to])


def _connect(address: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host, port = address.hostname or "", address.port or 0
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SEND_TIMEOUT_SECONDS, context=tls)
    return smtplib.SMTP(host, port, timeout=SEND_TIMEOUT_SECONDS)


def _is_rejected(error: Exception) -> bool:
    """Whether the server, or Python, rejects this mail for good; other errors may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies: Mapping[Any, tuple[int, bytes]] = error.recipients
        return all(code >= SERVER_ERROR_MIN for code, _ in replies.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= SERVER_ERROR_MIN
    # Any other error comes from Python's email package, which cannot write the address.
    return not isinstance(error, smtplib.SMTPException | OSError)
