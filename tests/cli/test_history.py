"""history and audit: who changed what, through which channel, when; and whether it is whole."""

import getpass
import sqlite3
from contextlib import closing

from tests.cli.command_line import CommandLine


def test_every_change_tells_who_and_by_which_provider(cli: CommandLine) -> None:
    """
    "Every change keeps who, through which channel, when, and for each field from what to what".
    """
    made = cli.done("profiles", "create", "name.given=Zoe")
    cli.done("profiles", "set", made["id"], "name.given=Zoë", "language=de")
    events = cli.ask("history", made["id"], "--json").lines()
    later = cli.ask("history", made["id"], "--after", "1", "--json").lines()
    table = cli.ask("history", made["id"]).out.splitlines()

    assert [1, 2] == [event["version"] for event in events]
    assert events[1:] == later
    assert {("command line", getpass.getuser())} == {(e["channel"], e["who"]) for e in events}
    assert {
        "name.given": {"from": "Zoe", "to": "Zoë"},
        "language": {"from": None, "to": "de"},
    } == events[1]["changes"]
    assert ["name.given", "Zoe", "Zoë"] == table[2].split()[-3:]
    assert ["language", "-", "de"] == table[3].split()


def test_a_whole_history_is_called_so(cli: CommandLine) -> None:
    """
    ``audit`` exits 0 when every event is what was written.
    """
    cli.zoe()
    said = cli.ask("audit")

    assert (0, "1 profiles, 3 events: none broken\n") == (said.code, said.out)


def test_each_break_is_named(cli: CommandLine) -> None:
    """
    ``audit`` exits 1 and names profile and version when somebody was at the file.
    """
    profile = cli.zoe()
    with closing(sqlite3.connect(cli.folder / "profiles.db")) as connection, connection:
        connection.execute("DELETE FROM events WHERE version = 2")
    said = cli.ask("audit")
    found = cli.ask("audit", "--json").json()["broken"]

    assert 1 == said.code
    assert profile in said.out
    assert {profile} == {place["profile"] for place in found}
