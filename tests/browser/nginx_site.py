"""A gateway below a prefix, behind a real nginx with TLS, for a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import Visit
from tests.gateway_process import GatewayProcess
from tests.test_nginx import MISSING, free_port, make_certificate, nginx

__all__ = ["MISSING", "PREFIX", "published_demo", "visiting"]

PREFIX = "/gate"

CONFIGURATION = """
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
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    location {prefix}/ {{
      proxy_pass http://unix:{folder}/gateway.sock:;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""


@contextmanager
def published_demo(folder: Path, *arguments: str, seconds: float) -> Iterator[tuple[str, Path]]:
    """The demo data below the prefix until the block ends: its address, and its folder."""
    port = free_port()
    make_certificate(folder)
    text = CONFIGURATION.format(folder=folder, port=port, prefix=PREFIX)
    (folder / "nginx.conf").write_text(text)
    gateway = ("--unix-socket", str(folder / "gateway.sock"), "--unix-socket-mode", "666")
    proxy = ("--root-path", PREFIX, "--forwarded-allow-ips", "unix")
    everything = ("--demo", "--no-rate-limits", *gateway, *proxy, *arguments)
    serving = GatewayProcess.serving(
        folder, *everything, log=folder / "log", patience_seconds=seconds
    )
    with serving, nginx(folder, port):
        yield f"https://127.0.0.1:{port}{PREFIX}/", folder


@contextmanager
def visiting(browser: Browser, site: str, *, width: int = 1280) -> Iterator[Visit]:
    """A visitor with a new browser profile, who ends without a problem."""
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, ignore_https_errors=True)  # type: ignore[arg-type]
    visit = Visit(context.new_page(), site)
    yield visit
    context.close()
    assert [] == visit.problems
