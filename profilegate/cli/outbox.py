"""The commands of the group outbox: list mails and retry them."""

from typing import TYPE_CHECKING, Any

import click

from profilegate.cli.context import admin_command
from profilegate.cli.options import database, demo, key_file, namespace_option
from profilegate.cli.printing import report_damaged

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.store import Mail

PAGE_MAILS = 100


@click.group(invoke_without_command=True)
@database
@key_file
@demo("Work on the database of the demo data.")
@namespace_option
@click.pass_context
def outbox(context: click.Context, /, **options: Any) -> None:
    """Print all mails, or retry them."""
    if context.invoked_subcommand is None:
        context.invoke(list_mails, **options)


@outbox.command("list")
@admin_command()
async def list_mails(admin: "Admin") -> None:
    """Print all mails: sent, waiting, and given up."""
    from profilegate.admin import outbox

    last: Mail | None = None
    damaged: list[str] = []
    while page := await outbox.page(admin, after=last, limit=PAGE_MAILS):
        for mail in page:
            if mail.damaged:
                damaged.append(mail.id)
            else:
                _print(mail)
        last = page[-1]
    if last is None:
        click.echo("The outbox is empty.")
    report_damaged(damaged, "mail")


@outbox.command("retry")
@click.argument("mail_id", metavar="[MAIL]", required=False)
@admin_command()
async def retry(admin: "Admin", *, mail_id: str | None) -> None:
    """Make one unsent mail, or all, due at once, including those that were given up."""
    from profilegate.admin import outbox

    click.echo(f"{await outbox.retry(admin, mail_id)} mails are due")


def _print(mail: "Mail") -> None:
    if mail.sent_at is not None:
        state = f"sent {mail.sent_at:%Y-%m-%d %H:%M:%S}Z"
    elif mail.next_attempt_at is None:
        state = "given up; see `profilegate outbox retry`"
    else:
        state = "waiting"
    click.echo(f"--- mail {mail.id}, {mail.created_at:%Y-%m-%d %H:%M:%S}Z, {state}")
    click.echo(f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}")
