"""The rule of a list of documents: what happens when a new one arrives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, repr=False)
class DocumentRule:
    """How a list of documents takes new ones; documents are matched by their ``type``.

    ``archive``: the present ones are archived and the new copy gets a new id.
    ``replace``: the new one takes the place and the id of the present one.
    ``value`` is the part without which a sent document only names a present one.
    ``items_max`` is the number of documents that the list may have, however many updates add them.
    ``contents`` are keys that are sealed apart from the profile and never shown.
    ``separators`` are, by type, the characters that mean nothing in a value.
    """

    on_same_type: Literal["archive", "replace"]
    value: str
    items_max: int
    contents: tuple[str, ...] = ()
    separators: Mapping[str, str] = field(default_factory=dict)
