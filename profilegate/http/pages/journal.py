"""The journal's pages: the last exchanges, and one of them with its explanation."""

import json
from collections.abc import Mapping
from typing import Any, Final, get_args
from urllib.parse import urlencode

from profilegate.admin import explain, har, journal, namespaces
from profilegate.admin.exchanges import ExchangeView
from profilegate.errors import InvalidFieldsError, Violation
from profilegate.gateway.curl import curl_command
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.prefixes import strip
from profilegate.http.exchange import Response
from profilegate.http.http_rules import NO_STORE
from profilegate.http.pages.body_lines import body_lines
from profilegate.http.pages.routes import Route, Stream
from profilegate.http.pages.signed_in import AdminPage, SignedIn
from profilegate.openapi.messages import sentence
from profilegate.store.journal import NUMBER_MAX, Filter, Outcome
from profilegate.store.stamps import Watched, stamps

EXCHANGES_SHOWN_MAX: Final = 50
"""Exchanges on one page; we chose what a person still looks through."""

EXCHANGES_ARCHIVED_MAX: Final = 1000
"""Exchanges in an archive: as many as a journal keeps in test mode."""

NAMESPACES_OFFERED_MAX: Final = 100
"""Namespaces in the list of the filter; the address takes the name of any other."""

STATUS_DIGITS: Final = 3


class JournalPages:
    """The pages ``/journal`` and ``/journal/{request_id}``, and their archives."""

    def __init__(self, pages: SignedIn) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The routes of all pages."""
        return [
            self._pages.route("/journal", GET=self.show_list),
            self._pages.route("/journal/archive.har", GET=self.send_archive),
            self._pages.route("/journal/events", GET=self.stream),
            self._pages.route("/journal/{request_id}", GET=self.show_exchange),
            self._pages.route("/journal/{request_id}/archive.har", GET=self.send_one),
        ]

    async def show_list(self, page: AdminPage) -> Response:
        """The last exchanges that the filter takes, newest first."""
        before = _number(page.request.query.get("before"))
        # First, so that an exchange meanwhile is told once more rather than missed.
        (stamp,) = await page.admin.store.read(stamps, [_watched(page)])
        wanted, found, wrong = Filter(), [], ""
        try:
            wanted = _filter_of(page)
            found = await journal.page(page.admin, wanted, before=before, limit=EXCHANGES_SHOWN_MAX)
        except InvalidFieldsError as error:
            wrong = "; ".join(f"{each.field} {sentence(each)}" for each in error.violations)
        apis = {n: p.spec for n, p in page.admin.providers.items() if p.policy is not None}
        oldest = found[0].entry.number if len(found) == EXCHANGES_SHOWN_MAX else None
        return page.html(
            "journal_list.html",
            status=400 if wrong else 200,
            wrong=wrong,
            views=found[::-1],
            apis=apis,
            outcomes=get_args(Outcome),
            filter=wanted,
            namespaces=await namespaces.page(page.admin, limit=NAMESPACES_OFFERED_MAX),
            is_kept=self._pages.gateway.journal is not None,
            stamp=stamp,
            newest=before is None,
            older=None if oldest is None else _query(page, before=str(oldest)),
            archive="" if wrong else _query(page),
        )

    async def stream(self, page: AdminPage) -> Response | Stream:
        """The events of the list."""
        return self._pages.streams.respond(_watched(page), page.session.expires_at)

    async def show_exchange(self, page: AdminPage) -> Response:
        """One exchange: request, response, what was wrong, and why."""
        request_id, originals = page.request.parameters["request_id"], _has_originals(page)
        explanation = await explain.explain(page.admin, request_id, originals=originals)
        view = explanation.view
        (document,) = await journal.documents(page.admin, [view])
        return page.html(
            "journal_exchange.html",
            view=view,
            exchange=document,
            explanation=explanation,
            sentences=_beside_rules(explanation),
            request_lines=_lines(document["request"]["body"], view.request_violations()),
            response_lines=_lines(
                document.get("response", {}).get("body", {}), view.response_violations()
            ),
            curl=_curl(view, self._pages.gateway),
            public_url=self._pages.gateway.public_url,
            originals=originals,
            has_originals=page.admin.test_mode,
            switch=_query(page, originals="" if originals else "1"),
            query=_query(page),
        )

    async def send_archive(self, page: AdminPage) -> Response:
        """The exchanges that the filter takes, as a file."""
        wanted, originals = _filter_of(page), _has_originals(page)
        views = await journal.page(
            page.admin, wanted, limit=EXCHANGES_ARCHIVED_MAX, originals=originals
        )
        return _archive(views)

    async def send_one(self, page: AdminPage) -> Response:
        """One exchange as a file."""
        request_id = page.request.parameters["request_id"]
        view = await journal.find(page.admin, request_id, originals=_has_originals(page))
        return _archive([view])


def _watched(page: AdminPage) -> Watched:
    return Watched("journal", page.admin.namespace)


def _filter_of(page: AdminPage) -> Filter:
    """
    What the query asks for; an empty field asks for anything.

    Raises:
        InvalidFieldsError: the status is no number.
    """
    query = page.request.query
    status = query.get("status", "").strip()
    if status and not (status.isdecimal() and len(status) == STATUS_DIGITS):
        raise InvalidFieldsError([Violation(("status",), "type", ("integer",), is_parameter=True)])
    return Filter(
        provider=query.get("provider") or None,
        operation=query.get("operation") or None,
        outcome=query.get("outcome") or None,
        status=int(status) if status else None,
    )


def _number(text: str | None) -> int | None:
    """The number of an exchange, from a link of ours; None for any other text."""
    is_number = text is not None and text.isascii() and text.isdecimal()
    return min(int(text[:20]), NUMBER_MAX) if text and is_number else None


def _has_originals(page: AdminPage) -> bool:
    return bool(page.request.query.get("originals"))


def _query(page: AdminPage, **changed: str) -> str:
    """The query of a link that keeps what this page was asked for."""
    kept = {name: value for name, value in page.request.query.items() if name != "before"}
    asked = {name: value for name, value in {**kept, **changed}.items() if value}
    return f"?{urlencode(asked)}" if asked else ""


def _beside_rules(explanation: explain.Explanation) -> list[str]:
    """The sentences that say more than a rule does, which the page shows with its place."""
    details = {rule.detail for rule in explanation.rules}
    return [each for each in explanation.sentences if each.removesuffix(".") not in details]


def _lines(body: Mapping[str, Any], violations: list[Violation]) -> list[Any]:
    """The lines of a body as the journal shows it; none if it cannot be decoded."""
    return body_lines(body["value"], violations) if "value" in body else []


def _curl(view: ExchangeView, gateway: Gateway) -> str:
    """The command that sends the request again; masked, its secrets are missing."""
    entry = view.entry
    shown = view.request_body()
    body: bytes | None = None
    if entry.request.size_bytes:
        masked = json.dumps(view.shown_body(shown), ensure_ascii=False).encode()
        body = entry.request.kept if view.shows_all else masked
    headers = [
        (name, value)
        for name, value in view.headers(entry.headers, sent=False)
        if name.lower() not in ("host", "content-length", "connection", "transfer-encoding")
    ]
    # The public address has the prefix, and so may the path that the gateway got.
    target = strip(view.target, gateway.root_path) or view.target
    return curl_command(entry.method, gateway.public_url + target, headers, body)


def _archive(views: list[ExchangeView]) -> Response:
    content = json.dumps(har.archive(views), ensure_ascii=False, indent=1).encode()
    disposition = b'attachment; filename="profilegate.har"'
    headers = [
        (b"content-type", b"application/json"),
        (b"content-disposition", disposition),
        NO_STORE,
    ]
    return 200, headers, content
