"""``config check``: every problem of the settings at once, before they are served."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from profilegate.cli.main import main
from profilegate.store.master_key import create_master_key
from tests import postgres
from tests.gateway_process import GatewayProcess, run

SECRETS = {
    "PROFILEGATE_ADMIN_TOKEN": "geheim-geheim-geheim-geheim",
    "PROFILEGATE_METRICS_TOKEN": "geheim-geheim-geheim-geheim",
    "PROFILEGATE_SMTP_URL": "smtp://zoe:geheim@mail.example:25",
}


def problems(text: str) -> list[str]:
    """The settings that a report complains of, sorted."""
    return sorted(re.findall(r"^profilegate: (\w+): ", text, flags=re.MULTILINE))


def test_good_settings_are_printed_without_secrets(tmp_path: Path) -> None:
    """
    "the effective settings with secrets masked", each with where it comes from; nothing is created.
    """
    settings = {**SECRETS, "PROFILEGATE_PORT": "9000"}

    checked = run(tmp_path, "config", "check", "--journal", "5", settings=settings)

    assert (0, "") == (checked.returncode, checked.stderr)
    assert "geheim" not in checked.stdout
    lines = [line.split() for line in checked.stdout.splitlines()]
    assert ["PROFILEGATE_PORT", "9000", "(environment)"] in lines
    assert ["PROFILEGATE_JOURNAL", "5", "(option)"] in lines
    assert ["PROFILEGATE_KEY_FILE", "var/master.key", "(default)"] in lines
    assert ["PROFILEGATE_ADMIN_TOKEN", "********", "(environment)"] in lines
    assert "No problem was found." == checked.stdout.splitlines()[-1]
    assert [] == list(tmp_path.iterdir())


def test_every_setting_of_serve_is_printed(tmp_path: Path) -> None:
    """
    "exactly as `serve` does": what serve can be told, the check shows.
    """
    serve = main.commands["serve"]
    names = {str(option.envvar).removesuffix("_FILE") for option in serve.params}

    checked = run(tmp_path, "config", "check")

    shown = set(re.findall(r"^(PROFILEGATE_\w+)", checked.stdout, flags=re.MULTILINE))
    assert names - {"PROFILEGATE_KEY"} | {"PROFILEGATE_KEY_FILE"} == shown


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """
    "prints all problems at once with the setting's name, the rule and the way out, exit code 1":
    who deploys corrects them in one go.
    """
    wrong = {
        "PROFILEGATE_DATABASE": "mysql://zoe:geheim@db.example/x",
        "PROFILEGATE_PORT": "eighty",
        "PROFILEGATE_HOST": "no such host",
        "PROFILEGATE_RATE_LIMITS": "maybe",
        "PROFILEGATE_LOG_FORMAT": "xml",
        "PROFILEGATE_JOURNAL": "-1",
        "PROFILEGATE_ROOT_PATH": "people",
        "PROFILEGATE_PUBLIC_URL": "gateway.example",
        "PROFILEGATE_SMTP_URL": "mail.example",
        "PROFILEGATE_FORWARDED_ALLOW_IPS": "proxy",
        "PROFILEGATE_UNIX_SOCKET_MODE": "rw",
        "PROFILEGATE_DRAIN_SECONDS": "-1",
        "PROFILEGATE_SEED": "nothing.yaml",
        "PROFILEGATE_ADMIN_TOKEN_FILE": "nothing",
        "PROFILEGATE_WORKERS": "0",
    }

    checked = run(tmp_path, "config", "check", settings=wrong)

    assert (1, sorted(wrong)) == (checked.returncode, problems(checked.stderr))
    assert "geheim" not in checked.stdout + checked.stderr
    assert "did you mean" not in checked.stderr


def test_a_database_that_cannot_be_reached_is_told_without_its_password(tmp_path: Path) -> None:
    """
    "Database reachable": the URL is shown, but for what only the server may know.
    """
    url = "postgresql://zoe:geheim@127.0.0.1:1/profiles?password=geheim"

    checked = run(tmp_path, "config", "check", settings={"PROFILEGATE_DATABASE": url})

    assert (1, ["PROFILEGATE_DATABASE"]) == (checked.returncode, problems(checked.stderr))
    assert "postgresql://zoe@127.0.0.1:1/profiles" in checked.stdout
    assert "geheim" not in checked.stdout + checked.stderr


SHOWN = {
    "no password": ("DATABASE", "postgresql://zoe@db:1/profiles", "postgresql://zoe@db:1/profiles"),
    "a password": ("DATABASE", "postgres://zoe:SECRET:x@a:1,[::1]/d", "postgres://zoe@a:1,[::1]/d"),
    "no user": ("DATABASE", "postgresql://:SECRET@db/d", "postgresql://@db/d"),
    "an escape": ("DATABASE", "postgresql://zoe:SE%40CRET@%2Frun/d", "postgresql://zoe@%2Frun/d"),
    "one in the query": ("DATABASE", "postgresql://db/d?password=SECRET", "postgresql://db/d"),
    "special characters": ("DATABASE", "postgresql://zoe:p@SECRET:w/rd?#%&x@db:1/d", "********"),
    "two @": ("DATABASE", "postgresql://zoe:p@SECRET@db/d", "********"),
    "a slash": ("DATABASE", "postgresql://zoe:p/SECRET@db/d", "********"),
    "a question mark": ("DATABASE", "postgresql://zoe:SECRET?x@db/d", "********"),
    "a fragment": ("DATABASE", "postgresql://zoe:SECRET#x@db/d", "********"),
    "a wrong escape": ("DATABASE", "postgresql://zoe:SECRET%@db/d", "********"),
    "a blank": ("DATABASE", "postgresql://zoe:SECRET x@db/d", "********"),
    "a letter beyond ASCII": ("DATABASE", "postgresql://zoe:SECRET\u00e9@db/d", "********"),
    "a bracket": ("DATABASE", "postgresql://zoe:SECRET[x@db/d", "********"),
    "no host": ("DATABASE", "postgresql://zoe:SECRET/d", "********"),
    "a parameter as the path": ("DATABASE", "postgresql://db/d&password=SECRET", "********"),
    "keys and values": ("DATABASE", "host=db password=SECRET dbname=d", "********"),
    "another scheme": ("DATABASE", "mysql://zoe:SECRET@db/d", "********"),
    "SQLite": ("DATABASE", "sqlite:////srv/my data/p.db?key=SECRET", "sqlite:////srv/my data/p.db"),
    "SQLite with a host": ("DATABASE", "sqlite:///zoe:SECRET@db/d", "********"),
    "a public URL": ("PUBLIC_URL", "https://h.example/people", "https://h.example/people"),
    "a public URL's password": ("PUBLIC_URL", "https://zoe:SECRET@h.example", "********"),
    "a public URL's token": ("PUBLIC_URL", "https://SECRET@h.example", "********"),
    "a public URL's query": ("PUBLIC_URL", "https://h.example/?t=SECRET", "https://h.example/"),
    "a URL in the place of a host": ("HOST", "https://zoe:SECRET@h.example", "********"),
}


@pytest.mark.parametrize("way", ["variable", "option", "file"])
def test_a_url_is_shown_without_its_password_or_not_at_all(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A password that is not escaped may be in any part of a URL.
    """
    monkeypatch.setattr("profilegate.cli.config._found", lambda *_: iter(()))
    for case, (name, url, expected) in SHOWN.items():
        option, environment = f"--{name.lower().replace('_', '-')}", {}
        arguments = [option, url]
        if way == "variable":
            arguments, environment = [], {f"PROFILEGATE_{name}": url}
        elif way == "file" and name == "DATABASE":
            (tmp_path / "url").write_text(url + "\n", "utf-8")
            arguments = ["--database-file", str(tmp_path / "url")]

        checked = CliRunner().invoke(main, ["config", "check", *arguments], env=environment)

        (line,) = re.findall(rf"^PROFILEGATE_{name} +(.*)  \(", checked.output, re.MULTILINE)
        assert (case, expected) == (case, line)
        assert "SECRET" not in checked.output


def test_a_setting_that_is_none_is_told_with_the_one_that_is_meant(tmp_path: Path) -> None:
    """
    A mistyped variable is silently the default otherwise; those of other commands are known.
    """
    settings = {
        "PROFILEGATE_PUBLIK_URL": "https://x.example",
        "PROFILEGATE_KRAKEN_API_KEY": "for profilegate call",
        "PROFILEGATE_SIGN_SECRET": "for profilegate sign",
        "PROFILEGATE_URL": "for profilegate call",
    }

    checked = run(tmp_path, "config", "check", settings=settings)

    (line,) = checked.stderr.splitlines()
    assert (1, "did you mean PROFILEGATE_PUBLIC_URL?") == (checked.returncode, line[-36:])


def test_settings_are_checked_against_each_other_and_the_specs(tmp_path: Path) -> None:
    """
    What no setting alone can tell is told, too.
    """
    (tmp_path / "seed.yaml").write_text("peple: []\n")
    arguments = ("--root-path", "/b2b", "--seed", "seed.yaml", "--host", "0.0.0.0")

    checked = run(tmp_path, "config", "check", *arguments, settings=SECRETS)

    assert "PROFILEGATE_PUBLIC_URL: mails contain links" in checked.stderr
    assert "specs/kraken.yaml has the path /b2b/users;" in checked.stderr
    assert "seed.yaml" in checked.stderr


def lose(folder: Path) -> None:
    """Remove the database beside its key."""
    (folder / "profiles.db").unlink()


def replace_the_key(folder: Path) -> None:
    """Put another key in the place of the key."""
    (folder / "master.key").unlink()
    create_master_key(folder / "master.key")


def make_newer(folder: Path) -> None:
    """Mark the database as one of a newer release."""
    with closing(sqlite3.connect(folder / "profiles.db")) as connection:
        connection.execute("PRAGMA user_version = 1000")


def damage(folder: Path) -> None:
    """Write something else into the database."""
    (folder / "profiles.db").write_bytes(b"no database" * 1000)


DATABASES = {
    "PROFILEGATE_DATABASE: var/profiles.db is missing": lose,
    "PROFILEGATE_KEY_FILE: var/profiles.db is sealed with another": replace_the_key,
    "PROFILEGATE_DATABASE: var/profiles.db was written by a newer": make_newer,
    "PROFILEGATE_DATABASE: var/profiles.db cannot be opened": damage,
}


@pytest.mark.parametrize(("told", "change"), DATABASES.items())
def test_the_database_and_its_key_are_checked(tmp_path: Path, told: str, change: object) -> None:
    """
    "database reachable, key file": what would stop the start; the check itself changes nothing.
    """
    with GatewayProcess.serving(tmp_path):
        pass
    good = run(tmp_path, "config", "check")
    assert callable(change)
    change(tmp_path / "var")
    before = {file.name: file.read_bytes() for file in (tmp_path / "var").glob("profiles.db")}

    checked = run(tmp_path, "config", "check")

    assert (0, 1) == (good.returncode, checked.returncode), good.stderr
    assert f"profilegate: {told}" in checked.stderr
    after = {file.name: file.read_bytes() for file in (tmp_path / "var").glob("profiles.db")}
    assert before == after


def test_a_database_of_postgresql_is_checked(tmp_path: Path) -> None:
    """
    As a file is: whether it can be reached, and whether the key belongs. No password is shown.
    """
    name = postgres.new_store(tmp_path / "master.key")
    create_master_key(tmp_path / "other.key")
    url = postgres.url_of(name)
    try:
        good, wrong_key, nobody = (
            run(tmp_path, "config", "check", "--key-file", key,
                settings={"PROFILEGATE_DATABASE": database})
            for database, key in (
                (url, "master.key"),
                (url, "other.key"),
                ("postgresql:///x?host=127.0.0.1&port=9&password=geheim", "master.key"),
            )
        )  # fmt: skip
    finally:
        postgres.drop_database(name)

    assert (0, "") == (good.returncode, good.stderr)
    assert ["PROFILEGATE_KEY_FILE"] == problems(wrong_key.stderr)
    assert ["PROFILEGATE_DATABASE"] == problems(nobody.stderr)
    assert "geheim" not in nobody.stdout + nobody.stderr
