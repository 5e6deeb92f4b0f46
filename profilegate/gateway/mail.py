"""Send what waits in the outbox, by SMTP, until it is sent."""

import asyncio
import logging
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from profilegate.errors import StoreUnavailableError
from profilegate.store import Mail, Store

logger = logging.getLogger("profilegate")

LOOK_EVERY_SECONDS = 1.0
SEND_TIMEOUT_SECONDS = 20.0
ATTEMPTS_MAX = 100
"""A mail that failed so often stays in the outbox for a person to look at."""


async def send_mails(store: Store, namespace: str, smtp_url: str, sender: str) -> None:
    """
    Send every waiting mail, for ever; run it as a task and cancel it.

    A mail is marked only after the server has taken it: it may be sent twice, never lost.
    """
    while True:
        try:
            for mail in await store.mails(namespace, unsent_only=True):
                if mail.attempts < ATTEMPTS_MAX:
                    await _send(store, mail, smtp_url, sender)
        except StoreUnavailableError as error:
            logger.error("mails: %s", error)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _send(store: Store, mail: Mail, smtp_url: str, sender: str) -> None:
    try:
        await asyncio.to_thread(_hand_over, mail, smtp_url, sender)
    except Exception as error:
        # Whatever is wrong with one mail (some addresses break Python's own header parser), the
        # others go out. The reason may hold the address; its kind is enough to fix the setting.
        logger.warning("mail %d was not taken: %s", mail.id, type(error).__name__)
        await store.mark_mail(mail.id, sent=False)
    else:
        await store.mark_mail(mail.id, sent=True)


def _hand_over(mail: Mail, smtp_url: str, sender: str) -> None:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message.set_content(mail.text)
    parts = urlsplit(smtp_url)
    # Certificates are verified; SSL_CERT_FILE names the authority of a server with its own.
    tls = ssl.create_default_context()
    with _connect(parts, tls) as server:
        # What a server offers is known only after a first EHLO.
        server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=tls)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        # Whom it goes to is said once more: in a header, "=?utf-8?q?a?=@b.ru" is another address.
        server.send_message(message, to_addrs=[mail.to])


def _connect(address: SplitResult, tls: ssl.SSLContext) -> smtplib.SMTP:
    host, port = address.hostname or "", address.port or 0
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SEND_TIMEOUT_SECONDS, context=tls)
    return smtplib.SMTP(host, port, timeout=SEND_TIMEOUT_SECONDS)
