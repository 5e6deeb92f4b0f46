"""How values are written into rows: fields as JSON, times as text."""

from datetime import UTC, datetime

import msgspec

from profilegate.profile.rules import Fields

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Fields).decode


def timestamp(time: datetime) -> str:
    """A time as it is written into a row: such texts compare as their times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")
