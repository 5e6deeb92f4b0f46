"""Prefixes: a gateway below a path of a larger site, behind a proxy (``--root-path``)."""

from collections.abc import Callable, Sequence

from starlette.types import Scope

from profilegate.gateway.peers import Network
from profilegate.gateway.settings import is_prefix
from profilegate.http.client_address import is_trusted, peer_of

X_FORWARDED_PREFIX = b"x-forwarded-prefix"
"""The header by which a proxy tells the prefix that it has removed from a path."""


def compile_prefix(root_path: str, trusted: Sequence[Network]) -> Callable[[Scope], str] | None:
    """
    The function that finds the public prefix of a request; None if no request can have one.

    It is the one that a trusted proxy names in X-Forwarded-Prefix, or else that of the settings.
    """
    if not trusted:
        return (lambda _: root_path) if root_path else None

    def prefix_of(scope: Scope) -> str:
        named = [value for name, value in scope["headers"] if name == X_FORWARDED_PREFIX]
        if len(named) == 1 and is_trusted(peer_of(scope), trusted):
            text: str = named[0].decode("latin-1").rstrip("/")
            if is_prefix(text):
                return text
        return root_path

    return prefix_of
