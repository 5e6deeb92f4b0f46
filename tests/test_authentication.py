"""Authentication: every operation of a spec needs a valid credential, except the public ones."""

import re

import pytest

from tests.clients import INDIVIDUAL, JSON, KRAKEN_USER, diadoc_authorization
from tests.running_gateway import Response, RunningGateway
from tests.specs.all_specs import SPECS

PUBLIC = {"navixy.log_in", "navixy.log_in_by_query", "diadoc.confirm_login"}
"""Operations that need no credential, as the providers' pages say."""

VALUES = {"user_id": INDIVIDUAL, "user": KRAKEN_USER, "profile_id": INDIVIDUAL}
"""Values of path parameters; every other one gets "1"."""

CLIENT_ID = {"Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"}

DIADOC_LOGINS = {"diadoc.authenticate", "diadoc.authenticate_v2", "diadoc.authenticate_v1"}

# A provider, headers without a valid credential, and the operations that accept them.
CASES: dict[str, tuple[str, dict[str, str], set[str]]] = {
    "no header, Navixy": ("navixy", {}, PUBLIC),
    "no header, Machnet": ("machnet", {}, PUBLIC),
    "no header, Diadoc": ("diadoc", {}, PUBLIC),
    "no header, Kraken": ("kraken", {}, PUBLIC),
    "no header, admin API": ("profiles", {}, PUBLIC),
    "an unknown hash": ("navixy", {"Authorization": f"NVX {'0' * 32}"}, PUBLIC),
    "a malformed hash": ("navixy", {"Authorization": "NVX 22eac1c2"}, PUBLIC),
    "an unknown client": ("machnet", {"X-Client-Id": "x", "X-Client-Secret": "y"}, PUBLIC),
    "an unknown token": ("diadoc", diadoc_authorization("eA=="), PUBLIC | DIADOC_LOGINS),
    "a client id alone": ("diadoc", CLIENT_ID, PUBLIC | DIADOC_LOGINS),
    "an unknown access token": ("diadoc", {"Authorization": "Bearer unknown"}, PUBLIC),
    "an unknown key": ("kraken", {"API-Key": "x", "API-Nonce": "1", "API-Sign": "y"}, PUBLIC),
    "an unknown admin token": ("profiles", {"Authorization": "Bearer unknown"}, PUBLIC),
}


def is_unauthenticated(response: Response) -> bool:
    """Whether a response is a 401, or Navixy's code for a wrong or unknown hash."""
    if response.status == 400 and b'"success":false' in response.body:
        return response.json()["status"]["code"] in (3, 4)
    return response.status == 401


@pytest.mark.parametrize(("provider", "headers", "accepted"), CASES.values(), ids=CASES)
def test_every_operation_needs_a_valid_credential(
    gateway: RunningGateway, provider: str, headers: dict[str, str], accepted: set[str]
) -> None:
    """
    The caller is authenticated before parameters and body are validated, so these requests, which
    have none, get the response for a missing or wrong credential.
    """
    found = {}
    for path, item in SPECS[provider].document["paths"].items():
        target = re.sub(r"{(\w+)}", lambda name: VALUES.get(name[1], "1"), path)
        for method in {"get", "post", "put", "patch", "delete"} & item.keys():
            body = None if method == "get" else b"{}"
            response = gateway.send(method.upper(), target, body=body, headers={**JSON, **headers})
            found[f"{provider}.{item[method]['operationId']}"] = is_unauthenticated(response)

    assert len(found) >= 3
    assert {name: name not in accepted for name in found} == found
