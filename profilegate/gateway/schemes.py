"""Ready-made authenticators and issuers for the security schemes that OpenAPI describes.

A provider whose spec has no scheme but these needs no security code. A credential's kind is the
name of its scheme in the spec.
"""

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from werkzeug.http import parse_cookie

from profilegate.errors import (
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
)
from profilegate.gateway.context import Caller, ProviderContext
from profilegate.gateway.provider import Authenticate
from profilegate.gateway.provisioning import (
    AccountPolicy,
    CredentialIssuer,
    IssuedCredential,
    RandomBytes,
)
from profilegate.gateway.request import Request
from profilegate.openapi import Node, Spec
from profilegate.openapi.own_fields import own_fields

SECRET_SIZE_BYTES: Final = 32

BEARER_TYPES: Final = frozenset({"oauth2", "openIdConnect"})
"""Schemes whose tokens come from another server; a caller sends them as RFC 6750 says."""

_EMPTY: Final[Mapping[str, Callable[[], Any]]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "array": list,
}
"""The empty value of each type that an account's own field can have."""

Take = Callable[[Request], str | None]
"""Takes the credential of a scheme out of a request; None if it is missing."""


def ready_made(spec: Spec) -> dict[str, Authenticate]:
    """
    An authenticator for each security scheme of a spec.

    Raises:
        SpecError: a scheme is none that OpenAPI 3.0 or RFC 7617 and 6750 describe.
    """
    return {name: _authenticator(spec, name, node) for name, node in spec.security_schemes.items()}


def challenge_of(spec: Spec) -> str | None:
    """The value of WWW-Authenticate for the first scheme that has one (RFC 9110, 11.6.1)."""
    realm = spec.name
    for node in spec.security_schemes.values():
        if _is_basic(node):
            return f'Basic realm="{realm}", charset="UTF-8"'
        if _is_bearer(node):
            return f'Bearer realm="{realm}"'
        return f'{node["name"]} realm="{realm}"' if node.get("in") == "header" else None
    return None


def default_policy(spec: Spec) -> AccountPolicy:
    """
    The rules for accounts of a provider that has none of its own.

    Accounts belong to tenants, which hold credentials of every scheme of the spec; their own fields
    are those that the spec names, empty at first.
    """
    own = {path: _EMPTY[kind]() for path, kind in own_fields(spec).items()}
    return AccountPolicy(
        external_id=re.compile(r"[^\x00]{1,200}"),
        has_tenant=True,
        default_fields=own,
        mutable_fields=own.keys(),
        issuers=issuers_of(spec),
    )


def issuers_of(spec: Spec) -> list[CredentialIssuer]:
    """An issuer for each security scheme: its credentials are held by tenants."""
    return [
        CredentialIssuer(name, "tenant", partial(_issue, name, node))
        for name, node in spec.security_schemes.items()
    ]


def _issue(name: str, node: Node, random_bytes: RandomBytes) -> IssuedCredential:
    text = random_bytes(SECRET_SIZE_BYTES).hex()
    if _is_basic(node):
        user, password = f"user-{text[:16]}", random_bytes(SECRET_SIZE_BYTES).hex()
        return IssuedCredential(user, {"username": user, "password": password}, password.encode())
    if _is_bearer(node):
        return IssuedCredential(text, {"Authorization": f"Bearer {text}"})
    return IssuedCredential(text, {node["name"]: text})


def _is_basic(node: Node) -> bool:
    return node["type"] == "http" and str(node.get("scheme")).lower() == "basic"


def _is_bearer(node: Node) -> bool:
    is_http = node["type"] == "http" and str(node.get("scheme")).lower() == "bearer"
    return is_http or node["type"] in BEARER_TYPES


def _authenticator(spec: Spec, name: str, node: Node) -> Authenticate:
    if _is_basic(node):
        return partial(_authenticate_basic, name)
    if _is_bearer(node):
        return partial(_authenticate, name, "Authorization", partial(_after_scheme, "bearer"))
    if node["type"] == "apiKey":
        take = _TAKERS[node["in"]](node["name"])
        return partial(_authenticate, name, node["name"], take)
    raise spec.error(
        ("components", "securitySchemes", name),
        "there is no ready-made authenticator for this scheme",
        f"write one in handlers/{spec.name}, and name it in SCHEMES",
    )


async def _authenticate(
    kind: str, shown: str, take: Take, request: Request, context: ProviderContext
) -> Caller:
    """
    The holder of a credential that is one text.

    Raises:
        CredentialError: it is missing, malformed or unknown.
    """
    text = take(request)
    if not text:
        raise CredentialMissingError(shown)
    await context.claim(request, kind, text)
    credential = await context.credential(kind, text)
    if credential is None:
        raise CredentialUnknownError(shown)
    return Caller(tenant=credential.tenant, external_id=credential.external_id)


async def _authenticate_basic(kind: str, request: Request, context: ProviderContext) -> Caller:
    """
    The holder of a user name and a password (RFC 7617).

    Raises:
        CredentialError: they are missing, malformed or wrong.
    """
    encoded = _after_scheme("basic", request)
    if not encoded:
        raise CredentialMissingError("Authorization")
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise CredentialMalformedError("Authorization") from None
    if not colon:
        raise CredentialMalformedError("Authorization")
    await context.claim(request, kind, user)
    credential = await context.credential(kind, user)
    secret = b"" if credential is None else credential.secret or b""
    if not hmac.compare_digest(secret, password.encode()) or credential is None:
        raise CredentialUnknownError("Authorization")
    return Caller(tenant=credential.tenant, external_id=credential.external_id)


# --- Where a credential is ---------------------------------------------------------------


def _after_scheme(scheme: str, request: Request) -> str | None:
    """What follows the scheme's name in Authorization; another scheme is none of this one."""
    header = request.header(b"authorization")
    if header is None:
        return None
    name, _, rest = header.partition(" ")
    return rest.strip(" ") if name.lower() == scheme else None


def _in_header(name: str) -> Take:
    key = name.lower().encode()
    return lambda request: request.header(key)


def _in_query(name: str) -> Take:
    return lambda request: request.query_value(name)


def _in_cookie(name: str) -> Take:
    def take(request: Request) -> str | None:
        header = request.header(b"cookie")
        return None if header is None else parse_cookie(header).get(name)

    return take


_TAKERS: Final[Mapping[str, Callable[[str], Take]]] = {
    "header": _in_header,
    "query": _in_query,
    "cookie": _in_cookie,
}
