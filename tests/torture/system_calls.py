"""The system calls of processes that change files, recorded by strace, as events.

strace 5.3 or newer and the right to trace one's own processes are needed: Linux, in a container
with the capability SYS_PTRACE where ptrace is restricted.
"""

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from tests.gateway_process import CHECKOUT, environment
from tests.torture.verification import SETTINGS

TRACED = (
    "openat,open,creat,write,writev,pwrite64,pwritev,ftruncate,truncate,fallocate,rename,renameat,"
    "renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,sync_file_range,"
    "sendto,sendmsg,sendfile,copy_file_range"
)
STRING_MAX_BYTES = 1_000_000
"""Longer than anything that is written at once: strace would cut it."""

PATIENCE_SECONDS = 120.0

Kind = Literal[
    "create", "write", "truncate", "rename", "link", "unlink", "mkdir", "sync", "response", "said"
]


@dataclass(frozen=True, slots=True)
class Event:
    """
    One call that succeeded, at the place ``at`` where it ended; ``begun`` is where it began.

    ``peer`` is the client's port of a response; ``data`` is what was written.
    """

    kind: Kind
    at: int
    begun: int
    path: str = ""
    to: str = ""
    data: bytes = b""
    offset: int | None = None
    peer: int = 0


def is_available() -> bool:
    """Whether strace is here and may trace."""
    strace = shutil.which("strace")
    if strace is None:
        return False
    tried = subprocess.run([strace, "-f", "true"], capture_output=True, check=False)
    return tried.returncode == 0


class Traced:
    """A shell under strace; each line that it gets is a command."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def do(self, line: str) -> None:
        """Run a line of shell."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def wait_for(self, text: str) -> str:
        """Read the output up to the line that has a text."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if text in line:
                return line
        raise AssertionError(f"the shell ended before it said {text}")


@contextmanager
def traced_shell(folder: Path, trace: Path) -> Iterator[Traced]:
    """A shell in a folder, whose calls, and those of all its processes, are recorded in a file."""
    command = ["strace", "-f", "-yy", "-xx", "-s", str(STRING_MAX_BYTES), "-e", f"trace={TRACED}"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "-o", str(trace), "sh", "-s"],
            cwd=folder,
            env=environment(CHECKOUT, SETTINGS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # Its group ends with it: a killed strace would leave its processes.
            start_new_session=True,
        )
    watchdog = threading.Timer(PATIENCE_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    try:
        yield Traced(process)
        process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        watchdog.cancel()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


_LINE = re.compile(r"(\d+) +(.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_UNFINISHED = " <unfinished ...>"
_CALL = re.compile(r"(\w+)\((.*)\) += (\d+)", re.DOTALL)
_FILE = re.compile(r"\d+<([^>]*)>")
_PEER = re.compile(r"\d+<TCP:\[[^\]]*->[^\]]*:(\d+)\]>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_DIRECTORY = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>, *\"")


def events_of(trace: Path, folder: Path) -> list[Event]:
    """The events below a folder, and the responses and words that were sent meanwhile."""
    pending: dict[str, tuple[int, str]] = {}
    found: list[Event] = []
    with trace.open("r", encoding="ascii", errors="replace") as lines:
        for at, line in enumerate(lines):
            matched = _LINE.match(line)
            if matched is None:
                continue
            process, text = matched.groups()
            begun = at
            if text.endswith(_UNFINISHED):
                pending[process] = (at, text.removesuffix(_UNFINISHED))
                continue
            if resumed := _RESUMED.match(text):
                begun, start = pending.pop(process, (at, ""))
                text = start + resumed[1]
            if called := _CALL.match(text):
                found += _events(called[1], called[2], (at, begun), folder)
    return found


def _events(name: str, arguments: str, when: tuple[int, int], folder: Path) -> Iterator[Event]:
    at, begun = when
    strings = [bytes.fromhex(text.replace("\\x", "")) for text, _ in _STRING.findall(arguments)]
    if name in ("fsync", "fdatasync"):
        yield from _below(Event("sync", at, begun, path=_file(arguments)), folder)
    elif peer := _PEER.match(arguments):
        if name in ("write", "writev", "sendto", "sendmsg") and strings[0].startswith(b"HTTP/1.1 "):
            yield Event("response", at, begun, data=strings[0][:12], peer=int(peer[1]))
    elif name in ("write", "pwrite64"):
        if _file(arguments).startswith("pipe:"):
            yield Event("said", at, begun, data=strings[0])
            return
        offset = int(arguments.rsplit(",", 1)[1]) if name == "pwrite64" else None
        event = Event("write", at, begun, path=_file(arguments), data=strings[0], offset=offset)
        yield from _below(event, folder)
    elif name == "ftruncate":
        size = int(arguments.rsplit(",", 1)[1])
        yield from _below(Event("truncate", at, begun, path=_file(arguments), offset=size), folder)
    elif name in ("openat", "open") and "O_CREAT" in arguments:
        yield from _below(
            Event("create", at, begun, path=_named(arguments, strings, folder)), folder
        )
    elif name in ("mkdir", "unlink", "unlinkat", "mkdirat"):
        kind: Kind = "mkdir" if name.startswith("mkdir") else "unlink"
        yield from _below(Event(kind, at, begun, path=_named(arguments, strings, folder)), folder)
    elif name in ("rename", "link", "renameat", "renameat2", "linkat"):
        old, new = (str(folder / PurePosixPath(each.decode())) for each in strings)
        kind = "rename" if name.startswith("rename") else "link"
        yield from _below(Event(kind, at, begun, path=old, to=new), folder)
    elif name not in ("openat", "open", "sendto", "sendmsg"):
        # Nothing that we run calls it on the files of the database.
        path = _file(arguments) if _FILE.match(arguments) else "".join(map(str, strings))
        if str(folder) in path:
            raise AssertionError(f"an unexpected call of {name} on {path}")


def _file(arguments: str) -> str:
    matched = _FILE.match(arguments)
    if matched is None or "\\x" not in matched[1]:
        return ""
    return bytes.fromhex(matched[1].replace("\\x", "")).decode("utf-8", "replace")


def _named(arguments: str, strings: list[bytes], folder: Path) -> str:
    """The absolute path that a call names; all our processes work in the folder."""
    directory = _DIRECTORY.match(arguments)
    base = bytes.fromhex(directory[1].replace("\\x", "")).decode() if directory else str(folder)
    return str(PurePosixPath(base) / strings[0].decode("utf-8", "replace"))


def _below(event: Event, folder: Path) -> Iterator[Event]:
    if event.path.startswith(f"{folder}/") or event.path == str(folder):
        yield event
