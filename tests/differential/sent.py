"""A request as the corpus holds it."""

from collections.abc import Mapping
from dataclasses import dataclass

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it is sent; ``what`` says what is special about it."""

    what: str
    spec: str
    operation: str
    method: str
    target: str
    body: bytes = b""
    media_type: str | None = None
    credentials: Mapping[str, str] | None = None
    """None: the good ones of the provider, made when it is sent."""
    headers: tuple[tuple[str, str], ...] = ()
    is_chunked: bool = False
    is_good: bool = False
    """Meant well: nothing in it breaks the spec, and the users in it exist."""
