"""Admin API: times in bodies and parameters."""

from datetime import datetime

from profilegate.errors import InvalidFieldsError, Violation
from profilegate.profile.times import utc_time


def read_time(text: str, name: str, *, is_parameter: bool = False) -> datetime:
    """
    A time in UTC; ``name`` is its field or parameter.

    Raises:
        InvalidFieldsError: Python cannot represent it: a leap second, the year 0.
    """
    try:
        return utc_time(text)
    except ValueError:
        violation = Violation((name,), "format", "date-time", is_parameter=is_parameter)
        raise InvalidFieldsError([violation]) from None
