"""The inspector: a profile with its representations, history and what-if; and the list of all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from profilegate.admin import accounts, profiles, projections
from profilegate.admin.context import Admin
from profilegate.admin.inspection import InspectedAccount, InspectedLock, inspect
from profilegate.errors import BodyUnreadableError, RequestError
from profilegate.http.exchange import Response
from profilegate.http.pages.routes import Route, Stream
from profilegate.http.pages.signed_in import AdminPage, Explanation, SignedIn
from profilegate.media.json_text import read_json
from profilegate.store import AccountKey, Event, ProfileRecord
from profilegate.store.stamps import Watched, stamps

PROFILES_SHOWN_MAX: Final = 50
"""Profiles on one page of the list; we chose what a person still looks through."""

EVENTS_SHOWN_MAX: Final = 20
"""Events on one page; we chose the last few, of which one is to be undone."""


@dataclass(frozen=True, slots=True, repr=False)
class WhatIf:
    """A dry run: the account and the body that was typed, and its result, or why there is none."""

    account: AccountKey
    body: str
    result: projections.DryRun | None = None
    changes: Mapping[str, tuple[Any, Any]] | None = None
    error: Explanation | None = None


class Inspector:
    """The pages ``/inspect`` and ``/inspect/{profile}``."""

    def __init__(self, pages: SignedIn) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The routes of all pages."""
        return [
            self._pages.route("/inspect", GET=self.show_list),
            self._pages.route("/inspect/events", GET=self.stream_list),
            self._pages.route("/inspect/{profile}/events", GET=self.stream),
            self._pages.route("/inspect/{profile}", GET=self.show, POST=self.act),
        ]

    async def show_list(self, page: AdminPage) -> Response:
        """Some profiles, or the one that is sought."""
        sought = page.request.query.get("sought", "").strip()
        if sought:
            found = await _find(page.admin, sought)
            if found is not None:
                return page.redirect(f"/inspect/{quote(found)}")
        after = page.request.query.get("after")
        stamp = await _stamp(page.admin, _list_watched(page))
        listed = await profiles.page(page.admin, after=after, limit=PROFILES_SHOWN_MAX)
        return page.html(
            "inspect_list.html",
            status=404 if sought else 200,
            listed=listed,
            after=after,
            stamp=stamp,
            sought=sought,
            providers=sorted(name for name, each in page.admin.providers.items() if each.policy),
        )

    async def stream_list(self, page: AdminPage) -> Response | Stream:
        """The events of the list."""
        return self._pages.streams.respond(_list_watched(page), page.session.expires_at)

    async def stream(self, page: AdminPage) -> Response | Stream:
        """The events of a profile."""
        return self._pages.streams.respond(_profile_watched(page), page.session.expires_at)

    async def show(self, page: AdminPage) -> Response:
        """A profile."""
        return await self._show(page)

    async def act(self, page: AdminPage) -> Response:
        """Undo a change, or try one."""
        if "undo" in page.form:
            return await self._undo(page)
        return await self._what_if(page)

    async def _undo(self, page: AdminPage) -> Response:
        profile_id = page.request.parameters["profile"]
        version = page.form["undo"]
        try:
            # What is no number names no event, and neither does 0.
            number = int(version) if version.isdecimal() and len(version) < 10 else 0
            await profiles.undo(page.admin, profile_id, number)
        except RequestError as error:
            return await self._show(page, error=self._pages.explain(page.request, error))
        return page.redirect(f"/inspect/{quote(profile_id)}")

    async def _what_if(self, page: AdminPage) -> Response:
        form = page.form
        profile = await profiles.get(page.admin, page.request.parameters["profile"])
        key = page.admin.account_key(form.get("provider", ""), form.get("external_id", ""))
        text = form.get("body", "")
        try:
            body = read_json(text.encode())
            if not isinstance(body, dict):
                raise BodyUnreadableError("the body must be an object: {…}")
            result = await projections.dry_run(page.admin, profile, key, body)
        except RequestError as error:
            found = self._pages.explain(page.request, error)
            return await self._show(page, what_if=WhatIf(key, text, error=found))
        changes = _changes(profile.fields, result.fields)
        return await self._show(page, what_if=WhatIf(key, text, result, changes))

    async def _show(
        self,
        page: AdminPage,
        *,
        error: Explanation | None = None,
        what_if: WhatIf | None = None,
    ) -> Response:
        # First, so that a change meanwhile is told once more rather than missed.
        stamp = await _stamp(page.admin, _profile_watched(page))
        profile = await profiles.get(page.admin, page.request.parameters["profile"])
        before = _number(page.request.query.get("before", ""), profile.version + 1)
        events = await profiles.events(
            page.admin,
            profile.id,
            after=max(before - 1 - EVENTS_SHOWN_MAX, 0),
            limit=min(EVENTS_SHOWN_MAX, max(before - 1, 0)),
        )
        inspected = await inspect(page.admin, profile)
        failed = error or (what_if.error if what_if is not None else None)
        return page.html(
            "inspect.html",
            status=200 if failed is None else failed.status,
            stamp=stamp,
            profile=profile,
            accounts=inspected,
            counterparts=_counterparts(inspected),
            locks=_locks(profile, inspected),
            events=[(event, _can_undo(event)) for event in reversed(events)],
            older=events[0].version if events and events[0].version > 1 else None,
            newest=before > profile.version,
            bodies=_bodies(inspected, what_if),
            error=error,
            what_if=what_if,
        )


def _list_watched(page: AdminPage) -> Watched:
    after = page.request.query.get("after", "")
    return Watched("profiles", page.admin.namespace, after, PROFILES_SHOWN_MAX)


def _profile_watched(page: AdminPage) -> Watched:
    return Watched("profile", page.admin.namespace, page.request.parameters["profile"])


async def _stamp(admin: Admin, watched: Watched) -> str:
    return (await admin.store.read(stamps, [watched]))[0]


async def _find(admin: Admin, sought: str) -> str | None:
    """The id of the profile with an id, or of an account (``provider:id``); None without one."""
    provider, colon, external_id = sought.partition(":")
    try:
        if colon:
            key = admin.account_key(provider, external_id)
            return (await accounts.profile_of(admin, key)).id
        return (await profiles.get(admin, sought)).id
    except RequestError:
        return None


def _number(text: str, otherwise: int) -> int:
    return min(int(text), otherwise) if text.isdecimal() and len(text) < 10 else otherwise


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    paths = dict.fromkeys([*before, *after])
    values = {path: (before.get(path), after.get(path)) for path in paths}
    return {path: (was, would) for path, (was, would) in values.items() if was != would}


def _can_undo(event: Event) -> bool:
    """Whether an event is no account's arrival or departure, which unlinking undoes."""
    return not any(path.endswith("account.id") for path in event.changes)


Counterparts = dict[str, list[tuple[int, str, bool]]]
"""By the shared path: the place of an account, the field's name there, and whether it is shown."""


def _counterparts(inspected: list[InspectedAccount]) -> Counterparts:
    found: Counterparts = {}
    for place, account in enumerate(inspected):
        for each in account.fields:
            if each.path is not None:
                found.setdefault(each.path, []).append((place, each.name, each.is_representable))
    return found


def _locks(
    profile: ProfileRecord, inspected: list[InspectedAccount]
) -> dict[str, list[tuple[int, InspectedLock]]]:
    """By the shared path: the places of the accounts that lock it, and their locks."""
    found: dict[str, list[tuple[int, InspectedLock]]] = {path: [] for path in profile.fields}
    for place, account in enumerate(inspected):
        for lock in account.locks:
            if lock.path in found:
                found[lock.path].append((place, lock))
    return found


def _bodies(inspected: list[InspectedAccount], what_if: WhatIf | None) -> dict[int, str]:
    """The text of each account's what-if, by the account's place: what was typed, or an example."""
    bodies = {
        place: json.dumps(each.update_body, ensure_ascii=False, indent=2)
        for place, each in enumerate(inspected)
        if each.update_body is not None
    }
    for place in bodies:
        if what_if is not None and inspected[place].account.key == what_if.account:
            bodies[place] = what_if.body
    return bodies
