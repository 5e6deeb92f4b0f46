"""A crowd: thousands of connections that say nothing, or too little, beside normal clients."""

import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.gateway_process import CHECKOUT
from tests.torture.attacked import attacked_gateway, latencies, percentile
from tests.torture.results import Result

CONNECTIONS = 2_000
CLIENTS = 4

BEGINNINGS = (
    b"",
    b"POST /users HTTP/1.1\r\nHost: gateway\r\nX-Slow: ",
    b"POST /v2/user/auth HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1000\r\n\r\n",
)
"""A third says nothing, a third sends its head, a third its body, one byte in each round."""

ROUND_SECONDS = 1.0
"""The time for one byte of each connection, or to open it again."""


def crowd(port: int, source: str, seconds: float) -> None:
    """Keep CONNECTIONS connections open for a time; one that is closed is opened again."""
    until = time.monotonic() + seconds
    open_ones: dict[int, socket.socket] = {}
    while time.monotonic() < until:
        for number in range(CONNECTIONS):
            connection = open_ones.get(number)
            try:
                if connection is None:
                    connection = socket.create_connection(
                        ("127.0.0.1", port), timeout=2, source_address=(source, 0)
                    )
                    open_ones[number] = connection
                    connection.sendall(BEGINNINGS[number % len(BEGINNINGS)])
                elif number % len(BEGINNINGS):
                    connection.sendall(b"x")
            except OSError:
                if connection is not None:
                    connection.close()
                open_ones.pop(number, None)
            time.sleep(ROUND_SECONDS / CONNECTIONS)


def normal_clients(port: int, requests: int) -> list[float]:
    """The latencies of all normal clients together."""
    with ThreadPoolExecutor(CLIENTS) as threads:
        runs = [
            threads.submit(latencies, port, requests=requests, pause_seconds=0.01)
            for _ in range(CLIENTS)
        ]
        return [seconds for run in runs for seconds in run.result()]


def run(folder: Path, backend: str, *, requests: int) -> Result:
    """The p99 of normal clients beside a crowd, in times of the quiet one."""
    result = Result(
        "A crowd of silent and slow connections",
        f"{CONNECTIONS:,} connections of one other address, to a gateway with 1,024 descriptors: "
        "a third says nothing, a third sends a head and a third a body at one byte a second; what "
        f"is closed comes again. Beside them, {CLIENTS} normal clients.",
        not_shown="more than one machine's worth of connections; a flood of packets, which is the "
        "firewall's work.",
    )
    with attacked_gateway(folder, backend) as process:
        quiet = percentile(normal_clients(process.port, requests), 0.99)
        seconds = CLIENTS + requests * 0.05
        command = [sys.executable, "-m", "tests.torture.crowd", str(process.port), str(seconds)]
        with subprocess.Popen(command, cwd=CHECKOUT) as attack:
            threading.Event().wait(3)
            beside = percentile(normal_clients(process.port, requests), 0.99)
            attack.terminate()
    result.add("p99 of a normal client, quiet", "", f"{quiet * 1000:.1f} ms", is_good=True)
    result.add(
        "p99 beside the crowd, in times of it",
        "≤ 2",
        f"{beside / quiet:.2f}",
        is_good=beside <= 2 * quiet,
    )
    return result


if __name__ == "__main__":
    crowd(int(sys.argv[1]), "127.0.0.2", float(sys.argv[2]))
