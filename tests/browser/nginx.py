"""A real nginx in front of a gateway, on plain HTTP: below /gate/ and below /bare/."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gateway_process import GatewayProcess
from tests.nginx import NGINX, nginx

needs_nginx = pytest.mark.skipif(
    NGINX is None, reason="not installed: nginx (apt-get install nginx-light)"
)

SERVER = """
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
"""

TRUSTING = ("--forwarded-allow-ips", "127.0.0.1")
"""Arguments of a gateway that believes this nginx."""


@contextmanager
def published(folder: Path, gateway: GatewayProcess) -> Iterator[str]:
    """
    The address of nginx, with a slash, until the block ends.

    Below /gate/ it tells the gateway the prefix that it removes, below /bare/ it does not.
    """
    with nginx(folder, SERVER, gateway=gateway.port) as port:
        yield f"http://127.0.0.1:{port}/"
