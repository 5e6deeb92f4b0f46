"""Times: read strictly, shown in UTC."""

from datetime import UTC, datetime

from profilegate.errors import InvalidFieldsError, Violation


def read_time(text: str, name: str, *, is_parameter: bool = False) -> datetime:
    """
    A time in UTC; ``name`` is where it was sent.

    Raises:
        InvalidFieldsError: it is one that only the standard knows: a leap second, the year 0.
    """
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        violation = Violation((name,), "format", "date-time", is_parameter=is_parameter)
        raise InvalidFieldsError([violation]) from None


def shown_time(time: datetime) -> str:
    """2026-01-02T03:04:05.678901Z."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
