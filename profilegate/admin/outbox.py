"""Outbox actions: list mails and retry them."""

from profilegate.admin.context import Admin
from profilegate.store import Mail, outbox


async def page(
    admin: Admin, *, after: Mail | tuple[str, str] | None = None, limit: int
) -> list[Mail]:
    """Mails, oldest first."""
    return await admin.store.read(outbox.page, admin.namespace, after=after, limit=limit)


async def retry(admin: Admin, mail_id: str | None = None) -> int:
    """
    Make unsent mails due at once, given-up ones too; one mail, or all. Return how many.

    Raises:
        MailUnknownError: there is no such unsent mail.
    """
    return await admin.store.write(outbox.retry, admin.namespace, mail_id)
