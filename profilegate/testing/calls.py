"""Calls: finds the exchanges of a test, and says which were nearest if none is the wanted one."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, get_args

from profilegate.admin import journal
from profilegate.admin.context import Admin
from profilegate.admin.exchanges import ExchangeView
from profilegate.store.journal import Filter, Outcome
from profilegate.testing.exchanges import Exchange

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate

EXCHANGES_MAX = 10_000
"""More than the journal of a namespace keeps."""

NEAREST_SHOWN_MAX = 5
"""Exchanges that a failed assertion shows; we chose what fits on a screen."""


VALUES: Mapping[str, Collection[Any]] = {
    "status": range(1000),
    "outcome": get_args(Outcome),
    "method": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"),
}
"""What these parts of an exchange may be: a call with another value would be sought in vain."""


def all_exchanges(double: "Profilegate") -> list[Exchange]:
    """All exchanges of the test that the journal has, in their order."""

    async def read(admin: Admin) -> list[ExchangeView]:
        return await journal.page(admin, Filter(), limit=EXCHANGES_MAX, originals=True)

    gateway = double.gateway
    gateway.store_exchanges()
    own = double.act(read)
    # Those without a known credential are in no test's namespace: they are the running test's.
    others = [
        view for view in gateway.run(read(gateway.admin())) if view.entry.at >= double.started_at
    ]
    return [Exchange.of(view) for view in sorted([*own, *others], key=lambda view: view.entry.at)]


def of_operation(
    double: "Profilegate", provider: str | None, operation: str | None
) -> list[Exchange]:
    """
    The exchanges of a provider, or of one operation.

    Raises:
        ValueError: there is no such provider or operation; the message lists them.
    """
    served = double.gateway.providers
    if provider is not None and provider not in served:
        raise ValueError(f"no provider is called {provider!r}; there are {', '.join(served)}")
    names = [
        each.id
        for name, found in served.items()
        if provider in (None, name)
        for each in found.spec.operations()
    ]
    if operation is not None and operation not in names:
        raise ValueError(f"no operation is called {operation!r}; there are {', '.join(names)}")
    return [
        each
        for each in all_exchanges(double)
        if provider in (None, each.provider) and operation in (None, each.operation)
    ]


def matching(exchanges: list[Exchange], wanted: Mapping[str, Any]) -> list[Exchange]:
    """
    The exchanges that have everything that is wanted.

    Raises:
        ValueError: no exchange can have it: a misspelt outcome, a status that is a text.
    """
    for name, value in wanted.items():
        if name in VALUES and value not in VALUES[name]:
            known = VALUES[name]
            shown = "a number" if isinstance(known, range) else ", ".join(map(str, known))
            raise ValueError(f"{name} cannot be {value!r}; it is {shown}")
    return [each for each in exchanges if not [*each.differences(wanted)]]


def wanted_text(provider: str | None, operation: str | None, wanted: Mapping[str, Any]) -> str:
    """What was looked for: ``kraken.update_user with status 429``."""
    name = ".".join(filter(None, (provider, operation))) or "any provider"
    parts = ", ".join(f"{place.replace('__', '.')} {value!r}" for place, value in wanted.items())
    return f"{name} with {parts}" if parts else name


def nearest_text(exchanges: list[Exchange], wanted: Mapping[str, Any]) -> str:
    """The exchanges that differ least, each with its differences."""
    if not exchanges:
        return "there was no call of it"
    nearest = sorted(exchanges, key=lambda each: len([*each.differences(wanted)]))
    lines = []
    for each in nearest[:NEAREST_SHOWN_MAX]:
        lines += [f"  {each}", *(f"    {what}" for what in each.differences(wanted))]
    if (more := len(exchanges) - NEAREST_SHOWN_MAX) > 0:
        lines.append(f"  and {more} more")
    return "\n".join(["the nearest calls:", *lines])
