"""curl: what a shell sends is what the client would send, byte by byte."""

import shutil
import socket
import subprocess
from threading import Thread

import pytest

from profilegate.gateway.curl import curl_command
from profilegate.gateway.loading import load_spec
from profilegate.gateway.outgoing import OutgoingRequest

ODD = "a 'b' \"c\" $d `e` \\f !g é"

BODIES = {
    "text": f"{ODD}\n@-".encode(),
    "none": None,
    "empty": b"",
    "bytes": bytes(range(256)) + b"\x017%s\\'",
    "a tab": b"a\tb",
}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_shell_sends_the_same_bytes(method: str, body: bytes | None) -> None:
    """
    Quotes, patterns of curl, dots in a path, headers without a value: all arrive as they are.
    """
    received: list[tuple[bytes, bytes]] = []

    def listen(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as stream:
            lines = [line.strip() for line in iter(stream.readline, b"\r\n")]
            lengths = [each for each in lines if each.lower().startswith(b"content-length:")]
            size_bytes = int(lengths[0].split(b":")[1]) if lengths else 0
            received.append((b"\n".join(lines), stream.read(size_bytes)))
            connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=listen, args=(listening,))
        thread.start()
        request = OutgoingRequest(
            load_spec("navixy").operations()[0],
            f"http://127.0.0.1:{listening.getsockname()[1]}",
            method,
            "/a/../{b}/[1-3]",
            query=[("q", ODD)],
            body=body,
        )
        headers = {"X-Odd": ODD, "X-Empty": "", "Content-Type": "text/odd"}
        command = curl_command(request.method, request.url, headers.items(), request.body)
        subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True, timeout=60)
        thread.join()

    [(head, content)] = received
    assert f"{method} {request.target} HTTP/1.1".encode() == head.split(b"\n")[0]
    for line in (f"X-Odd: {ODD}", "X-Empty:", "Content-Type: text/odd"):
        assert line.encode() in head.split(b"\n")
    assert (body or b"") == content
