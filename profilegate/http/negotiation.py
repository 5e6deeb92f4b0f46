"""Content negotiation: parses Content-Type, and chooses a response's media type by Accept."""

from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

ACCEPTS_REMEMBERED_MAX = 256
ACCEPT_REMEMBERED_MAX_BYTES = 256
"""The cache skips longer headers, so that clients cannot fill the memory."""


def media_type_of(header: bytes) -> tuple[str, str]:
    """The media type and the charset of a Content-Type, in lower case; empty if it has none."""
    media_type, options = parse_options_header(header.decode("latin-1"))
    # An example on Diadoc's page DataStructures lacks the semicolon:
    # `application/json charset=utf-8`.
    name = media_type.lower().partition(" ")[0]
    return name, options.get("charset", "").strip().lower()


def choose(offered: tuple[str, ...], accept: bytes, sent: str) -> str:
    """
    Choose the media type of a response.

    ``offered`` are the response's media types, the default one first. ``sent`` is the media type of
    the request's body, or empty. The choice is

    1. the offered media type that Accept names with the highest quality; of two with the same
       quality the later offered one, because a client gets the default without naming it;
    2. else, if Accept allows any (``*/*``, or no Accept at all), the media type of the request;
    3. else the default: the gateway never sends 406.
    """
    if len(accept) > ACCEPT_REMEMBERED_MAX_BYTES:
        return _choose(offered, accept, sent)
    return _chosen_before(offered, accept, sent)


def asks_for_page(accept: bytes) -> bool:
    """Whether Accept names HTML or a stream of events above JSON: browsers do, clients do not."""
    quality_of = _qualities(accept)
    wanted = max(quality_of.get("text/html", 0.0), quality_of.get("text/event-stream", 0.0))
    return wanted > quality_of.get("application/json", 0.0)


def _choose(offered: tuple[str, ...], accept: bytes, sent: str) -> str:
    quality_of = _qualities(accept)
    quality, place = max((quality_of.get(name, 0.0), n) for n, name in enumerate(offered))
    if quality > 0:
        return offered[place]
    left = [name for name in offered if name not in quality_of] or offered
    return sent if sent in left and _is_open(quality_of, sent) else left[0]


_chosen_before = lru_cache(ACCEPTS_REMEMBERED_MAX)(_choose)


def _qualities(accept: bytes) -> dict[str, float]:
    """The quality of each media range in Accept, without its parameters; 0 means unacceptable."""
    qualities: dict[str, float] = {}
    for media_range, quality in parse_accept_header(accept.decode("latin-1"), MIMEAccept):
        name = media_range.partition(";")[0].strip().lower()
        qualities[name] = max(quality, qualities.get(name, 0.0))
    return qualities


def _is_open(quality_of: dict[str, float], media_type: str) -> bool:
    """Whether Accept allows a media type without naming it."""
    kind = media_type.partition("/")[0]
    return not quality_of or quality_of.get("*/*", 0.0) > 0 or quality_of.get(f"{kind}/*", 0.0) > 0
