"""A real nginx on plain HTTP that removes a prefix: tells it (/people/), or not (/stripped/)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gateway_process import GatewayProcess
from tests.test_nginx import free_port, nginx

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
    location /people/ {{
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Prefix /people;
      proxy_pass http://127.0.0.1:{gateway}/;
    }}
    location /stripped/ {{
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

    Below /people/ it tells the gateway the prefix that it removes, below /stripped/ it does not.
    """
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(folder=folder, port=port, gateway=gateway.port), "utf-8"
    )
    with nginx(folder, port):
        yield f"http://127.0.0.1:{port}/"
