"""``profilegate call``: its exit codes, its output, its options, and what it keeps secret."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from profilegate.cli.main import main
from tests.cli.every_operation import CREDENTIALS
from tests.clients import INDIVIDUAL, KRAKEN_USER
from tests.gateway_process import CHECKOUT
from tests.running_gateway import RunningGateway

GET_USER = ("machnet", "get_user", "--user-id", INDIVIDUAL)
UPDATE = ("machnet", "update_user", "--user-id", INDIVIDUAL)
SECRETS = ("demo-secret", "demo-api-key")
NOWHERE = "http://127.0.0.1:1"
"""Nothing listens there."""


def call(url: str, *arguments: str, stdin: str | None = None) -> Result:
    """Run ``call`` with the credentials of the demo data."""
    environment = {**CREDENTIALS, "PROFILEGATE_URL": url}
    return CliRunner(env=environment).invoke(main, ["call", *arguments], input=stdin)


def url_of(gateway: RunningGateway) -> str:
    """The address of a gateway."""
    return f"http://127.0.0.1:{gateway.port}"


@contextmanager
def server(status: int, body: bytes = b"{}") -> Iterator[str]:
    """A server with one response to everything; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()


# --- Exit codes --------------------------------------------------------------------------

ERROR = b'{"status": 404, "code": "NOT_FOUND", "message": "User not found"}'


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"{}", 3),
        (404, ERROR, 4),
        (404, b"{}", 3),
        (418, b"{}", 3),
        (500, b"{}", 5),
        (599, b"<p>", 5),
    ],
    ids=[
        "a success that breaks the spec",
        "a documented error",
        "an error that breaks the spec",
        "an undocumented status",
        "an error of the server",
        "an error of a proxy",
    ],
)
def test_the_exit_code_says_what_a_script_must_know(status: int, body: bytes, code: int) -> None:
    """
    "3 response breaks the spec, 4 for 4xx, 5 for 5xx": a server that failed comes first.
    """
    with server(status, body) as url:
        assert code == call(url, *GET_USER).exit_code


def test_a_success_exits_with_0_and_no_connection_with_5(gateway: RunningGateway) -> None:
    """
    "0 ok … 5 for 5xx or no connection".
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        nobody = f"http://127.0.0.1:{listening.getsockname()[1]}"

    assert 0 == call(url_of(gateway), *GET_USER).exit_code
    unreachable = call(nobody, *GET_USER)
    assert (5, "") == (unreachable.exit_code, unreachable.stdout)
    assert f"profilegate: {nobody} does not respond: " in unreachable.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*UPDATE, "--email", "7", "--type", "X"), ["email must be", "type must be one of"]),
        (UPDATE, ["body is required"]),
        ((*UPDATE, "-d", "{"), ["body cannot be read: it is not JSON"]),
        ((*UPDATE, "-d", "[]", "--email", "a@b.example"), ["body must be an object"]),
        ((*UPDATE, "-d", "@nowhere.json"), ["nowhere.json: No such file"]),
        ((*UPDATE, "--virtual_documents", "SSN"), ["virtual_documents cannot be read"]),
        ((*UPDATE, "-d", "\udcff"), ["data is not UTF-8"]),
        ((*UPDATE, "--occupation", "\udcff"), ["occupation is not UTF-8"]),
        ((*GET_USER, "-H", "Prefer"), ["write 'Name: value'"]),
        ((*GET_USER, "-H", "Prefer: a\nb"), ["Prefer must not contain control characters"]),
        ((*GET_USER, "--media-type", "xml"), ["media type must be application/json"]),
        ((*GET_USER, "--base-url", "api.example"), ["it must look like https://api.example"]),
        ((*GET_USER, "--as", "live"), ["it cannot be read"]),
        (("machnet", "get_usr"), ["No such command 'get_usr'"]),
        ((*UPDATE, "--ocupation", "x"), ["Did you mean '--occupation'?"]),
        (("nobody", "get_user"), ["No such command 'nobody'"]),
    ],
    ids=lambda value: " ".join(value[2:]) if isinstance(value, tuple) else "",
)
def test_a_wrong_request_is_not_sent(arguments: tuple[str, ...], told: list[str]) -> None:
    """
    "2 wrong usage or invalid request (nothing sent)", with all that is wrong, one in each line.
    """
    with socket.create_server(("127.0.0.1", 0)) as never:
        never.settimeout(0)
        result = call(f"http://127.0.0.1:{never.getsockname()[1]}", *arguments)
        with pytest.raises(BlockingIOError):
            never.accept()

    assert (2, "") == (result.exit_code, result.stdout)
    assert [] == [each for each in told if each not in result.stderr]


def test_missing_credentials_are_told_by_their_variables() -> None:
    """
    The way out: the variables, a profile, or to send none.
    """
    result = CliRunner(env={"XDG_CONFIG_HOME": "/nowhere"}).invoke(main, ["call", *GET_USER])

    assert 2 == result.exit_code
    assert (
        "profilegate: set PROFILEGATE_MACHNET_CLIENT_ID, PROFILEGATE_MACHNET_CLIENT_SECRET; or "
        "name a profile with --as, or send none with --unsigned\n"
        "profilegate: this operation needs the credentials client_id and client_secret\n"
    ) == result.stderr


def test_a_mistyped_field_of_a_body_is_told(gateway: RunningGateway) -> None:
    """
    A server ignores a name that it does not know, so it is sent; but the caller sees it.
    """
    result = call(url_of(gateway), *UPDATE, "-d", '{"ocupation": "Banker"}')

    assert "profilegate: ocupation is not in the spec; it may be mistyped\n" in result.stderr


# --- Output ------------------------------------------------------------------------------


def test_the_body_is_on_stdout_and_all_else_on_stderr(gateway: RunningGateway) -> None:
    """
    So that `| jq` reads it.
    """
    result = call(url_of(gateway), *GET_USER)

    assert "Tenzin" == json.loads(result.stdout)["first_name"]
    assert "200 OK\n" == result.stderr


def test_json_has_the_whole_response_in_one_document(gateway: RunningGateway) -> None:
    """
    For programs: status, headers, body, and what breaks the spec.
    """
    document = json.loads(call(url_of(gateway), *GET_USER, "--json").stdout)

    assert ["status", "headers", "body", "violations", "unknown_fields"] == list(document)
    assert (200, "Tenzin") == (document["status"], document["body"]["first_name"])
    with server(200, b'{"result": 7, "more": 1}') as url:
        result = call(url, "kraken", "get_user", "--user", KRAKEN_USER, "--json")
    broken = json.loads(result.stdout)
    expected = {"field": "result", "rule": "type", "detail": "must be an object"}
    assert ([expected], ["more"]) == (broken["violations"], broken["unknown_fields"])


def test_a_response_cannot_control_the_terminal() -> None:
    """
    A server's text may hold escape sequences: they are shown, and mean the same to a JSON parser.
    """
    with server(200, b'{"first_name": "a\xc2\x9b2J\xe2\x80\xaeb"}') as url:
        printed = call(url, *GET_USER).stdout
        document = call(url, *GET_USER, "--json").stdout

    expected = {"first_name": "a\x9b2J\u202eb"}
    assert "a\\u009b2J\\u202eb" in printed
    assert (expected, expected) == (json.loads(printed), json.loads(document)["body"])


@pytest.mark.parametrize("arguments", [GET_USER, ("kraken", "get_user", "--user", KRAKEN_USER)])
@pytest.mark.parametrize("more", [(), ("--json",), ("--dry-run",), ("--dry-run", "--json")])
def test_credentials_are_never_shown_unasked(
    gateway: RunningGateway, arguments: tuple[str, ...], more: tuple[str, ...]
) -> None:
    """
    "Never shown in output unless --curl/-v ask for it".
    """
    result = call(url_of(gateway), *arguments, *more)

    assert 0 == result.exit_code
    assert [] == [each for each in SECRETS if each in result.output]
    assert ("***" in result.stdout) == ("--dry-run" in more)


def test_verbose_shows_what_was_signed(gateway: RunningGateway) -> None:
    """
    "-v (string to sign, request, response)": by the names that an explanation of the gateway has.
    """
    result = call(url_of(gateway), "kraken", "get_user", "--user", KRAKEN_USER, "-v")

    for line in (
        f"* target: /b2b/users/{KRAKEN_USER}\n",
        "* SHA256(nonce + body), in hexadecimal: ",
        f"> GET /b2b/users/{KRAKEN_USER}\n",
        "> API-Key: demo-api-key\n",
        "< 200 OK\n",
        "< x-request-id: ",
    ):
        assert line in result.stderr


def test_a_dry_run_shows_the_request_and_sends_nothing() -> None:
    """
    "Validates, prints, sends nothing".
    """
    result = call("http://gateway.example", *UPDATE, "--occupation", "Banker", "--dry-run")

    assert (
        f"PATCH /users/{INDIVIDUAL}\n"
        "Host: gateway.example\n"
        "User-Agent: profilegate\n"
        "Content-Type: application/json\n"
        "Accept: application/json, */*;q=0.1\n"
        "X-Client-Id: ***\n"
        "X-Client-Secret: ***\n"
        "\n"
        "{\n"
        '  "occupation": "Banker"\n'
        "}\n"
    ) == result.stdout


# --- Options -----------------------------------------------------------------------------


def test_a_body_comes_from_a_file_or_the_standard_input(tmp_path: Path) -> None:
    """
    Fields are put into it: a template and what differs.
    """
    file = tmp_path / "body.json"
    file.write_text('{"occupation": "Banker", "company_details": {"address": "A"}}')
    more = ("--company_details.company_name", "B", "--dry-run", "--json")
    expected = {"occupation": "Banker", "company_details": {"address": "A", "company_name": "B"}}

    for data, stdin in ((f"@{file}", None), ("@-", file.read_text())):
        result = call("http://gateway.example", *UPDATE, "-d", data, *more, stdin=stdin)
        assert expected == json.loads(result.stdout)["body"]


def test_a_profile_of_the_file_has_its_own_server(gateway: RunningGateway, tmp_path: Path) -> None:
    """
    "Named profiles, --as sandbox".
    """
    file = tmp_path / "credentials.toml"
    file.write_text(
        f'[machnet.sandbox]\nbase_url = "{url_of(gateway)}"\n'
        'client_id = "other-client"\nclient_secret = "other-secret"\n'
    )
    file.chmod(0o600)
    environment = {**CREDENTIALS, "PROFILEGATE_CREDENTIALS": str(file)}
    result = CliRunner(env=environment).invoke(main, ["call", *GET_USER, "--as", "sandbox"])

    # The user belongs to the tenant of the environment's credential.
    assert 4 == result.exit_code
    assert "404 Not Found\n" == result.stderr


FOREIGN = """
openapi: "3.0.3"
info: {title: Shop, version: "1"}
security: [{Key: []}]
components:
  securitySchemes: {Key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Tree: {type: object, properties: {left: {$ref: "#/components/schemas/Tree"}}}
paths:
  /items/{id}:
    post:
      operationId: change_item
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: json, in: query, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                id: {type: integer}
                seen: {type: string, readOnly: true}
                json: {type: boolean}
                odd/name: {type: string}
                help: {type: string}
                parent: {$ref: "#/components/schemas/Tree"}
                both: {oneOf: [{type: string}, {type: object}]}
      responses: {"204": {description: Nothing}}
"""


def test_the_path_of_any_spec_is_a_provider(tmp_path: Path) -> None:
    """
    "So that any spec works with zero lines"; and no name of a field hides an option.
    """
    spec = tmp_path / "shop.yaml"
    spec.write_text(FOREIGN)
    fields = ["--id", "a", "--body.id", "7", "--json.json", "q", "--body.json", "true"]
    odd = ["--odd-name", "x", "--both", '{"a": 1}', "--body.help", "y", "--parent", '{"left": {}}']
    more = [*odd, "--dry-run", "--json"]
    environment = {"PROFILEGATE_SHOP_KEY": "k", "PROFILEGATE_URL": "http://gateway.example"}
    arguments = ["call", str(spec), "change-item", *fields, *more]
    result = CliRunner(env=environment).invoke(main, arguments)
    document = json.loads(result.stdout)

    assert "http://gateway.example/items/a?json=q" == document["url"]
    assert {
        "id": 7,
        "json": True,
        "odd/name": "x",
        "both": {"a": 1},
        "help": "y",
        "parent": {"left": {}},
    } == document["body"]
    assert "***" == document["headers"]["X-Key"]


def test_a_field_that_only_responses_have_is_no_option(tmp_path: Path) -> None:
    """
    OpenAPI 3.0.3, readOnly: it "SHOULD NOT be sent as part of the request".
    """
    spec = tmp_path / "shop.yaml"
    spec.write_text(FOREIGN)
    result = CliRunner().invoke(main, ["call", str(spec), "change_item", "--seen", "x"])

    assert "No such option '--seen'" in result.stderr


def test_a_field_of_two_media_types_is_one_option() -> None:
    """
    Navixy takes JSON and forms, with the same fields.
    """
    result = CliRunner().invoke(main, ["call", "navixy", "log_in", "--help"])
    options = re.findall(r"^  (--\S+) [A-Z]", result.stdout, re.MULTILINE)

    assert ["--login", "--password"] == options[:2]
    assert "body." not in result.stdout


def test_the_help_of_an_operation_has_its_fields() -> None:
    """
    "Field options from the spec": with their types, their words, and what is required.
    """
    result = CliRunner().invoke(main, ["call", "machnet", "update_user", "--help"])

    for text in ("--user_id STRING", "--company_details.address", "--type [SEND|RECEIVE]"):
        assert text in result.stdout
    assert "PATCH /users/{user_id}: Update a user" in result.stdout


# --- Completion --------------------------------------------------------------------------


def completed(shell: str, line: str) -> list[str]:
    """What a shell offers for the last word of a line."""
    words = line.split(" ")
    last = words[-1] if shell == "fish" else str(len(words) - 1)
    variables = {
        "_PROFILEGATE_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": last,
    }
    result = CliRunner(env=variables).invoke(main, [], prog_name="profilegate")
    return result.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("profilegate call kr", "kraken"),
        ("profilegate call kraken update_user_", "update_user_v1"),
        ("profilegate call kraken update_user --full_name.f", "--full_name.first_name"),
        ("profilegate call kraken update_user --occupation sci", "science"),
        (
            "profilegate call diadoc update_my_user --media-type application/x",
            "application/x-protobuf",
        ),
    ],
)
def test_a_shell_completes_providers_operations_fields_and_words(
    shell: str, line: str, offered: str
) -> None:
    """
    "Shell completion documented for bash, zsh, fish".
    """
    assert offered in " ".join(completed(shell, line)).replace(",", " ").split()


def test_help_reads_no_spec() -> None:
    """
    "Start-up of `profilegate --help` must not become slower: load specs lazily".
    """
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from profilegate.cli.main import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "slow = {'yaml', 'httpx2', 'jsonschema_rs', 'profilegate.client', 'profilegate.openapi'}\n"
        "print(sorted(slow & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "[]\n" == done.stdout


UPLOAD = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /files/{name}:
    post:
      operationId: upload
      summary: "Upload \\e[2J"
      parameters:
        - {name: name, in: path, required: true, schema: {type: string}}
        - {name: c, in: cookie, schema: {type: string}}
      requestBody:
        content:
          multipart/form-data:
            schema: {type: object, properties: {f: {type: string, format: binary}}}
      responses: {"200": {description: Done.}}
"""

CLUMSY = {
    "a file that is not there": (("--f", "missing"), 2, "missing: No such file or directory"),
    "a name that is another path": (("--name", ".."), 2, "name must not be empty, . or .."),
    "an empty name": (("--name", ""), 2, "name must not be empty, . or .."),
    "a second cookie in a cookie": (("--c", "a;b=1"), 2, "c must not contain ;"),
    "the length of the body": (("-H", "Content-Length: 5"), 2, "Content-Length must not be given"),
    "a timeout that is no number": (("--timeout", "nan"), 2, "'nan' is no time."),
    "a timeout without an end": (("--timeout", "inf"), 2, "is not in the range"),
}


@pytest.mark.parametrize("what", CLUMSY)
def test_clumsy_input_is_told_and_nothing_is_sent(tmp_path: Path, what: str) -> None:
    """
    "Bad input gets a clear error that names the field, the rule and the way out".
    """
    (tmp_path / "shop.yaml").write_text(UPLOAD, "utf-8")
    arguments, code, text = CLUMSY[what]
    name = () if "--name" in arguments else ("--name", "a")
    result = call(NOWHERE, str(tmp_path / "shop.yaml"), "upload", *name, *arguments)

    assert code == result.exit_code
    assert text in result.stderr


def test_a_file_is_uploaded(tmp_path: Path) -> None:
    """
    A field of binary data takes the path of a file, and its content is what is sent.
    """
    (tmp_path / "shop.yaml").write_text(UPLOAD, "utf-8")
    (tmp_path / "photo").write_bytes(b"\\x00\\xff")
    arguments = ("upload", "--name", "a", "--f", str(tmp_path / "photo"), "--curl")
    result = call(NOWHERE, str(tmp_path / "shop.yaml"), *arguments)
    help_text = call(NOWHERE, str(tmp_path / "shop.yaml"), "upload", "--help").stdout

    assert 0 == result.exit_code, result.stderr
    assert "filename\\075" in result.stdout
    assert "\x1b" not in help_text
