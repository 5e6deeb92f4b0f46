"""Base URLs: where a provider is called, and below which path its operations are there."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from profilegate.errors import SettingError
from profilegate.gateway.settings import DEFAULT_HOST, DEFAULT_PORT, is_server_url
from profilegate.openapi import Operation, Spec
from profilegate.openapi.servers import urls_of

DEFAULT_GATEWAY = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"

GATEWAY_VARIABLE = "PROFILEGATE_URL"
"""The variable with the address of a gateway."""


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """
    Where a provider is called: ``origin`` is the scheme and the host.

    ``prefix`` is the beginning of each path; ``has_servers_path``: the path of the spec's first
    server follows it. ``is_gateway``: other providers may have the same paths there.
    """

    origin: str
    prefix: str
    has_servers_path: bool
    is_gateway: bool = False

    def path(self, operation: Operation) -> str:
        """The path of an operation, its parameters in braces."""
        return self.prefix + (operation.paths[0] if self.has_servers_path else operation.path)

    @classmethod
    def of(cls, url: str) -> "BaseUrl":
        """
        A URL that takes the place of the spec's servers.

        One that has no path (``https://api.example``) gets that of the spec's first server; a slash
        at its end is a path.

        Raises:
            SettingError: it is not the URL of a server.
        """
        origin, path = _parts(url, "base URL")
        return cls(origin, path.rstrip("/"), has_servers_path=not path)

    @classmethod
    def of_gateway(cls, url: str) -> "BaseUrl":
        """
        The URL of a gateway, which serves each spec below the paths of its servers.

        Raises:
            SettingError: it is not the URL of a server.
        """
        origin, path = _parts(url, GATEWAY_VARIABLE)
        return cls(origin, path.rstrip("/"), has_servers_path=True, is_gateway=True)

    @classmethod
    def of_spec(cls, spec: Spec) -> "BaseUrl":
        """That of the spec's first server; without a host it is a gateway on this machine."""
        server = next(iter(spec.document.get("servers") or [{"url": "/"}]))
        parts = urlsplit(next(urls_of(spec, server, ("servers", 0))))
        if not parts.netloc:
            return cls.of_gateway(DEFAULT_GATEWAY)
        return cls(f"{parts.scheme}://{parts.netloc}", "", has_servers_path=True)


def _parts(url: str, name: str) -> tuple[str, str]:
    """The origin and the path of a URL."""
    # A user's name in a URL would become a credential of its own.
    if not is_server_url(url, "http", "https") or "@" in url:
        raise SettingError(name, "it must look like https://api.example or https://api.example/v2")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path
