"""Kontur Diadoc: a new login with the letter that confirms it, and a new token."""

import base64
import secrets
from datetime import timedelta

from profilegate.gateway.call import Call
from profilegate.store import LoginChange, OutgoingMail

# Diadoc tells neither how long its link lives nor what the letter says: both are ours.
LINK_AGE_MAX = timedelta(hours=24)
LINK_SECRET_SIZE_BYTES = 32

# Page Authorization: "Полученный токен остается действительным в течение 24 часов."
TOKEN_AGE_MAX = timedelta(hours=24)
# In base64 it ends in "==", as Diadoc's sample does: who splits it at every "=" finds out here.
TOKEN_SIZE_BYTES = 64

SUBJECT = "Подтверждение нового логина"
TEXT = """Чтобы подтвердить новый логин, перейдите по ссылке в течение 24 часов:

{url}

Если вы не меняли логин, ничего не делайте: он останется прежним.
"""


def login_change(call: Call, login: str) -> LoginChange:
    """A change to a new login: a token that nobody can guess, and the letter that carries it."""
    token = secrets.token_urlsafe(LINK_SECRET_SIZE_BYTES)
    url = f"{call.public_url}/UpdateMyUser/confirm?token={token}"
    return LoginChange(
        login=login,
        token=token,
        expires_at=call.now + LINK_AGE_MAX,
        mail=OutgoingMail(to=login, subject=SUBJECT, text=TEXT.format(url=url)),
    )


def new_token() -> str:
    """A token that nobody can guess, in base64."""
    return base64.b64encode(secrets.token_bytes(TOKEN_SIZE_BYTES)).decode()
