"""The gateway without its store, and the ceilings; ``create`` of each module makes its ASGI app."""

from collections.abc import Callable, Mapping
from typing import Any

Save = Callable[[str, Mapping[str, Any]], None]
"""Put a user's changes on the disk; what ``peers/storage.py`` makes."""
