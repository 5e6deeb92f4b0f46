"""The four providers: an authenticated update of each, and each one's error responses.

The error responses are those of the providers' documents, so that one table of bad requests can be
tried at all four::

    response = provider.send(gateway, b"not JSON")

        assert provider.unreadable == provider.gist(response)
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.clients import (
    DIADOC_USER,
    INDIVIDUAL,
    JSON,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    NAVIXY_USER,
    KrakenPartner,
    diadoc_authorization,
)
from tests.gateway_process import GatewayProcess
from tests.running_gateway import Response, RunningGateway

Gist = tuple[int, str]
"""A status, and the words that stand for one kind of error response."""

kraken_partner = KrakenPartner()
"""Its nonces rise through all tests: each test begins with a store that has seen none."""


@dataclass(frozen=True, slots=True)
class ProviderApi:
    """One provider's operation on one demo user.

    ``allowed`` are the methods of all operations at its path, as Allow has them; ``good`` is a
    body that changes ``changed`` in the store; ``words`` takes the kind of error response and
    the fields
    it names out of a response; the rest are the gists of error responses.
    """

    name: str
    method: str
    allowed: tuple[str, ...]
    target: str
    user: str
    good: Mapping[str, Any]
    changed: Mapping[str, Any]
    media_type: str
    sign: Callable[[str, bytes], Mapping[str, str]]
    words: Callable[[Response], tuple[str, list[str]]]
    unreadable: Gist
    invalid: Gist
    too_large: Gist
    unsupported: Gist
    wrong_method: Gist

    def __str__(self) -> str:
        return self.name

    def headers(self, body: bytes, target: str | None = None) -> dict[str, str]:
        """What authenticates one, for this body (and another target)."""
        return dict(self.sign(target or self.target, body))

    def send(
        self,
        gateway: RunningGateway | GatewayProcess,
        body: bytes,
        headers: Mapping[str, str] = JSON,
        target: str = "",
    ) -> Response:
        """Send a body, well authenticated."""
        target = target or self.target
        return gateway.send(
            self.method, target, body=body, headers={**self.headers(body, target), **headers}
        )

    def gist(self, response: Response) -> Gist:
        """The status and the kind of an error response, which must be in the provider's
        envelope."""
        assert self.media_type == response.headers["content-type"]

        return response.status, self.words(response)[0]

    def named(self, response: Response) -> list[str]:
        """The fields that an error response names."""
        return self.words(response)[1]

    def good_body(self, **more: Any) -> bytes:
        """The good body with more fields."""
        return json.dumps({**self.good, **more}).encode()


def _navixy_words(response: Response) -> tuple[str, list[str]]:
    body = response.json()
    assert {"success", "status"} <= body.keys() <= {"success", "status", "errors"}
    assert body["success"] is False
    fields = [error["parameter"] for error in body.get("errors", ())]
    return f"{body['status']['code']} {body['status']['description']}", fields


def _machnet_words(response: Response) -> tuple[str, list[str]]:
    body = response.json()
    assert {"status", "code", "message"} == body.keys()
    assert response.status == body["status"]
    words, _, rest = body["message"].partition(" [")
    # "[first_name: must be text, gender: must be one of male, female, other]"
    return f"{body['code']} {words}", re.findall(r"(?:^|, )([\w.\[\]]+): (?=must|is)", rest)


def _diadoc_words(response: Response) -> tuple[str, list[str]]:
    words, unreadable, rest = response.text.partition(_DIADOC_MALFORMED)
    if not unreadable:
        words, _, rest = words.partition(": ")
    named = rest.removeprefix(": ")
    return words + unreadable, named.split(", ") if named else []


def _kraken_words(response: Response) -> tuple[str, list[str]]:
    (key,) = response.json().items()
    name, entries = key
    assert name == "error"
    parts = [entry.split(":", 2) for entry in entries]
    (words,) = {":".join(part[:2]) for part in parts}
    return words, [part[2] for part in parts if len(part) > 2]


NAVIXY = ProviderApi(
    name="navixy",
    method="POST",
    allowed=("GET", "POST"),
    target=f"/v2/user/personal_info/update?hash={NAVIXY_HASH}",
    user=NAVIXY_USER,
    good={
        "legal_type": "individual",
        "first_name": "Zoe",
        "middle_name": "",
        "last_name": "Quinn",
    },
    changed={"name.given": "Zoe", "name.family": "Quinn"},
    media_type="application/json",
    sign=lambda target, body: {},
    words=_navixy_words,
    unreadable=(400, "5 Wrong request format"),
    invalid=(400, "7 Invalid parameters"),
    too_large=(413, "9 Too large request"),
    unsupported=(415, "5 Wrong request format"),
    wrong_method=(405, "112 Wrong method"),
)

MACHNET_MAPPING = ProviderApi(
    name="machnet",
    method="PATCH",
    allowed=("GET", "HEAD", "PATCH"),
    target=f"/users/{INDIVIDUAL}",
    user=INDIVIDUAL,
    good={"first_name": "Zoe", "last_name": "Quinn"},
    changed={"name.given": "Zoe", "name.family": "Quinn"},
    media_type="application/json",
    sign=lambda target, body: MACHNET,
    words=_machnet_words,
    unreadable=(400, "BAD_REQUEST The body is not valid JSON"),
    invalid=(400, "BAD_REQUEST Some fields are not valid"),
    too_large=(413, "PAYLOAD_TOO_LARGE The body is too large"),
    unsupported=(415, "UNSUPPORTED_MEDIA_TYPE The body must be application/json"),
    wrong_method=(405, "METHOD_NOT_ALLOWED This method is not allowed here"),
)

_DIADOC_MALFORMED = "Can't deserialize request body into type: UserToUpdate"

DIADOC = ProviderApi(
    name="diadoc",
    method="POST",
    allowed=("POST",),
    target="/UpdateMyUser",
    user=DIADOC_USER,
    good={"FullName": {"FullName": {"FirstName": "Zoe", "LastName": "Quinn"}}},
    changed={"name.given": "Zoe", "name.family": "Quinn"},
    media_type="text/plain; charset=utf-8",
    sign=lambda target, body: diadoc_authorization(),
    words=_diadoc_words,
    unreadable=(400, _DIADOC_MALFORMED),
    invalid=(400, _DIADOC_MALFORMED),
    too_large=(413, "Размер тела запроса превышает допустимый"),
    unsupported=(415, "Тип содержимого запроса не поддерживается"),
    wrong_method=(405, "Используется неподходящий HTTP-метод"),
)

KRAKEN = ProviderApi(
    name="kraken",
    method="PATCH",
    allowed=("GET", "HEAD", "PATCH"),
    target=f"/b2b/users/{KRAKEN_USER}",
    user=KRAKEN_USER,
    good={"full_name": {"first_name": "Zoe", "last_name": "Quinn"}},
    changed={"name.given": "Zoe", "name.family": "Quinn"},
    media_type="application/json",
    sign=lambda target, body: kraken_partner.headers(target, body),
    words=_kraken_words,
    unreadable=(400, "EGeneral:Invalid arguments"),
    invalid=(400, "EGeneral:Invalid arguments"),
    too_large=(413, "EGeneral:Request too large"),
    unsupported=(415, "EGeneral:Unsupported media type"),
    wrong_method=(405, "EGeneral:Unknown method"),
)

PROVIDER_APIS = (NAVIXY, MACHNET_MAPPING, DIADOC, KRAKEN)
