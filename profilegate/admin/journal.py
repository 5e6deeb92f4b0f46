"""Journal actions: list, find and delete the last exchanges of a namespace."""

from collections.abc import Sequence
from typing import Any

from profilegate.admin.context import Admin
from profilegate.admin.exchanges import ExchangeView, told
from profilegate.errors import (
    InvalidFieldsError,
    ProfileUnknownError,
    TestModeRequiredError,
    Violation,
)
from profilegate.profile.times import shown_time
from profilegate.store import Event, Session, journal, profiles
from profilegate.store.journal import Entry, Filter


async def page(
    admin: Admin,
    wanted: Filter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int,
    originals: bool = False,
) -> list[ExchangeView]:
    """
    Exchanges, newest last: the first ones after a number, or the last ones (before a number).

    Raises:
        TestModeRequiredError: ``originals``, which show what is masked, need test mode.
        InvalidFieldsError: the filter names a provider or an operation that there is not.
    """
    reject_originals(admin, originals=originals)
    _reject_unknown(admin, wanted)
    await admin.complete_journal()
    found = await admin.store.read(
        journal.page, admin.namespace, wanted, after=after, before=before, limit=limit
    )
    return [_view(admin, entry, originals=originals) for entry in found if _is_known(admin, entry)]


async def find(admin: Admin, request_id: str, *, originals: bool = False) -> ExchangeView:
    """
    The exchange of a request.

    Raises:
        ExchangeUnknownError: it is not in the journal (any more).
        TestModeRequiredError: as ``page``.
    """
    reject_originals(admin, originals=originals)
    await admin.complete_journal()
    entry = await admin.store.read(journal.find, admin.namespace, request_id)
    return _view(admin, entry, originals=originals)


async def clear(admin: Admin) -> None:
    """Delete the journal of the namespace."""
    await admin.complete_journal()
    await admin.store.write(journal.clear, admin.namespace)


def reject_originals(admin: Admin, *, originals: bool) -> None:
    """
    Check that unmasked exchanges may be shown.

    Raises:
        TestModeRequiredError: the gateway is not in test mode.
    """
    if originals and not admin.test_mode:
        raise TestModeRequiredError


def _reject_unknown(admin: Admin, wanted: Filter) -> None:
    """An exchange of a misspelt name would be sought in vain."""
    if wanted.provider is not None:
        admin.policy(wanted.provider)
    if wanted.operation is not None:
        provider = wanted.provider
        names = [provider] if provider else [n for n, p in admin.providers.items() if p.policy]
        known = tuple(each.id for name in names for each in admin.providers[name].spec.operations())
        if wanted.operation not in known:
            raise InvalidFieldsError([Violation(("operation",), "enum", known)])


async def documents(admin: Admin, views: Sequence[ExchangeView]) -> list[dict[str, Any]]:
    """Exchanges as the admin API and the command line show them."""
    entries = [view.entry for view in views]
    events = await admin.store.read(_events, admin.namespace, entries)
    return [_document(view, each) for view, each in zip(views, events, strict=True)]


def _is_known(admin: Admin, entry: Entry) -> bool:
    """Whether the provider is served (still)."""
    return entry.provider in admin.providers


def _view(admin: Admin, entry: Entry, *, originals: bool) -> ExchangeView:
    return ExchangeView(admin.providers[entry.provider], entry, originals)


def _events(
    session: Session, namespace: str, entries: Sequence[Entry]
) -> list[list[tuple[str, Event]]]:
    """The events that each exchange has added to histories."""
    return [_events_of(session, namespace, entry) for entry in entries]


def _events_of(session: Session, namespace: str, entry: Entry) -> list[tuple[str, Event]]:
    found = []
    for profile_id, version in entry.events:
        try:
            events = profiles.events(session, namespace, profile_id, after=version - 1, limit=1)
        except ProfileUnknownError:
            continue
        # A transaction that failed has left no event, or its version is that of another request.
        found += [
            (profile_id, each) for each in events if each.origin.request_id == entry.request_id
        ]
    return found


def _document(view: ExchangeView, events: list[tuple[str, Event]]) -> dict[str, Any]:
    entry = view.entry
    document: dict[str, Any] = {
        "id": entry.request_id,
        "time": shown_time(entry.time),
        "provider": entry.provider,
        **({"operation": entry.operation} if entry.operation else {}),
        "outcome": entry.outcome,
        **({"error": entry.error} if entry.error else {}),
        "duration_ms": round(entry.duration_ms, 3),
        "request": {
            "method": entry.method,
            "target": view.target,
            "headers": _headers(view.headers(entry.headers, sent=False)),
            "body": _body(view, is_response=False),
        },
        "violations": list(told(view.request_violations())),
        "response_violations": list(told(view.response_violations())),
        "unknown_fields": view.unknown_fields(),
        "changes": [_change(view, profile_id, event) for profile_id, event in events],
    }
    if entry.status:
        document["response"] = {
            "status": entry.status,
            "headers": _headers(view.headers(entry.response_headers, sent=True)),
            "body": _body(view, is_response=True),
        }
    return document


def _headers(lines: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]


def _body(view: ExchangeView, *, is_response: bool) -> dict[str, Any]:
    """A body: its length, and its value if it can be decoded."""
    raw = view.entry.response if is_response else view.entry.request
    body = view.response_body() if is_response else view.request_body()
    shown: dict[str, Any] = {"size_bytes": raw.size_bytes}
    if not raw.is_whole:
        shown["kept_bytes"] = len(raw.kept)
    if body is not None:
        shown["value"] = view.shown_body(body)
    elif view.shows_all and raw.kept:
        shown["text"] = raw.kept.decode("utf-8", "replace")
    return shown


def _change(view: ExchangeView, profile_id: str, event: Event) -> dict[str, Any]:
    """A change of a profile; without its values if they are masked: all may be personal."""
    fields = []
    for path, (before, after) in event.changes.items():
        field: dict[str, Any] = {"field": path}
        if view.shows_all and before is not None:
            field["from"] = before
        if view.shows_all and after is not None:
            field["to"] = after
        fields.append(field)
    return {"profile_id": profile_id, "version": event.version, "fields": fields}
