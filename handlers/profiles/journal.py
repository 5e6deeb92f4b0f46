"""Admin API: the journal of the last exchanges."""

from typing import Any, cast

from profilegate.admin import explain, har, journal
from profilegate.admin.exchanges import ExchangeView
from profilegate.gateway.call import Call
from profilegate.store.journal import Filter

from . import cursors
from ._generated import Exchange, ExchangePage, Explanation, Har, Outcome
from .context import admin_of

HAR_LIMIT_DEFAULT = 100
"""Exchanges in an archive: more than a test has."""


async def list_exchanges(
    call: Call,
    *,
    provider: str | None = None,
    operation: str | None = None,
    outcome: Outcome | None = None,
    status: int | None = None,
    request_id: str | None = None,
    originals: bool | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> ExchangePage:
    """List exchanges, newest last."""
    admin = admin_of(call)
    count = limit or cursors.LIMIT_DEFAULT
    wanted = Filter(provider, operation, outcome, status, request_id)
    direction, _, number = (cursor or "").partition("_")
    place = {direction: int(number)} if direction else {}
    views = await journal.page(
        admin, wanted, limit=count, originals=bool(originals), **cast(Any, place)
    )
    recorder = call.context.gateway.journal
    page: ExchangePage = {
        "exchanges": cast(list[Exchange], await journal.documents(admin, views)),
        "next": f"after_{_last(views, place)}",
        "left_out": 0 if recorder is None else recorder.left_out,
    }
    if views:
        page["previous"] = f"before_{views[0].entry.number}"
    return page


async def get_exchange(call: Call, *, request_id: str, originals: bool | None = None) -> Exchange:
    """Get one exchange."""
    admin = admin_of(call)
    view = await journal.find(admin, request_id, originals=bool(originals))
    return cast(Exchange, (await journal.documents(admin, [view]))[0])


async def clear_journal(call: Call) -> None:
    """Delete the journal of the namespace."""
    await journal.clear(admin_of(call))


async def export_har(
    call: Call,
    *,
    provider: str | None = None,
    operation: str | None = None,
    outcome: Outcome | None = None,
    status: int | None = None,
    originals: bool | None = None,
    limit: int | None = None,
) -> Har:
    """Export the newest exchanges as an HTTP archive."""
    wanted = Filter(provider, operation, outcome, status)
    views = await journal.page(
        admin_of(call), wanted, limit=limit or HAR_LIMIT_DEFAULT, originals=bool(originals)
    )
    return cast(Har, har.archive(views))


def _last(views: list[ExchangeView], place: dict[str, int]) -> int:
    """The number after which newer exchanges follow."""
    if views:
        return views[-1].entry.number
    return place.get("after", place.get("before", 1) - 1)


async def explain_exchange(
    call: Call, *, request_id: str, originals: bool | None = None
) -> Explanation:
    """Explain why a request was rejected."""
    found = await explain.explain(admin_of(call), request_id, originals=bool(originals))
    return cast(Explanation, explain.document(found))
