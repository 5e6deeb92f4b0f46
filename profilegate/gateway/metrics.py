"""Metrics: what a gateway counts and measures of itself, in Prometheus' terms.

The values of labels are names of ours, of the specs or of errors, and statuses: never a text of a
request. With several processes each writes its values into files of one folder, which any of them
reads for all (the multiprocess mode of prometheus-client).
"""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Gauge

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus-client learns the folder, once, when it is imported."""

DURATION_BUCKETS_SECONDS: Final = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
)  # fmt: skip
"""A request that is rejected takes a third of a millisecond, a durable update one or several by the
disk, a login twenty; Prometheus' own buckets begin at 5 ms. We chose them."""

BATCH_BUCKETS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Updates in one commit; the last one is BATCH_SIZE_MAX of the SQLite store."""

NONE: Final = "none"
"""The label of a request that belongs to no provider, or to none of its operations; the status of
one whose client left before its response."""

Mode = Literal["livesum", "livemin", "livemostrecent", "sum"]

GAUGES: Final[Mapping[str, tuple[str, Mode]]] = {
    "store_queue_depth": ("Updates that wait for the store's writer.", "livesum"),
    "store_queue_limit": ("Updates that may wait; further ones get 503.", "livesum"),
    "store_pool_size": ("Connections to PostgreSQL, in use and idle.", "livesum"),
    "store_pool_in_use": ("Connections to PostgreSQL that serve a request.", "livesum"),
    "store_pool_waiting": ("Requests that wait for a connection to PostgreSQL.", "livesum"),
    "disk_free_bytes": ("Free space on the disk of the database.", "livemostrecent"),
    "outbox_waiting": ("Mails that wait, up to 10000.", "livemostrecent"),
    "outbox_oldest_seconds": (
        "Age of the oldest mail that waits for the mail server.",
        "livemostrecent",
    ),
    "locks": ("Credentials and peers that are locked now.", "livemostrecent"),
    "logins_waiting": ("Logins that wait for a thread.", "livesum"),
    "journal_left_out": ("Exchanges for which the journal had no room.", "sum"),
    "process_resident_memory_bytes": ("Memory of the gateway's processes.", "livesum"),
    "process_open_fds": ("Open files and sockets of the gateway's processes.", "livesum"),
    "process_max_fds": ("The lowest limit of open files of a process.", "livemin"),
    "process_start_time_seconds": ("When the oldest process started (Unix time).", "livemin"),
}
"""What is measured at a moment: its name after ``profilegate_``, its help, and how the values of
several processes become one. A value that a store does not measure is left out."""

WAITING_MAX: Final = 256
"""Requests of one kind that wait to be counted together: counted one by one each would cost every
update two microseconds more. A process that is killed loses those of a tenth of a second."""


class Kind(NamedTuple):
    """Requests that differ only by their time: their counters, and the times not counted yet."""

    inc: Callable[[float], None]
    inc_error: Callable[[float], None] | None
    observe: Callable[[float], None]
    seconds: list[float]

    def flush(self) -> None:
        """Count what waits."""
        waiting = self.seconds[:]
        self.seconds.clear()
        if not waiting:
            return
        self.inc(len(waiting))
        if self.inc_error is not None:
            self.inc_error(len(waiting))
        for each in waiting:
            self.observe(each)


class Metrics:
    """The metrics of one process; ``folder`` is where several processes keep theirs."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None:
            os.environ[FOLDER] = str(folder)
        from prometheus_client import Counter, Gauge, Histogram, ProcessCollector, metrics

        # When each counter began: as many lines again, which no query of ours reads.
        metrics.disable_created_metrics()  # type: ignore[no-untyped-call]

        self._folder = folder
        registry = metrics_registry(None)
        self._registry = registry
        self._requests = Counter(
            "profilegate_requests",
            "Requests by their status.",
            ("provider", "operation", "status"),
            registry=registry,
        )
        self._durations = Histogram(
            "profilegate_request_duration_seconds",
            "Time from the request's head to the end of its response.",
            ("provider", "operation"),
            buckets=DURATION_BUCKETS_SECONDS,
            registry=registry,
        )
        self._errors = Counter(
            "profilegate_error_responses",
            "Error responses by the name of the error.",
            ("provider", "operation", "error"),
            registry=registry,
        )
        self._locks = Counter(
            "profilegate_lockouts",
            "Locks of a credential for a peer, or of a peer for all accounts (sprayed).",
            ("kind",),
            registry=registry,
        )
        for kind in ("credential", "sprayed"):
            self._locks.labels(kind)
        self._batches = Histogram(
            "profilegate_store_batch_size",
            "Updates that were committed together.",
            buckets=BATCH_BUCKETS,
            registry=registry,
        )
        self._cpu = Counter(
            "profilegate_process_cpu_seconds",
            "CPU time of the gateway's processes.",
            registry=registry,
        )
        self._checks = Gauge(
            "profilegate_ready",
            "Whether a check of /health/ready is met (1) or not (0).",
            ("check",),
            registry=registry,
            multiprocess_mode="livemostrecent",
        )
        self._gauges: dict[str, Gauge] = {}
        self._process = ProcessCollector(registry=None)
        self._cpu_seconds = 0.0
        self._kinds: dict[tuple[str, int, str], Kind] = {}
        self.count_batch: Callable[[float], None] = self._batches.observe

    # --- Requests ------------------------------------------------------------------------

    def count_request(
        self, provider: str, operation: str, status: int, error: str, seconds: float
    ) -> None:
        """
        Count a request and its time.

        ``operation`` is the full id (``kraken.update_user``), empty without one, ``error`` the name
        of the error that it ended with, if any. ``status`` is 0 for a client that left.
        """
        key = (operation or provider, status, error)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._new_kind(provider, operation, status, error)
        kind.seconds.append(seconds)
        if len(kind.seconds) >= WAITING_MAX:
            kind.flush()

    def _new_kind(self, provider: str, operation: str, status: int, error: str) -> Kind:
        labels = (provider or NONE, operation.partition(".")[2] or NONE)
        return Kind(
            self._requests.labels(*labels, str(status or NONE)).inc,
            self._errors.labels(*labels, error).inc if error else None,
            self._durations.labels(*labels).observe,
            [],
        )

    def flush(self) -> None:
        """Count the requests that wait to be counted."""
        for kind in self._kinds.values():
            kind.flush()

    def count_lock(self, kind: str) -> None:
        """Count a lock of a ``credential``, or of a peer that has ``sprayed``."""
        self._locks.labels(kind).inc()

    # --- What is measured at a moment ----------------------------------------------------

    def measure(self, values: Iterable[tuple[str, float]]) -> None:
        """Set gauges by their names in GAUGES."""
        for name, value in values:
            gauge = self._gauges.get(name)
            if gauge is None:
                gauge = self._gauges[name] = self._new_gauge(name)
            gauge.set(value)

    def _new_gauge(self, name: str) -> "Gauge":
        from prometheus_client import Gauge

        help_text, mode = GAUGES[name]
        return Gauge(
            f"profilegate_{name}", help_text, registry=self._registry, multiprocess_mode=mode
        )

    def measure_process(self) -> None:
        """Set the gauges of this process, and count its CPU time."""
        found = {each.name: each.samples[0].value for each in self._process.collect()}
        cpu_seconds = found.pop("process_cpu_seconds", 0.0)
        self._cpu.inc(cpu_seconds - self._cpu_seconds)
        self._cpu_seconds = cpu_seconds
        self.measure((name, value) for name, value in found.items() if name in GAUGES)

    def measure_checks(self, found: Mapping[str, str]) -> None:
        """Set whether each check of ``/health/ready`` is met."""
        for check, wrong in found.items():
            self._checks.labels(check).set(not wrong)

    # --- For Prometheus ------------------------------------------------------------------

    def exposition(self, accept: str) -> tuple[str, bytes]:
        """The media type and the text of all metrics of all processes."""
        from prometheus_client.exposition import choose_encoder

        encode, media_type = choose_encoder(accept)
        registry = self._registry if self._folder is None else metrics_registry(self._folder)
        return media_type, encode(registry)


def metrics_registry(folder: Path | None) -> "CollectorRegistry":
    """A registry: an empty one, or one that reads what all processes keep in a folder."""
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    if folder is not None:
        from prometheus_client.multiprocess import MultiProcessCollector

        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def forget_process(folder: Path, pid: int) -> None:
    """Remove what a process that has ended measured last; what it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
