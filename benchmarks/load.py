"""The load: connections that each send their next request when the last is answered.

One thread and one selector; requests are made before the clock starts, so that the load costs
a fraction of what any server does. It never runs on the core of the server.
"""

import gc
import itertools
import select
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

PATIENCE_SECONDS = 30
READ_BYTES = 65536


@dataclass(slots=True)
class Shot:
    """What was seen: ``latencies`` in seconds, those of the responses before the clock stopped;
    ``statuses`` of all responses, those that were waited for afterwards too."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    load_cpu_seconds: float = 0.0


class _Connection:
    """One connection and its requests."""

    __slots__ = ("began", "buffer", "next", "socket")

    def __init__(self, port: int, requests: Sequence[bytes], *, is_endless: bool) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Python's own timeouts would ask the kernel twice for each call.
        self.socket.settimeout(None)
        patience = struct.pack("ll", PATIENCE_SECONDS, 0)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self.socket.setsockopt(socket.SOL_SOCKET, option, patience)
        self.next: Iterator[bytes] = itertools.cycle(requests) if is_endless else iter(requests)
        self.buffer = b""
        self.began = 0.0

    def send(self) -> bool:
        """Send the next request; False if there is none."""
        request = next(self.next, None)
        if request is None:
            return False
        self.began = time.perf_counter()
        self.socket.sendall(request)
        return True

    def receive(self) -> int:
        """Read what is there; the status of the response once it is whole, before that 0."""
        data = self.socket.recv(READ_BYTES)
        if not data:
            raise ConnectionError("the server hung up")
        if self.buffer:
            data = self.buffer + data
        end = data.find(b"\r\n\r\n")
        if end >= 0 and len(data) >= end + 4 + _content_length(data, end):
            self.buffer = b""
            return int(data[9:12])
        self.buffer = data
        return 0


def _content_length(data: bytes, end: int) -> int:
    at = data.find(b"content-length:", 0, end)
    if at < 0:
        at = data[:end].lower().index(b"content-length:")
    stop = data.find(b"\r\n", at)
    return int(data[at + 15 : stop])


def fire(
    port: int, streams: Sequence[Sequence[bytes]], seconds: float, *, may_repeat: bool
) -> Shot:
    """
    Send for some time, one connection for each stream.

    With ``may_repeat`` a stream begins again when it is used up; without, the first one that is
    used up ends the shot.
    """
    connections = [_Connection(port, stream, is_endless=may_repeat) for stream in streams]
    by_number = {connection.socket.fileno(): connection for connection in connections}
    poll = select.epoll()
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    gc.collect()
    gc.disable()
    try:
        return _fire(poll, by_number, seconds)
    finally:
        gc.enable()
        poll.close()
        for connection in connections:
            connection.socket.close()


def _fire(poll: select.epoll, by_number: dict[int, _Connection], seconds: float) -> Shot:
    shot = Shot()
    statuses: dict[int, int] = {}
    clock = time.perf_counter
    cpu = time.process_time()
    start = clock()
    stop = start + seconds
    waiting = sum(connection.send() for connection in by_number.values())
    is_over = False
    while waiting:
        events = poll.poll(PATIENCE_SECONDS)
        if not events:
            raise TimeoutError("the server does not response")
        for number, _ in events:
            connection = by_number[number]
            status = connection.receive()
            if not status:
                continue
            now = clock()
            statuses[status] = statuses.get(status, 0) + 1
            if not is_over:
                shot.latencies.append(now - connection.began)
                if now < stop and connection.send():
                    continue
                is_over = True
                shot.seconds = now - start
            waiting -= 1
    shot.statuses.update(statuses)
    shot.load_cpu_seconds = time.process_time() - cpu
    return shot
