"""Server processes: start, look at, end. Each runs on the core that is kept for servers."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.names import DATABASE, KEY_FILE

ROOT = Path(__file__).resolve().parents[1]

START_PATIENCE_SECONDS = 60
POLL_SECONDS = 0.02

END_PATIENCE_SECONDS = 20

LOG = "stderr.log"

NICENESS = -10
"""What else runs on the machine should wait; only the superuser may ask for it."""

CPUS = sorted(os.sched_getaffinity(0))
SERVER_CPU, LOAD_CPU = CPUS[0], CPUS[-1]

GATEWAY = ("-m", "profilegate", "serve", "--port", "0", "--no-rate-limits")
GATEWAY_FILES = ("--database", f"sqlite:///{DATABASE}", "--key-file", KEY_FILE)


def environment(checkout: Path = ROOT) -> dict[str, str]:
    """The environment without settings of our own, and with a checkout in front.

    Without lockouts: some work has wrong signatures. Older checkouts do not know the setting.
    """
    plain = {name: value for name, value in os.environ.items() if "PROFILEGATE_" not in name}
    return {
        **plain,
        "PYTHONPATH": str(checkout),
        "PYTHONUTF8": "1",
        "PROFILEGATE_LOCKOUTS": "0",
    }


def _preload_in(folder: Path, preload: Path | None) -> dict[str, str]:
    """The variable that loads a library before all others, for a process in a folder."""
    # Relative, because a space in the checkout's own path would end the name.
    return {} if preload is None else {"LD_PRELOAD": os.path.relpath(preload, folder)}


@dataclass(slots=True)
class Server:
    """A server that listens."""

    process: "subprocess.Popen[str]"
    port: int

    @classmethod
    def start(
        cls,
        arguments: Sequence[str],
        folder: Path,
        preload: Path | None = None,
        checkout: Path = ROOT,
    ) -> "Server":
        """Start a Python command of a checkout in a folder, and wait until it listens."""
        log = (folder / LOG).open("a")
        process = subprocess.Popen(
            _on_server_cpu(arguments),
            cwd=folder,
            env={**environment(checkout), **_preload_in(folder, preload)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        watchdog = threading.Timer(START_PATIENCE_SECONDS, process.kill)
        watchdog.start()
        try:
            greeting = process.stdout.readline() if process.stdout else ""
            port = int(greeting.rsplit(":", 1)[1]) if ":" in greeting else 0
            is_there = port > 0 and _listens(port, process)
        finally:
            watchdog.cancel()
            log.close()
        if not is_there:
            process.kill()
            why = (folder / LOG).read_text("utf-8")
            raise RuntimeError(f"{' '.join(arguments)} did not start:\n{why}")
        return cls(process, port)

    def cpu_seconds(self) -> float:
        """Time on a core so far, all threads."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def precise_cpu_seconds(self) -> float:
        """The same to the nanosecond, where the kernel keeps statistics of its scheduler."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text("ascii").split()[0]) for thread in threads) / 1e9

    def memory_megabytes(self) -> float:
        """Resident memory (RSS)."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * resource.getpagesize() / 1e6

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(END_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(END_PATIENCE_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()


def keep_to_own_core() -> bool:
    """
    Keep this process, which is the load, off the core of the servers, and before all others
    there if that is allowed; servers inherit the latter.
    """
    os.sched_setaffinity(0, {LOAD_CPU})
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    except PermissionError:
        return False
    return True


def busy_seconds(cpu: int = SERVER_CPU) -> float:
    """How long a core has worked so far, for whomever."""
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    times = next(line.split()[1:] for line in lines if line.startswith(f"cpu{cpu} "))
    # user, nice, system, idle, iowait, irq, softirq, steal
    return sum(int(times[i]) for i in (0, 1, 2, 5, 6, 7)) / os.sysconf("SC_CLK_TCK")


def seconds_of(arguments: Sequence[str]) -> float:
    """How long a Python command takes, on the core of the servers."""
    start = time.perf_counter()
    subprocess.run(
        _on_server_cpu(arguments), env=environment(), check=True, timeout=START_PATIENCE_SECONDS
    )
    return time.perf_counter() - start


def output_of(arguments: Sequence[str], folder: Path, preload: Path) -> bytes:
    """What a Python command prints that runs as servers do, with a library preloaded."""
    return subprocess.run(
        _on_server_cpu(arguments),
        cwd=folder,
        env={**environment(), **_preload_in(folder, preload)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=START_PATIENCE_SECONDS,
    ).stdout


def _on_server_cpu(arguments: Sequence[str]) -> list[str]:
    return ["taskset", "--cpu-list", str(SERVER_CPU), sys.executable, *arguments]


def _listens(port: int, process: "subprocess.Popen[str]") -> bool:
    """Wait until somebody listens; False if the process has ended before."""
    while process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return True
        time.sleep(POLL_SECONDS)
    return False
