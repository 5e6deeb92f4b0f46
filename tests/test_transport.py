"""Transport: the same request is the same to every provider, however HTTP/1.1 carries it."""

from collections.abc import Callable

import pytest

from tests.clients import INDIVIDUAL, JSON, KRAKEN_USER, NAVIXY_HASH
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.running_gateway import Response, RunningGateway
from tests.wire import CONTINUE, Wire, chunked, head

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

READS = {
    "navixy": f"/v2/user/get_info?hash={NAVIXY_HASH}",
    "machnet": f"/users/{INDIVIDUAL}",
    "diadoc": "/V2/GetMyUser",
    "kraken": f"/b2b/users/{KRAKEN_USER}",
}
"""The target at which each provider shows the user."""


def update_head(api: ProviderApi, body: bytes, *more: tuple[str, str]) -> bytes:
    """The head of an update that is authenticated for a body."""
    headers = {"Host": "gateway", **api.headers(body), **JSON}
    return head(api.method, api.target, [*headers.items(), *more])


def read_head(api: ProviderApi, *more: tuple[str, str], body: bytes = b"") -> bytes:
    """The head of a GET that reads the user."""
    target = READS[api.name]
    return head("GET", target, [("Host", "gateway"), *api.headers(body, target).items(), *more])


def length(body: bytes) -> tuple[str, str]:
    """The Content-Length of a body."""
    return "Content-Length", str(len(body))


def exchange(gateway: RunningGateway, *pieces: bytes) -> Response:
    """The response to what is written piece by piece."""
    with Wire(gateway.port) as wire:
        wire.write(*pieces)
        return wire.read()


def assert_updated(gateway: RunningGateway, api: ProviderApi, response: Response) -> None:
    """The update was accepted and is stored."""
    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


@every_provider
@pytest.mark.parametrize("size_bytes", [1, 7, 4096])
def test_a_body_may_come_in_chunks(
    gateway: RunningGateway, api: ProviderApi, size_bytes: int
) -> None:
    """
    RFC 9112, 7.1: a client that does not know the length of a body sends it in chunks. Kraken's
    signature covers the body, not the chunks.
    """
    body = api.good_body()
    start = update_head(api, body, ("Transfer-Encoding", "chunked"))

    assert_updated(gateway, api, exchange(gateway, start, chunked(body, size_bytes)))


@every_provider
def test_a_request_may_come_byte_by_byte(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    TCP keeps no boundaries.
    """
    body = api.good_body()
    whole = update_head(api, body, length(body)) + body

    assert_updated(gateway, api, exchange(gateway, *(bytes([byte]) for byte in whole)))


@every_provider
def test_a_client_may_wait_for_100_continue(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    RFC 9110, 10.1.1: curl waits before a large body, .NET's client before every body.
    """
    body = api.good_body()
    with Wire(gateway.port) as wire:
        wire.write(update_head(api, body, length(body), ("Expect", "100-continue")))
        interim = wire.read_exactly(CONTINUE)
        wire.write(body)
        response = wire.read()

    assert CONTINUE == interim
    assert_updated(gateway, api, response)


@every_provider
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title], ids=["abc", "ABC", "Abc"])
def test_header_names_are_case_insensitive(
    gateway: RunningGateway, api: ProviderApi, change: Callable[[str], str]
) -> None:
    """
    RFC 9110, 5.1; HTTP/2 proxies write them in small letters, Go as Api-Key.
    """
    body = api.good_body()
    headers = {"Host": "gateway", **api.headers(body), **JSON, "Content-Length": str(len(body))}
    named = [(change(name), value) for name, value in headers.items()]

    assert_updated(gateway, api, exchange(gateway, head(api.method, api.target, named), body))


@every_provider
def test_a_connection_survives_error_responses(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    A rejected request is read to its end, so that the next one begins where it does.
    """
    body, bad = api.good_body(), b"{"
    with Wire(gateway.port) as wire:
        wire.write(update_head(api, bad, length(bad)), bad)
        rejected = [wire.read().status]
        wire.write(head("PUT", api.target, [("Host", "gateway"), length(bad)]), bad)
        rejected.append(wire.read().status)
        wire.write(update_head(api, body, length(body)), body)
        response = wire.read()

    assert [400, 405] == rejected
    assert_updated(gateway, api, response)


@every_provider
def test_content_length_0_is_no_body(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    Many clients send it with a GET, where it changes nothing; an update needs a body.
    """
    read = exchange(gateway, read_head(api, length(b"")))
    update = exchange(gateway, update_head(api, b"", length(b"")))

    assert (200, 400) == (read.status, update.status)


@every_provider
def test_a_get_may_have_a_body(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    Kraken's own Go client sends {} with a GET, and signs it; some clients send it in a chunk.
    """
    start = read_head(api, ("Transfer-Encoding", "chunked"), body=b"{}")

    assert 200 == exchange(gateway, start, chunked(b"{}")).status


@every_provider
def test_a_connection_closes_after_a_whole_response(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    RFC 9112, 9.6: a server that is sent "close" closes the connection "after sending the final
    response".
    """
    with Wire(gateway.port) as wire:
        wire.write(read_head(api, ("Connection", "close")))
        response = wire.read()

        assert 200 == response.status
        assert str(len(response.body)) == response.headers["content-length"]
        assert b"" == wire.read_exactly(b"x")


@every_provider
def test_no_response_is_compressed(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    Accept-Encoding is an offer: the response comes as it is and does not claim to be compressed.
    """
    response = exchange(gateway, read_head(api, ("Accept-Encoding", "gzip, deflate, br, zstd")))

    assert 200 == response.status
    assert "content-encoding" not in response.headers
    assert str(len(response.body)) == response.headers["content-length"]


def test_a_client_that_leaves_early_leaves_nothing_in_the_log(
    gateway: RunningGateway, caplog: pytest.LogCaptureFixture
) -> None:
    """
    A client closes the connection while responses to it wait; no other client is affected.
    """
    page = b"GET /specs/machnet.json HTTP/1.1\r\nHost: gateway\r\n\r\n"
    for _ in range(20):
        with Wire(gateway.port) as wire:
            wire.reset_at_the_end()
            wire.write(page * 20)

    assert 200 == gateway.send("GET", "/specs/machnet.json").status
    assert [] == caplog.messages
