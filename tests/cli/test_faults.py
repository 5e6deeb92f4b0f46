"""faults: add, list and remove."""

import pytest

from tests.cli.command_line import CommandLine

TEST_MODE = ("--test-mode",)


def test_a_fault_is_added_listed_and_removed(cli: CommandLine) -> None:
    """
    Every option is a field of the admin API's document; a value that is JSON counts as such.
    """
    cli.zoe()
    added = cli.ask(
        *("faults", "add", "kraken", "update_user", "--error", "invalid_nonce", "--times", "2"),
        *("--delay", "0.5", "--slow-body", "1", "--broken", "truncated", "--after", "--nth", "3"),
        *("--probability", "0.5", "--seed", "0"),
        *("--header", "API-Key: demo", "--header", "X-Trace"),
        *("--header-like", "Accept: json$"),
        *("--field", "residence.country=DE", "--field", "flag=true", *TEST_MODE),
    )  # fmt: skip
    fault_id = added.out.strip()
    listed = cli.ask("faults", "list", "--json", *TEST_MODE).lines()
    shown = cli.ask("faults", "list", *TEST_MODE).out
    removed = [cli.ask("faults", "remove", fault_id, *TEST_MODE) for _ in range(2)]

    assert [
        {
            "id": fault_id,
            "provider": "kraken",
            "operation": "update_user",
            "match": {
                "headers": [
                    {"header": "API-Key", "value": "demo"},
                    {"header": "X-Trace"},
                    {"header": "Accept", "pattern": "json$"},
                ],
                "body": {"residence.country": "DE", "flag": True},
                "nth": 3,
                "probability": 0.5,
                "seed": 0,
            },
            "error": "invalid_nonce",
            "delay_seconds": 0.5,
            "body_seconds": 1.0,
            "broken": "truncated",
            "after": True,
            "times": 2,
            "remaining": 2,
        }
    ] == listed
    assert "invalid_nonce" in shown
    assert (f"removed {fault_id}\n", 1) == (removed[0].out, removed[1].code)
    assert "profilegate: there is no such scripted fault (any more)\n" == removed[1].err
    assert "There are no scripted faults.\n" == cli.ask("faults", "list", *TEST_MODE).out


def test_all_faults_are_removed(cli: CommandLine) -> None:
    """
    ``remove`` without an id removes all.
    """
    cli.zoe()
    for _ in range(2):
        assert 0 == cli.ask("faults", "add", "kraken", "--status", "503", *TEST_MODE).code

    assert "removed 2\n" == cli.ask("faults", "remove", *TEST_MODE).out


REJECTED = {
    "without test mode": (("kraken", "--status", "503"), 1, "serve it with --test-mode or --demo"),
    "an unknown provider": (("acme", "--status", "503", *TEST_MODE), 2, "PROVIDER must be one of"),
    "an unknown operation": (
        ("kraken", "nonsense", "--status", "503", *TEST_MODE),
        2,
        "OPERATION must be one of create_user",
    ),
    "an unknown error": (
        ("kraken", "--error", "nonsense", *TEST_MODE),
        2,
        "--error must be one of the documented errors: invalid_arguments",
    ),
    "no effect": (("kraken", *TEST_MODE), 2, "must have an effect"),
    "a status that is no error": (("kraken", "--status", "200", *TEST_MODE), 2, "400<=x<=599"),
    "no header": (("kraken", "--status", "503", "--header", ":", *TEST_MODE), 2, "--header"),
    "no field": (("kraken", "--status", "503", "--field", "x", *TEST_MODE), 2, "--field"),
}


@pytest.mark.parametrize(("arguments", "code", "what"), REJECTED.values(), ids=REJECTED)
def test_a_fault_that_could_not_happen_is_rejected(
    cli: CommandLine, arguments: tuple[str, ...], code: int, what: str
) -> None:
    """
    The error names the option, and what it takes.
    """
    cli.zoe()
    said = cli.ask("faults", "add", *arguments)

    assert code == said.code
    assert what in said.err
