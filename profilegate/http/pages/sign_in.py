"""Signing in: the admin token becomes a session of the pages for admins (ADR 42)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from profilegate.errors import (
    CredentialLockedError,
    CredentialMissingError,
    CredentialUnknownError,
    RequestError,
)
from profilegate.gateway.admin_token import ADMIN_API, KIND, admin_attempt, is_admin_token
from profilegate.gateway.context import ProviderContext
from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from profilegate.http.client_address import compile_client_address
from profilegate.http.exchange import Response
from profilegate.http.http_rules import NO_STORE, HeaderList, error_headers
from profilegate.http.pages.own_origin import is_from_own_page, is_https
from profilegate.http.pages.routes import PageRequest, Route
from profilegate.http.pages.sessions import Session, new_session, session_cookie
from profilegate.http.pages.signed_in import AdminPage, SignedIn, redirect
from profilegate.http.pages.templates import HTML, render
from profilegate.http.security_log import log_failure
from profilegate.store import DEFAULT_NAMESPACE

START: Final = "/inspect"
"""Where an admin goes who was on the way to no page."""

_OWN_PATH: Final = re.compile(r"/(?:inspect|journal)(?:[/?](?!.*\.\.)[!-\[\]-~]*)?")
"""A page for admins: printable ASCII without backslashes, and no way up (WHATWG URL, 4.4: a
backslash is a slash there, and tabs are dropped)."""

FOREIGN: Final = "This form comes from another site. Open this page by its address and try again."
WRONG: Final = "This is not the admin token."


class SignIn:
    """The pages ``/sign-in`` and ``/sign-out``."""

    def __init__(self, pages: SignedIn) -> None:
        self._pages = pages
        self._gateway = pages.gateway
        self._client_address = compile_client_address(pages.gateway.trusted_proxies)

    def routes(self) -> list[Route]:
        """The routes of both pages."""
        return [
            Route.of("/sign-in", GET=self.show, POST=self.sign_in),
            self._pages.route("/sign-out", POST=self.sign_out),
        ]

    async def show(self, request: PageRequest) -> Response:
        """The form; who is signed in already goes on."""
        following = _own_path(request.query.get("next", ""))
        if self._pages.session_of(request) is not None:
            return redirect(following)
        return self._form(request, following)

    async def sign_in(self, request: PageRequest) -> Response:
        """Begin a session, if the token is the right one."""
        form: Mapping[str, str] = {}
        try:
            form = await request.form()
            following = _own_path(form.get("next", ""))
            if not is_from_own_page(request.scope, self._gateway):
                return self._form(request, following, 403, FOREIGN)
            await self._check(request, form.get("token", "").strip())
        except RequestError as error:
            return self._rejected(request, _own_path(form.get("next", "")), error)
        cookie = self._cookie(request, new_session(self._gateway))
        status, headers, body = redirect(following)
        return status, [*headers, cookie], body

    async def sign_out(self, page: AdminPage) -> Response:
        """Remove the cookie."""
        status, headers, body = redirect("/sign-in")
        return status, [*headers, self._cookie(page.request, None)], body

    async def _check(self, request: PageRequest, sent: str) -> None:
        """
        Check a token; failures count as those at the admin API do.

        Raises:
            CredentialMissingError: there is none.
            CredentialUnknownError: it is not the admin token.
            CredentialLockedError: there were too many failures.
        """
        peer = request.exchange.peer = self._client_address(request.scope)
        context = ProviderContext(self._gateway, ADMIN_API)
        await context.enter(DEFAULT_NAMESPACE)
        attempt = admin_attempt(context, peer)
        try:
            if not sent:
                raise CredentialMissingError(KIND)
            await self._gateway.lockouts.reject_locked(context.store, attempt, context.now())
            if not is_admin_token(self._gateway, sent.encode()):
                await self._gateway.lockouts.count(context.store, attempt, context.now())
                raise CredentialUnknownError(KIND)
        except (CredentialLockedError, CredentialUnknownError) as error:
            log_failure(ADMIN_API, KIND, error, peer)
            raise

    def _rejected(self, request: PageRequest, following: str, error: RequestError) -> Response:
        request.exchange.error = type(error).__name__
        response = self._pages.to_error_response(error)
        is_wrong = isinstance(error, CredentialUnknownError)
        # Not 401 (RFC 9110, 15.5.2): that asks for a header, and this is a form.
        status = 403 if response.status == 401 else response.status
        message = WRONG if is_wrong else f"{str(error)[:1].upper()}{str(error)[1:]}."
        more = error_headers(error, response, None)
        return self._form(request, following, status, message, more)

    def _form(
        self,
        request: PageRequest,
        following: str,
        status: int = 200,
        message: str = "",
        more: HeaderList | None = None,
    ) -> Response:
        values: dict[str, Any] = {
            "following": following,
            "message": message,
            "is_configured": bool(self._gateway.admin_token),
            "demo_token": DEMO_ADMIN_TOKEN if self._has_demo_token else None,
        }
        body = render("sign_in.html", request.path, **values)
        return status, [(b"content-type", HTML.encode()), NO_STORE, *(more or [])], body

    @property
    def _has_demo_token(self) -> bool:
        return self._gateway.is_demo and self._gateway.admin_token == DEMO_ADMIN_TOKEN

    def _cookie(self, request: PageRequest, session: Session | None) -> tuple[bytes, bytes]:
        path = request.exchange.prefix + "/"
        return session_cookie(session, path, secure=is_https(request.scope, self._gateway))


def _own_path(text: str) -> str:
    """A path of ours; the inspector's for anything else, such as another site."""
    return text if _OWN_PATH.fullmatch(text) else START
