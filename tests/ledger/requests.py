"""Requests to any operation of the four providers, authenticated as the demo data's callers."""

import itertools
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from profilegate.openapi import Operation, Spec
from profilegate.openapi.examples import example_of_parameter
from profilegate.openapi.parameters import Parameter
from tests.clients import (
    BUSINESS,
    INDIVIDUAL,
    JSON,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
    with_nonce,
)
from tests.http.providers import DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY, ProviderApi
from tests.running_gateway import Response, RunningGateway

APIS: Mapping[str, ProviderApi] = {
    api.name: api for api in (DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY)
}

USERS = {"user_id": INDIVIDUAL, "user": KRAKEN_USER}
"""Values of the parameters of paths."""

ABSENT: Any = object()
"""The value of what is not sent."""

partner = KrakenPartner(nonces=itertools.count(time.time_ns()))


def send(
    gateway: RunningGateway,
    spec: Spec,
    operation: Operation,
    *,
    parameters: Mapping[str, Any],
    body: Any = ABSENT,
    is_authenticated: bool = True,
    is_of_business: bool = False,
    method: str = "",
    more: Mapping[str, str] | None = None,
) -> Response:
    """
    Send a request; parameters that are required have an example where no value is given.

    ``more`` are headers that replace those of the caller.
    """
    users = {**USERS, "user_id": BUSINESS} if is_of_business else USERS
    target = operation.paths[0]
    headers: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        value = parameters.get(parameter.name, users.get(parameter.name, ABSENT))
        if parameter.name == "hash":
            continue  # The header has a valid one; so it is with the bodies of examples.
        if value is ABSENT and parameter.is_required and parameter.name not in parameters:
            value = example_of_parameter(spec, parameter)
        if value is not ABSENT:
            target = _put(parameter, value, target, query, headers)
    if query:
        target += f"?{urlencode(query)}"
    if isinstance(body, dict) and spec.name == "navixy":
        body = {key: value for key, value in body.items() if key != "hash"}
    raw = b"" if body is ABSENT else json.dumps(body).encode()
    if is_authenticated:
        raw, credentials = _credentials(spec.name, operation, target, raw)
        headers |= credentials
    if body is not ABSENT:
        headers |= JSON
    headers |= more or {}
    return gateway.send(method or operation.method, target, body=raw, headers=headers)


def _put(
    parameter: Parameter,
    value: Any,
    target: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    if parameter.location == "path":
        return re.sub(rf"{{{parameter.name}}}", lambda _: quote(text, safe=""), target)
    if parameter.location == "header":
        headers[parameter.name] = text
    elif isinstance(value, dict) and parameter.explode and parameter.media_type is None:
        named = {key: each for key, each in value.items() if key != "hash"}
        query += [(k, v if isinstance(v, str) else json.dumps(v)) for k, v in named.items()]
    else:
        query.append((parameter.name, text))
    return target


def _credentials(
    provider: str, operation: Operation, target: str, body: bytes
) -> tuple[bytes, dict[str, str]]:
    """The body as it is signed, and the headers that authenticate it."""
    if provider == "kraken":
        nonce = next(partner.nonces)
        body = with_nonce(body, nonce) if target.startswith("/0/") else body
        headers = partner.headers(target, body, nonce)
        if target.startswith("/0/"):
            del headers["API-Nonce"]
        return body, headers
    if provider == "machnet":
        return body, dict(MACHNET)
    if provider == "diadoc":
        if operation.id.startswith("authenticate"):
            return body, {"Authorization": "DiadocAuth ddauth_api_client_id=demo-api-client"}
        return body, diadoc_authorization() if operation.id != "confirm_login" else {}
    is_open = operation.id.startswith("log_in")
    return body, {} if is_open else {"Authorization": f"NVX {NAVIXY_HASH}"}
