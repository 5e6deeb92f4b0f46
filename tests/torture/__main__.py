"""``make torture``: run all campaigns, or the named ones, and write docs/reliability.md."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from tests.postgres import BACKENDS
from tests.torture import (
    authentication,
    canaries,
    crowd,
    disk_failures,
    failover,
    fuzz,
    holds,
    kills,
    logins,
    power_cuts,
    restarts,
)
from tests.torture.results import Result, write_page

ON_EACH_BACKEND: Mapping[str, Callable[[Path, str], Result]] = {
    "fuzz": partial(fuzz.run, requests=100_000),
    "crowd": partial(crowd.run, requests=1_000),
    "logins": logins.run,
    "holds": holds.run,
    "kills": kills.run_all,
    "authentication": authentication.run,
    "canaries": canaries.run,
}

ON_SQLITE: Mapping[str, Callable[[Path], Result]] = {
    "power-cuts": power_cuts.run_all,
    "disk-failures": disk_failures.run,
}
"""What happens to SQLite's files; PostgreSQL's are its own affair."""

ON_POSTGRESQL: Mapping[str, Callable[[Path], Result]] = {
    "failover": failover.run,
    "restarts": restarts.run,
}

CAMPAIGNS = (*ON_EACH_BACKEND, *ON_SQLITE, *ON_POSTGRESQL)


def run(name: str) -> Iterator[Result]:
    """Run a campaign, on both backends if it can."""
    alone = ON_SQLITE.get(name) or ON_POSTGRESQL.get(name)
    if alone is not None:
        with tempfile.TemporaryDirectory() as folder:
            yield alone(Path(folder))
        return
    for backend in BACKENDS:
        with tempfile.TemporaryDirectory() as folder:
            result = ON_EACH_BACKEND[name](Path(folder), backend)
        if backend == "postgresql":
            result.title += ", on PostgreSQL"
        yield result


def main() -> int:
    """Run the campaigns; 1 if a figure is outside of its bound."""
    names = sys.argv[1:] or list(CAMPAIGNS)
    results = []
    for name in names:
        began = time.monotonic()
        for result in run(name):
            print(f"{name}: {time.monotonic() - began:.0f} s")
            print("\n".join(result.lines()), flush=True)
            results.append(result)
            began = time.monotonic()
    if names == list(CAMPAIGNS):
        write_page(results)
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
