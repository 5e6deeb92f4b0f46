"""A real nginx in front of a gateway, on plain HTTP: below /gate/ and below /bare/."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gateway_process import GatewayProcess
from tests.test_nginx import NGINX, free_port, nginx

needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="not installed: nginx (apt-get install nginx-light)"
)

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
    listen 127.0.0.1:{port};
    location /gate/ {{
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Prefix /gate;
      proxy_pass http://127.0.0.1:{gateway}/;
    }}
    location /bare/ {{
      proxy_set_header Host $http_host;
      proxy_pass http://127.0.0.1:{gateway}/;
    }}
  }}
}}
"""

TRUSTING = ("--forwarded-allow-ips", "127.0.0.1")
"""Arguments of a gateway that believes this nginx."""


@contextmanager
def published(folder: Path, gateway: GatewayProcess) -> Iterator[str]:
    """
    The address of nginx, with a slash, until the block ends.

    Below /gate/ it tells the gateway the prefix that it removes, below /bare/ it does not.
    """
    port = free_port()
    text = CONFIGURATION.format(folder=folder, port=port, gateway=gateway.port)
    (folder / "nginx.conf").write_text(text, "utf-8")
    with nginx(folder, port):
        yield f"http://127.0.0.1:{port}/"
