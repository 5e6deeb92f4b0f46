"""A disk that loses power: what it may hold of the writes that were not synced.

What a sync of a file covers is durable: the writes that had ended when it began. Of all others, any
subset is there, each write perhaps only in some of its sectors. A name (a file that was created,
renamed, linked or deleted) is durable once its folder was synced; of the others, any subset is
there. No file system loses more; journals lose less, because they keep the order of names.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.torture.system_calls import Event

SECTOR_BYTES = 512

INDEX_SUFFIX = "-shm"
"""SQLite's index of the log is written through shared memory, and made again at the next start:
a cut leaves anything in it."""

INDEX_BYTES = 32_768

SHARES = (0.0, 0.5, 0.9, 1.0)
"""The share of unsynced writes and names that a cut leaves; one is chosen for each cut."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A write (``data`` at ``offset``), or a truncation to ``offset`` bytes."""

    at: int
    offset: int
    data: bytes | None


@dataclass(slots=True, eq=False)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[_Change] = field(default_factory=list)
    position: int = 0
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of one folder that change together; None deletes one."""

    at: int
    folder: str
    names: Mapping[str, _File | None]


class Disk:
    """The files below a folder, as processes see them and as the disk has them."""

    def __init__(self, folder: Path) -> None:
        """All that is in the folder now is durable."""
        self.folder = folder
        self._durable: dict[str, _File] = {
            str(path): _File(
                bytearray() if path.is_dir() else bytearray(path.read_bytes()),
                is_folder=path.is_dir(),
            )
            for path in folder.rglob("*")
        }
        self._seen = dict(self._durable)
        self._unsynced: list[_Names] = []

    def apply(self, event: Event) -> None:
        """Take one event in."""
        path, file = event.path, self._seen.get(event.path)
        if event.kind == "write" and file is not None:
            offset = file.position if event.offset is None else event.offset
            file.position = offset + len(event.data)
            file.unsynced.append(_Change(event.at, offset, event.data))
        elif event.kind == "truncate" and file is not None:
            assert event.offset is not None
            file.unsynced.append(_Change(event.at, event.offset, None))
        elif event.kind == "create":
            if file is None:
                self._name(event, {path: _File()})
            else:
                file.position = 0
        elif event.kind == "mkdir":
            self._name(event, {path: _File(is_folder=True)})
        elif event.kind == "rename":
            self._name(event, {path: None, event.to: file})
        elif event.kind == "link":
            self._name(event, {event.to: file})
        elif event.kind == "unlink":
            self._name(event, {path: None})
        elif event.kind == "sync":
            self._sync(event, file)

    def _name(self, event: Event, names: Mapping[str, _File | None]) -> None:
        _rename(self._seen, names)
        parent = str(PurePosixPath(event.path).parent)
        self._unsynced.append(_Names(event.at, parent, names))

    def _sync(self, event: Event, file: _File | None) -> None:
        if event.path == str(self.folder) or (file is not None and file.is_folder):
            left = []
            for change in self._unsynced:
                if change.folder == event.path and change.at < event.begun:
                    _rename(self._durable, change.names)
                else:
                    left.append(change)
            self._unsynced = left
        elif file is not None:
            covered = [each for each in file.unsynced if each.at < event.begun]
            for write in covered:
                _write(file.durable, write.offset, write.data)
            file.unsynced = file.unsynced[len(covered) :]

    def cut(self, folder: Path, chance: random.Random, *, only_last_name: bool = False) -> None:
        """
        Write to a new folder what the disk may hold if the power goes now.

        ``only_last_name``: of all that is unsynced, only the last change of a name is there.
        """
        share = 0.0 if only_last_name else chance.choice(SHARES)
        names = dict(self._durable)
        for change in self._unsynced:
            is_last = only_last_name and change is self._unsynced[-1]
            if is_last or chance.random() < share:
                _rename(names, change.names)
        folder.mkdir(mode=0o700)
        for path, file in sorted(names.items()):
            there = folder / PurePosixPath(path).relative_to(self.folder)
            if not there.parent.is_dir() or path.endswith(INDEX_SUFFIX):
                continue
            if file.is_folder:
                there.mkdir(mode=0o700)
                continue
            there.write_bytes(_left(file, share, chance))
            there.chmod(0o600)
        for log in folder.rglob("*-wal"):
            if chance.random() < 0.5:
                index = log.with_name(log.name.removesuffix("-wal") + INDEX_SUFFIX)
                index.write_bytes(chance.randbytes(INDEX_BYTES))
                index.chmod(0o600)


def _left(file: _File, share: float, chance: random.Random) -> bytes:
    """What is left of a file."""
    content = bytearray(file.durable)
    for change in file.unsynced:
        if change.data is None:
            if chance.random() < share:
                _write(content, change.offset, None)
            continue
        start = change.offset
        end = change.offset + len(change.data)
        is_torn = chance.random() < 0.5
        is_left = chance.random() < share
        while start < end:
            stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
            if (chance.random() < share) if is_torn else is_left:
                data = change.data[start - change.offset : stop - change.offset]
                _write(content, start, data)
            start = stop
    return bytes(content)


def _write(content: bytearray, offset: int, data: bytes | None) -> None:
    """Write data, or truncate; a hole is zeros."""
    end = offset + len(data or b"")
    if data is None:
        del content[offset:]
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is not None:
        content[offset:end] = data


def _rename(names: dict[str, _File], changes: Mapping[str, _File | None]) -> None:
    for name, file in changes.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file
