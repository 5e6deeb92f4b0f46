"""Diadoc's update operation as its clients call it, and the link in a mail."""

import json
import re
from collections.abc import Mapping
from typing import Any

from profilegate.store import Mail
from tests.clients import DIADOC_TOKEN, DIADOC_USER, diadoc_authorization
from tests.running_gateway import PUBLIC_URL, Response, RunningGateway

PATH = "/UpdateMyUser"
CONFIRM = "/UpdateMyUser/confirm"

PUBLISHED_TYPE = {"Content-Type": "application/json; charset=utf-8"}

OLD_LOGIN = "login@kontur.ru"
NEW_LOGIN = "newLogin@kontur.ru"

OTHER_TOKEN = "ZGVtby10b2tlbi90YWtlbj0="
OTHER_USER = "5b2f0a7e-3c0e-4a8a-9b67-2f3f4d1f8a10"
OTHER_LOGIN = "taken@kontur.ru"
LINKED_TOKEN = "ZGVtby10b2tlbi9saW5rZWQ="
LINKED_USER = "5b2f0a7e-3c0e-4a8a-9b67-2f3f4d1f8a11"

LINK = re.compile(re.escape(PUBLIC_URL) + r"(/UpdateMyUser/confirm\?token=[\w-]+)\s")


def post(gateway: RunningGateway, body: bytes, headers: Mapping[str, str]) -> Response:
    """Send a body with the media type of the page's samples."""
    return gateway.send("POST", PATH, body=body, headers={**PUBLISHED_TYPE, **headers})


def update(gateway: RunningGateway, body: Any, token: str = DIADOC_TOKEN) -> Response:
    """Send a JSON value with a user's token."""
    return post(gateway, json.dumps(body).encode(), diadoc_authorization(token))


def request_login(gateway: RunningGateway, login: str, token: str = DIADOC_TOKEN) -> Response:
    """Request a new login only."""
    return update(gateway, {"Login": {"Login": login}}, token)


def rename(gateway: RunningGateway, token: str = DIADOC_TOKEN, **names: Any) -> Response:
    """Send a new name only."""
    return update(gateway, {"FullName": {"FullName": names}}, token)


def target_of(mail: Mail) -> str:
    """The target of the one link in a mail, without the gateway's public address."""
    [target] = LINK.findall(mail.text)
    return str(target)


def target_of_last_mail(gateway: RunningGateway) -> str:
    """The target of the link in the newest mail."""
    return target_of(gateway.mails()[-1])


def login(gateway: RunningGateway, user: str = DIADOC_USER) -> Any:
    """The login that is in force."""
    return gateway.fields("diadoc", user)["account.login"]
