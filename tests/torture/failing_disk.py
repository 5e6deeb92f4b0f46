"""A disk that fails on demand, and a clock that is wrong, for a gateway in a process of its own."""

import mmap
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which

SOURCE = Path(__file__).with_suffix(".c")

FORMAT = "=iiiii4xq"
"""``struct control`` of the C file."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What fails: numbers of errors (0: none), a delay of each sync, an offset of the clock."""

    write_error: int = 0
    sync_error: int = 0
    open_error: int = 0
    read_error: int = 0
    delay_milliseconds: int = 0
    clock_seconds: int = 0


@dataclass(frozen=True, slots=True)
class FailingDisk:
    """The library, and the file through which it is told what fails."""

    preloaded: Path
    control: Path

    @classmethod
    def build(cls, folder: Path) -> "FailingDisk":
        """
        Compile the library.

        Raises:
            RuntimeError: there is no C compiler.
        """
        compiler = which("cc")
        if compiler is None:
            raise RuntimeError("this campaign needs a C compiler, cc")
        disk = cls(folder / "failing_disk.so", folder / "failing_disk.control")
        command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", str(disk.preloaded)]
        subprocess.run([*command, str(SOURCE)], check=True)
        disk.control.write_bytes(bytes(mmap.PAGESIZE))
        return disk

    @property
    def settings(self) -> Mapping[str, str]:
        """The environment of a process on this disk."""
        return {"LD_PRELOAD": str(self.preloaded), "FAILING_DISK": str(self.control)}

    def be(self, trouble: Trouble) -> None:
        """Fail in this way from now on."""
        with self.control.open("r+b") as file:
            file.write(
                struct.pack(
                    FORMAT,
                    trouble.write_error,
                    trouble.sync_error,
                    trouble.open_error,
                    trouble.read_error,
                    trouble.delay_milliseconds,
                    trouble.clock_seconds,
                )
            )

    @contextmanager
    def failing(self, trouble: Trouble) -> Iterator[None]:
        """Fail in this way until the block ends."""
        self.be(trouble)
        try:
            yield
        finally:
            self.be(Trouble())
