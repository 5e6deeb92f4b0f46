"""The changes that Kraken's handler makes of a body."""

import asyncio
from typing import Any, cast

from benchmarks.names import TENANT
from profilegate.gateway.call import Call
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Provider
from profilegate.gateway.request import Receive, Request
from profilegate.profile.fields import Changes, Fields
from profilegate.store import Store, Update

VARYING = "employer.name"
"""The field that is another one in each request, so that each is a change."""


class _Notes:
    """A store that notes what it is asked to change."""

    def __init__(self) -> None:
        self.changes: Changes = {}

    async def write(self, job: object, update: Update) -> Fields:
        self.changes = dict(update.changes)
        return {}


def changes_of(provider: Provider, body: dict[str, Any]) -> Changes:
    """The changes that Kraken's handler makes of a body."""
    notes = _Notes()
    context = ProviderContext(Gateway(cast(Store, notes), "http://gateway.example"), provider.name)
    request = Request("PATCH", b"/", {}, b"", lambda request: body, "", cast(Receive, None))
    call = Call(context, Caller(tenant=TENANT), request)
    asyncio.run(provider.operations.update_user(call, user="AA08N84GCPARUN7A", body=body))
    return notes.changes
