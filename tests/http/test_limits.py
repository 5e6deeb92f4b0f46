"""Limits: what a stranger can make the gateway read, keep and wait for."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from profilegate.http.connections import Connections
from profilegate.http.limits import (
    BODY_GRACE_SECONDS,
    FORM_FIELDS_MAX,
    HEAD_MAX_SECONDS,
    HEAD_SIZE_MAX_BYTES,
    HEADER_LINES_MAX,
    IDLE_MAX_SECONDS,
    LINGER_MAX_SECONDS,
    PIPELINED_REQUESTS_MAX,
    TARGET_SIZE_MAX_BYTES,
)
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.running_gateway import Response, RunningGateway
from tests.wire import Wire, chunked, head

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

HOST = ("Host", "gateway")
PAGE = head("GET", "/specs/kraken.json", [HOST])


def read_after(gateway: RunningGateway, *pieces: bytes) -> Response:
    """The response to pieces that are written one after another."""
    with Wire(gateway.port) as wire:
        wire.write(*pieces)
        return wire.read()


# --- One request -------------------------------------------------------------------------

TOO_LARGE_HEADS = {
    "one long header": (431, [("X-Long", "x" * HEAD_SIZE_MAX_BYTES)], ""),
    "many short headers": (431, [("X", "x")] * (HEADER_LINES_MAX + 1), ""),
    "a long query": (414, [], "?q=" + "x" * TARGET_SIZE_MAX_BYTES),
    "a query longer than a head": (414, [], "?q=" + "x" * HEAD_SIZE_MAX_BYTES),
}


@every_provider
@pytest.mark.parametrize(
    ("status", "headers", "query"), TOO_LARGE_HEADS.values(), ids=TOO_LARGE_HEADS
)
def test_a_head_has_a_limit(
    gateway: RunningGateway,
    api: ProviderApi,
    status: int,
    headers: list[tuple[str, str]],
    query: str,
) -> None:
    """
    RFC 6585, 5: 431 if "its header fields are too large", all together or one of them. RFC 9110,
    15.5.15: 414 for the target. The response is in the provider's envelope, and the connection
    ends.
    """
    path = api.target.partition("?")[0]
    with Wire(gateway.port) as wire:
        wire.write(head(api.method, path + query, [HOST, *headers]))
        response = wire.read()

        assert (status, "close") == (api.gist(response)[0], response.headers["connection"])
        assert wire.ends()


def test_a_head_within_the_limits_is_read(gateway: RunningGateway) -> None:
    """
    The limits are those of one request: the next one on the connection has its own.
    """
    size_bytes = HEAD_SIZE_MAX_BYTES - len(PAGE) - 100
    large = head("GET", "/specs/kraken.json", [HOST, ("X-Long", "x" * size_bytes)])
    many = head("GET", "/specs/kraken.json", [HOST, *[("X", "x")] * (HEADER_LINES_MAX - 1)])
    with Wire(gateway.port) as wire:
        for request in (large, many, large):
            wire.write(request)
            assert 200 == wire.read().status


def test_a_head_that_never_ends_is_answered_at_the_limit(gateway: RunningGateway) -> None:
    """
    The parser would keep a header of any length: the gateway reads no further than the limit.
    """
    start = b"GET /specs/kraken.json HTTP/1.1\r\nHost: gateway\r\nX-Long: "

    assert 431 == read_after(gateway, start, b"x" * HEAD_SIZE_MAX_BYTES).status


MALFORMED = {
    "no request": b"\x16\x03\x01\x02\x00\r\n\r\n",
    "an unknown method": b"BREW /users HTTP/1.1\r\nHost: gateway\r\n\r\n",
    "a header without a colon": b"GET /users/1 HTTP/1.1\r\nHost\r\n\r\n",
    "a target that is no URL": b"GET http://[::1/v2/user/auth?hash=1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target with a name alone": b"GET http://gw:/users/1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target without a path": b"CONNECT evil:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "two lengths": b"POST /users HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\n",
    "no Host": b"GET /users/1 HTTP/1.1\r\n\r\n",
    "a Host with a path": b"GET /users/1 HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "two Hosts": b"GET /users/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "HTTP/0.9": b"GET /users/1 HTTP/0.9\r\nHost: a\r\n\r\n",
    "HTTP/2.0": b"GET /users/1 HTTP/2.0\r\nHost: a\r\n\r\n",
    "a transfer coding": b"POST /users HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n"
    b"\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_http_1_1_is_a_400(
    gateway: RunningGateway, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    """
    RFC 9112, 3.2: a server must respond with 400 to a request that lacks a Host, has two or an
    invalid one; 2.3 and 6.1: nor does it take another version or a coding it does not know. The log
    gets nothing, so strangers cannot fill it, or see what others have sent.
    """
    assert 400 == read_after(gateway, request_bytes).status
    assert [] == caplog.messages


@every_provider
def test_a_malformed_chunk_is_a_400(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    RFC 9112, 7.1: a chunk begins with its size. The provider is known, and words the error.
    """
    lines = [HOST, *api.headers(b"").items(), ("Transfer-Encoding", "chunked")]

    response = read_after(gateway, head(api.method, api.target, lines), b"no size\r\n")

    assert 400 == api.gist(response)[0]


def test_what_follows_a_request_is_answered_too(gateway: RunningGateway) -> None:
    """
    RFC 9112, 9.3.2: responses come in the order of the requests; the last one was none.
    """
    with Wire(gateway.port) as wire:
        wire.write(PAGE + b"GARBAGE\r\n\r\n")

        received = wire.read_exactly(b"x" * 10_000_000)
    assert [b"200", b"400"] == re.findall(rb"HTTP/1.1 (\d+)", received)


@every_provider
def test_a_rejection_instead_of_100_continue_ends_the_connection(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    RFC 9110, 10.1.1: a server that rejects a request without reading its body says whether it will
    close; kept open, the connection would take the next request for the body.
    """
    lines = [HOST, ("Expect", "100-continue"), ("Content-Length", "10")]
    with Wire(gateway.port) as wire:
        wire.write(head("PUT", api.target, lines))
        response = wire.read()

        assert (405, "close") == (response.status, response.headers["connection"])


def test_a_trailer_is_no_header(gateway: RunningGateway) -> None:
    """
    RFC 9110, 6.5.1: a trailer field must not be merged into the headers, also if it arrives
    together with the body: a proxy that filters headers does not see it.
    """
    start = head("GET", "/profiles", [HOST, ("Transfer-Encoding", "chunked")])
    trailer = chunked(b"{}").replace(b"X-Trailer: 1", b"Authorization: Bearer demo-admin")

    assert 401 == read_after(gateway, start + trailer).status


@pytest.mark.parametrize("piece", [b"1;x=", b"0\r\nX: "], ids=["an extension", "a trailer"])
def test_what_surrounds_a_body_has_a_limit(gateway: RunningGateway, piece: bytes) -> None:
    """
    RFC 9112, 7.1.1: a server "ought to limit the total length of chunk extensions"; the parser
    would keep a trailer of any length.
    """
    start = head("POST", "/v2/user/auth", [HOST, ("Transfer-Encoding", "chunked")])
    many = [b"x" * 8000] * 3
    with Wire(gateway.port) as wire:
        wire.write(start + piece)
        for part in many:
            # Each part in a packet of its own.
            assert 200 == gateway.send("GET", "/specs/kraken.json").status
            wire.write(part)

        assert 400 == wire.read().status


def test_an_upgrade_is_ignored(gateway: RunningGateway) -> None:
    """
    RFC 9110, 7.8: "A server MAY ignore a received Upgrade header field". Nothing is logged for it.
    """
    upgrade = [HOST, ("Connection", "upgrade"), ("Upgrade", "websocket")]

    assert 200 == read_after(gateway, head("GET", "/specs/kraken.json", upgrade)).status


def test_a_connection_with_too_many_waiting_requests_ends(gateway: RunningGateway) -> None:
    """
    One packet has room for thousands of requests, each of which would wait in memory.
    """
    with Wire(gateway.port) as wire:
        wire.write(PAGE * (PIPELINED_REQUESTS_MAX + 2))

        assert wire.ends()


def test_a_form_has_few_fields(gateway: RunningGateway) -> None:
    """
    The largest form of a spec has twenty fields; each takes the time and memory of many bytes.
    """
    form = "&".join(f"f{number}=1" for number in range(FORM_FIELDS_MAX + 1)).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    response = gateway.send("POST", "/v2/user/auth", body=form, headers=headers)

    assert (400, 5) == (response.status, response.json()["status"]["code"])


REPEATED = {
    "a parameter": ("/GetMyUser?type=password&type=x", 200),
    "a parameter of the operation": ("/V3/Authenticate?type=password&type=password", 400),
    "a credential": (f"/v2/user/get_info?hash={'0' * 32}&hash={'1' * 32}", 400),
    "a field of the query": ("/v2/user/auth?login=a&login=b&password=c", 400),
}


@pytest.mark.parametrize(("target", "status"), REPEATED.values(), ids=REPEATED)
def test_a_query_parameter_appears_once(gateway: RunningGateway, target: str, status: int) -> None:
    """
    Parsers disagree about which of two values counts, so both are rejected, like a repeated key in
    JSON; a parameter that the operation does not have is ignored, as ever.
    """
    api = next(each for each in PROVIDER_APIS if each.name == "diadoc")
    method = "POST" if "Authenticate" in target else "GET"
    body = b'{"login": "a", "password": "b"}' if method == "POST" else None
    headers = {**api.headers(b""), "Content-Type": "application/json"}

    assert status == gateway.send(method, target, body=body, headers=headers).status


# --- One connection ----------------------------------------------------------------------


@contextmanager
def waiting(gateway: RunningGateway, *pieces: bytes) -> Iterator[Wire]:
    """A connection on which pieces have arrived."""
    with Wire(gateway.port) as wire:
        wire.write(*pieces)
        # The server reads its connections in turn: once this response is here, the pieces are too.
        assert 200 == gateway.send("GET", "/specs/kraken.json").status
        yield wire


SILENT = {
    "nothing": (b"", HEAD_MAX_SECONDS, b""),
    "half a head": (PAGE[:30], HEAD_MAX_SECONDS, b"HTTP/1.1 408"),
    "half a method": (b"GE", HEAD_MAX_SECONDS, b"HTTP/1.1 408"),
}


@pytest.mark.parametrize(("sent", "seconds", "expected"), SILENT.values(), ids=SILENT)
def test_a_silent_connection_ends(
    gateway: RunningGateway, sent: bytes, seconds: float, expected: bytes
) -> None:
    """
    A client has a limited time for the head of a request, or else silent connections fill the
    server; RFC 9110, 15.5.9: 408 if a request has begun.
    """
    with waiting(gateway, sent) as wire:
        gateway.end_overdue_connections(after_seconds=seconds - 5)
        assert wire.is_open()
        gateway.end_overdue_connections(after_seconds=seconds + 1)

        assert expected == wire.read_exactly(expected or b"x")
        gateway.end_overdue_connections(after_seconds=LINGER_MAX_SECONDS + 1)
        assert wire.ends()


def test_an_idle_connection_ends_later(gateway: RunningGateway) -> None:
    """
    After a response, a client may keep the connection for its next request.
    """
    with waiting(gateway, PAGE) as wire:
        assert 200 == wire.read().status
        gateway.end_overdue_connections(after_seconds=IDLE_MAX_SECONDS - 5)
        assert wire.is_open()
        gateway.end_overdue_connections(after_seconds=IDLE_MAX_SECONDS + 1)

        assert wire.ends()


@every_provider
def test_a_body_that_never_begins_is_rejected(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    A client announces a body and sends nothing of it: it is told so, and does not wait for ever.
    """
    headers = {"Host": "gateway", **api.headers(b""), "Content-Length": "10"}
    with waiting(gateway, head(api.method, api.target, headers.items())) as wire:
        gateway.end_overdue_connections(after_seconds=BODY_GRACE_SECONDS - 5)
        assert wire.is_open()
        gateway.end_overdue_connections(after_seconds=BODY_GRACE_SECONDS + 1)

        assert 408 == api.gist(wire.read())[0]


def test_a_slow_body_is_rejected(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A body that arrives more slowly than the minimum rate is a 408 in the provider's envelope.
    """
    monkeypatch.setattr("profilegate.http.bodies.BODY_GRACE_SECONDS", 0.01)
    assert BODY_GRACE_SECONDS > 1
    start = head("POST", "/v2/user/auth", [HOST, ("Content-Length", "1000")])

    response = read_after(gateway, start, b"{")

    assert (408, 5) == (response.status, response.json()["status"]["code"])
    assert "close" == response.headers["connection"]


def test_a_client_that_sends_on_after_an_error_is_cut_off(gateway: RunningGateway) -> None:
    """
    RFC 9112, 9.6: the server reads on for a moment, so that the client gets the response, and ends
    the connection then.
    """
    start = head("POST", "/v2/user/auth", [HOST, ("Content-Length", "1000000000")])
    with Wire(gateway.port) as wire:
        wire.write(start, b"x" * 100_000)
        assert 413 == wire.read().status
        gateway.end_overdue_connections(after_seconds=LINGER_MAX_SECONDS + 1)

        assert wire.ends()


# --- All connections ---------------------------------------------------------------------


class Line:
    """A connection of a peer, as the registry sees it."""

    def __init__(self, peer: str = "192.0.2.1") -> None:
        self.peer = peer
        self.is_open = True

    def end_if_overdue(self, now: float) -> None:
        """Never overdue."""

    def abort(self) -> None:
        """End the connection."""
        self.is_open = False


def test_a_silent_connection_makes_room_for_a_new_one() -> None:
    """
    Silent connections take the place of each other, the oldest first, and not of a client that has
    been served: it is the last to be closed, and one that is being served never is.
    """
    connections = Connections(connections_max=3, is_unlimited=lambda peer: True)
    served, idle, silent, new, newer, newest, last = (Line() for _ in range(7))
    for line in (served, idle, silent):
        assert connections.add(line)
    connections.serves(served)
    connections.serves(idle)
    connections.waits(idle)

    closed = []
    for line in (new, newer):
        assert connections.add(line)
        closed.append([each for each in (served, idle, silent, new) if not each.is_open])
        connections.serves(line)
    assert [[silent], [idle, silent]] == closed

    assert not connections.add(newest)
    connections.remove(newest)
    connections.remove(served)
    assert connections.add(last)


def test_one_peer_cannot_have_all_connections() -> None:
    """
    A peer that has its share closes its own oldest one; a trusted proxy may have all.
    """
    connections = Connections(connections_max=4, is_unlimited=lambda peer: peer == "192.0.2.9")
    other = Line("192.0.2.2")
    many = [Line() for _ in range(3)]
    proxied = [Line("192.0.2.9"), Line("192.0.2.9")]
    for line in (other, *many):
        assert connections.add(line)
    assert [True, False, True, True] == [line.is_open for line in (other, *many)]

    connections.serves(other)
    connections.waits(other)
    for line in proxied:
        assert connections.add(line)
    assert other.is_open


@pytest.mark.parametrize("said", [b"", PAGE[:20]], ids=["nothing", "a part of a head"])
def test_silent_connections_do_not_lock_others_out(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    """
    More connections than the gateway may have say nothing; the next client is served.
    """
    monkeypatch.setattr(gateway.connections, "_connections_max", 20)
    with ExitStack() as stack:
        for _ in range(50):
            stack.enter_context(Wire(gateway.port)).write(said)
        assert 200 == gateway.send("GET", "/specs/kraken.json").status


def test_a_connection_counts_until_it_ends(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Clients that come and go leave nothing in the registry.
    """
    monkeypatch.setattr(gateway.connections, "_connections_max", 2)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", gateway.port)):
            pass
        assert 200 == gateway.send("GET", "/specs/kraken.json").status
