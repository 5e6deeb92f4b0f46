"""Preferences of a request (``Prefer``, RFC 7240): a documented error, a status or a delay."""

from collections.abc import Iterable, Iterator, Mapping

from profilegate.gateway.request import Request
from profilegate.store.faults import DELAY_MAX_SECONDS, Effect

PREFER = b"prefer"

STATUS_MIN = 400
STATUS_MAX = 599
"""RFC 9110, 15.5 and 15.6: the statuses of errors."""


class PreferenceError(Exception):
    """A preference of ours has a value that cannot be used; the message says which can."""


def preferred_effect(
    request: Request, errors: Iterable[str]
) -> tuple[Effect, bytes] | tuple[None, None]:
    """
    What a request asks for, and the value of ``Preference-Applied``; None if it asks for nothing.

    ``errors`` are the names of the operation's documented errors. RFC 7240, 2: other preferences
    are ignored, and the first one of a name counts.

    Raises:
        PreferenceError: the error is not documented, or a value is not usable.
    """
    if PREFER not in request.headers:
        return None, None
    wanted: dict[str, str] = {}
    for name, value in _preferences(request.header(PREFER) or ""):
        wanted.setdefault(name, value)
    if not wanted:
        return None, None
    if {"code", "error"} <= wanted.keys():
        raise PreferenceError("send code or error, not both")
    effect = Effect(
        error=_error(wanted, list(errors)), status=_status(wanted), delay_seconds=_delay(wanted)
    )
    applied = ", ".join(f"{name}={value}" for name, value in wanted.items())
    return effect, applied.encode()


def _preferences(header: str) -> Iterator[tuple[str, str]]:
    """The preferences that are ours; their parameters mean nothing here."""
    for preference in header.split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if (word := name.strip().lower()) in ("code", "error", "delay"):
            yield word, value.strip().strip('"')


def _error(wanted: Mapping[str, str], names: list[str]) -> str | None:
    name = wanted.get("error")
    if name is None or name in names:
        return name
    raise PreferenceError(f"error must be one of {', '.join(names)}")


def _status(wanted: Mapping[str, str]) -> int | None:
    code = wanted.get("code")
    if code is None:
        return None
    if not (code.isascii() and code.isdigit() and STATUS_MIN <= int(code[:4]) <= STATUS_MAX):
        raise PreferenceError(f"code must be a status from {STATUS_MIN} to {STATUS_MAX}")
    return int(code)


def _delay(wanted: Mapping[str, str]) -> float:
    text = wanted.get("delay", "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= DELAY_MAX_SECONDS:
        raise PreferenceError(f"delay must be a number of seconds from 0 to {DELAY_MAX_SECONDS}")
    return seconds
