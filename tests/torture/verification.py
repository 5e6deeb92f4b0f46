"""A database after a kill or a power cut, compared with what was acknowledged before."""

import asyncio
import gzip
import json
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import psycopg

from profilegate.errors import ProfilegateError
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    Credential,
    CredentialKey,
    NewAccount,
    accounts,
    credentials,
    profiles,
    transfer,
)
from tests.gateway_process import CHECKOUT
from tests.running_gateway import RunningGateway
from tests.torture.workload import (
    ERASED,
    HISTORY,
    LOST,
    STRANGE,
    Client,
    Findings,
    Promise,
    login_token,
    login_user,
)

OLD = CHECKOUT / "tests" / "store" / "old_database"

READABLE = (b"AA08N84GCPARUN7A", b"d064f6ba-7b81", b"demo-client")
"""Names that the old database has in plain text."""

SERVED = ("--no-rate-limits", "--no-lockouts")
SETTINGS: Mapping[str, str] = {"PROFILEGATE_ADMIN_TOKEN": "demo-admin"}
"""The gateway of a workload; the providers' rate limits would end it."""


class Checker:
    """A gateway in this process, which opens one database after the other."""

    def __init__(self, template: Path, backend: str = "sqlite") -> None:
        template.mkdir()
        self.gateway = RunningGateway(template, on_postgresql=backend == "postgresql")

    def add_users(self, users: int) -> None:
        """Add users of Diadoc to the template, each with a token."""

        async def add() -> None:
            store = self.gateway.store
            for step in range(1, users + 1):
                key = AccountKey(DEFAULT_NAMESPACE, "diadoc", login_user(step))
                own = {"account.login": f"old{step}@kontur.ru", "account.registered": True}
                fields = {"name.given": "Old", "name.family": "User", **own}
                token = CredentialKey(DEFAULT_NAMESPACE, "diadoc", "token", login_token(step))
                credential = Credential(token, None, key.external_id, None)
                await asyncio.gather(
                    store.write(accounts.create, NewAccount(key, fields, None)),
                    store.write(credentials.put, credential),
                )

        self.gateway.run(add())
        self.release()

    def new_folder(self, folder: Path) -> Path:
        """A folder to serve in, with a copy of the template; return that of the database."""
        var = folder / "var"
        var.mkdir(parents=True, mode=0o700)
        self.gateway.copy_template(var)
        return var

    def new_empty_folder(self, folder: Path) -> Path:
        """A folder to begin a database in; return that of the database."""
        var = folder / "var"
        var.mkdir(parents=True, mode=0o700)
        self.gateway.name_empty_database(var)
        return var

    def settings_in(self, var: Path) -> dict[str, str]:
        """The settings of a process that uses the database there."""
        return {"PROFILEGATE_DATABASE": self.gateway.url_in(var)}

    def release(self) -> None:
        """Close the database."""
        self.gateway.run(self.gateway.store.close())

    def check(
        self, var: Path, owed: Mapping[int, tuple[Client, Promise]], findings: Findings
    ) -> dict[int, bool]:
        """Open a database and compare it; return which steps in flight are stored."""
        if not self.opens(var, findings):
            return {}
        stored = {}
        for number, (client, promise) in owed.items():
            try:
                stored[number] = client.check(self.gateway, promise, findings)
            except (ProfilegateError, sqlite3.Error, psycopg.Error) as error:
                findings.add(HISTORY, f"{type(error).__name__} {error}")
        self.release()
        return stored

    def opens(self, var: Path, findings: Findings) -> bool:
        """Open a database, and verify all of it."""
        try:
            self.gateway.serve_files_of(var)
            audit = self.gateway.run(self.gateway.store.audit(DEFAULT_NAMESPACE))
        except ProfilegateError as error:
            findings.add(STRANGE, f"it does not open: {type(error).__name__} {error}")
            return False
        for what in (*audit.broken, *audit.damaged):
            findings.add(HISTORY, str(what))
        return True

    def check_migrated(self, var: Path, findings: Findings) -> None:
        """Open what ``old_database`` made: all values are there, and none is readable any more."""
        if not self.opens(var, findings):
            return
        store, run = self.gateway.store, self.gateway.run
        exports = []
        for each in run(store.read(profiles.page, DEFAULT_NAMESPACE, limit=1000)).profiles:
            document = run(store.read(transfer.export_profile, DEFAULT_NAMESPACE, each.id))
            exports.append({**document, "version": each.version})
        if exports != json.loads((OLD / "version-4.json").read_text("utf-8"))["exports"]:
            findings.add(LOST, "the migrated profiles are not those of the old database")
        files = b"".join(file.read_bytes() for file in var.glob("profiles.db*"))
        for name in READABLE:
            if name in files:
                findings.add(ERASED, f"{name!r} is readable after the migration")
        self.release()

    def stop(self) -> None:
        """Stop the gateway."""
        self.gateway.stop()


def old_database(folder: Path) -> Path:
    """A folder to serve in, with the database of an older release; return that of the database."""
    var = folder / "var"
    var.mkdir(parents=True, mode=0o700)
    (var / "profiles.db").write_bytes(gzip.decompress((OLD / "version-4.db.gz").read_bytes()))
    shutil.copy2(OLD / "version-4.key", var / "master.key")
    for file in var.iterdir():
        file.chmod(0o600)
    return var
