"""Client addresses: the socket's, or the one that a trusted proxy names in a header."""

import re
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import Scope

from profilegate.gateway.peers import UNIX_SOCKET, Network

Address = IPv4Address | IPv6Address

UNKNOWN_PEER = "unknown"
"""The peer of a socket without an address (a Unix socket)."""

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PAIR = rf'{_WORD}=(?:{_WORD}|"(?:[^"\\]|\\.)*")'
_ELEMENT = rf"{_PAIR}(?:[ \t]*;[ \t]*{_PAIR})*"
_FORWARDED = re.compile(rf"[ \t]*{_ELEMENT}(?:[ \t]*,[ \t]*{_ELEMENT})*[ \t]*")
_ELEMENTS = re.compile(_ELEMENT)
_PAIRS = re.compile(rf'({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*")')

_NODE = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+)(?::\d+)?|([0-9a-fA-F:.]+)")
"""An address with or without a port. A zone (``%eth0``) has a meaning on one host only."""


class _MalformedError(Exception):
    """A header does not say which address the proxy saw."""


def is_trusted(peer: str, trusted: Sequence[Network]) -> bool:
    """Whether the address of a socket is that of a trusted proxy."""
    if peer in ("", UNKNOWN_PEER):
        return UNIX_SOCKET in trusted
    address = _address_or_none(peer)
    return address is not None and _is_in(address, trusted)


def compile_client_address(trusted: Sequence[Network]) -> Callable[[Scope], str]:
    """
    The function that finds the address of a request's client, as text.

    Behind a proxy of ``trusted`` it is the rightmost address of X-Forwarded-For or, without that,
    of ``Forwarded`` (RFC 7239), which no trusted proxy has: clients may send anything to the left
    of it. Most proxies append to X-Forwarded-For and pass ``Forwarded`` on as the client sent it,
    so the former counts. If the header is malformed, it is the proxy's own address.
    """
    if not trusted:
        return peer_of

    def client_address(scope: Scope) -> str:
        peer = peer_of(scope)
        if not is_trusted(peer, trusted):
            return peer
        try:
            nodes = _nodes(scope)
            return str(_client(nodes, trusted)) if nodes else peer
        except _MalformedError:
            return peer

    return client_address


def peer_of(scope: Scope) -> str:
    """The address at the other end of the socket."""
    client = scope.get("client")
    return str(client[0]) if client else UNKNOWN_PEER


def _client(nodes: Sequence[str], trusted: Sequence[Network]) -> Address:
    """The rightmost address that is not trusted, or the first one if all are trusted."""
    address: Address | None = None
    for node in reversed(nodes):
        match = _NODE.fullmatch(node)
        address = _address_or_none(match[match.lastindex or 0]) if match else None
        if address is None:
            raise _MalformedError
        if not _is_in(address, trusted):
            return address
    if address is None:
        raise _MalformedError
    return address


def _nodes(scope: Scope) -> list[str]:
    """The nodes that the headers name, in the order of the hops; none without the headers."""
    if x_forwarded_for := _joined(scope, b"x-forwarded-for"):
        return [node.strip(" \t") for node in x_forwarded_for.split(",")]
    if forwarded := _joined(scope, b"forwarded"):
        if not _FORWARDED.fullmatch(forwarded):
            raise _MalformedError
        return [_for(element[0]) for element in _ELEMENTS.finditer(forwarded)]
    return []


def _for(element: str) -> str:
    for name, value in _PAIRS.findall(element):
        if name.lower() == "for":
            return str(value).strip('"')
    raise _MalformedError


def _joined(scope: Scope, name: bytes) -> str:
    """The lines of a header, joined by commas (RFC 9110, 5.3)."""
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _address_or_none(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
