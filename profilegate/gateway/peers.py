"""Peers: the proxies that name a client's address, and the networks that limits count."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from profilegate.errors import SettingError

Network = IPv4Network | IPv6Network

UNIX_SOCKET: Network = ip_network("::/128")
"""What stands for the other end of a Unix socket, which has no address: one that no host has
(RFC 4291, 2.5.2)."""

UNIX_WORD = "unix"
"""How settings name it."""

IPV6_PREFIX_BITS = 64
"""RFC 6177: a site has a /64 at least, so one host has 2**64 addresses to choose from."""

NETWORKS_CACHED_MAX = 4096
"""An address has at most 45 characters, so the cache stays below a megabyte."""


def read_networks(setting: str, text: str) -> tuple[Network, ...]:
    """
    The addresses and networks of a list with commas.

    Raises:
        SettingError: a part is neither an address nor a network.
    """
    try:
        parts = filter(None, (part.strip() for part in text.split(",")))
        return tuple(UNIX_SOCKET if part == UNIX_WORD else ip_network(part) for part in parts)
    except ValueError as error:
        raise SettingError(
            setting,
            f"{error}; list addresses and networks, like 127.0.0.1, 10.0.0.0/8; "
            f"{UNIX_WORD} is the Unix socket",
        ) from None


@lru_cache(NETWORKS_CACHED_MAX)
def network_of(peer: str) -> str:
    """The text by which limits count a peer: an IPv4 address, the /64 of an IPv6 address."""
    if ":" not in peer:
        return peer
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    assert isinstance(address, IPv6Address)  # noqa: S101 (only these have a colon)
    return str(ip_network((int(address), IPV6_PREFIX_BITS), strict=False))
