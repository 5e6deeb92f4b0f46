"""Admin API: the outbox."""

from profilegate.admin import outbox
from profilegate.gateway.call import Call
from profilegate.profile.times import shown_time
from profilegate.store import Mail as StoredMail

from . import cursors
from ._generated import Mail, MailPage, RetryResult
from .context import admin_of


async def list_mails(
    call: Call, *, cursor: str | None = None, limit: int | None = None
) -> MailPage:
    """List mails, oldest first."""
    count = limit or cursors.LIMIT_DEFAULT
    found = await outbox.page(admin_of(call), after=cursors.time_and_id(cursor), limit=count + 1)
    page: MailPage = {"mails": [_shown(mail) for mail in found[:count]]}
    if len(found) > count:
        page["next"] = cursors.of_time_and_id(found[count - 1].created_at, found[count - 1].id)
    return page


async def retry_mails(call: Call) -> RetryResult:
    """Make all unsent mails due at once."""
    return {"retried": await outbox.retry(admin_of(call))}


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
    if mail.next_attempt_at is not None:
        body["next_attempt_at"] = shown_time(mail.next_attempt_at)
    if mail.damaged:
        body["damaged"] = True
    return body
