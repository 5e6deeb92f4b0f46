"""namespaces: create, list; --namespace of every command; reset."""

from pathlib import Path

from tests.cli.command_line import CommandLine
from tests.clients import JSON, MACHNET
from tests.gateway_process import GatewayProcess, run


def test_commands_work_in_a_namespace(cli: CommandLine) -> None:
    """
    "Namespaces through admin API, command line": every command takes ``--namespace``.
    """
    cli.ask("namespaces", "create", "one")
    cli.ask("profiles", "create", "name.given=Zoe", "--namespace", "one")

    assert ["default", "one"] == cli.ask("namespaces", "list").out.split()
    assert 1 == len(cli.ask("profiles", "list", "--namespace", "one", "--json").lines())
    assert "no such namespace" in cli.ask("profiles", "list", "--namespace", "two").err


def test_reset_restores_the_demo_data(tmp_path: Path) -> None:
    """
    "`profilegate reset` restores the demo data", which persists.
    """
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        target = "/users/f45680e1-014d-42c7-be86-3b2899e911c3"
        headers = {**MACHNET, **JSON}
        before = process.send("GET", target, headers=MACHNET).body
        process.send("PATCH", target, body=b'{"first_name": "Another"}', headers=headers)
        changed = process.send("GET", target, headers=MACHNET).body
        done = run(tmp_path, "reset", "--demo")
        after = process.send("GET", target, headers=MACHNET).body

    assert (0, True) == (done.returncode, before != changed)
    assert before == after
