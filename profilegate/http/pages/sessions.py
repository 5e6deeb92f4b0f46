"""Sessions of admins: a cookie that proves itself, so that no process keeps any (ADR 42)."""

import hmac
import os
from datetime import UTC, datetime, timedelta
from typing import Final

from werkzeug.http import dump_cookie

from profilegate.gateway.gateway import Gateway
from profilegate.profile.private import Private

COOKIE: Final = "profilegate_session"

SESSION_AGE_MAX: Final = timedelta(hours=8)
"""We chose a working day: nothing but its age ends a stolen session, and a new admin token."""

ID_SIZE_BYTES: Final = 16
"""128 bits of a session id, as OWASP asks; two sessions of the same second differ."""


class Session(Private, frozen=True):
    """
    A session; ``csrf`` is the value of the hidden field in its forms.

    Only who has the admin token can make one: its digest is keyed by the token.
    """

    text: str
    csrf: str
    expires_at: datetime


def new_session(gateway: Gateway) -> Session:
    """A session from now on, of somebody who has proved to have the admin token."""
    expires_at = (gateway.now() + SESSION_AGE_MAX).replace(microsecond=0)
    content = f"{int(expires_at.timestamp())}.{os.urandom(ID_SIZE_BYTES).hex()}"
    text = f"{content}.{_digest(gateway, 'session', content)}"
    return Session(text, _digest(gateway, "form", content), expires_at)


def find_session(gateway: Gateway, text: str) -> Session | None:
    """The session of a cookie; None if it has ended, or is none that this admin token has begun."""
    content, _, digest = text.rpartition(".")
    expiry = content.partition(".")[0]
    if not gateway.admin_token or not _is_same(digest, _digest(gateway, "session", content)):
        return None
    expires_at = datetime.fromtimestamp(int(expiry), UTC)
    if expires_at <= gateway.now():
        return None
    return Session(text, _digest(gateway, "form", content), expires_at)


def is_csrf_value(session: Session, sent: str) -> bool:
    """Whether a form was made in this session."""
    return _is_same(sent, session.csrf)


def session_cookie(session: Session | None, path: str, *, secure: bool) -> tuple[bytes, bytes]:
    """
    The header that sets the cookie, or removes it.

    No script reads it (HttpOnly), and no request that another site causes has it (SameSite).
    """
    value = dump_cookie(
        COOKIE,
        "" if session is None else session.text,
        max_age=0 if session is None else SESSION_AGE_MAX,
        path=path,
        secure=secure,
        httponly=True,
        samesite="Strict",
    )
    return b"set-cookie", value.encode("latin-1")


def _digest(gateway: Gateway, purpose: str, content: str) -> str:
    key = (gateway.admin_token or "").encode()
    return hmac.digest(key, f"profilegate {purpose} {content}".encode(), "sha256").hex()


def _is_same(sent: str, expected: str) -> bool:
    return hmac.compare_digest(sent.encode(), expected.encode())
