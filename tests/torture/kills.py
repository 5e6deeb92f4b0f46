"""Kills: SIGKILL at random moments, and what the database holds afterwards."""

import json
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from profilegate.store.sqlite.backup import back_up
from tests.gateway_process import CHECKOUT, GatewayProcess, environment, run
from tests.http.providers import NAVIXY
from tests.raw_database import RawDatabase
from tests.torture.results import Result
from tests.torture.verification import SERVED, SETTINGS, Checker, old_database
from tests.torture.workload import (
    HALF,
    KINDS,
    LOST,
    STAGES,
    STRANGE,
    Administrator,
    Client,
    Findings,
    clients,
    exported,
    imported,
    word,
)

SEED = 20_261_126

KILLS: Mapping[str, Mapping[str, int]] = {
    "sqlite": {
        "under load": 50,
        "during an erasure": 8,
        "first start": 8,
        "migration": 8,
        "import": 7,
        "key rotation": 7,
        "backup": 6,
        "restore": 6,
    },
    "postgresql": {
        "under load": 20,
        "during an erasure": 8,
        "first start": 8,
        "import": 7,
        "key rotation": 7,
    },
}
"""How many of each kind; PostgreSQL has no older version of ours and backups of its own."""

ROUNDS_OF_A_DATABASE = 20
"""After this many kills a new database begins: the time of a check grows with it."""

USERS = 150
LOAD_SECONDS = 0.1, 0.6
ERASURE_SECONDS = 0.004
COMMAND_MAX_SECONDS = 30.0
COMMAND_SPANS_SECONDS: Mapping[str, float] = {
    "first start": 0.35,
    "migration": 0.12,
    "import": 0.25,
    "key rotation": 0.10,
    "backup": 0.08,
    "restore": 0.06,
}
"""The time from a command's first change of a file within which it is killed: about what it takes
alone on two cores. A command that was done before the kill is started again, on other files."""

ATTEMPTS_MAX = 10
POLL_SECONDS = 0.0005
LINES = 300


def run_all(folder: Path, backend: str, kills: Mapping[str, int] | None = None) -> Result:
    """Kill; count what must not be."""
    kills = KILLS[backend] if kills is None else kills
    campaign = Campaign(folder, backend, random.Random(SEED))
    for kind, count in kills.items():
        for _ in range(count):
            campaign.kill(kind)
    campaign.checker.stop()
    shown = ", ".join(f"{count} {kind}" for kind, count in campaign.killed.items())
    result = Result(
        "Kills",
        f"kill -9 at random moments ({shown}), of a gateway that six clients of the four providers "
        "and an administrator use, or of the command itself. After each, the database is opened, "
        "verified and compared with every acknowledged change, and the last signed requests are "
        "sent again.",
        not_shown="kills of several processes that write one database at the same moment, and what "
        "a kernel loses: see the power cuts.",
    )
    killed = sum(campaign.killed.values())
    result.add(
        "kills", f"{sum(kills.values())}", f"{killed}", is_good=killed == sum(kills.values())
    )
    result.add("acknowledged changes", "", f"{campaign.acknowledged:,}", is_good=True)
    for kind in KINDS:
        result.count(kind, len(campaign.findings.found[kind]))
    result.count("requests rejected", campaign.rejected)
    return result


class Campaign:
    """Kills, one after the other; those under load share a database."""

    def __init__(self, folder: Path, backend: str, chance: random.Random) -> None:
        self.folder = folder
        self.backend = backend
        self.chance = chance
        self.findings = Findings()
        self.killed: Counter[str] = Counter()
        self.acknowledged = self.rejected = self.rounds = self.folders = 0
        self.checker = Checker(folder / "template", backend)
        self.checker.add_users(USERS)
        self.clients: list[Client] = []
        self.served = self.var = folder

    def kill(self, kind: str) -> None:
        """Kill once, and check."""
        rounds: Mapping[str, Callable[[], bool]] = {
            "under load": self._under_load,
            "during an erasure": self._erasure,
            "first start": self._first_start,
            "migration": self._migration,
            "import": self._import,
            "key rotation": self._rotation,
            "backup": self._backup,
            "restore": self._restore,
        }
        for _ in range(ATTEMPTS_MAX):
            if rounds[kind]():
                self.killed[kind] += 1
                return

    # --- A gateway under load

    @contextmanager
    def _load(self) -> Iterator[GatewayProcess]:
        """A gateway under load, which is killed at the end of the block; then check."""
        if self.rounds % ROUNDS_OF_A_DATABASE == 0:
            self.served = self.folder / f"served-{self.rounds}"
            self.var = self.checker.new_folder(self.served)
            self.clients = clients(USERS)
        self.rounds += 1
        before = sum(len(each.acknowledged) for each in self.clients)
        stop = threading.Event()
        with GatewayProcess.serving(
            self.served,
            *SERVED,
            settings={**SETTINGS, **self.checker.settings_in(self.var)},
            log=self.served / "log",
        ) as process:
            serving = self.clients if process.greeting else []
            url = self.checker.gateway.url_in(self.var)
            threads = [
                threading.Thread(target=each.send_until, args=(stop, process.port, url))
                for each in serving
            ]
            for thread in threads:
                thread.start()
            try:
                yield process
            finally:
                process.kill()
                stop.set()
                for thread in threads:
                    thread.join()
        if not serving:
            self.findings.add(STRANGE, "the gateway does not start again")
        self._check()
        self.acknowledged += sum(len(each.acknowledged) for each in self.clients) - before

    def _check(self) -> None:
        owed = {number: (each, each.promise) for number, each in enumerate(self.clients)}
        stored = self.checker.check(self.var, owed, self.findings)
        for number, client in enumerate(self.clients):
            client.settle(is_stored=stored.get(number, False))
            self.rejected += len(client.rejected)
            for what in client.rejected:
                print(f"  rejected: {what}", flush=True)
            client.rejected.clear()

    def _under_load(self) -> bool:
        with self._load():
            time.sleep(self.chance.uniform(*LOAD_SECONDS))
        return True

    def _erasure(self) -> bool:
        """Killed when an erasure is in flight."""
        with self._load():
            (administrator,) = (each for each in self.clients if isinstance(each, Administrator))
            time.sleep(self.chance.uniform(*LOAD_SECONDS))
            for _ in range(int(COMMAND_MAX_SECONDS / POLL_SECONDS)):
                step = administrator.in_flight
                if step is not None and step % STAGES == 0:
                    break
                time.sleep(POLL_SECONDS)
            time.sleep(self.chance.uniform(0, ERASURE_SECONDS))
        return True

    def _rotation(self) -> bool:
        """The command is killed, then its gateway; the next rotation continues it."""
        with self._load():
            time.sleep(self.chance.uniform(*LOAD_SECONDS))
            files = partial(_listing, self.var, "*master.key*")
            is_killed = self._run_and_kill("key rotation", self.served, ("keys", "rotate"), files)
        self._complete(self.served, "keys", "rotate")
        if self.checker.opens(self.var, self.findings):
            self.checker.release()
        return is_killed

    def _backup(self) -> bool:
        """The command is killed, then its gateway; a backup that has its name is whole."""
        backups = self.served / "backups"
        with self._load():
            backups.mkdir(exist_ok=True)
            file = backups / str(self.rounds)
            time.sleep(self.chance.uniform(*LOAD_SECONDS))
            files = partial(_listing, backups)
            is_killed = self._run_and_kill("backup", self.served, ("backup", str(file)), files)
        if file.exists():
            other = self._new_folder()
            var = self.checker.new_folder(other)
            for each in self.var.glob("master.key*"):
                shutil.copy2(each, var / each.name)
            self._complete(other, "restore", str(file), "--replace")
            if self.checker.opens(var, self.findings):
                self.checker.release()
        return is_killed

    # --- Commands alone

    def _first_start(self) -> bool:
        """The next start completes what was begun, and serves."""
        folder = self._new_folder()
        var = self.checker.new_empty_folder(folder)
        is_killed = self._run_and_kill(
            "first start", folder, ("serve", "--demo", "--port", "0"), partial(_listing, var)
        )
        with GatewayProcess.serving(
            folder, "--demo", settings=self.checker.settings_in(var), log=folder / "log"
        ) as process:
            if not process.greeting:
                self.findings.add(STRANGE, f"no start: {(folder / 'log').read_text()[-300:]}")
                return is_killed
            body, headers = NAVIXY.good_body(), {"Content-Type": "application/json"}
            status = process.send("POST", NAVIXY.target, body=body, headers=headers).status
            process.kill()
        if status != 200:
            self.findings.add(STRANGE, f"status {status} after a first start")
        if self.checker.opens(var, self.findings):
            self._expect_name({"Zoe"})
            self.checker.release()
        return is_killed

    def _migration(self) -> bool:
        """All profiles of the old database, with all of their values."""
        folder = self._new_folder()
        var = old_database(folder)
        is_killed = self._run_and_kill("migration", folder, ("audit",), partial(_listing, var))
        self.checker.check_migrated(var, self.findings)
        return is_killed

    def _import(self) -> bool:
        """The lines up to one are there, each whole; the same import adds the others."""
        folder = self._new_folder()
        var = self.checker.new_folder(folder)
        lines = [json.dumps(exported(turn, 0)) for turn in range(LINES)]
        (folder / "lines").write_text("\n".join(lines), "utf-8")
        url = self.checker.gateway.url_in(var)
        with closing(RawDatabase(url, only_reads=True)) as database:
            profiles = partial(database.rows, "SELECT count(*) FROM profiles")
            is_killed = self._run_and_kill("import", folder, ("import", "lines"), profiles)
        for is_complete in (False, True):
            if is_complete:
                self._complete(folder, "import", "lines")
            if not self.checker.opens(var, self.findings):
                return is_killed
            known = dict(
                self.checker.gateway.rows(
                    "SELECT profiles.id, count(accounts.digest) FROM profiles"
                    " LEFT JOIN accounts ON profile_id = profiles.id GROUP BY profiles.id"
                )
            )
            found = [known.get(imported(turn, 0)) for turn in range(LINES)]
            present = LINES if is_complete else sum(each is not None for each in found)
            if found != [1] * present + [None] * (LINES - present):
                self.findings.add(HALF, f"an import of {LINES} lines left {present}, not in order")
            self.checker.release()
        return is_killed

    def _restore(self) -> bool:
        """Either the old database or the backup; the same restore ends it."""
        folder = self._new_folder()
        var = self.checker.new_folder(folder / "open")
        backup = folder / "backup"
        self.checker.gateway.serve_files_of(var)
        back_up(var / "profiles.db", backup, var / "master.key")
        later = word(7)
        self.checker.gateway.put("navixy", NAVIXY.user, {"name.given": later})
        # With the log of a database that was not closed.
        shutil.copytree(var, folder / "var")
        self.checker.release()
        command = ("restore", str(backup), "--replace")
        files = partial(_listing, folder / "var")
        is_killed = self._run_and_kill("restore", folder, command, files)
        for is_complete in (False, True):
            if is_complete:
                self._complete(folder, *command)
            if self.checker.opens(folder / "var", self.findings):
                self._expect_name({"Charles"} if is_complete else {"Charles", later})
                self.checker.release()
        return is_killed

    def _expect_name(self, names: set[str]) -> None:
        found = self.checker.gateway.fields("navixy", NAVIXY.user)["name.given"]
        if found not in names:
            self.findings.add(LOST, f"the name is {found}, expected one of {names}")

    def _new_folder(self) -> Path:
        self.folders += 1
        return self.folder / f"alone-{self.folders}"

    def _complete(self, folder: Path, *command: str) -> None:
        """Run a command to its end, which must be good."""
        done = run(folder, *command, settings=self.checker.settings_in(folder / "var"))
        if done.returncode != 0:
            self.findings.add(STRANGE, f"{command} after a kill: {done.stderr[-300:]}")

    def _run_and_kill(
        self, kind: str, folder: Path, command: tuple[str, ...], watched: Callable[[], object]
    ) -> bool:
        """Kill a command after its first change of what is watched; whether it lived."""
        before = watched()
        process = subprocess.Popen(
            [sys.executable, "-m", "profilegate", *command],
            cwd=folder,
            env=environment(CHECKOUT, self.checker.settings_in(folder / "var")),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + COMMAND_MAX_SECONDS
        while time.monotonic() < end and process.poll() is None:
            if watched() != before:
                time.sleep(self.chance.uniform(0, COMMAND_SPANS_SECONDS[kind]))
                break
            time.sleep(POLL_SECONDS)
        process.kill()
        return process.wait() < 0


def _listing(folder: Path, pattern: str = "*") -> set[tuple[str, int, int]]:
    """The files of a folder, with sizes and times."""
    found = set()
    for file in folder.glob(pattern):
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        found.add((file.name, status.st_size, status.st_mtime_ns))
    return found
