"""Outgoing requests: what a client sends, and how the clients of a provider authenticate it."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import UNSET

from profilegate.errors import CredentialsNotGivenError
from profilegate.openapi import Node, Operation, Spec

Credentials = Mapping[str, str]
"""The parts of a credential by their names: ``client_id``, ``private_key``."""


@dataclass(slots=True, repr=False)
class OutgoingRequest:
    """
    A request before it is sent.

    ``origin`` is the scheme and the host, ``path`` is percent-encoded. ``value`` is the body as the
    spec describes it (UNSET: there is none), ``body`` the same in bytes. ``schemes`` are the
    security schemes that it satisfies. ``signed`` says what a signature covers, by names, for those
    who look for a mistake. ``secret`` names the headers and query parameters that authenticate.
    """

    operation: Operation
    origin: str
    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[tuple[str, str]] = field(default_factory=list)
    value: Any = UNSET
    body: bytes | None = None
    schemes: frozenset[str] = frozenset()
    signed: Mapping[str, str] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """Without what is sent."""
        return f"<OutgoingRequest {self.method}>"

    @property
    def target(self) -> str:
        """The request target as it is sent: the path and the query."""
        query = urlencode(self.query, quote_via=quote)
        return f"{self.path}?{query}" if query else self.path

    @property
    def url(self) -> str:
        """The URL as it is sent."""
        return self.origin + self.target


Change = Callable[[OutgoingRequest, Credentials], None]
"""Changes a request. It raises a SettingError for a malformed credential."""


def _nothing(_: OutgoingRequest, __: Credentials) -> None:
    """Most signers change no body."""


@dataclass(frozen=True, slots=True)
class Signer:
    """
    How the clients of a provider authenticate their requests.

    ``names`` are the parts that a credential may have: each with what it is. ``required`` are those
    that a request needs to satisfy a security scheme; a scheme that is not in it is never used.
    ``sign`` is the last step before a request is sent. ``complete`` is the first one, before the
    request is checked: it adds to ``value`` what a body has for security's sake.
    """

    names: Mapping[str, str]
    required: Mapping[str, Sequence[str]]
    sign: Change
    complete: Change = _nothing

    def choose(
        self, requirements: Sequence[frozenset[str]], credentials: Credentials
    ) -> frozenset[str]:
        """
        The schemes of the first requirement that the credentials satisfy.

        A requirement without schemes comes last: a credential that is there is sent.

        Raises:
            CredentialsNotGivenError: the credentials satisfy none.
        """
        for schemes in requirements:
            needed = self._needed(schemes)
            if schemes and needed is not None and all(credentials.get(each) for each in needed):
                return schemes
        if not requirements or frozenset() in requirements:
            return frozenset()
        options = [names for each in requirements if (names := self._needed(each))]
        raise CredentialsNotGivenError(options)

    def _needed(self, schemes: frozenset[str]) -> list[str] | None:
        """The names that some schemes need; None if one of them is never used."""
        if not schemes <= self.required.keys():
            return None
        found = (name for scheme in sorted(schemes) for name in self.required[scheme])
        return list(dict.fromkeys(found))


def ready_made_signer(spec: Spec) -> Signer:
    """The signer for the schemes that OpenAPI describes: API keys, HTTP basic, and bearers."""
    names: dict[str, str] = {}
    required: dict[str, Sequence[str]] = {}
    for scheme, node in spec.security_schemes.items():
        parts = _parts_of(scheme, node)
        if parts:
            names |= parts
            required[scheme] = tuple(parts)

    def sign(request: OutgoingRequest, credentials: Credentials) -> None:
        for scheme in sorted(request.schemes):
            values = [credentials[name] for name in required[scheme]]
            _authenticate(request, spec.security_schemes[scheme], values)

    return Signer(names, required, sign)


def snake(name: str) -> str:
    """``ClientId`` -> ``client_id``, as the parts of a credential are called."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+", "_", words, flags=re.ASCII).strip("_").lower()


def _parts_of(scheme: str, node: Node) -> dict[str, str]:
    """The parts of a credential of a scheme; none if there is no signer for it."""
    name, kind = snake(scheme), _kind(node)
    if kind == "basic":
        return {f"{name}_username": "the user's name", f"{name}_password": "the password"}
    if kind == "apikey":
        return {name: f"the value of {node['name']}"}
    return {name: "the token"} if kind == "bearer" else {}


def _kind(node: Node) -> str:
    if node["type"] == "http":
        return str(node.get("scheme")).lower()
    # RFC 6750: the tokens of another server are bearers, too.
    return "bearer" if node["type"] in ("oauth2", "openIdConnect") else "apikey"


def _authenticate(request: OutgoingRequest, node: Node, values: Sequence[str]) -> None:
    kind = _kind(node)
    if kind == "basic":
        encoded = base64.b64encode(":".join(values).encode()).decode()
        request.headers["Authorization"] = f"Basic {encoded}"
    elif kind == "bearer":
        request.headers["Authorization"] = f"Bearer {values[0]}"
    elif node["in"] == "header":
        request.headers[node["name"]] = values[0]
    elif node["in"] == "query":
        others = [pair for pair in request.query if pair[0] != node["name"]]
        request.query = [*others, (node["name"], values[0])]
    else:
        request.cookies.append((node["name"], values[0]))
