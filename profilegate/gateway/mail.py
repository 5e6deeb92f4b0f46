"""Hands the mails of the outbox over to a mail server (SMTP), with retries."""

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
"""Mails that are read from the store at once."""

SERVER_ERROR_MIN = 500
"""SMTP (RFC 5321, 4.2.1): 5yz is a permanent negative reply; 4yz asks to try again later."""


@dataclass(frozen=True, slots=True)
class MailSender:
    """Sends the mails of a namespace through the server at ``smtp_url``.

    A mail is marked as sent after the server has taken it: it may be sent twice, it is never
    lost. What goes wrong with one mail does not affect the others.
    """

    store: Store
    namespace: str
    smtp_url: str
    sender: str

    async def run(self) -> None:
        """Send mails until the task is cancelled; no error ends it."""
        while True:
            try:
                await self.send_due()
            except StoreUnavailableError as error:
                logger.error("mails: %s", error)
            except Exception as error:
                # The message may quote an address: the type is enough to find the place.
                logger.error("mails: unexpected %s", type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def send_due(self) -> None:
        """Try once each mail that is due; if the server cannot be reached, stop at the first."""
        found = await self.store.read(outbox.due, self.namespace, limit=BATCH_MAILS_MAX)
        for mail_id in found.damaged:
            logger.error("mail %s does not open; see `profilegate audit`", mail_id)
            await self.store.write(outbox.mark_failed, mail_id, rejected=False)
        for mail in found.mails:
            try:
                await asyncio.to_thread(self._hand_over, mail)
            except Exception as error:
                # The reason may quote the address; its type is enough to correct the setting.
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
        # Certificates are verified; SSL_CERT_FILE names the authority of a server with its own.
        tls = ssl.create_default_context()
        with _connect(address, tls) as server:
            # The extensions of a server are known only after a first EHLO.
            server.ehlo_or_helo_if_needed()
            if address.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=tls)
            if address.username:
                server.login(unquote(address.username), unquote(address.password or ""))
            # The recipient is named again: in a header "=?utf-8?q?a?=@b.ru" is another address.
            server.send_message(message, to_addrs=[mail.to])


def _connect(address: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host, port = address.hostname or "", address.port or 0
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SEND_TIMEOUT_SECONDS, context=tls)
    return smtplib.SMTP(host, port, timeout=SEND_TIMEOUT_SECONDS)


def _is_rejected(error: Exception) -> bool:
    """Whether the mail itself can never be sent, as opposed to a server that is not ready."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies: Mapping[Any, tuple[int, bytes]] = error.recipients
        return all(code >= SERVER_ERROR_MIN for code, _ in replies.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= SERVER_ERROR_MIN
    # An address that Python's own mail package cannot write.
    return not isinstance(error, smtplib.SMTPException | OSError)
