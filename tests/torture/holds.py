"""Holds: how long the largest bodies of each operation keep all other callers waiting."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.largest_bodies import encoded, largest_body
from profilegate.http.limits import BODY_SIZE_MAX_BYTES
from profilegate.media.json_limits import TOKENS_MAX
from profilegate.openapi import Operation, Spec, read_spec
from profilegate.openapi.resources import spec_files, specs_folder
from tests.gateway_process import GatewayProcess
from tests.torture.attacked import attacked_gateway
from tests.torture.hostile_requests import valid_drafts
from tests.torture.results import Result

HOLD_MAX_MILLISECONDS = 50.0
LARGE_HOLD_MAX_MILLISECONDS = 150.0
"""For the operations with bodies of 16 MiB."""

ROUNDS = 3
"""The fastest counts: another process only makes a round slower."""

PROBE_EVERY_SECONDS = 0.001


def hostile_bodies(limit: int) -> Mapping[str, bytes]:
    """Bodies of the largest size that are expensive to read or to reject."""
    member = b'"k%d":1,'
    members = b"".join(member % number for number in range(TOKENS_MAX // 2 - 5))
    bodies = {
        "quotation marks": b'["' + b'\\"' * ((limit - 4) // 2) + b'"]',
        "escaped letters": b'{"first_name":"' + b"\\u0041" * ((limit - 20) // 6) + b'"}',
        "lists": b"[" + b"[]," * min(TOKENS_MAX // 2 - 5, limit // 3 - 3) + b"[]]",
        "too many lists": b"[" + b"[]," * (limit // 3 - 3) + b"[]]",
        "members": b"{" + members + b'"z":"\\n"}',
        "percent signs": b"a=" + b"%41" * (limit // 3 - 3),
        "no UTF-8": b'"' + b"\xff" * (limit - 2) + b'"',
    }
    return {name: body for name, body in bodies.items() if len(body) <= limit}


def bodies_of(spec: Spec, operation: Operation) -> Iterator[tuple[str, bytes]]:
    """A media type and a body of an operation: the largest legal ones, and expensive ones."""
    limit = operation.body_size_max_bytes or BODY_SIZE_MAX_BYTES
    content = spec.resolve(operation.node["requestBody"])["content"]
    for media_type in content:
        if "protobuf" not in media_type:
            yield media_type, encoded(largest_body(spec, operation), media_type)
        for body in hostile_bodies(limit).values():
            yield media_type, body


def hold_milliseconds(process: GatewayProcess, request: bytes) -> float:
    """The longest time that another client waits for its response while a request is served."""
    longest = 0.0
    is_over = threading.Event()
    started = threading.Event()

    def probe() -> None:
        nonlocal longest
        connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)
        while not is_over.is_set():
            began = time.perf_counter()
            connection.request("GET", "/no-page")
            connection.getresponse().read()
            longest = max(longest, time.perf_counter() - began)
            started.set()
            time.sleep(PROBE_EVERY_SECONDS)
        connection.close()

    prober = threading.Thread(target=probe)
    prober.start()
    started.wait(10)
    longest = 0.0
    with socket.create_connection(("127.0.0.1", process.port), timeout=60) as connection:
        connection.sendall(request)
        connection.recv(65536)
    time.sleep(2 * PROBE_EVERY_SECONDS)
    is_over.set()
    prober.join()
    return longest * 1000


def run(folder: Path, backend: str) -> Result:
    """The longest hold of each kind of operation."""
    result = Result(
        "The largest bodies",
        "The largest legal body of every operation, and bodies of the same size that are expensive "
        "to read or to reject, each beside a client that asks every millisecond. The time is that "
        "of the whole response to the other client.",
        not_shown="many such requests at the same time: each holds the others up in turn.",
    )
    worst: dict[bool, tuple[float, str]] = {False: (0.0, ""), True: (0.0, "")}
    with attacked_gateway(folder, backend, "--no-lockouts") as process:
        for spec in map(read_spec, spec_files(specs_folder())):
            for operation in spec.operations():
                if operation.body is None:
                    continue
                is_large = (operation.body_size_max_bytes or 0) > BODY_SIZE_MAX_BYTES
                for media_type, body in bodies_of(spec, operation):
                    found = (_fastest(process, spec, operation, media_type, body), operation.id)
                    worst[is_large] = max(worst[is_large], found)
    for is_large, bound in ((False, HOLD_MAX_MILLISECONDS), (True, LARGE_HOLD_MAX_MILLISECONDS)):
        milliseconds, name = worst[is_large]
        kind = "bodies of 16 MiB" if is_large else "all other bodies"
        result.add(
            f"longest wait of another client, {kind}",
            f"≤ {bound:.0f} ms",
            f"{milliseconds:.0f} ms ({name})",
            is_good=milliseconds <= bound,
        )
    return result


def _fastest(
    process: GatewayProcess, spec: Spec, operation: Operation, media_type: str, body: bytes
) -> float:
    draft = next(valid_drafts(spec, operation))
    draft.body = body
    draft.headers = [("Content-Type", media_type), ("Connection", "close")]
    return min(hold_milliseconds(process, draft.bytes()) for _ in range(ROUNDS))
