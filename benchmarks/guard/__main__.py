"""Compare the updates' costs with those that are kept; with ``--write``, keep these instead."""

import json
import sys

from benchmarks.guard.costs import FILE, kept_costs, measured_costs, more_expensive, this_python
from benchmarks.guard.instructions import CannotCountError


def main() -> int:
    try:
        measured = measured_costs()
    except CannotCountError as why:
        print(f"Skipped: {why}.")
        return 0
    print("\n".join(f"{name:8} {cost:6.1f} × bare ASGI" for name, cost in measured.items()))
    if "--write" in sys.argv[1:]:
        now = {"python": this_python(), "instructions_of_bare_asgi": measured}
        FILE.write_text(json.dumps(now, indent=2) + "\n", "utf-8")
        return 0
    kept = kept_costs()
    if kept["python"] != this_python():
        print(f"Skipped: the costs are kept for {kept['python']}, this is {this_python()}.")
        return 0
    found = more_expensive(measured, kept["instructions_of_bare_asgi"])
    for name, sentence in found.items():
        print(f"{name} has become more expensive: {sentence}")
    return 1 if found else 0


sys.exit(main())
