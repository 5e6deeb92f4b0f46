"""The encoding of values in rows: fields as JSON, times as text."""

from datetime import UTC, datetime

import msgspec

from profilegate.profile.fields import Fields

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Fields).decode


def timestamp(time: datetime) -> str:
    """
    A time as a row holds it: ``2026-11-22T00:00:00.000000+00:00``.

    The order of such texts is the order of their times.
    """
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def timestamp_or_none(time: datetime | None) -> str | None:
    """A time as a row holds it, or None."""
    return None if time is None else timestamp(time)


def time_of(text: str | None) -> datetime | None:
    """The time that a row holds, or None."""
    return None if text is None else datetime.fromisoformat(text)
