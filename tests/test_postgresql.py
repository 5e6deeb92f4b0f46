"""PostgreSQL only: servers that end, connections that break, and starts at the same time."""

import asyncio
import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from profilegate.errors import SettingError, StoreUnavailableError
from profilegate.gateway.settings import Settings
from profilegate.profile.fields import Fields
from profilegate.store import ANY_TENANT, DEFAULT_NAMESPACE, AccountKey, NewAccount, accounts
from profilegate.store.opening import open_store
from profilegate.store.postgresql.opening import Location
from tests import postgres
from tests.clients import INDIVIDUAL, JSON, KRAKEN_USER, MACHNET
from tests.gateway_process import CHECKOUT, GatewayProcess, environment, run
from tests.http.providers import PROVIDER_APIS

MASTER_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

ACKNOWLEDGED_MIN = 25

DURABLE = {"fsync": "on", "shared_buffers": "32MB"}


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """A server that tests may kill; it syncs the disk."""
    started = postgres.new_server(DURABLE)
    started.start()
    yield started
    started.stop("immediate")
    shutil.rmtree(started.folder.parent, ignore_errors=True)


@pytest.fixture
def database(server: postgres.Server) -> str:
    """The URL of an empty database of this server."""
    name = f"d{os.urandom(8).hex()}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.url.replace("/postgres?", f"/{name}?")


def settings_of(database: str) -> dict[str, str]:
    """The settings of a gateway on a database."""
    return {"PROFILEGATE_DATABASE": database, "PROFILEGATE_KEY_FILE": "master.key"}


def end(server: postgres.Server) -> None:
    """Kill the server, all of its processes, as a power cut would."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    pids = [server.pid, *map(int, children.split())]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    while any(_is_alive(pid) for pid in pids):
        threading.Event().wait(0.01)
    # Where nobody collects dead processes, the server takes them for another one.
    for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (server.folder / lock).unlink()


def _is_alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_killed_server_costs_errors_and_no_restart_of_the_gateway(
    server: postgres.Server, database: str, tmp_path: Path
) -> None:
    """
    While there is no server, every provider responds with its own error (Diadoc's page has no 503
    but a 500), and says when to try again; once there is one, the same gateway serves, and what it
    has acknowledged is there.
    """
    with GatewayProcess.serving(tmp_path, "--demo", settings=settings_of(database)) as process:
        before = [api.send(process, api.good_body()) for api in PROVIDER_APIS]
        end(server)
        lost = [api.send(process, api.good_body()) for api in PROVIDER_APIS for _ in range(2)]
        server.start()
        after = [api.send(process, api.good_body()) for api in PROVIDER_APIS]
        code, _, said = process.end(signal.SIGTERM)
    stored = run(tmp_path, "history", "kraken:" + KRAKEN_USER, settings=settings_of(database))

    assert [200] * len(PROVIDER_APIS) == [response.status for response in before]
    assert {503, 500} == {response.status for response in lost}
    assert all(int(response.headers["retry-after"]) > 0 for response in lost)
    assert [200] * len(PROVIDER_APIS) == [response.status for response in after]
    assert (0, 0) == (code, stored.returncode)
    assert "kraken" in stored.stdout
    assert "Traceback" not in said


@pytest.mark.parametrize("killed", ["the gateway", "the server"])
def test_every_acknowledged_update_of_a_stream_is_stored(
    server: postgres.Server, database: str, tmp_path: Path, killed: str
) -> None:
    """
    "Durable before the response": whatever is killed while it works, each acknowledged update is
    stored, and at most the one that was about to be acknowledged.
    """
    acknowledged: list[int] = []
    enough = threading.Event()

    def update_until_it_fails(process: GatewayProcess) -> None:
        target, headers = f"/users/{INDIVIDUAL}", {**MACHNET, **JSON}
        with suppress(OSError, http.client.HTTPException):
            while True:
                number = len(acknowledged) + 1
                body = b'{"zipcode": "%d"}' % number
                if process.send("PATCH", target, body=body, headers=headers).status != 200:
                    break
                acknowledged.append(number)
                if number == ACKNOWLEDGED_MIN:
                    enough.set()
        enough.set()

    with GatewayProcess.serving(tmp_path, "--demo", settings=settings_of(database)) as process:
        client = threading.Thread(target=update_until_it_fails, args=(process,))
        client.start()
        enough.wait()
        if killed == "the server":
            end(server)
        else:
            process.kill()
        client.join()
    if killed == "the server":
        server.start()
    fields = asyncio.run(stored(database, tmp_path / "master.key"))

    assert len(acknowledged) >= ACKNOWLEDGED_MIN
    assert int(fields["addresses.residential.postal_code"]) - acknowledged[-1] in (0, 1)


async def stored(database: str, key_file: Path) -> Fields:
    """The fields of the demo individual of Machnet."""
    store = open_store(database, key_file=key_file, rules={})
    key = AccountKey(DEFAULT_NAMESPACE, "machnet", INDIVIDUAL)
    try:
        return await store.read(accounts.fields_of, key, ANY_TENANT)
    finally:
        await store.close()


def test_connections_that_the_server_ends_are_opened_anew(
    server: postgres.Server, database: str, tmp_path: Path
) -> None:
    """
    The gateway notices that its idle connections are gone, before a request needs them.
    """
    with GatewayProcess.serving(tmp_path, "--demo", settings=settings_of(database)) as process:
        api = PROVIDER_APIS[0]
        statuses = [api.send(process, api.good_body()).status]
        with psycopg.connect(server.url, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
                " WHERE application_name = 'profilegate'"
            ).fetchone()
        statuses += [api.send(process, api.good_body()).status for _ in range(3)]

    assert ended is not None
    assert ended[0] >= 2
    assert 200 == statuses[0]
    assert [200, 200] == statuses[-2:]


def test_gateways_that_start_at_once_share_one_new_database(database: str, tmp_path: Path) -> None:
    """
    One of them creates the tables and the key; nobody fails, and a later start finds both.
    """
    more = {**settings_of(database), "PROFILEGATE_PORT": "0"}
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "profilegate", "serve"],
            cwd=tmp_path,
            env=environment(CHECKOUT, more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    try:
        greetings = [each.stdout.readline() for each in started if each.stdout is not None]
    finally:
        for each in started:
            each.kill()
            each.communicate()
    audited = run(tmp_path, "audit", settings=settings_of(database))

    assert all("http://" in greeting for greeting in greetings), greetings
    assert 0 == audited.returncode, audited.stderr


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:SECRET@127.0.0.1:1/nothing",
        "postgresql://user:SEC%RET@127.0.0.1:1/nothing",
        "postgresql://user:SECRET@127.0.0.1:1/nothing?unknown=SECRET",
        "postgresql://user:p@SECRET@127.0.0.1:1/nothing",
        "postgresql://user:SECRET/x@127.0.0.1:1/nothing",
        "postgresql://user:12/SECRET@127.0.0.1:1/nothing",
        "mysql://user:SECRET@127.0.0.1/nothing",
    ],
    ids=[
        "no server",
        "a wrong escape",
        "an unknown parameter",
        "two @",
        "a slash",
        "a slash after digits",
        "another database",
    ],
)
def test_an_error_shows_no_password(tmp_path: Path, url: str) -> None:
    """
    The URL may hold a password; a message names the setting, and what is wrong.
    """
    said = run(tmp_path, "serve", settings={"PROFILEGATE_DATABASE": url})

    assert 1 == said.returncode
    assert "PROFILEGATE_DATABASE" in said.stderr
    assert "SEC" not in said.stderr + said.stdout
    assert url not in repr(Settings(database=url))


PLACES = {
    "a port": ("zoe:SECRET@db:5433/p", "db:5433/p"),
    "no port": ("db/p", "db/p"),
    "a port for each host": ("a:1,b:2/p", "a:1,b:2/p"),
    "one port for all hosts": ("/p?host=a,b&port=7", "a:7,b:7/p"),
    "a port without a host": ("/p?port=7", ":7/p"),
    "an address of IPv6": ("[::1]:7/p", "[::1]:7/p"),
    "a socket": ("/p?host=/run/pg&port=7", "%2Frun%2Fpg:7/p"),
    "an address without a name": ("/p?hostaddr=127.0.0.1", "127.0.0.1/p"),
}


@pytest.mark.parametrize(("given", "shown"), PLACES.values(), ids=PLACES)
def test_an_error_shows_where_a_database_is(given: str, shown: str) -> None:
    """
    Servers of one machine differ by their ports, those of a cluster by their hosts.
    """
    assert f"postgresql://{shown}" == str(Location(f"postgresql://{given}"))


def test_files_are_for_sqlite(tmp_path: Path) -> None:
    """
    A PostgreSQL database has tools of its own; the message names them, and the key file.
    """
    settings = settings_of("postgresql://127.0.0.1:1/nothing")
    for command in (("backup", "file"), ("restore", "file")):
        said = run(tmp_path, *command, settings=settings)

        assert 1 == said.returncode
        assert "pg_dump" in said.stderr
        assert "master.key" in said.stderr


def test_an_empty_database_beside_its_key_is_not_begun_anew(database: str, tmp_path: Path) -> None:
    """
    The URL may be that of another database; `init` says that it is meant.
    """
    settings = settings_of(database)
    (tmp_path / "master.key").write_text(MASTER_KEY)
    (tmp_path / "master.key").chmod(0o600)
    commands = [("serve",), ("profiles", "list"), ("init",), ("profiles", "list"), ("init",)]
    codes = [run(tmp_path, *command, settings=settings).returncode for command in commands]

    assert [1, 1, 0, 0, 1] == codes


def test_a_database_of_a_newer_version_is_left_alone(database: str, tmp_path: Path) -> None:
    """
    A gateway of an older release must not write into tables that it does not know.
    """
    key_file = tmp_path / "master.key"
    open_store(database, key_file=key_file, rules={})
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE name = 'version'")

    with pytest.raises(SettingError, match="newer Profilegate"):
        open_store(database, key_file=key_file, rules={})


def test_an_error_without_words_of_ours_is_logged_with_its_code(
    server: postgres.Server, database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """
    A role that lacks a right: callers are told to try again later, the operator what PostgreSQL
    calls it, once, and without the value or the words of the server.
    """
    key_file, role = tmp_path / "master.key", f"r{os.urandom(8).hex()}"
    asyncio.run(open_store(database, key_file=key_file, rules={}).close())
    with psycopg.connect(database, autocommit=True) as connection:
        for sql in (
            f"CREATE ROLE {role} LOGIN",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}",
            f"REVOKE INSERT ON events FROM {role}",
        ):
            connection.execute(sql.encode())
    url = database.replace("postgres@", f"{role}@")

    async def update() -> None:
        store = open_store(url, key_file=key_file, rules={})
        try:
            await store.write(
                accounts.create,
                NewAccount(
                    AccountKey(DEFAULT_NAMESPACE, "kraken", KRAKEN_USER), {"name.given": "Zoe"}
                ),
            )
        finally:
            await store.close()

    with pytest.raises(StoreUnavailableError, match="not available"):
        asyncio.run(update())

    assert [
        "database: PostgreSQL reports 42501 (insufficient_privilege;"
        " class syntax_error_or_access_rule_violation)"
    ] == caplog.messages
