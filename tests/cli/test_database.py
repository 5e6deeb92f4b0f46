"""init: an empty database where a start would not create one."""

from tests.cli.command_line import CommandLine


def test_init_begins_anew_only_where_there_is_no_database(cli: CommandLine) -> None:
    """
    A lost database is an error until somebody asks for an empty one; init never overwrites one.
    """
    cli.zoe()
    (cli.folder / "profiles.db").rename(cli.folder / "elsewhere.db")
    lost = cli.ask("profiles", "create", "name.given=Ann")
    begun, again = cli.ask("init"), cli.ask("init")

    assert (1, "") == (lost.code, lost.out)
    assert "begin with an empty database: `profilegate init`" in lost.err
    assert (0, 1) == (begun.code, again.code)
    assert "exists already" in again.err
    assert "There are no profiles.\n" == cli.ask("profiles", "list").out
