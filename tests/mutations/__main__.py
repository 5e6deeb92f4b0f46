"""``make mutation-score``: loosen one rule at a time, and count the changes that a test notices."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.mutations.checks import tests_of
from tests.mutations.code_mutants import code_mutants
from tests.mutations.copies import Copy, Outcome, Result
from tests.mutations.mutant import Mutant
from tests.mutations.report import KINDS, print_table, write_page
from tests.mutations.spec_mutants import spec_mutants


def main() -> int:
    """Make and test the mutants; 1 if a test fails without a mutant."""
    arguments = read_arguments()
    population = [*spec_mutants(), *code_mutants()]
    chosen = choose(population, arguments)
    if arguments.list:
        print("\n".join(mutant.describe() for mutant in chosen))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copies = [
            Copy(Path(folder) / str(n), with_lists=not arguments.without_lists)
            for n in range(arguments.jobs)
        ]
        if not arguments.skip_baseline and not passes_unchanged(copies[0], chosen):
            return 1
        results = run_all(copies, chosen, time.monotonic() + 60 * arguments.minutes)
    print_table(population, results)
    if arguments.write:
        write_page(population, results, arguments.seed)
    return 0


def read_arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--only", choices=KINDS, action="append", help="only this kind")
    parser.add_argument("--where", default="", help="only those whose file:line contains this")
    parser.add_argument("--sample", type=int, help="at most so many of each kind")
    parser.add_argument("--seed", type=int, default=1, help="of the sample; another is another")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="mutants at a time")
    parser.add_argument("--minutes", type=float, default=600, help="begin no mutant after these")
    parser.add_argument("--skip-baseline", action="store_true", help="the tests are known to pass")
    parser.add_argument(
        "--without-lists", action="store_true", help="without the tests that only compare a list"
    )
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    parser.add_argument("--write", action="store_true", help="write docs/mutation-score.md")
    return parser.parse_args()


def choose(population: Sequence[Mutant], arguments: argparse.Namespace) -> list[Mutant]:
    """The sample: of each kind the same number, in an order that mixes the kinds."""
    chance = random.Random(arguments.seed)
    chosen: list[Mutant] = []
    for kind in arguments.only or KINDS:
        of_kind = [
            each for each in population if each.kind == kind and arguments.where in each.describe()
        ]
        size = len(of_kind) if arguments.sample is None else min(arguments.sample, len(of_kind))
        chosen += chance.sample(of_kind, size)
    chance.shuffle(chosen)
    return chosen


def passes_unchanged(copy: Copy, mutants: Sequence[Mutant]) -> bool:
    """Whether the tests pass without a mutant: a test that always fails would detect all."""
    tests = dict.fromkeys(name for mutant in mutants for name in tests_of(mutant))
    output = copy.run_unchanged(list(tests))
    print(output, file=sys.stderr)
    return not output


def run_all(copies: Sequence[Copy], mutants: Sequence[Mutant], until: float) -> list[Result]:
    """Test the mutants, one at a time in each copy."""
    waiting: SimpleQueue[Mutant] = SimpleQueue()
    for mutant in mutants:
        waiting.put(mutant)
    results: list[Result] = []

    def work(copy: Copy) -> None:
        while time.monotonic() < until:
            try:
                mutant = waiting.get_nowait()
            except Empty:
                return
            began = time.monotonic()
            result = copy.run(mutant)
            results.append(result)
            took = time.monotonic() - began
            mark = "NOT DETECTED" if result.outcome is Outcome.NONE else result.outcome
            print(f"{took:3.0f} s  {mark}: {mutant.describe()}  {result.by}", flush=True)

    with ThreadPoolExecutor(len(copies)) as pool:
        list(pool.map(work, copies))
    return results


if __name__ == "__main__":
    sys.exit(main())
