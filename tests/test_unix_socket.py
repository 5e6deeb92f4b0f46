"""A Unix socket in the place of an address: for a proxy on the same machine."""

import http.client
import json
import re
import signal
import socket
import stat
from pathlib import Path

import pytest

from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings
from profilegate.http.client_address import compile_client_address
from tests.gateway_process import GatewayProcess, run
from tests.running_gateway import RESPONSE_TIMEOUT_SECONDS


def status_at(path: Path, target: str, **headers: str) -> int:
    """The status of a GET request at a Unix socket."""
    connection = http.client.HTTPConnection("gateway.example", timeout=RESPONSE_TIMEOUT_SECONDS)
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.connect(str(path))
        connection.request("GET", target, headers={"X-Forwarded-For": "192.0.2.7", **headers})
        with connection.getresponse() as response:
            return response.status
    finally:
        connection.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_gateway_listens_at_a_path(tmp_path: Path, workers: str) -> None:
    """
    "`--unix-socket path` (mode 0660 or as set)": the greeting names it, the end removes it.
    """
    path = tmp_path / "gateway.sock"
    arguments = ("--unix-socket", str(path), "--workers", workers)
    with GatewayProcess.serving(tmp_path, *arguments) as process:
        mode, status = stat.S_IMODE(path.stat().st_mode), status_at(path, "/health/ready")
        code, _, _ = process.end(signal.SIGTERM)

    assert f"Profilegate listens on unix:{path}\n" == process.greeting
    assert (0o660, 200, 0, False) == (mode, status, code, path.exists())


def test_a_socket_that_nobody_listens_at_is_replaced(tmp_path: Path) -> None:
    """
    A gateway that was killed leaves its socket; the next one starts, with the mode that is set.
    """
    path = tmp_path / "gateway.sock"
    arguments = ("--unix-socket", str(path), "--unix-socket-mode", "600")
    with GatewayProcess.serving(tmp_path, *arguments) as process:
        process.kill()
    assert path.exists()

    with GatewayProcess.serving(tmp_path, *arguments):
        assert (0o600, 200) == (stat.S_IMODE(path.stat().st_mode), status_at(path, "/"))


def test_a_socket_that_is_in_use_stays(tmp_path: Path) -> None:
    """
    A second gateway does not take the place of the first, nor that of a file.
    """
    path, file = tmp_path / "gateway.sock", tmp_path / "file"
    file.write_text("mine")
    with GatewayProcess.serving(tmp_path, "--unix-socket", str(path)):
        second = run(tmp_path, "serve", "--unix-socket", str(path))
        third = run(tmp_path, "serve", "--unix-socket", str(file))
        status = status_at(path, "/")

    assert (1, 1, 200, "mine") == (second.returncode, third.returncode, status, file.read_text())
    assert "PROFILEGATE_UNIX_SOCKET" in second.stderr
    assert "another process listens there" in second.stderr
    assert "a file that is no socket has this path" in third.stderr


@pytest.mark.parametrize(("trusted", "peer"), [("unix", "192.0.2.7"), ("127.0.0.1", "unknown")])
def test_the_proxy_at_a_socket_names_the_client_if_it_is_trusted(
    tmp_path: Path, trusted: str, peer: str
) -> None:
    """
    Its other end has no address: the word `unix` in PROFILEGATE_FORWARDED_ALLOW_IPS stands for it.
    """
    path, log = tmp_path / "gateway.sock", tmp_path / "log"
    arguments = ("--unix-socket", str(path), "--forwarded-allow-ips", trusted)
    with GatewayProcess.serving(tmp_path, *arguments, "--access-log", "peers", log=log):
        status_at(path, "/")

    assert peer == json.loads(log.read_text())["peer"]


def test_no_address_is_that_of_the_socket() -> None:
    """
    Trust in the Unix socket is no trust in a host.
    """
    client_address = compile_client_address(Settings(forwarded_allow_ips="unix").trusted_proxies)
    headers = [(b"x-forwarded-for", b"192.0.2.7")]

    for peer in ("127.0.0.1", "::1"):
        assert peer == client_address({"client": (peer, 1), "headers": headers})


@pytest.mark.parametrize("mode", ["", "888", "rw", "1777", "0", "-1"])
def test_a_mode_is_octal(mode: str) -> None:
    """
    As chmod takes it.
    """
    with pytest.raises(SettingError, match=re.escape("PROFILEGATE_UNIX_SOCKET_MODE")):
        _ = Settings(unix_socket_mode=mode).socket_mode
