"""Private records: their ``repr`` shows none of their values, so no log and no traceback can."""

from msgspec import Struct


class Private(Struct, frozen=True):
    """The base class of records with secrets or personal data."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"
