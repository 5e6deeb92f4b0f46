"""Outgoing requests: what a client sends, and how a provider's clients authenticate it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlencode

from profilegate.openapi import Node, Operation, Spec

Credentials = Mapping[str, str]
"""The parts of a credential by their names: ``client_id``, ``private_key``."""


@dataclass(slots=True)
class OutgoingRequest:
    """
    A request before it is sent.

    ``path`` is percent-encoded; ``schemes`` are the security schemes of the requirement that is to
    be satisfied. ``signed_text`` is what a signature covers, for those who look for a mistake.
    """

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    schemes: frozenset[str] = frozenset()
    signed_text: bytes | None = None

    def __repr__(self) -> str:
        """Without what is sent."""
        return f"<OutgoingRequest {self.method} {self.path.partition('?')[0]}>"

    @property
    def target(self) -> str:
        """The request target, as it is sent: path and query."""
        query = urlencode(self.query, quote_via=quote)
        return f"{self.path}?{query}" if query else self.path


class SignRequest(Protocol):
    """Puts a provider's credentials into a request; the last step before it is sent."""

    def __call__(self, request: OutgoingRequest, credentials: Credentials) -> None:
        """
        Add what authenticates the request.

        Raises:
            SettingError: a credential is malformed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Signer:
    """
    How a provider's clients authenticate their requests.

    ``names`` are the parts that a credential may have, each with what it is; ``required`` are those
    without which a request that satisfies some security schemes cannot be sent.
    """

    names: Mapping[str, str]
    required: Mapping[str, Sequence[str]]
    """Security scheme -> names."""
    sign: SignRequest


def ready_made_signer(spec: Spec) -> Signer:
    """The signer for the common schemes: API keys, HTTP basic and bearer."""
    names: dict[str, str] = {}
    required: dict[str, Sequence[str]] = {}
    for scheme, node in spec.security_schemes.items():
        parts = _parts_of(scheme, node)
        names |= parts
        required[scheme] = tuple(parts)

    def sign(request: OutgoingRequest, credentials: Credentials) -> None:
        for scheme in sorted(request.schemes):
            _authenticate(request, spec.security_schemes[scheme], credentials, required[scheme])

    return Signer(names, required, sign)


def requirements_of(spec: Spec, operation: Operation) -> list[frozenset[str]]:
    """The security requirements of an operation, each as the schemes that it needs together."""
    everywhere: list[Node] = spec.document.get("security", [])
    return [frozenset(each) for each in operation.node.get("security", everywhere)]


def snake(name: str) -> str:
    """``ClientId`` -> ``client_id``, the name of a setting."""
    words = "".join(
        f"_{letter.lower()}" if letter.isupper() and place and not name[place - 1].isupper()
        else letter.lower()
        for place, letter in enumerate(name)
    )  # fmt: skip
    return "".join(letter if letter.isalnum() else "_" for letter in words).strip("_")


def _is_basic(node: Node) -> bool:
    return node["type"] == "http" and str(node.get("scheme")).lower() == "basic"


def _parts_of(scheme: str, node: Node) -> dict[str, str]:
    name = snake(scheme)
    if _is_basic(node):
        return {f"{name}_username": "the user's name", f"{name}_password": "the password"}
    where = node.get("name", "Authorization")
    return {name: f"the value of {where}" if node["type"] == "apiKey" else "the bearer token"}


def _authenticate(
    request: OutgoingRequest, node: Node, credentials: Credentials, names: Sequence[str]
) -> None:
    values = [credentials[name] for name in names]
    if _is_basic(node):
        encoded = base64.b64encode(":".join(values).encode()).decode()
        request.headers["Authorization"] = f"Basic {encoded}"
    elif node["type"] != "apiKey":
        request.headers["Authorization"] = f"Bearer {values[0]}"
    elif node["in"] == "header":
        request.headers[node["name"]] = values[0]
    elif node["in"] == "query":
        others = [pair for pair in request.query if pair[0] != node["name"]]
        request.query = [*others, (node["name"], values[0])]
    else:
        request.cookies.append((node["name"], values[0]))
