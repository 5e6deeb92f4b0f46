"""Abandoned logins: hundreds of clients that leave before their password is verified."""

import json
import socket
import time
from pathlib import Path

from tests.torture.attacked import attacked_gateway, cpu_seconds
from tests.torture.results import Result

LOGINS = 300
HONEST_MAX_SECONDS = 2.0

HONEST = {"login": "charles.pearson@example.com", "password": "demo-password"}


def login_bytes(body: bytes) -> bytes:
    """A login at Navixy."""
    head = (
        "POST /v2/user/auth HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(folder: Path, backend: str) -> Result:
    """How long an honest login waits behind abandoned ones."""
    result = Result(
        "Abandoned logins",
        f"{LOGINS} clients send a wrong password, and close the connection at once; then one logs "
        "in honestly.",
    )
    with attacked_gateway(folder, backend, "--no-lockouts") as process:
        for number in range(LOGINS):
            body = json.dumps({"login": HONEST["login"], "password": f"wrong {number}"}).encode()
            with socket.create_connection(("127.0.0.1", process.port)) as connection:
                connection.sendall(login_bytes(body))
        began, used = time.perf_counter(), cpu_seconds(process)
        response = process.send(
            "POST",
            "/v2/user/auth",
            body=json.dumps(HONEST).encode(),
            headers={"Content-Type": "application/json"},
        )
        seconds = time.perf_counter() - began
        used = cpu_seconds(process) - used
    result.add(
        "an honest login is answered or rejected",
        f"≤ {HONEST_MAX_SECONDS:.0f} s",
        f"{seconds:.2f} s, status {response.status}",
        is_good=seconds <= HONEST_MAX_SECONDS and response.status in (200, 503),
    )
    result.add("CPU that the gateway uses meanwhile", "", f"{used:.2f} s", is_good=True)
    return result
