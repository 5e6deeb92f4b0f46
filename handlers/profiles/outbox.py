"""Mails that wait, or were sent."""

from profilegate.gateway.call import Call
from profilegate.store import Mail as StoredMail

from ._generated import Mail, MailPage
from .times import shown_time


async def list_mails(call: Call) -> MailPage:
    """Show the outbox."""
    return {
        "mails": [_shown(mail) for mail in await call.context.store.mails(call.context.namespace)]
    }


def _shown(mail: StoredMail) -> Mail:
    body: Mail = {
        "id": mail.id,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "created_at": shown_time(mail.created_at),
        "attempts": mail.attempts,
    }
    if mail.sent_at is not None:
        body["sent_at"] = shown_time(mail.sent_at)
    return body
