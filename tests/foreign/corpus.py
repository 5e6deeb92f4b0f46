"""Reads every spec in a folder as `new-provider` does, serves it, and counts right responses.

::

    python -m tests.foreign.corpus FOLDER [--operations 3] [--every 1]
"""

import contextlib
import io
import logging
import signal
import tempfile
import traceback
from argparse import ArgumentParser
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from profilegate.codegen.foreign.document import read_foreign
from profilegate.codegen.foreign.files import ForeignFiles
from profilegate.codegen.foreign.importer import Importer
from profilegate.codegen.foreign.operations import OperationImporter
from profilegate.codegen.foreign.places import Notes
from profilegate.codegen.foreign.repairs import repaired
from profilegate.codegen.foreign.yaml_text import to_yaml
from profilegate.codegen.servable import check_servable
from profilegate.errors import ProfilegateError
from profilegate.openapi.reader import parse_spec
from tests.first_calls import FirstCall, bad_calls, valid_call
from tests.foreign.acme import Acme

SPEC_SECONDS_MAX = 60
"""We chose more time than one spec with a few operations needs."""

BAD_CALLS_MAX = 12


@dataclass
class Result:
    """What happened to one spec."""

    file: str
    stage: str = "served"
    why: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def check(file: Path, operations: int) -> Result:
    """Read, serve and call one spec."""
    result = Result(file.name)
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(SPEC_SECONDS_MAX)
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            logging.disable()
            _check(file, operations, result)
    except ProfilegateError as error:
        result.stage, result.why = "rejected", str(error)
    except BaseException as error:
        result.stage = "traceback"
        result.why = f"{error!r} {traceback.format_exc()[-900:]}"
    finally:
        signal.alarm(0)
    return result


def _late(*_: object) -> None:
    raise TimeoutError


def _check(file: Path, operations: int, result: Result) -> None:
    notes = Notes()
    files = ForeignFiles(file)
    names = [each.id for each in OperationImporter(Importer(files, Notes())).choose(())]
    # With a choice an operation that cannot be served is an error, so all are read at first.
    chosen = names[:operations] if operations and len(names) > operations else []
    document = repaired("acme", read_foreign(file, chosen, notes), notes)
    text = to_yaml(document)
    spec = parse_spec("acme", text)
    check_servable(spec)
    with tempfile.TemporaryDirectory() as folder, Acme(Path(folder), spec) as acme:
        credentials = {}
        for name, node in spec.security_schemes.items():
            is_basic = str(node.get("scheme")).lower() == "basic"
            credentials[name] = ("demo", "password" if is_basic else "")
            acme.add_credential(name, "demo", b"password" if is_basic else None)
        for operation in spec.operations():
            for everything in (False, True):
                call = valid_call(spec, operation, credentials, everything=everything)
                _send(acme, call, f"valid {operation.id}", result)
            for number, (what, call) in enumerate(bad_calls(spec, operation, credentials)):
                if number < BAD_CALLS_MAX:
                    _send(acme, call, f"invalid {operation.id} {what}", result)


def _send(acme: Acme, call: FirstCall, what: str, result: Result) -> None:
    response = acme.send(call.method, call.target, headers=call.headers, content=call.body)
    kind = what.partition(" ")[0]
    is_right = response.status_code == call.status
    if kind == "invalid":
        is_right = 400 <= response.status_code < 500
    result.counts[kind] += 1
    if response.status_code >= 500:
        result.counts["500"] += 1
    if not is_right:
        result.counts[f"{kind} wrong"] += 1
        sent = f"{call.method} {call.target[:150]} {(call.body or b'')[:200]!r}"
        result.wrong.append(f"{what}: {response.status_code} {response.text[:300]} <- {sent}")


def main() -> None:
    """Check all files and print a table."""
    parser = ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--operations", type=int, default=3)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    options: Any = parser.parse_args()
    found = sorted(path for path in options.folder.rglob("*") if path.suffix in SUFFIXES)
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        work = partial(check, operations=options.operations)
        for result in pool.map(work, found[:: options.every]):
            total += result.counts
            total[result.stage] += 1
            if result.stage != "served":
                print(f"{result.stage}: {result.file}: {result.why}", flush=True)
            for line in result.wrong:
                print(f"wrong: {result.file}: {line}", flush=True)
    print(dict(sorted(total.items())))


SUFFIXES = (".json", ".yaml", ".yml")

if __name__ == "__main__":
    main()
