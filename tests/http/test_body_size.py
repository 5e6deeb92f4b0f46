"""Body size: the limit of each operation, with and without a Content-Length; incomplete bodies."""

import socket
from collections.abc import Mapping

import pytest

from profilegate.http.limits import BODY_SIZE_MAX_BYTES, LINGER_MAX_SECONDS
from tests.clients import JSON
from tests.http.providers import PROVIDER_APIS, ProviderApi
from tests.running_gateway import RESPONSE_TIMEOUT_SECONDS, Response, RunningGateway
from tests.wire import Wire, chunked, head

MIB = 1024 * 1024

CHUNKED = {**JSON, "Transfer-Encoding": "chunked"}

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)


def size_max_bytes(gateway: RunningGateway, api: ProviderApi) -> int:
    """The size of the largest body of the provider's update."""
    (update,) = [each for each in gateway.providers[api.name].spec.operations() if each.is_update]
    return update.body_size_max_bytes or BODY_SIZE_MAX_BYTES


def update_head(api: ProviderApi, headers: Mapping[str, str]) -> bytes:
    """The head of an update with these headers."""
    return head(api.method, api.target, {"Host": "gateway", **headers}.items())


@every_provider
@pytest.mark.parametrize("in_chunks", [False, True], ids=["announced", "in chunks"])
def test_a_body_has_at_most_the_size_of_its_operation(
    gateway: RunningGateway, api: ProviderApi, in_chunks: bool
) -> None:
    """
    A body of the largest size is read. One byte more is rejected in the provider's envelope,
    nothing is stored, and the next request succeeds. Chunks make no difference.
    """

    def send(size_bytes: int) -> Response:
        body = api.good_body().ljust(size_bytes)  # JSON allows spaces at its end.
        sent = chunked(body, MIB) if in_chunks else body
        framing = CHUNKED if in_chunks else JSON
        headers = {**api.headers(body), **framing}
        return gateway.send(api.method, api.target, body=sent, headers=headers)

    limit = size_max_bytes(gateway, api)
    before = gateway.fields(api.name, api.user)
    larger = send(limit + 1)
    after = gateway.fields(api.name, api.user)
    largest = send(limit)

    assert api.too_large == api.gist(larger)
    assert before == after
    assert 200 == largest.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


def test_only_documents_and_imports_may_be_large(gateway: RunningGateway) -> None:
    """
    Machnet's bodies hold copies of documents, and the admin API imports and dry-runs them; the
    largest other body has a few kilobytes.
    """
    large = {
        f"{name}.{operation.id}"
        for name, provider in gateway.providers.items()
        for operation in provider.spec.operations()
        if (operation.body_size_max_bytes or 0) > BODY_SIZE_MAX_BYTES
    }

    assert {
        "machnet.create_user",
        "machnet.update_user",
        "profiles.dry_run",
        "profiles.import_profiles",
    } == large


def changes_made(gateway: RunningGateway) -> int:
    """The sum of the versions of all profiles."""
    ((versions,),) = gateway.rows("SELECT sum(version) FROM profiles")
    return int(versions)


@every_provider
def test_a_body_that_is_too_large_is_rejected_before_it_is_sent(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    RFC 9110, 10.1.1: a client that waits for "100 Continue" does not upload the body; 15.5.14: the
    server may close the connection "to prevent the client from continuing the request".
    """
    headers = {
        **api.headers(b""),
        **JSON,
        "Content-Length": str(17 * MIB),
        "Expect": "100-continue",
    }
    with Wire(gateway.port) as wire:
        wire.write(update_head(api, headers))
        response = wire.read()

        assert api.too_large == api.gist(response)
        assert "close" == response.headers["connection"]
        wire.write(b"x" * 1000)
        gateway.end_overdue_connections(after_seconds=LINGER_MAX_SECONDS + 1)
        assert wire.ends()


def test_the_body_of_an_unknown_caller_is_not_read(gateway: RunningGateway) -> None:
    """
    Machnet authenticates by headers, so a stranger cannot make the gateway hold 16 MiB: the 401
    precedes "100 Continue".
    """
    lines = {"Host": "gateway", **JSON, "Content-Length": str(MIB), "Expect": "100-continue"}
    with Wire(gateway.port) as wire:
        wire.write(head("POST", "/users", lines.items()))

        assert 401 == wire.read().status


@every_provider
@pytest.mark.parametrize("length", [1_000, None], ids=["announced", "in chunks"])
def test_an_incomplete_body_changes_nothing(
    gateway: RunningGateway, api: ProviderApi, length: int | None
) -> None:
    """
    A client closes the connection within the body, even where the received part is valid JSON.
    """
    body = api.good_body()
    framing = CHUNKED if length is None else {**JSON, "Content-Length": str(length)}
    sent = chunked(body).rpartition(b"0\r\n")[0] if length is None else body
    before = changes_made(gateway)

    with socket.create_connection(("127.0.0.1", gateway.port), RESPONSE_TIMEOUT_SECONDS) as wire:
        wire.sendall(update_head(api, {**api.headers(body), **framing}) + sent)
        wire.shutdown(socket.SHUT_WR)
        with wire.makefile("rb") as stream:
            rest = stream.read()
    # Updates run one at a time, so the first one has ended.
    next_response = api.send(gateway, body.replace(b"Zoe", b"Mia"))

    assert b"" == rest
    assert 200 == next_response.status
    assert before + 1 == changes_made(gateway)


def test_all_large_bodies_together_have_a_limit(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A partner with many connections cannot fill the memory: the body that is too much is rejected
    with 503 and Retry-After, and the next one is read again.
    """
    monkeypatch.setattr("profilegate.http.bodies.LARGE_BODIES_MAX_BYTES", 2 * MIB)
    machnet = next(api for api in PROVIDER_APIS if api.name == "machnet")
    body = machnet.good_body().ljust(3 * MIB)
    headers = {**machnet.headers(body), **JSON}

    rejected = gateway.send(machnet.method, machnet.target, body=body, headers=headers)
    small = machnet.good_body().ljust(MIB)
    accepted = gateway.send(machnet.method, machnet.target, body=small, headers=headers)

    assert (503, "1") == (rejected.status, rejected.headers["retry-after"])
    assert 200 == accepted.status
