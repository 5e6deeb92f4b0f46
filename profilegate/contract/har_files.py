"""Growing HAR files: an archive on disk that is whole after each exchange."""

import os
from pathlib import Path
from typing import Final, Self

import msgspec

from profilegate.admin.exchanges import ExchangeView
from profilegate.admin.har import archive, entry_of

END: Final = b"\n]}}\n"

PRIVATE: Final = 0o600
"""Even what is masked is for its owner alone."""


class HarFile:
    """An archive that exchanges are added to; an existing file is replaced."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        self._file = os.fdopen(descriptor, "wb")
        head = msgspec.json.encode(archive([]))
        self._file.write(head.removesuffix(b"]}}") + END)
        self._file.flush()
        self._is_empty = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, view: ExchangeView) -> None:
        """Add an exchange, masked unless its view shows all."""
        text = msgspec.json.encode(entry_of(view))
        self._file.seek(-len(END), os.SEEK_END)
        self._file.write((b"\n" if self._is_empty else b",\n") + text + END)
        self._file.flush()
        self._is_empty = False
