"""A real nginx in front of a gateway."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.gateway_process import PATIENCE_SECONDS

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

HEAD = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
"""
"""One process, all of whose files are in a folder."""


def free_port() -> int:
    """A port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def wait_until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a process listens."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise AssertionError("nginx does not listen")


@contextlib.contextmanager
def nginx(folder: Path, server: str, **values: object) -> Iterator[int]:
    """
    nginx until the block ends; its port.

    ``server`` is what stands in the block ``http``, with the names of values in braces: the port,
    the folder, and others.
    """
    port = free_port()
    text = (HEAD + server + "}}\n").format(folder=folder, port=port, **values)
    (folder / "nginx.conf").write_text(text, "utf-8")
    process = subprocess.Popen(
        [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until_open(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
