"""What Diadoc's callers send: the page's own samples, and the way to a mailed link."""

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

# The bodies of the page's two requests and of its response, byte for byte.
LOGIN_AND_NAME = b"""{
    "Login":
    {
        "Login": "newLogin@kontur.ru"
    },
    "FullName":
    {
        "FullName":
        {
            "FirstName": "NewFirstName",
            "LastName": "NewLastName",
            "MiddleName": "NewMiddleName"
        }
    }
}
"""
NAME = b"""{
    "FullName":
    {
        "FullName":
        {
            "FirstName": "NewFirstName",
            "LastName": "NewLastName",
            "MiddleName": "NewMiddleName"
        }
    }
}
"""
RESPONSE = b"""{
    "UserId": "d064f6ba-7b81-432d-a41d-93b23eebe579",
    "Login": "login@kontur.ru",
    "FullName":
    {
        "FirstName": "NewFirstName",
        "LastName": "NewLastName",
        "MiddleName": "NewMiddleName"
    },
    "IsRegistered": true
}
"""

OLD_LOGIN = "login@kontur.ru"
NEW_LOGIN = "newLogin@kontur.ru"

OTHER_TOKEN = "ZGVtby10b2tlbi90YWtlbj0="
OTHER_USER = "5b2f0a7e-3c0e-4a8a-9b67-2f3f4d1f8a10"
OTHER_LOGIN = "taken@kontur.ru"
LINKED_TOKEN = "ZGVtby10b2tlbi9saW5rZWQ="
LINKED_USER = "5b2f0a7e-3c0e-4a8a-9b67-2f3f4d1f8a11"

# The page's sentences for its statuses, each with a capital letter.
BAD_REQUEST = "Данные в запросе имеют неверный формат или отсутствуют обязательные параметры"
UNAUTHORIZED = (
    "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке содержатся "
    "некорректные авторизационные данные"
)
WRONG_METHOD = "Используется неподходящий HTTP-метод"
LOGIN_TAKEN = "Происходит попытка обновить login на уже зарегистрированный на портале"

LINK = re.compile(re.escape(PUBLIC_URL) + r"(/UpdateMyUser/confirm\?token=[\w-]+)\s")


def post(gateway: RunningGateway, body: bytes, headers: Mapping[str, str]) -> Response:
    """Send a body as the page's samples do."""
    return gateway.send("POST", PATH, body=body, headers={**PUBLISHED_TYPE, **headers})


def update(gateway: RunningGateway, body: Any, token: str = DIADOC_TOKEN) -> Response:
    """Send a JSON value on behalf of a user."""
    return post(gateway, json.dumps(body).encode(), diadoc_authorization(token))


def ask_for(gateway: RunningGateway, login: str, token: str = DIADOC_TOKEN) -> Response:
    """Ask for a new login and nothing else."""
    return update(gateway, {"Login": {"Login": login}}, token)


def rename(gateway: RunningGateway, token: str = DIADOC_TOKEN, **names: Any) -> Response:
    """Send a new name and nothing else."""
    return update(gateway, {"FullName": {"FullName": names}}, token)


def target_of(mail: Mail) -> str:
    """Where the one link in a mail leads, without the gateway's public address."""
    [target] = LINK.findall(mail.text)
    return str(target)


def target_of_last_mail(gateway: RunningGateway) -> str:
    """Where the newest mail's link leads."""
    return target_of(gateway.mails()[-1])


def login(gateway: RunningGateway, user: str = DIADOC_USER) -> Any:
    """The login that is in force."""
    return gateway.fields("diadoc", user)["account.login"]
