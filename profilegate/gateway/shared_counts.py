"""Counts that the workers of one gateway share, in files that are mapped into their memory."""

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

from profilegate.gateway.counts import Windows
from profilegate.gateway.moving_windows import KEYS_MAX

DIGEST_SIZE_BYTES: Final = 16

SLOTS_OF_BUCKET: Final = 8
"""The keys of one part of the table. A key that finds its part full replaces the one that nobody
has tried for the longest time; we chose: with 8 of them, all but few of KEYS_MAX keys fit."""


class SharedCounts:
    """The counts below a folder; every process that has the folder and the secret shares them.

    ``secret`` keys the digests of what is counted, so that the files hold no personal data.
    """

    is_shared = True

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret
        self._mark = os.open(folder / "lockouts", os.O_RDWR | os.O_CREAT, 0o600)

    @property
    def locks_noted(self) -> int:
        """When a lockout was last noted, in nanoseconds."""
        return os.fstat(self._mark).st_mtime_ns

    def note_lock(self) -> None:
        """Tell the other workers that there is a new lockout."""
        now = time.time_ns()
        os.utime(self._mark, ns=(now, now))

    def windows(self, name: str, events_max: int, seconds: float) -> Windows:
        """The windows of a name, which all workers open alike."""
        return SharedWindows(self._folder / f"{name}.counts", self._secret, events_max, seconds)


class SharedWindows:
    """``MovingWindows`` that several processes share.

    The file is a table of buckets, each with SLOTS_OF_BUCKET slots. A slot holds the digest of a
    key, the time of its last attempt, and the times of its events; an unused time is 0. A process
    locks a bucket while it works on it; the system releases the locks of a process that is killed.
    """

    def __init__(
        self, file: Path, secret: bytes, events_max: int, seconds: float, keys_max: int = KEYS_MAX
    ) -> None:
        self._secret = secret
        self._seconds = seconds
        self._events_max = events_max
        self._slot = struct.Struct(f"<{DIGEST_SIZE_BYTES}s{1 + events_max}d")
        self._buckets = max(1, keys_max // SLOTS_OF_BUCKET)
        self._bucket_size = SLOTS_OF_BUCKET * self._slot.size
        size = self._buckets * self._bucket_size
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        # New bytes are zeros: slots without a key. The size is the same for all workers.
        os.ftruncate(self._descriptor, size)
        self._memory = mmap.mmap(self._descriptor, size)

    def add(self, key: Hashable, now: float) -> bool:
        """Count an event, and return True; return False if there are too many already."""
        digest = self._digest(key)
        with self._locked_bucket(digest) as bucket:
            place, times = self._find(bucket, digest)
            recent = [each for each in times if each and now - each < self._seconds]
            if is_free := len(recent) < self._events_max:
                recent.append(now)
            self._write(place, digest, recent)
        return is_free

    def forget(self, key: Hashable) -> None:
        """Drop the events of a key."""
        digest = self._digest(key)
        with self._locked_bucket(digest) as bucket:
            place, times = self._find(bucket, digest)
            if times:
                self._memory[place : place + self._slot.size] = bytes(self._slot.size)

    def _digest(self, key: Hashable) -> bytes:
        text = repr(key).encode()
        return blake2b(text, key=self._secret, digest_size=DIGEST_SIZE_BYTES).digest()

    @contextmanager
    def _locked_bucket(self, digest: bytes) -> Iterator[int]:
        """Lock the bucket of a digest; yield its place in the file."""
        start = int.from_bytes(digest[:8]) % self._buckets * self._bucket_size
        fcntl.lockf(self._descriptor, fcntl.LOCK_EX, self._bucket_size, start)
        try:
            yield start
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, self._bucket_size, start)

    def _find(self, bucket: int, digest: bytes) -> tuple[int, tuple[float, ...]]:
        """The place of the slot of a digest, or of the one that it may take, and its times."""
        last_of: dict[int, float] = {}
        for place in range(bucket, bucket + self._bucket_size, self._slot.size):
            found, last, *times = self._slot.unpack_from(self._memory, place)
            if found == digest:
                return place, tuple(times)
            last_of[place] = last
        return min(last_of, key=last_of.__getitem__), ()

    def _write(self, place: int, digest: bytes, times: list[float]) -> None:
        # All processes of a machine have one monotonic clock.
        unused = [0.0] * (self._events_max - len(times))
        self._slot.pack_into(self._memory, place, digest, time.monotonic(), *times, *unused)
