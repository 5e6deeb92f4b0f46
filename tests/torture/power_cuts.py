"""Power cuts: the states that a disk may have, rebuilt from the system calls of a real gateway."""

import random
import shlex
import shutil
import sys
import threading
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from profilegate.store.sqlite.backup import back_up
from tests.gateway_process import run
from tests.http.providers import NAVIXY
from tests.torture.disk import INDEX_SUFFIX, Disk
from tests.torture.results import Result
from tests.torture.system_calls import Event, Traced, events_of, is_available, traced_shell
from tests.torture.verification import SERVED, Checker, old_database
from tests.torture.workload import (
    KINDS,
    LOST,
    STRANGE,
    Client,
    Findings,
    Names,
    Promise,
    clients,
    word,
)

SEED = 20_261_126

CUTS: Mapping[str, int] = {
    "load": 50,
    "first start": 20,
    "restore": 16,
    "migration": 14,
}

NAMES = ("create", "mkdir", "rename", "link", "unlink", "truncate")
RARE = ("rename", "link", "mkdir")

USERS = 60
LATER_ACCOUNTS = 50
LOAD_SECONDS = 1.0

PROFILEGATE = f"{shlex.quote(sys.executable)} -m profilegate"
SERVE = f"{PROFILEGATE} serve --port 0"
LISTENS = "listens on"

ROTATED, BACKED_UP, STOPPED = "is-rotated", "is-backed-up", "is-stopped"
RESTORED, MIGRATED = "is-restored", "is-migrated"

BACKUP = "backups/file"


@dataclass
class Recording:
    """The events of a run, its clients, and the files at its beginning."""

    events: list[Event]
    disk: Disk
    clients: list[Client] = field(default_factory=list)

    def said(self, text: str) -> int:
        """Where a word was said."""
        return next(
            each.at
            for each in self.events
            if each.kind == "said" and each.data.startswith(text.encode())
        )

    def promises(self, at: int) -> dict[int, tuple[Client, Promise]]:
        """What a database owes to each client, if the power goes at a place."""
        ports: defaultdict[int, list[int]] = defaultdict(list)
        for event in self.events:
            if event.kind == "response":
                ports[event.peer].append(event.at)
        owed = {}
        for number, client in enumerate(self.clients):
            places = [client.places[step] for step in client.acknowledged]
            sent_at = [ports[port][index] for port, index in places]
            known = bisect_right(sent_at, at)
            steps = client.acknowledged
            coming = steps[known] if known < len(steps) else client.in_flight
            owed[number] = (client, Promise(steps[:known], coming))
        return owed


def run_all(folder: Path, cuts: Mapping[str, int] = CUTS) -> Result:
    """Record, cut, and count what must not be."""
    result = Result(
        "Power cuts",
        "The system calls of real gateways and commands are recorded (strace) with the responses "
        "they send: first start, load of six clients and an administrator, key rotation, backup, "
        f"stop, restore, migration. Then {sum(cuts.values())} states are built that a disk may "
        "have when the power goes: all that was synced, and of the rest any part, in sectors of "
        "512 bytes, and any of the names whose folder was not synced. Each is opened, verified and "
        "compared with the responses before the cut.",
        not_shown="disks that lie about a sync, or damage sectors that were not written; systems "
        "other than Linux, whose syncs have other names.",
    )
    if not is_available():
        result.add("power cuts", f"{sum(cuts.values())}", "0: no strace here", is_good=False)
        return result
    campaign = Campaign(folder.resolve(), random.Random(SEED))
    campaign.run(cuts)
    campaign.checker.stop()
    result.add(
        "power cuts",
        f"{sum(cuts.values())}",
        f"{campaign.cuts}",
        is_good=campaign.cuts == sum(cuts.values()),
    )
    result.add(
        "acknowledged changes in the recordings", "", f"{campaign.acknowledged:,}", is_good=True
    )
    result.add("recorded writes", "", f"{campaign.writes:,}", is_good=True)
    result.add("recorded syncs", "", f"{campaign.syncs:,}", is_good=True)
    for kind in KINDS:
        result.count(kind, len(campaign.findings.found[kind]))
    result.count("requests rejected", campaign.rejected)
    return result


class Campaign:
    """Recordings, and the cuts of each."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.findings = Findings()
        self.checker = Checker(folder / "template")
        self.checker.add_users(USERS)
        self.cuts = self.acknowledged = self.writes = self.syncs = self.rejected = 0

    def run(self, cuts: Mapping[str, int]) -> None:
        """Make the recordings, and cut each."""
        kinds: Mapping[str, tuple[Callable[[], Recording], Callable[..., None]]] = {
            "load": (self._record_load, self._check_load),
            "first start": (self._record_first_start, self._check_first_start),
            "restore": (self._record_restore, self._check_restore),
            "migration": (self._record_migration, self._check_migration),
        }
        for kind, count in cuts.items():
            record, check = kinds[kind]
            recording = record()
            self._count(recording)
            for at, only_last_name in self._places(recording, count):
                state = self.folder / f"state-{self.cuts}"
                recording.disk.cut(state, self.chance, only_last_name=only_last_name)
                self.cuts += 1
                before = len(self.findings)
                check(recording, at, state)
                if len(self.findings) == before:
                    shutil.rmtree(state)
                else:
                    print(f"  (cut {self.cuts - 1} of {kind}, at line {at})", flush=True)

    def _count(self, recording: Recording) -> None:
        self.acknowledged += sum(len(each.acknowledged) for each in recording.clients)
        self.writes += sum(each.kind == "write" for each in recording.events)
        self.syncs += sum(each.kind == "sync" for each in recording.events)
        for client in recording.clients:
            self.rejected += len(client.rejected)
            for what in client.rejected:
                print(f"  rejected: {what}", flush=True)

    def _places(self, recording: Recording, count: int) -> Iterator[tuple[int, bool]]:
        """
        Places to cut, in order, and whether only the last change of a name is left; the disk has
        all events up to each place.

        There are cuts after each rename, link and new folder, and in a short recording after each
        change of a name. A third each of the others is right after a response, after a change of a
        name, and after a write.
        """
        names = [each.at for each in recording.events if _is_name(each)]
        rare = [each.at for each in recording.events if _is_name(each) and each.kind in RARE]
        places = [
            [each.at for each in recording.events if each.kind in ("response", "said")],
            names,
            [each.at for each in recording.events if each.kind in ("write", "sync")],
        ]
        chosen = [(at, True) for at in (names if len(names) <= count // 2 else rare)]
        chosen += [(at, False) for at in rare]
        chosen += [
            (self.chance.choice(self.chance.choice(places)), False)
            for _ in range(count - len(chosen))
        ]
        chosen.sort()
        events = iter(recording.events)
        event = next(events, None)
        for at, only_last_name in chosen:
            while event is not None and event.at <= at:
                recording.disk.apply(event)
                event = next(events, None)
            yield at, only_last_name

    # --- Load, rotation and backup

    def _record_load(self) -> Recording:
        folder, trace = self.folder / "load", self.folder / "load.trace"
        var = self.checker.new_folder(folder)
        (folder / BACKUP).parent.mkdir()
        disk, users = Disk(folder), clients(USERS)
        with traced_shell(folder, trace) as shell:
            shell.do(f"{SERVE} {' '.join(SERVED)} & gateway=$!")
            stop, threads = self._start_clients(shell, users, var)
            time.sleep(LOAD_SECONDS)
            shell.do(f"{PROFILEGATE} keys rotate && echo {ROTATED}")
            shell.wait_for(ROTATED)
            time.sleep(LOAD_SECONDS)
            shell.do(f"{PROFILEGATE} backup {BACKUP} && echo {BACKED_UP}")
            shell.wait_for(BACKED_UP)
            time.sleep(LOAD_SECONDS)
            stop.set()
            for thread in threads:
                thread.join()
            shell.do(f"kill $gateway; wait $gateway; echo {STOPPED}")
            shell.wait_for(STOPPED)
        return Recording(events_of(trace, folder), disk, users)

    def _start_clients(
        self, shell: Traced, users: list[Client], var: Path
    ) -> tuple[threading.Event, list[threading.Thread]]:
        port = int(shell.wait_for(LISTENS).rsplit(":", 1)[1])
        url = self.checker.gateway.url_in(var)
        stop = threading.Event()
        threads = [
            threading.Thread(target=each.send_until, args=(stop, port, url)) for each in users
        ]
        for thread in threads:
            thread.start()
        return stop, threads

    def _check_load(self, recording: Recording, at: int, state: Path) -> None:
        """All promises; and the backup is whole, if it is there."""
        owed = recording.promises(at)
        self.checker.check(state / "var", owed, self.findings)
        backup = state / BACKUP
        if backup.exists():
            other = self.checker.new_folder(state / "other")
            for key in (state / "var").glob("master.key*"):
                shutil.copy2(key, other / key.name)
            self._complete(state / "other", backup, other)
        elif at >= recording.said(BACKED_UP):
            self.findings.add(LOST, "the backup")

    def _complete(self, folder: Path, backup: Path, var: Path) -> None:
        """Restore a backup, and open it."""
        done = run(folder, "restore", str(backup), "--replace")
        if done.returncode != 0:
            self.findings.add(STRANGE, f"restore: {done.stderr[-300:]}")
        elif self.checker.opens(var, self.findings):
            self.checker.release()

    # --- First start

    def _record_first_start(self) -> Recording:
        folder, trace = self.folder / "first", self.folder / "first.trace"
        folder.mkdir()
        (folder / "log").touch()
        users = [each for each in clients(0) if isinstance(each, Names)]
        disk = Disk(folder)
        with traced_shell(folder, trace) as shell:
            shell.do(f"{SERVE} --demo {' '.join(SERVED)} & gateway=$!")
            stop, threads = self._start_clients(shell, [*users], folder / "var")
            time.sleep(LOAD_SECONDS / 5)
            stop.set()
            for thread in threads:
                thread.join()
            shell.do(f"kill -9 $gateway; wait $gateway; echo {STOPPED}")
            shell.wait_for(STOPPED)
        return Recording(events_of(trace, folder), disk, [*users])

    def _check_first_start(self, recording: Recording, at: int, state: Path) -> None:
        """A database that opens, with all promises once there were any."""
        owed = recording.promises(at)
        if any(promise.acknowledged for _, promise in owed.values()):
            if not (state / "var" / "profiles.db").exists():
                self.findings.add(LOST, "the whole database")
            else:
                self.checker.check(state / "var", owed, self.findings)
        elif self.checker.opens(state / "var", self.findings):
            self.checker.release()

    # --- Restore

    def _record_restore(self) -> Recording:
        folder, trace = self.folder / "restore", self.folder / "restore.trace"
        var = self.checker.new_folder(self.folder / "open")
        folder.mkdir()
        self.checker.gateway.serve_files_of(var)
        back_up(var / "profiles.db", folder / "backup", var / "master.key")
        # The log is about pages that the backup does not have.
        for number in range(LATER_ACCOUNTS):
            fields = {"account.id": str(number), "account.login": f"later{number}@example.com"}
            self.checker.gateway.create("navixy", str(number), fields)
        self.checker.release()
        self.checker.gateway.serve_files_of(var)
        self.checker.gateway.put(
            "navixy", NAVIXY.user, {"name.given": word(7), "name.family": word(7)}
        )
        # With the log of a database that was not closed.
        shutil.copytree(var, folder / "var")
        self.checker.release()
        disk = Disk(folder)
        with traced_shell(folder, trace) as shell:
            shell.do(f"{PROFILEGATE} restore backup --replace && echo {RESTORED}")
            shell.wait_for(RESTORED)
        return Recording(events_of(trace, folder), disk)

    def _check_restore(self, recording: Recording, at: int, state: Path) -> None:
        """The old database or the backup; the backup once the command has ended."""
        names = {"Charles"} if at >= recording.said(RESTORED) else {"Charles", word(7)}
        if self.checker.opens(state / "var", self.findings):
            found = self.checker.gateway.fields("navixy", NAVIXY.user)["name.given"]
            if found not in names:
                self.findings.add(LOST, f"the name is {found}, expected one of {names}")
            self.checker.release()

    # --- Migration

    def _record_migration(self) -> Recording:
        folder, trace = self.folder / "migration", self.folder / "migration.trace"
        old_database(folder)
        disk = Disk(folder)
        with traced_shell(folder, trace) as shell:
            shell.do(f"{PROFILEGATE} audit && echo {MIGRATED}")
            shell.wait_for(MIGRATED)
        return Recording(events_of(trace, folder), disk)

    def _check_migration(self, recording: Recording, at: int, state: Path) -> None:
        """All profiles, before, meanwhile and after."""
        del recording, at
        self.checker.check_migrated(state / "var", self.findings)


def _is_name(event: Event) -> bool:
    """Whether a name changes that a start looks at: not a draft's, nor that of SQLite's index."""
    is_draft = Path(event.to or event.path).name.startswith(".")
    return event.kind in NAMES and not is_draft and not event.path.endswith(INDEX_SUFFIX)
