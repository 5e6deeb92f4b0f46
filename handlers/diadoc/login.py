"""Kontur Diadoc: a new login, and the letter with the link that confirms it."""

import secrets
from datetime import timedelta

from profilegate.provider import Call
from profilegate.store import Draft, LoginChange

# Diadoc tells neither how long its link lives nor what the letter says: both are ours.
LINK_AGE_MAX = timedelta(hours=24)
TOKEN_BYTES = 32

SUBJECT = "Подтверждение нового логина"
TEXT = """Чтобы подтвердить новый логин, перейдите по ссылке в течение 24 часов:

{url}

Если вы не меняли логин, ничего не делайте: он останется прежним.
"""


def login_change(call: Call, login: str) -> LoginChange:
    """A change to a new login: a token that nobody can guess, and the letter that carries it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    url = f"{call.public_url}/UpdateMyUser/confirm?token={token}"
    return LoginChange(
        login=login,
        token=token,
        expires_at=call.now + LINK_AGE_MAX,
        mail=Draft(to=login, subject=SUBJECT, text=TEXT.format(url=url)),
    )
