"""``make torture``: run all campaigns, or the named ones, and write docs/reliability.md."""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

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

CAMPAIGNS: Mapping[str, Callable[[Path], Result]] = {
    "fuzz": lambda folder: fuzz.run(folder, requests=100_000),
    "crowd": lambda folder: crowd.run(folder, requests=1_000),
    "logins": logins.run,
    "holds": holds.run,
    "kills": kills.run_all,
    "power-cuts": power_cuts.run_all,
    "authentication": authentication.run,
    "canaries": canaries.run,
    "disk-failures": disk_failures.run,
    "failover": failover.run,
    "restarts": restarts.run,
}


def main() -> int:
    """Run the campaigns; 1 if a figure is outside of its bound."""
    names = sys.argv[1:] or list(CAMPAIGNS)
    results = []
    for name in names:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            result = CAMPAIGNS[name](Path(folder))
        print(f"{name}: {time.monotonic() - began:.0f} s")
        print("\n".join(result.lines()), flush=True)
        results.append(result)
    if names == list(CAMPAIGNS):
        write_page(results)
    return 0 if all(result.is_good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
