"""Pages for signed-in admins: who has no session is sent to the sign-in page (ADR 42)."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from profilegate.admin.context import Admin, admin_in
from profilegate.errors import BodyUnreadableError, ProfilegateError, RequestError
from profilegate.gateway.admin_token import ADMIN, ADMIN_API
from profilegate.gateway.context import ProviderContext
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Provider
from profilegate.http.error_responses import log_error
from profilegate.http.exchange import Response
from profilegate.http.http_rules import NO_STORE, HeaderList, error_headers
from profilegate.http.pages.live import LiveStreams
from profilegate.http.pages.own_origin import is_from_own_page
from profilegate.http.pages.routes import PageRequest, Respond, Route, Stream
from profilegate.http.pages.sessions import COOKIE, Session, find_session, is_csrf_value
from profilegate.http.pages.templates import HTML, render
from profilegate.store import DEFAULT_NAMESPACE, Origin

CHANNEL: Final = "inspector"
"""The channel that histories record for what an admin changes in a page."""

CSRF_FIELD: Final = "csrf"
"""The hidden field of every form."""

NO_TEXT: Final = "the address and the form may not have the character U+0000"
"""No field of a profile may have it either; PostgreSQL has no text with it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a page says of an error; it never holds a value that was sent."""

    status: int
    title: str
    message: str
    details: tuple[str, ...] = ()
    headers: HeaderList = field(default_factory=list)


FOREIGN_FORM: Final = Explanation(
    403,
    "Forbidden",
    "This form comes from another site, or from a session that has ended. Reload its page and "
    "send it again.",
)


NO_MORE_EVENTS: Final[Response] = (204, [NO_STORE], b"")
"""HTML, 9.2.3: a browser stops to connect again to a stream; its session has ended."""


@dataclass(frozen=True, slots=True, repr=False)
class AdminPage:
    """
    A request of a signed-in admin, who acts in the namespace that the query names.

    ``form`` has the fields of a POST.
    """

    request: PageRequest
    session: Session
    admin: Admin
    form: Mapping[str, str]

    @property
    def namespace_query(self) -> str:
        """What a link appends to stay in the namespace: empty in the default one."""
        namespace = self.admin.namespace
        is_default = namespace == DEFAULT_NAMESPACE
        return "" if is_default else "?" + urlencode({"namespace": namespace})

    def html(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """
        A page that no cache stores.

        Beside its values the template gets ``csrf`` (for the hidden field of each form),
        ``namespace`` and ``namespace_query``.
        """
        body = render(
            template,
            self.request.path,
            csrf=self.session.csrf,
            namespace=self.admin.namespace,
            namespace_query=self.namespace_query,
            **values,
        )
        return status, [(b"content-type", HTML.encode()), NO_STORE], body

    def redirect(self, path: str) -> Response:
        """After a POST: a path of ours, which a reload of the browser gets without the form."""
        return redirect(path + self.namespace_query)


RespondToAdmin = Callable[[AdminPage], Awaitable[Response | Stream]]
"""Makes the response to a request of a signed-in admin."""


class SignedIn:
    """
    Makes the routes of pages for signed-in admins.

    An error becomes a page with the status and the words that the admin API has for it.
    """

    def __init__(self, gateway: Gateway, admin_api: Provider) -> None:
        self.gateway = gateway
        self.streams = LiveStreams(gateway)
        self.to_error_response = admin_api.to_error_response

    def route(self, path: str, **methods: RespondToAdmin) -> Route:
        """As ``Route.of``, for signed-in admins; a POST needs a form of their session."""
        return Route.of(path, **{name: self._checked(each) for name, each in methods.items()})

    def session_of(self, request: PageRequest) -> Session | None:
        """The session of a request; None without a valid one."""
        return find_session(self.gateway, request.cookies.get(COOKIE, ""))

    def _checked(self, respond: RespondToAdmin) -> Respond:
        async def respond_to_admin(request: PageRequest) -> Response | Stream:
            session = self.session_of(request)
            if session is None and b"text/event-stream" in request.headers.get(b"accept", b""):
                return NO_MORE_EVENTS
            if session is None:
                return _redirect_to_sign_in(request)
            try:
                return await self._respond(respond, request, session)
            except ProfilegateError as error:
                return self._error_page(request, session, error)

        return respond_to_admin

    async def _respond(
        self, respond: RespondToAdmin, request: PageRequest, session: Session
    ) -> Response | Stream:
        form: Mapping[str, str] = {}
        if request.scope["method"] == "POST":
            form = await request.form()
            is_own = is_from_own_page(request.scope, self.gateway)
            if not is_own or not is_csrf_value(session, form.get(CSRF_FIELD, "")):
                return _message_page(request, session, FOREIGN_FORM)
        texts = (*request.parameters.values(), *request.query.values(), *form.values())
        if any("\0" in text for text in texts):
            raise BodyUnreadableError(NO_TEXT)
        context = ProviderContext(self.gateway, ADMIN_API)
        await context.enter(request.query.get("namespace", DEFAULT_NAMESPACE), is_chosen=True)
        admin = admin_in(context, Origin(CHANNEL, ADMIN, request.exchange.request_id))
        return await respond(AdminPage(request, session, admin, form))

    def explain(self, request: PageRequest, error: ProfilegateError) -> Explanation:
        """
        An error in the words of the admin API, for a page; the log and the metrics learn of it.
        """
        if not isinstance(error, RequestError):
            log_error(f"page (request {request.exchange.request_id})", error)
        request.exchange.error = type(error).__name__
        response = self.to_error_response(error)
        problem = json.loads(response.body)
        details = tuple(
            f"{each.get('pointer') or each.get('parameter') or ''} {each['detail']}".strip()
            for each in problem.get("errors", ())
        )
        headers = error_headers(error, response, None)
        return Explanation(response.status, problem["title"], problem["detail"], details, headers)

    def _error_page(
        self, request: PageRequest, session: Session, error: ProfilegateError
    ) -> Response:
        found = self.explain(request, error)
        status, headers, body = _message_page(request, session, found)
        return status, [*headers, *found.headers], body


def redirect(path: str) -> Response:
    """See another page of ours (RFC 9110, 15.4.4), which the browser gets."""
    return 303, [(b"location", path.encode()), NO_STORE], b""


def _redirect_to_sign_in(request: PageRequest) -> Response:
    """To the sign-in page, and from there to the page; a form is not sent again."""
    target = quote(request.path)
    if request.scope["method"] != "POST" and request.scope["query_string"]:
        target += "?" + request.scope["query_string"].decode("latin-1")
    return redirect("/sign-in?" + urlencode({"next": target}))


def _message_page(request: PageRequest, session: Session, found: Explanation) -> Response:
    body = render("message.html", request.path, csrf=session.csrf, error=found)
    return found.status, [(b"content-type", HTML.encode()), NO_STORE], body
