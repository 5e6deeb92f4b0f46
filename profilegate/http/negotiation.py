"""Negotiation: in which of its media types an operation responses."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

HEADERS_REMEMBERED_MAX = 256


@lru_cache(HEADERS_REMEMBERED_MAX)
def media_type_of(header: bytes) -> tuple[str, str]:
    """A Content-Type's media type and charset, both in lower case; empty where there is none."""
    media_type, options = parse_options_header(header.decode("latin-1"))
    # Diadoc's page DataStructures forgets the semicolon: `application/json charset=utf-8`.
    name = media_type.lower().partition(" ")[0]
    return name, options.get("charset", "").strip().lower()


@lru_cache(HEADERS_REMEMBERED_MAX)
def choose(offered: tuple[str, ...], accept: bytes, came_in: str) -> str:
    """
    The media type of a response, of those that are offered; the first of them is the usual one.

    ``came_in`` is the media type of the request's body, or empty. The response is in

    1. the media type that Accept names, of several the one that it likes best, and of two
       that it likes alike the later: the usual one comes without being named;
    2. else, if Accept leaves it open (``*/*``, or no Accept at all), the one of the request;
    3. else the usual one: nobody is turned away over it.
    """
    liking = _liking(accept)
    named = [(liking.get(name, 0.0), place) for place, name in enumerate(offered)]
    quality, place = max(named)
    if quality > 0:
        return offered[place]
    left = [name for name in offered if name not in liking] or offered
    return came_in if came_in in left and _is_open(liking, came_in) else left[0]


def _liking(accept: bytes) -> dict[str, float]:
    """How much Accept likes each media range, without its parameters; 0 is not at all."""
    liking: dict[str, float] = {}
    for shown, quality in parse_accept_header(accept.decode("latin-1"), MIMEAccept):
        name = shown.partition(";")[0].strip().lower()
        liking[name] = max(quality, liking.get(name, 0.0))
    return liking


def _is_open(liking: dict[str, float], came_in: str) -> bool:
    """Whether Accept takes this media type without naming it."""
    kind = came_in.partition("/")[0]
    return not liking or liking.get("*/*", 0.0) > 0 or liking.get(f"{kind}/*", 0.0) > 0
