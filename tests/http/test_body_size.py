"""How large a body may be, told before it is read; and bodies that never end."""

import socket
from collections.abc import Mapping

import pytest

from tests.clients import JSON
from tests.http.providers import DOORS, Door
from tests.running_gateway import ANSWER_TIMEOUT_SECONDS, RunningGate

MIB = 1024 * 1024
SIZE_MAX_BYTES = 16 * MIB

CHUNKED = {**JSON, "Transfer-Encoding": "chunked"}

every_door = pytest.mark.parametrize("door", DOORS, ids=str)


def padded(door: Door, size_bytes: int) -> bytes:
    """The good body with blanks behind it, which JSON does not mind."""
    return door.good_body().ljust(size_bytes)


def chunked(body: bytes, chunk_bytes: int = MIB) -> bytes:
    """A body as it lies on the wire in chunks (RFC 9112, 7.1)."""
    pieces = [body[at : at + chunk_bytes] for at in range(0, len(body), chunk_bytes)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def send_chunked(gate: RunningGate, door: Door, body: bytes) -> "tuple[int, str]":
    """Send a body in chunks, signed as the body that it is; the refusal's gist."""
    headers = {**door.headers(body), **CHUNKED}
    answer = gate.send(door.method, door.target, body=chunked(body), headers=headers)
    return (200, "") if answer.status == 200 else door.gist(answer)


def raw_request(door: Door, headers: Mapping[str, str]) -> bytes:
    """A request without its body."""
    lines = [f"{door.method} {door.target} HTTP/1.1", "Host: gate.example"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def changes_made(gate: RunningGate) -> int:
    """How often the profiles have been written."""
    ((versions,),) = gate.rows("SELECT sum(version) FROM profiles")
    return int(versions)


@every_door
def test_a_body_of_17_mib_is_refused(gate: RunningGate, door: Door) -> None:
    """
    The gate reads 16 MiB; what says that it is longer is refused, in the provider's envelope.
    """
    before = gate.fields(door.name, door.user)

    answer = door.send(gate, padded(door, 17 * MIB))

    assert door.too_large == door.gist(answer)
    assert before == gate.fields(door.name, door.user)
    assert 200 == door.send(gate, door.good_body()).status


@every_door
def test_a_body_of_17_mib_in_chunks_is_refused(gate: RunningGate, door: Door) -> None:
    """
    A body that does not say how long it is is refused as soon as it is too long.
    """
    before = gate.fields(door.name, door.user)

    gist = send_chunked(gate, door, padded(door, 17 * MIB))

    assert door.too_large == gist
    assert before == gate.fields(door.name, door.user)
    assert 200 == door.send(gate, door.good_body()).status


@every_door
def test_a_body_of_16_mib_is_read(gate: RunningGate, door: Door) -> None:
    """
    16 MiB is the last size that is read, and one byte more the first that is not.
    """
    largest = door.send(gate, padded(door, SIZE_MAX_BYTES))
    larger = door.send(gate, padded(door, SIZE_MAX_BYTES + 1))

    assert 200 == largest.status
    assert door.changed.items() <= gate.fields(door.name, door.user).items()
    assert door.too_large == door.gist(larger)


@every_door
def test_a_body_of_16_mib_in_chunks_is_read(gate: RunningGate, door: Door) -> None:
    """
    Chunks do not change how much is read.
    """
    largest = send_chunked(gate, door, padded(door, SIZE_MAX_BYTES))
    larger = send_chunked(gate, door, padded(door, SIZE_MAX_BYTES + 1))

    assert (200, "") == largest
    assert door.too_large == larger


@every_door
def test_a_body_in_chunks_of_one_byte_is_read(gate: RunningGate, door: Door) -> None:
    """
    Where a body is cut into chunks means nothing.
    """
    body = door.good_body()
    headers = {**door.headers(body), **CHUNKED}

    answer = gate.send(door.method, door.target, body=chunked(body, 1), headers=headers)

    assert 200 == answer.status
    assert door.changed.items() <= gate.fields(door.name, door.user).items()


@every_door
def test_a_body_that_is_too_large_is_refused_before_it_is_sent(
    gate: RunningGate, door: Door
) -> None:
    """
    RFC 9110, 10.1.1: a client that expects "100 Continue" is spared the upload.
    """
    headers = {**JSON, "Content-Length": str(17 * MIB), "Expect": "100-continue"}
    with socket.create_connection(("127.0.0.1", gate.port), ANSWER_TIMEOUT_SECONDS) as wire:
        wire.sendall(raw_request(door, headers))
        status = wire.makefile("rb").readline()

    assert status.startswith(b"HTTP/1.1 413 ")


@every_door
@pytest.mark.parametrize("length", [1_000, None], ids=["announced", "in chunks"])
def test_a_client_that_goes_away_changes_nothing(
    gate: RunningGate, door: Door, length: int | None
) -> None:
    """
    A body that ends before its end is no request, even if what came is JSON.
    """
    body = door.good_body()
    framing = CHUNKED if length is None else {**JSON, "Content-Length": str(length)}
    sent = chunked(body)[: -len("0\r\n\r\n")] if length is None else body
    before = changes_made(gate)

    with socket.create_connection(("127.0.0.1", gate.port), ANSWER_TIMEOUT_SECONDS) as wire:
        wire.sendall(raw_request(door, {**door.headers(body), **framing}) + sent)
        wire.shutdown(socket.SHUT_WR)
        rest = wire.makefile("rb").read()
    # Updates happen one after another, so whatever had become of the first is done by now.
    next_answer = door.send(gate, body.replace(b"Zoe", b"Mia"))

    assert b"" == rest
    assert 200 == next_answer.status
    assert before + 1 == changes_made(gate)
