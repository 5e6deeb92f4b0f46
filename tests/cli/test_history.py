"""history and audit: the changes of a profile, and whether the history is complete."""

import getpass
import sqlite3
from contextlib import closing

from tests.cli.command_line import CommandLine


def test_an_event_has_its_author_channel_and_changes(cli: CommandLine) -> None:
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


def test_an_intact_history_exits_with_0(cli: CommandLine) -> None:
    """
    ``audit`` exits 0 if every event is as it was written.
    """
    cli.zoe()
    said = cli.ask("audit")

    assert (0, "1 profiles, 3 events: none broken\n") == (said.code, said.out)


def test_a_broken_history_exits_with_1_and_its_place(cli: CommandLine) -> None:
    """
    ``audit`` exits 1 and names the profile if an event was removed from the file.
    """
    profile = cli.zoe()
    with closing(sqlite3.connect(cli.folder / "profiles.db")) as connection, connection:
        connection.execute("DELETE FROM events WHERE version = 2")
    said = cli.ask("audit")
    found = cli.ask("audit", "--json").json()["broken"]

    assert 1 == said.code
    assert profile in said.out
    assert {profile} == {place["profile"] for place in found}
