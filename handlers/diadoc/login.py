"""Kontur Diadoc: login changes with their confirmation mail, and access tokens."""

import base64
from datetime import timedelta

from profilegate.gateway.call import Call
from profilegate.store import LoginChange, OutgoingMail

from ._generated import UserToUpdate

# Diadoc documents neither the lifetime of its link nor the text of its mail: both are ours.
LINK_AGE_MAX = timedelta(hours=24)
LINK_SECRET_SIZE_BYTES = 32

# Page Authorization: "Полученный токен остается действительным в течение 24 часов."
TOKEN_AGE_MAX = timedelta(hours=24)
# In base64 it ends in "==" like Diadoc's sample, at which a client that splits at "=" fails.
TOKEN_SIZE_BYTES = 64

SUBJECT = "Подтверждение нового логина"
TEXT = """Чтобы подтвердить новый логин, перейдите по ссылке в течение 24 часов:

{url}

Если вы не меняли логин, ничего не делайте: он останется прежним.
"""


def new_login(body: UserToUpdate) -> str | None:
    """The new login that an update asks for; None for none."""
    return body["Login"]["Login"] if "Login" in body else None


async def login_change(call: Call, login: str) -> LoginChange:
    """A login change with a new random token and the mail that contains it."""
    secret = await call.context.random_bytes(LINK_SECRET_SIZE_BYTES)
    token = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    url = f"{call.public_url}/UpdateMyUser/confirm?token={token}"
    return LoginChange(
        login=login,
        token=token,
        expires_at=call.now + LINK_AGE_MAX,
        mail=OutgoingMail(to=login, subject=SUBJECT, text=TEXT.format(url=url)),
    )


async def new_token(call: Call) -> str:
    """A random access token in base64."""
    return base64.b64encode(await call.context.random_bytes(TOKEN_SIZE_BYTES)).decode()
