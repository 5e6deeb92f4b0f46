"""Several processes on one database: no update is lost, and a nonce is accepted once."""

import os
import subprocess
import sys
from pathlib import Path

from profilegate.store import ANY_TENANT, Credential, Store, accounts, credentials, profiles
from tests.gateway_process import CHECKOUT, environment
from tests.store.people import KAI, create, read, run, write
from tests.store.updating import PARTNER

PROCESSES = int(os.environ.get("PROFILEGATE_TEST_PROCESSES", "4"))
UPDATES_EACH = int(os.environ.get("PROFILEGATE_TEST_UPDATES", "50"))
"""A few by default, because each process takes a second to start; 8 processes with 500 updates for
a thorough run."""

PATIENCE_SECONDS = 300


def outputs(database: str, folder: Path, paths: list[str], count: str) -> list[str]:
    """Let a process for each path update Kai's profile, all at once; what they print."""
    started = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.store.updating", database),
                *(str(folder / "master.key"), KAI.external_id, path, count),
            ],
            cwd=CHECKOUT,
            env=environment(CHECKOUT),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for path in paths
    ]
    for process in started:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=PATIENCE_SECONDS)[0].strip() for process in started]
    assert [0] * len(paths) == [process.returncode for process in started]
    return said


def test_processes_on_one_profile_lose_nothing(store: Store, database: str, tmp_path: Path) -> None:
    """
    "The store applies the updates of one profile one after another": each process counts up in a
    field of its own, and every step of each is in one whole history.
    """
    profile = create(store, KAI)
    paths = [
        f"account.field_{n}" if n % 2 else f"addresses.postal.line{n}" for n in range(PROCESSES)
    ]
    outputs(database, tmp_path, paths, str(UPDATES_EACH))
    fields = read(store, accounts.fields_of, KAI, ANY_TENANT)
    events = read(store, profiles.events, "default", profile.id, after=1, limit=100_000)
    steps = {path: [event for event in events if event.origin.who == path] for path in paths}
    audit = run(store.audit("default"))

    assert dict.fromkeys(paths, UPDATES_EACH) == {path: fields.get(path) for path in paths}
    assert dict.fromkeys(paths, UPDATES_EACH) == {path: len(found) for path, found in steps.items()}
    assert [str(n + 1) for n in range(UPDATES_EACH)] == [
        e.origin.request_id for e in steps[paths[0]]
    ]
    assert (1, 1 + PROCESSES * UPDATES_EACH, (), ()) == (
        *(audit.profiles, audit.events),
        *(audit.broken, audit.damaged),
    )


def test_a_nonce_is_accepted_by_one_of_two_processes(
    store: Store, database: str, tmp_path: Path
) -> None:
    """
    "A replayed nonce is rejected", also if both requests arrive at once at different processes.
    """
    create(store, KAI)
    write(store, credentials.put, Credential(PARTNER, secret=b"secret"))
    said = outputs(database, tmp_path, ["phone", "email"], "nonce:7")
    stored = read(store, credentials.find, PARTNER)

    assert ["accepted", "rejected"] == sorted(said)
    assert stored is not None
    assert 7 == stored.nonce
