"""Times in UTC: the present one, and times that are written as text."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


def shown_time(time: datetime) -> str:
    """A time as ``2026-01-02T03:04:05.678901Z``."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def utc_time(text: str) -> datetime:
    """
    A time that is written as RFC 3339 says; without an offset it is in UTC.

    Raises:
        ValueError: it is not a time, or Python cannot represent it in UTC (a leap second, year 0).
    """
    try:
        time = datetime.fromisoformat(text.upper())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error
