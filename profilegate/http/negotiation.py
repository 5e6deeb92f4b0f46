"""Negotiation: the media type of a body, and of an operation's response."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

ACCEPTS_REMEMBERED_MAX = 256
ACCEPT_REMEMBERED_MAX_BYTES = 256
"""Longer headers are parsed each time: a cache must not keep what anybody sends."""


def media_type_of(header: bytes) -> tuple[str, str]:
    """A Content-Type's media type and charset, both in lower case; empty where there is none."""
    media_type, options = parse_options_header(header.decode("latin-1"))
    # Diadoc's page DataStructures forgets the semicolon: `application/json charset=utf-8`.
    name = media_type.lower().partition(" ")[0]
    return name, options.get("charset", "").strip().lower()


def choose(offered: tuple[str, ...], accept: bytes, sent: str) -> str:
    """
    The media type of a response, one of those that are offered, the default one first.

    ``sent`` is the media type of the request's body, or empty. The response is in

    1. the media type that Accept names: of several the one with the highest quality, and of two
       with the same quality the later one, because the default needs no name;
    2. else, if Accept leaves it open (``*/*``, or no Accept at all), the one of the request;
    3. else the default: no request is rejected for its Accept.
    """
    if len(accept) > ACCEPT_REMEMBERED_MAX_BYTES:
        return _choose(offered, accept, sent)
    return _chosen_before(offered, accept, sent)


def _choose(offered: tuple[str, ...], accept: bytes, sent: str) -> str:
    quality_of = _qualities(accept)
    quality, place = max((quality_of.get(name, 0.0), n) for n, name in enumerate(offered))
    if quality > 0:
        return offered[place]
    left = [name for name in offered if name not in quality_of] or offered
    return sent if sent in left and _is_open(quality_of, sent) else left[0]


_chosen_before = lru_cache(ACCEPTS_REMEMBERED_MAX)(_choose)


def _qualities(accept: bytes) -> dict[str, float]:
    """The quality of each media range in Accept, without its parameters; 0 is not acceptable."""
    qualities: dict[str, float] = {}
    for shown, quality in parse_accept_header(accept.decode("latin-1"), MIMEAccept):
        name = shown.partition(";")[0].strip().lower()
        qualities[name] = max(quality, qualities.get(name, 0.0))
    return qualities


def _is_open(quality_of: dict[str, float], media_type: str) -> bool:
    """Whether Accept allows a media type without naming it."""
    kind = media_type.partition("/")[0]
    return not quality_of or quality_of.get("*/*", 0.0) > 0 or quality_of.get(f"{kind}/*", 0.0) > 0
