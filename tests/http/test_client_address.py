"""The address of a client: its socket's, or the one that a trusted proxy names."""

from typing import Any

import pytest

from profilegate.errors import SettingError
from profilegate.gateway.peers import network_of
from profilegate.gateway.settings import Settings
from profilegate.http.client_address import compile_client_address

PROXY = "127.0.0.1"
TRUSTED = "127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48"

Line = tuple[str, str]


def address(*lines: Line, socket: str = PROXY, trusted: str = TRUSTED) -> str:
    """The client's address of a request with these headers."""
    scope: dict[str, Any] = {
        "client": (socket, 4711),
        "headers": [(name.lower().encode(), value.encode()) for name, value in lines],
    }
    proxies = Settings(forwarded_allow_ips=trusted).trusted_proxies
    return compile_client_address(proxies)(scope)


XFF = "X-Forwarded-For"
CLIENT = "203.0.113.7"

NAMED: dict[str, tuple[list[Line], str]] = {
    "both headers: proxies append to this one": (
        [("Forwarded", "for=1.1.1.1"), (XFF, CLIENT)],
        CLIENT,
    ),
    "one address": ([(XFF, CLIENT)], CLIENT),
    "what stands to the left of it comes from the client": (
        [(XFF, f"192.0.2.1, {CLIENT}")],
        CLIENT,
    ),
    "trusted proxies in a row are passed over": ([(XFF, f"1.1.1.1, {CLIENT}, 10.1.2.3")], CLIENT),
    "several lines are one list": ([(XFF, "1.1.1.1"), (XFF, CLIENT), (XFF, "10.1.2.3")], CLIENT),
    "with a port": ([(XFF, f"{CLIENT}:50000")], CLIENT),
    "an IPv4 address in an IPv6 one": ([(XFF, f"::ffff:{CLIENT}")], CLIENT),
    "every hop is a proxy": ([(XFF, "10.1.1.1, 10.1.2.3")], "10.1.1.1"),
    "RFC 7239": ([("Forwarded", f"for={CLIENT};proto=https;by=10.0.0.1")], CLIENT),
    "RFC 7239, IPv6 with a port": ([("Forwarded", 'For="[2001:db8::7]:4711"')], "2001:db8::7"),
    "RFC 7239, two hops": ([("Forwarded", f"for=1.1.1.1, for={CLIENT}, for=10.0.0.9")], CLIENT),
    "a quoted host that looks like a hop": (
        [("Forwarded", f'host="a;for=1.1.1.1, for=1.1.1.1";for={CLIENT}')],
        CLIENT,
    ),
    "both headers agree": ([("Forwarded", f"for={CLIENT}"), (XFF, CLIENT)], CLIENT),
}

IGNORED: dict[str, list[Line]] = {
    "no header": [],
    "no address": [(XFF, "nobody")],
    "an empty hop": [(XFF, f"{CLIENT}, ")],
    "a zone, which may hold any text": [(XFF, "fe80::1%eth0 peer=1.1.1.1")],
    "RFC 7239, an unknown client": [("Forwarded", "for=unknown")],
    "RFC 7239, a hidden client": [("Forwarded", "for=_hidden")],
    "RFC 7239, no client": [("Forwarded", "proto=https")],
    "RFC 7239, a quote that does not end": [("Forwarded", f'for="1.1.1.1, for={CLIENT}')],
}


@pytest.mark.parametrize(("lines", "expected"), NAMED.values(), ids=NAMED)
def test_a_trusted_proxy_names_the_client(lines: list[Line], expected: str) -> None:
    """
    The rightmost address that is not a trusted proxy is the one that a trusted proxy has seen.
    """
    assert expected == address(*lines)


@pytest.mark.parametrize("lines", IGNORED.values(), ids=IGNORED)
def test_a_malformed_header_of_a_proxy_is_ignored(lines: list[Line]) -> None:
    """
    Then the request counts for the proxy itself, and no client chooses its address.
    """
    assert PROXY == address(*lines)


@pytest.mark.parametrize("name", ["Forwarded", XFF])
def test_nobody_else_names_a_client(name: str) -> None:
    """
    Anybody may send these headers: without the setting, and from other addresses, they say nothing.
    """
    line = (name, f"for={CLIENT}" if name == "Forwarded" else CLIENT)

    assert PROXY == address(line, trusted="")
    assert "192.0.2.9" == address(line, socket="192.0.2.9")
    assert "2001:db8:2::1" == address(line, socket="2001:db8:2::1")


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.1/8", "127.0.0.1 10.0.0.1"])
def test_a_trusted_proxy_is_an_address_or_a_network(text: str) -> None:
    """
    A name could lead elsewhere tomorrow; a network with bits beside its prefix is a typing error.
    """
    with pytest.raises(SettingError, match="PROFILEGATE_FORWARDED_ALLOW_IPS"):
        Settings(forwarded_allow_ips=text).trusted_proxies  # noqa: B018 (reading it checks it)


def test_an_ipv6_peer_is_counted_by_its_64() -> None:
    """
    RFC 6177: a site has a /64 at least, so a host changes its address as often as it likes.
    """
    assert "2001:db8::/64" == network_of("2001:db8::7") == network_of("2001:db8::ffff:1:2:3")
    assert CLIENT == network_of(CLIENT)
