"""Body size: the limit, announced or not, and bodies that never end."""

import socket
from collections.abc import Mapping

import pytest

from tests.clients import JSON
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.running_gateway import RESPONSE_TIMEOUT_SECONDS, RunningGateway

MIB = 1024 * 1024
SIZE_MAX_BYTES = 16 * MIB

CHUNKED = {**JSON, "Transfer-Encoding": "chunked"}

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)


def padded(api: ProviderApi, size_bytes: int) -> bytes:
    """The good body followed by spaces, which JSON allows."""
    return api.good_body().ljust(size_bytes)


def chunked(body: bytes, chunk_bytes: int = MIB) -> bytes:
    """A body as it lies on the wire in chunks (RFC 9112, 7.1)."""
    pieces = [body[at : at + chunk_bytes] for at in range(0, len(body), chunk_bytes)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def send_chunked(gateway: RunningGateway, api: ProviderApi, body: bytes) -> "tuple[int, str]":
    """Send a body in chunks, signed as the body that it is; the error response's gist."""
    headers = {**api.headers(body), **CHUNKED}
    response = gateway.send(api.method, api.target, body=chunked(body), headers=headers)
    return (200, "") if response.status == 200 else api.gist(response)


def raw_request(api: ProviderApi, headers: Mapping[str, str]) -> bytes:
    """A request without its body."""
    lines = [f"{api.method} {api.target} HTTP/1.1", "Host: gateway.example"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def changes_made(gateway: RunningGateway) -> int:
    """How often the profiles have been written."""
    ((versions,),) = gateway.rows("SELECT sum(version) FROM profiles")
    return int(versions)


@every_provider
def test_a_body_of_17_mib_is_rejected(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    The gateway reads 16 MiB; what says that it is longer is rejected, in the provider's envelope.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, padded(api, 17 * MIB))

    assert api.too_large == api.gist(response)
    assert before == gateway.fields(api.name, api.user)
    assert 200 == api.send(gateway, api.good_body()).status


@every_provider
def test_a_body_of_17_mib_in_chunks_is_rejected(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    A body that does not say how long it is is rejected as soon as it is too long.
    """
    before = gateway.fields(api.name, api.user)

    gist = send_chunked(gateway, api, padded(api, 17 * MIB))

    assert api.too_large == gist
    assert before == gateway.fields(api.name, api.user)
    assert 200 == api.send(gateway, api.good_body()).status


@every_provider
def test_a_body_of_16_mib_is_read(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    16 MiB is the last size that is read, and one byte more the first that is not.
    """
    largest = api.send(gateway, padded(api, SIZE_MAX_BYTES))
    larger = api.send(gateway, padded(api, SIZE_MAX_BYTES + 1))

    assert 200 == largest.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()
    assert api.too_large == api.gist(larger)


@every_provider
def test_a_body_of_16_mib_in_chunks_is_read(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    Chunks do not change how much is read.
    """
    largest = send_chunked(gateway, api, padded(api, SIZE_MAX_BYTES))
    larger = send_chunked(gateway, api, padded(api, SIZE_MAX_BYTES + 1))

    assert (200, "") == largest
    assert api.too_large == larger


@every_provider
def test_a_body_that_is_too_large_is_rejected_before_it_is_sent(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    RFC 9110, 10.1.1: a client that expects "100 Continue" is spared the upload.
    """
    headers = {**JSON, "Content-Length": str(17 * MIB), "Expect": "100-continue"}
    with socket.create_connection(("127.0.0.1", gateway.port), RESPONSE_TIMEOUT_SECONDS) as wire:
        wire.sendall(raw_request(api, headers))
        status = wire.makefile("rb").readline()

    assert status.startswith(b"HTTP/1.1 413 ")


@every_provider
@pytest.mark.parametrize("length", [1_000, None], ids=["announced", "in chunks"])
def test_a_client_that_goes_away_changes_nothing(
    gateway: RunningGateway, api: ProviderApi, length: int | None
) -> None:
    """
    A body that ends before its end is no request, even if what came is JSON.
    """
    body = api.good_body()
    framing = CHUNKED if length is None else {**JSON, "Content-Length": str(length)}
    sent = chunked(body)[: -len("0\r\n\r\n")] if length is None else body
    before = changes_made(gateway)

    with socket.create_connection(("127.0.0.1", gateway.port), RESPONSE_TIMEOUT_SECONDS) as wire:
        wire.sendall(raw_request(api, {**api.headers(body), **framing}) + sent)
        wire.shutdown(socket.SHUT_WR)
        rest = wire.makefile("rb").read()
    # Updates happen one after another, so the first one has ended by now.
    next_response = api.send(gateway, body.replace(b"Zoe", b"Mia"))

    assert b"" == rest
    assert 200 == next_response.status
    assert before + 1 == changes_made(gateway)
