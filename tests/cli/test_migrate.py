"""`profilegate migrate`: a copy has every row of its source, and continues where it was ended."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from profilegate.store import copying
from profilegate.store.opening import open_store
from tests import postgres
from tests.cli.command_line import CommandLine, Said
from tests.clients import JSON, MACHNET, diadoc_authorization
from tests.diadoc.messages import new_login
from tests.profiles.client import CHARLES, LENA_AT_MACHNET, id_of, send
from tests.raw_database import RawDatabase
from tests.running_gateway import RunningGateway

OWN_TABLES = {"clock", "meta"}
"""Tables whose rows belong to one database."""


@pytest.fixture
def new_database() -> Iterator[Callable[[], str]]:
    """Create an empty database in PostgreSQL; its URL."""
    names: list[str] = []

    def create() -> str:
        names.append(postgres.new_database())
        return postgres.url_of(names[-1])

    yield create
    for name in names:
        postgres.drop_database(name)


@pytest.fixture
def source(testing: RunningGateway) -> Iterator[Path]:
    """The folder of a database with rows in every table, which no process uses."""
    if postgres.ON_POSTGRESQL:
        pytest.skip("it begins with a SQLite file, whatever the others do")
    send(testing, "DELETE", f"/profiles/{id_of(testing, CHARLES)}")
    raw = b'{"zipcode": "10115"}'
    target = f"/users/{LENA_AT_MACHNET[1]}"
    testing.send("PATCH", target, body=raw, headers={**JSON, **MACHNET})
    login = new_login("lena-new@kontur.ru")
    testing.send("POST", "/UpdateMyUser", body=login, headers=diadoc_authorization())
    send(testing, "POST", "/namespaces", {"namespace": "other", "seed": "x"})
    testing.run(testing.gateway.flush_journal())
    testing.run(testing.store.maintain())
    testing.run(testing.store.close())
    yield testing.folder
    testing.serve_files_of(testing.folder)


@contextmanager
def served(url: str) -> Iterator[None]:
    """Use a database as a gateway does: keep a connection to it."""
    with psycopg.connect(url, application_name="profilegate"):
        yield


def migrate(folder: Path, one: str, other: str) -> Said:
    """Copy one database to another."""
    return CommandLine(folder).ask("migrate", "--from", one, "--to", other)


def rows_of(url: str) -> dict[str, list[Any]]:
    """All rows of all tables but those of one database, with names of columns."""
    with closing(RawDatabase(url)) as raw:
        return {
            table.name: raw.rows(
                f"SELECT {', '.join(table.columns)} FROM {table.name}"
                f" ORDER BY {', '.join(table.key)}"
            )
            for table in copying.TABLES
            if table.name not in OWN_TABLES
        }


def test_a_copy_and_its_copy_are_equal(source: Path, new_database: Callable[[], str]) -> None:
    """
    From SQLite to PostgreSQL and back: every row is there, and the same key file opens it.
    """
    file, back = (f"sqlite:///{source / name}.db" for name in ("profiles", "back"))
    url = new_database()
    there = migrate(source, file, url)
    again = migrate(source, url, back)
    audits = [CommandLine(source).ask("audit", "--database", each) for each in (file, url, back)]

    assert (0, 0) == (there.code, again.code), there.err + again.err
    assert rows_of(file) == rows_of(url) == rows_of(back)
    assert {"used_nonces", "lockouts", "known_peers", "faults", "snapshots"} >= {
        name for name, rows in rows_of(file).items() if not rows
    }
    assert {audits[0]} == set(audits)


def test_every_table_is_copied(new_database: Callable[[], str], tmp_path: Path) -> None:
    """
    A table that a later migration adds must be in the list, with all of its columns.
    """
    for url in (new_database(), f"sqlite:///{tmp_path / 'profiles.db'}"):
        key_file = tmp_path / f"{len(url)}.key"
        open_store(url, key_file=key_file, rules={})
        with closing(RawDatabase(url)) as raw:
            found = {table: set(raw.columns(table)) for table in raw.tables()}
        listed = {table.name: set(table.columns) for table in copying.TABLES}

        assert found == listed | {name: found[name] for name in ("clock", "vault_keys")}


class KilledError(Exception):
    """The process ends here."""


def test_a_copy_that_was_ended_continues(
    source: Path, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    After any number of transactions: the half copy is not served, and the next run completes it.
    """
    file, url = f"sqlite:///{source / 'profiles.db'}", new_database()
    codes: list[int] = []
    write, ends = copying._write, 0
    while not codes or codes[-1] != 0:
        left = [ends]

        def end_later(*args: Any, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KilledError
            write(*args)

        with monkeypatch.context() as patched:
            patched.setattr(copying, "_write", end_later)
            try:
                codes.append(migrate(source, file, url).code)
            except KilledError:
                codes.append(-1)
        if codes[-1] != 0 and ends > 0:
            served = CommandLine(source).ask("audit", "--database", url)
            assert (1, True) == (served.code, "not complete" in served.err)
        ends += 1

    assert len(codes) > 3
    assert rows_of(file) == rows_of(url)


def test_what_a_copy_must_not_be(source: Path, new_database: Callable[[], str]) -> None:
    """
    A target with data, the source itself under any name, a source that is served or missing: each
    is rejected with a way out, and nothing is written.
    """
    file, missing = (f"sqlite:///{source / name}.db" for name in ("profiles", "missing"))
    url = new_database()
    assert 0 == migrate(source, file, url).code
    before = rows_of(url)
    said = [
        migrate(source, file, url),
        migrate(source, file, file),
        migrate(source, file, f"sqlite:///{source}/../{source.name}/profiles.db"),
        migrate(source, url, url),
        migrate(source, url, f"{url}&connect_timeout=9"),
        migrate(source, missing, new_database()),
    ]
    with served(url):
        said.append(migrate(source, url, new_database()))
    words = ["empty database", *["the source itself"] * 4, "no file", "stop the gateways"]

    assert [1] * len(said) == [each.code for each in said]
    assert [True] * len(said) == [word in each.err for word, each in zip(words, said, strict=True)]
    assert before == rows_of(url)


def test_a_difference_is_found(
    source: Path, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    "Verified": a byte of one row that is not as in the source fails the command, and the copy stays
    incomplete.
    """
    file, url = f"sqlite:///{source / 'profiles.db'}", new_database()
    compare = copying._compared

    def after_a_change(one: copying.Place, other: copying.Place) -> Any:
        other.session.run("UPDATE events SET at = '2020' WHERE version = 1")
        yield from compare(one, other)

    monkeypatch.setattr(copying, "_compared", after_a_change)
    said = migrate(source, file, url)

    assert 1 == said.code
    assert "not equal" in said.err
    assert 1 == CommandLine(source).ask("audit", "--database", url).code
