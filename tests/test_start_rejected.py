"""A gateway that cannot start says why in one sentence, with what to fix, and exits with 1."""

import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway_process import CHECKOUT, GatewayProcess, dump_database, run


def assert_one_sentence(
    folder: Path,
    parts: list[str],
    settings: dict[str, str] | None = None,
    checkout: Path = CHECKOUT,
) -> None:
    """``serve`` exits with 1, prints nothing, and complains in one sentence with these parts."""
    ended = run(
        folder, "serve", checkout=checkout, settings={"PROFILEGATE_PORT": "0", **(settings or {})}
    )

    assert 1 == ended.returncode
    assert "" == ended.stdout
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith("profilegate: ")
    assert [] == [part for part in parts if part not in sentence]


# --- Settings and files ------------------------------------------------------------------


def test_a_port_that_is_taken_is_reported(tmp_path: Path) -> None:
    """
    The sentence names the port and the setting, and how to find another one.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        assert_one_sentence(
            tmp_path,
            ["PROFILEGATE_PORT", port, "in use", "set another"],
            {"PROFILEGATE_PORT": port},
        )


SETTINGS = {
    "a database that is no SQLite": (
        {"PROFILEGATE_DATABASE": "mysql://localhost/profiles"},
        ["PROFILEGATE_DATABASE", "sqlite:///"],
    ),
    "a database without a file": (
        {"PROFILEGATE_DATABASE": "sqlite:///"},
        ["PROFILEGATE_DATABASE", "name a file", "sqlite:///var/profiles.db"],
    ),
    "a database in a place that cannot be": (
        {"PROFILEGATE_DATABASE": "sqlite:////dev/null/profiles.db"},
        ["PROFILEGATE_DATABASE", "/dev/null/profiles.db"],
    ),
    "a mail server that is none": (
        {"PROFILEGATE_SMTP_URL": "http://mail.example"},
        ["PROFILEGATE_SMTP_URL", "smtp://user:password@host:25"],
    ),
    "a mail server without a name": (
        {"PROFILEGATE_SMTP_URL": "smtp://:25"},
        ["PROFILEGATE_SMTP_URL", "smtp://user:password@host:25"],
    ),
    "a mail server with a port that is no number": (
        {"PROFILEGATE_SMTP_URL": "smtp://mail.example:mail"},
        ["PROFILEGATE_SMTP_URL", "smtp://user:password@host:25"],
    ),
    "a mail server with half an address": (
        {"PROFILEGATE_SMTP_URL": "smtp://[::1"},
        ["PROFILEGATE_SMTP_URL", "smtp://user:password@host:25"],
    ),
    "a port that there is not": (
        {"PROFILEGATE_PORT": "99999"},
        ["PROFILEGATE_PORT", "99999", "set another"],
    ),
    "an address of another machine": (
        # RFC 5737: an address for documentation, which no machine has.
        {"PROFILEGATE_HOST": "192.0.2.1"},
        ["PROFILEGATE_HOST", "192.0.2.1", "another"],
    ),
    "a key file in a place that cannot be": (
        {"PROFILEGATE_KEY_FILE": "/dev/null/key"},
        ["PROFILEGATE_KEY_FILE", "/dev/null/key"],
    ),
}


@pytest.mark.parametrize(("settings", "parts"), SETTINGS.values(), ids=SETTINGS)
def test_a_wrong_setting_is_reported_by_its_name(
    tmp_path: Path, settings: dict[str, str], parts: list[str]
) -> None:
    """
    The sentence names the setting and what it must look like.
    """
    assert_one_sentence(tmp_path, parts, settings)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a gateway was started and stopped once."""
    folder = tmp_path_factory.mktemp("stopped")
    with GatewayProcess.serving(folder) as process:
        process.end(signal.SIGTERM)
    return folder


def _open_to_others(key_file: Path) -> None:
    key_file.chmod(0o640)


def _another_key(key_file: Path) -> None:
    key_file.write_text("x" * 43 + "=\n")


def _no_key(key_file: Path) -> None:
    key_file.write_text("")


KEY_FILES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "readable by others": (_open_to_others, ["var/master.key", "chmod 600 var/master.key"]),
    "of another database": (
        _another_key,
        ["var/profiles.db", "another master key", "PROFILEGATE_KEY_FILE"],
    ),
    "gone": (Path.unlink, ["var/master.key", "is missing", "backup", "PROFILEGATE_KEY_FILE"]),
    "empty": (_no_key, ["var/master.key", "backup"]),
}


@pytest.mark.parametrize(("spoil", "parts"), KEY_FILES.values(), ids=KEY_FILES)
def test_a_key_file_that_does_not_fit_is_reported(
    stopped: Path, tmp_path: Path, spoil: Callable[[Path], None], parts: list[str]
) -> None:
    """
    The sentence names the file and what to do; the database is left as it is.
    """
    shutil.copytree(stopped / "var", tmp_path / "var")
    spoil(tmp_path / "var" / "master.key")
    before = dump_database(tmp_path)

    assert_one_sentence(tmp_path, parts)

    assert before == dump_database(tmp_path)


# --- Specs and handlers ------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A copy of what a gateway is made of, to be spoilt."""
    folder = tmp_path / "checkout"
    for part in ("profilegate", "specs", "handlers"):
        shutil.copytree(CHECKOUT / part, folder / part)
    yield folder
    shutil.rmtree(folder)


def _replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace the first occurrence."""

    def spoil(checkout: Path) -> None:
        text = (checkout / file).read_text("utf-8")
        assert old in text
        (checkout / file).write_text(text.replace(old, new, 1), "utf-8")

    return spoil


def _without_handlers(checkout: Path) -> None:
    shutil.rmtree(checkout / "handlers" / "kraken")


def _twice(checkout: Path) -> None:
    shutil.copy2(checkout / "specs" / "kraken.yaml", checkout / "specs" / "octopus.yaml")
    shutil.copytree(checkout / "handlers" / "kraken", checkout / "handlers" / "octopus")


KRAKEN_YAML = "specs/kraken.yaml"
WRONG_SPECS: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "a keyword that is not known": (
        _replace(KRAKEN_YAML, "minLength: 14", "minimumLength: 14"),
        [
            "specs/kraken.yaml:",
            "#/components/schemas/UserId/"
            'minimumLength: keyword "minimumLength" is not supported on',
            "did you mean minLength?",
        ],
    ),
    "a key of our own that is not known": (
        _replace(KRAKEN_YAML, "x-whole: true", "x-hole: true"),
        ["specs/kraken.yaml:", ": #/components/schemas/", '"x-hole"', "write x-whole"],
    ),
    "a key of our own with a wrong value": (
        _replace(KRAKEN_YAML, "x-basis: inferred", "x-basis: rumoured"),
        ["specs/kraken.yaml:", ": #/", "x-basis", "vocabulary.json"],
    ),
    "another OpenAPI": (
        _replace(KRAKEN_YAML, 'openapi: "3.0.3"', 'openapi: "3.1.0"'),
        ["specs/kraken.yaml:", ": #/openapi", "3.1.0", '`openapi: "3.0.3"`'],
    ),
    "what is no YAML": (
        _replace(KRAKEN_YAML, "# Kraken Embed (Payward)", "\t- {"),
        ["specs/kraken.yaml:1: ", "column 1", "fix the YAML there"],
    ),
    "a reference to nothing": (
        _replace(KRAKEN_YAML, 'schemas/Residence"', 'schemas/Address"'),
        ["specs/kraken.yaml:", ": #/components/schemas/UserUpdate", "Address", "fix the reference"],
    ),
    "an operation without a handler": (
        _replace(KRAKEN_YAML, "operationId: update_user", "operationId: change_user"),
        ["specs/kraken.yaml: ", "change_user", "handlers/kraken/operations.py", "make generate"],
    ),
    "no handlers for a spec": (
        _without_handlers,
        ["specs/kraken.yaml: ", "handlers/kraken", "make generate"],
    ),
    "handlers that lack a part": (
        _replace(
            "handlers/kraken/__init__.py",
            "handlers: Operations",
            "functions: Operations",
        ),
        ["specs/kraken.yaml: ", "handlers/kraken has no handlers"],
    ),
    "two specs with one path": (
        _twice,
        [
            "specs/octopus.yaml",
            "specs/kraken.yaml",
            "#/paths/~1b2b~1users: ",
            "has an operation at this path already",
            "give one of the two another base path (servers)",
        ],
    ),
}


@pytest.mark.parametrize(("spoil", "parts"), WRONG_SPECS.values(), ids=WRONG_SPECS)
def test_a_spec_or_handler_that_is_wrong_is_reported_with_its_place(
    tmp_path: Path, checkout: Path, spoil: Callable[[Path], None], parts: list[str]
) -> None:
    """
    "A schema keyword or x- key that the engine does not know stops the start with file, pointer
    and what to do"; so does whatever else an author can get wrong.
    """
    spoil(checkout)

    assert_one_sentence(tmp_path, parts, checkout=checkout)
