"""A browser's side of the pages for admins: the session, and forms."""

import re
from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlencode

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from profilegate.http.pages.sessions import COOKIE
from tests.running_gateway import Response, RunningGateway

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def post(
    gateway: RunningGateway,
    target: str,
    fields: dict[str, str],
    headers: dict[str, str] | None = None,
) -> Response:
    """Send a form."""
    body = urlencode(fields).encode()
    return gateway.send("POST", target, body=body, headers=FORM | (headers or {}))


def sign_in(
    gateway: RunningGateway,
    token: str = DEMO_ADMIN_TOKEN,
    headers: dict[str, str] | None = None,
    **fields: str,
) -> Response:
    """Send the form of the sign-in page."""
    return post(gateway, "/sign-in", {"token": token, **fields}, headers)


def cookie_of(response: Response) -> Morsel[str]:
    """The session's cookie that a response sets."""
    return SimpleCookie(response.headers["set-cookie"])[COOKIE]


def session(gateway: RunningGateway) -> dict[str, str]:
    """The header of a signed-in browser."""
    return {"Cookie": f"{COOKIE}={cookie_of(sign_in(gateway)).value}"}


def csrf_of(page: Response) -> str:
    """The hidden field of a page's forms."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert found is not None
    return found[1]
