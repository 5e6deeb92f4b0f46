"""Behind a real nginx: TLS and HTTP/2 to the client, a prefix, a Unix socket, and signatures."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients import JSON, KRAKEN_USER, MACHNET, KrakenPartner
from tests.gateway_process import GatewayProcess
from tests.nginx import NGINX, nginx

MISSING = [name for name in ("curl", "openssl") if shutil.which(name) is None]
MISSING += [] if NGINX else ["nginx"]

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

SERVER = """
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    location /people/ {{ proxy_pass http://unix:{folder}/gateway.sock:; }}
    location /stripped/ {{
      rewrite ^ $request_uri;
      rewrite ^/stripped(/.*)$ $1 break;
      return 400;
      proxy_set_header X-Forwarded-Prefix /stripped;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header Host $http_host;
      proxy_pass http://unix:{folder}/gateway.sock:$uri$is_args$args;
    }}
  }}
"""

partner = KrakenPartner()

BODY = b'{"occupation": "science"}'

SPACED = f"/b2b/users/{KRAKEN_USER[:4]}%20{KRAKEN_USER[4:]}"
"""The user's id as Kraken writes it, with a space: nginx must pass on the bytes that are signed."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A gateway behind nginx; ``log`` is the gateway's."""

    folder: Path
    port: int
    log: Path

    def curl(
        self, method: str, target: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[str, int, str]:
        """Send a request with HTTP/2 over TLS: the version, the status and the body."""
        command = ["curl", "--silent", "--http2", "--cacert", str(self.folder / "certificate.pem")]
        command += ["--max-time", "30", "--path-as-is", "--request", method]
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        if body:
            command += ["--data-binary", body.decode()]
        command += ["--write-out", "\n%{http_version} %{http_code}"]
        command.append(f"https://127.0.0.1:{self.port}{target}")
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        text, _, facts = done.stdout.rpartition("\n")
        version, status = facts.split()
        return version, int(status), text


def make_certificate(folder: Path) -> None:
    """Make a key and a certificate for 127.0.0.1 that nobody has signed."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """The demo data at a Unix socket, published below /people and /stripped."""
    folder = tmp_path_factory.mktemp("n")
    make_certificate(folder)
    arguments = ("--unix-socket", str(folder / "gateway.sock"), "--root-path", "/people",
                 "--forwarded-allow-ips", "unix", "--access-log", "peers",
                 "--unix-socket-mode", "666")  # fmt: skip
    serving = GatewayProcess.serving(folder, "--demo", *arguments, log=folder / "log")
    with serving, nginx(folder, SERVER) as port:
        yield Behind(folder, port, folder / "log")


@pytest.mark.parametrize("prefix", ["/people", "/stripped"])
@pytest.mark.parametrize("signed", ["public", "local"])
def test_a_signed_update_passes_a_proxy(behind: Behind, prefix: str, signed: str) -> None:
    """
    "a signature over a prefixed path is verified as the client signed it; tested behind a real
    nginx with TLS and HTTP/2": the prefix passed on and removed, the bytes of the path kept.
    """
    path = prefix + SPACED if signed == "public" else SPACED
    headers = {**partner.headers(path, BODY), "Content-Type": "application/json"}

    version, status, text = behind.curl("PATCH", prefix + SPACED, headers, BODY)

    assert ("2", 200) == (version, status), text
    assert {"result": "success"} == json.loads(text)


@pytest.mark.parametrize("prefix", ["/people", "/stripped"])
def test_a_spec_behind_a_proxy_names_its_public_path(behind: Behind, prefix: str) -> None:
    """
    Swagger UI and generated clients send to the proxy, not past it.
    """
    version, status, text = behind.curl("GET", f"{prefix}/specs/navixy.json", {})

    assert ("2", 200) == (version, status)
    assert [f"{prefix}/v2", f"{prefix}/api-v2", prefix] == [
        each["url"] for each in json.loads(text)["servers"]
    ]


def test_the_client_behind_a_proxy_has_its_own_address(behind: Behind) -> None:
    """
    nginx names the client in X-Forwarded-For; what the client itself sends there does not count.
    """
    headers = {**MACHNET, **JSON, "X-Forwarded-For": "192.0.2.7"}

    behind.curl("GET", "/people/health/live", headers)

    last = json.loads(behind.log.read_text("utf-8").splitlines()[-1])
    assert "127.0.0.1" == last["peer"]
