"""Seeds: what they may hold, what they become, and what is generated where a test does not care."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from profilegate.admin import seed_files, seeds
from profilegate.admin.context import Admin
from profilegate.admin.seed_schema import seed_schema
from profilegate.errors import LoginTakenError, ProfilegateError, SettingError
from profilegate.gateway.loading import load_providers
from profilegate.openapi.yaml_files import find_line, load_map
from profilegate.store import Origin
from tests.gateway_process import GatewayProcess, run
from tests.running_gateway import RunningGateway

PROVIDERS = load_providers()
SCHEMA = jsonschema.Draft202012Validator(seed_schema(PROVIDERS))

WITH_ACCOUNTS = sorted(name for name, each in PROVIDERS.items() if each.policy is not None)

TOKEN = "a-token-of-22-characters"

WRONG = """\
credentials:
  - {provider: machnet, text: "demo"}
  - {provider: machnt}
  - {provider: diadoc, tenant: "demo"}
  - {provider: navixy}
  - {provider: machnet, text: "demo", secret: "s", secret_base64: "cw=="}
people:
  - fields:
      name.gven: "Zoe"
      gender: "woman"
      phone: null
    accounts:
      - provider: navixy
        id: "abc"
        tenant: "demo"
        fields:
          account.plugns: [45]
          account.plugins: "45"
        credentials:
          - {kind: hash, secret: "s"}
          - {kind: token}
      - provider: kraken
        password: "x"
      - provider: machnet
        fields: {account.status: "VERIFED"}
"""
"""A seed whose form is right, and each of whose values breaks a rule."""

WRONG_VALUES = {
    2: "#/credentials/0/secret: is required",
    3: f"#/credentials/1/provider: must be one of {', '.join(WITH_ACCOUNTS)}",
    4: "#/credentials/2/tenant: must be absent: this provider has no tenants",
    5: "#/credentials/3/provider: has no credential of its own here: an account holds them",
    6: "#/credentials/4/secret_base64: must be absent beside secret",
    9: "#/people/0/fields/name.gven: is not a field of a profile; did you mean name.given?",
    10: "#/people/0/fields/gender: must be one of male, female, other",
    11: "#/people/0/fields/phone: must have a value, or be left out",
    14: "#/people/0/accounts/0/id: must match ^[1-9][0-9]{0,17}$",
    15: "#/people/0/accounts/0/tenant: must be absent: this provider has no tenants",
    17: "#/people/0/accounts/0/fields/account.plugns: is not a name that is known here; "
    "did you mean account.plugins?",
    18: "#/people/0/accounts/0/fields/account.plugins: must be a list",
    20: "#/people/0/accounts/0/credentials/0/secret: must be absent: credentials of this kind "
    "have no secret",
    21: "#/people/0/accounts/0/credentials/1/kind: must be hash",
    23: "#/people/0/accounts/1/password: must be absent: this provider's accounts have no "
    "passwords",
    25: "#/people/0/accounts/2/fields/account.status: must be one of UNVERIFIED, IN_PROGRESS, "
    "RETRY, REVIEW_PENDING, VERIFIED, SUSPENDED",
}
"""Line -> its error."""

WRONG_FORMS = {
    "an unknown name": (
        "people:\n  - feilds: {}\n",
        "2: #/people/0/feilds: is not a name that is known here; did you mean fields?",
    ),
    "a name that resembles none": (
        "people: []\nx: 1\n",
        "2: #/x: is not a name that is known here; there are $schema, credentials, people",
    ),
    "an id without quotes": (
        "people:\n  - accounts:\n      - {provider: navixy, id: 1001}\n",
        '3: #/people/0/accounts/0/id: must be text; write it in quotes: "1001"',
    ),
    "no provider": (
        "people:\n  - accounts:\n      - {id: '1'}\n",
        "3: #/people/0/accounts/0/provider: is required",
    ),
    "an alias, which may stand for gigabytes": (
        "people: &a [*a]\n",
        "1: #: an alias (*) is not read; write the value out",
    ),
    "too deep for any reader": (
        "people: " + "[" * 100_000,
        "1: #: this is nested too deeply; flatten it",
    ),
    "no YAML": ("people: [\n", "2: #: column 1: "),
    "not even a map": ("- 1\n", " #: this is not a seed; begin it with `people:`"),
}

LEFT_OUT: dict[str, Any] = {
    "credentials": [
        {"provider": "machnet"},
        {"provider": "kraken"},
        {"provider": "diadoc"},
    ],
    "people": [
        {
            "fields": {"name.given": "Zoe", "name.family": "Example"},
            "accounts": [
                {"provider": "navixy", "credentials": [{}], "password": "secret-word"},
                {"provider": "machnet"},
                {"provider": "kraken"},
                {"provider": "diadoc", "credentials": [{"kind": "token"}, {"kind": "bearer"}]},
            ],
        },
        {"fields": {"name.given": "Nobody's"}},
    ],
}
"""A seed in which nothing has a name."""


def admin_of(gateway: RunningGateway) -> Admin:
    """An admin of the gateway's namespace."""
    origin = Origin("seed", "", "request-1")
    return Admin(gateway.store, gateway.providers, "default", origin, gateway.clock)


def loaded(gateway: RunningGateway, document: Any) -> seeds.Loaded:
    """A seed, put into the gateway's store."""
    admin = admin_of(gateway)
    return gateway.run(seeds.load(admin, seeds.read_seed(admin, document)))


def read_error(tmp_path: Path, text: str, name: str = "seed.yaml") -> str:
    """The error of a seed file; the path is left out."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(ProfilegateError) as raised:
        seed_files.read_seed_file(file, PROVIDERS)
    return str(raised.value).replace(f"{file}:", "")


def test_all_errors_of_a_seed_file_are_told_with_their_lines(tmp_path: Path) -> None:
    """
    "A seed file (YAML or JSON with a JSON Schema; errors with line and hint)", all at once.
    """
    number, *errors = read_error(tmp_path, WRONG).splitlines()

    assert f"{len(WRONG_VALUES)} errors" == number
    hint = "; `profilegate seed-schema` prints what a seed may hold"
    assert [f"{line}: {what}{hint}" for line, what in WRONG_VALUES.items()] == errors


@pytest.mark.parametrize(("text", "error"), WRONG_FORMS.values(), ids=WRONG_FORMS)
def test_a_seed_of_another_form_is_rejected(tmp_path: Path, text: str, error: str) -> None:
    """
    Names are checked before values, and a near one is proposed.
    """
    assert read_error(tmp_path, text).startswith(error)


def test_a_seed_in_json_may_be_indented_with_tabs(tmp_path: Path) -> None:
    """
    JSON is YAML, but for tabs.
    """
    text = json.dumps({"people": [{"accounts": [{"provider": "nobody"}]}]}, indent="\t")

    assert read_error(tmp_path, text, "seed.json").startswith(
        "6: #/people/0/accounts/0/provider: must be one of"
    )


def test_a_file_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    """
    The setting and the reason are named.
    """
    with pytest.raises(SettingError, match=r"PROFILEGATE_SEED: .*No such file"):
        seed_files.read_seed_file(tmp_path / "none.yaml", PROVIDERS)


def test_the_schema_for_editors_says_what_the_gateway_checks() -> None:
    """
    Editors complete and check with the schema that `seed-schema` prints.
    """
    wrong = load_map(WRONG, "seed.yaml", "a seed", "people")
    places = [(*error.absolute_path,) for error in SCHEMA.iter_errors(wrong)]
    lines = {find_line(WRONG, at) for at in places}

    assert [] == list(SCHEMA.iter_errors(seed_files.read_demo_data()))
    assert [] == list(SCHEMA.iter_errors(LEFT_OUT))
    assert {3, 8, 10, 16, 18, 21, 25} <= lines


def test_what_a_seed_leaves_out_is_generated_anew_each_time(gateway: RunningGateway) -> None:
    """
    "Logins are unique across namespaces, and seeding generates them where a test does not care".
    """
    gateway.empty()
    one, other = loaded(gateway, LEFT_OUT), loaded(gateway, LEFT_OUT)

    asked = [each["provider"] for each in LEFT_OUT["people"][0]["accounts"]]
    assert asked == [each.provider for each in one.accounts]
    assert set() == set(one.accounts) & set(other.accounts)
    kinds = ["client", "api-key", "api-client", "hash", "token", "bearer"]
    assert kinds == [each.kind for each in one.credentials]
    shown = [{*each.shown.values()} for each in (*one.credentials, *other.credentials)]
    assert sum(map(len, shown)) == len(set().union(*shown))
    logins = {
        gateway.fields(provider, key.external_id)["account.login"]
        for provider in ("navixy", "diadoc")
        for key in (*one.accounts, *other.accounts)
        if key.provider == provider
    }
    assert 4 == len(logins)


def test_generated_credentials_and_passwords_authenticate(gateway: RunningGateway) -> None:
    """
    A seed needs no real secret to be of use: what it generates is what the provider issues.
    """
    gateway.empty()
    found = loaded(gateway, LEFT_OUT)
    client = next(each.shown for each in found.credentials if each.provider == "machnet")
    navixy, machnet, *_ = found.accounts
    login = gateway.fields("navixy", navixy.external_id)["account.login"]

    shown = gateway.send("GET", f"/users/{machnet.external_id}", headers=client).json()
    session = gateway.send(
        "POST",
        "/v2/user/auth",
        body=json.dumps({"login": login, "password": "secret-word"}).encode(),
        headers={"Content-Type": "application/json"},
    )

    assert ("Zoe", "UNVERIFIED") == (shown["first_name"], shown["status"])
    assert 200 == session.status


def test_what_has_a_name_is_loaded_once(gateway: RunningGateway) -> None:
    """
    `serve --demo` loads the demo data at each start, and leaves what callers have made of it.
    """
    before = gateway.rows("SELECT count(*) FROM events")

    loaded(gateway, seed_files.read_demo_data())

    assert before == gateway.rows("SELECT count(*) FROM events")


def test_a_seed_that_cannot_be_loaded_leaves_nothing(gateway: RunningGateway) -> None:
    """
    A seed is one transaction: its second account has the login of the first.
    """
    gateway.empty()
    account = {"provider": "navixy", "fields": {"account.login": "zoe@example.com"}}

    with pytest.raises(LoginTakenError):
        loaded(gateway, {"people": [{"accounts": [account]}, {"accounts": [account]}]})

    assert gateway.run(seeds.is_empty(admin_of(gateway)))


def test_serve_fills_an_empty_database_and_keeps_one_with_data(tmp_path: Path) -> None:
    """
    A second start finds what the callers of the first have left, not the seed a second time.
    """
    file = tmp_path / "seed.yaml"
    file.write_text(json.dumps(LEFT_OUT), "utf-8")
    settings = {"PROFILEGATE_SEED": str(file), "PROFILEGATE_ADMIN_TOKEN": TOKEN}

    def profiles() -> list[Any]:
        with GatewayProcess.serving(tmp_path, settings=settings) as process:
            found = process.send("GET", "/profiles", headers={"Authorization": f"Bearer {TOKEN}"})
        return [each["id"] for each in found.json()["profiles"]]

    first = profiles()

    assert 2 == len(first)
    assert first == profiles()


def test_serve_prints_the_generated_credentials(tmp_path: Path) -> None:
    """
    Their secrets are stored sealed, so nobody could read them later.
    """
    file = tmp_path / "seed.yaml"
    file.write_text('credentials: [{provider: machnet, tenant: "us"}]', "utf-8")
    with GatewayProcess.serving(tmp_path, settings={"PROFILEGATE_SEED": str(file)}) as process:
        process.send("GET", "/")
        printed = process.end(signal.SIGTERM)[1].splitlines()[-1]
        words = re.fullmatch(
            "Generated for machnet of us: X-Client-Id (\\S+), X-Client-Secret (\\S+)", printed
        )

    assert words is not None, printed


def test_serve_does_not_start_with_a_wrong_seed(tmp_path: Path) -> None:
    """
    Nobody tests against half a seed.
    """
    file = tmp_path / "seed.yaml"
    file.write_text(WRONG, "utf-8")

    ended = run(tmp_path, "serve", settings={"PROFILEGATE_SEED": str(file)})

    assert (1, "") == (ended.returncode, ended.stdout)
    assert f"{file}:3: #/credentials/1/provider: must be one of" in ended.stderr
