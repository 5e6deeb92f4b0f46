"""`profilegate new-provider`: a foreign spec in, a provider that answers its first calls out."""

from pathlib import Path

import pytest
import yaml

from tests.checkout_copy import CheckoutCopy

SPECS = Path(__file__).parent / "specs"

NAMES = sorted(path.stem for path in SPECS.glob("*.yaml"))

MANUAL_LINES = dict.fromkeys(NAMES, 0)
"""Lines that somebody must write before a provider answers its first calls."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> CheckoutCopy:
    """A checkout with a provider for each spec in the manner of a large public API."""
    made = CheckoutCopy(tmp_path_factory.mktemp("checkout"))
    for name in NAMES:
        done = made.run("profilegate", "new-provider", name, "--from", str(SPECS / f"{name}.yaml"))
        assert (name, 0, "") == (name, done.returncode, done.stderr)
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> CheckoutCopy:
    """A checkout without them."""
    return CheckoutCopy(tmp_path)


def test_specs_in_the_manner_of_large_apis_answer_their_first_calls(copy: CheckoutCopy) -> None:
    """
    "A fifth provider is a spec and thin handlers": nothing is written by hand between
    `new-provider` and the first call of each operation, with the demo data's credentials.
    """
    called = copy.run("pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{n}" for n in NAMES))

    assert (0, {}) == (called.returncode, {k: v for k, v in MANUAL_LINES.items() if v}), (
        called.stdout
    )


def test_generated_files_of_new_providers_are_current_and_tidy(copy: CheckoutCopy) -> None:
    """
    What `new-provider` writes passes the checks of every other provider.
    """
    checks = {
        "generate": copy.run("profilegate", "generate", "--check"),
        "ruff": copy.run("ruff", "check", "handlers", *(f"tests/{name}" for name in NAMES)),
        "format": copy.run("ruff", "format", "--check", "handlers", "tests"),
        "yamllint": copy.run("yamllint", "--strict", "specs", "handlers"),
    }

    assert {} == {name: done.stdout for name, done in checks.items() if done.returncode != 0}


CHANGED = {
    "telephony": [
        "#/components/schemas/api.v2010.account: renamed to ApiV2010Account",
        "nullable beside $ref",
    ],
    "identity": [
        "repeated values of enum",
        "#/paths/~1users/get/operationId: renamed to get_users",
    ],
    "payments": ["#/webhooks: dropped", "callbacks: dropped", "a choice needs names"],
    "scim": ["application~1xml: dropped", "#/paths/~1Users/get: has no operationId"],
    "documents": ["it would be taken for our key x-mask", "is now application/octet-stream"],
}


@pytest.mark.parametrize(("name", "expected"), CHANGED.items(), ids=CHANGED)
def test_each_change_is_reported(fresh: CheckoutCopy, name: str, expected: list[str]) -> None:
    """
    One line for each change, with the pointer of its place in the foreign spec.
    """
    done = fresh.run("profilegate", "new-provider", "acme", "--from", str(SPECS / f"{name}.yaml"))

    assert [] == [words for words in expected if words not in done.stdout], done.stdout


REJECTED = {
    "Swagger 2.0": ({"swagger": "2.0"}, "Swagger 2.0 is not supported"),
    "OpenAPI 3.2": ({"openapi": "3.2.0"}, "OpenAPI 3.2.0 is not supported"),
    "no operation": ({"openapi": "3.1.0", "paths": {}}, "there is no operation"),
    "a reference to another server": (
        {
            "openapi": "3.0.0",
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "https://a.example/b.yaml"}}}}},
        },
        "nothing is fetched",
    ),
    "a reference out of the folder": (
        {
            "openapi": "3.0.0",
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "../../etc/passwd"}}}}},
        },
        "leads out of the folder of the spec",
    ),
    "a body that cannot be read": (
        {
            "openapi": "3.0.0",
            "paths": {
                "/a": {
                    "post": {
                        "requestBody": {
                            "content": {"application/xml": {"schema": {"type": "object"}}}
                        },
                        "responses": {"200": {"description": "D"}},
                    }
                }
            },
        },
        "a body of application/xml cannot be read",
    ),
}


@pytest.mark.parametrize(("document", "expected"), REJECTED.values(), ids=REJECTED)
def test_what_cannot_be_served_is_rejected_before_anything_is_written(
    fresh: CheckoutCopy, document: dict[str, object], expected: str
) -> None:
    """
    A clear message, and no file is new or changed.
    """
    source = fresh.folder / "foreign.yaml"
    source.write_text(yaml.safe_dump({"info": {"title": "T", "version": "1"}, **document}))
    before = fresh.files()

    done = fresh.run("profilegate", "new-provider", "acme", "--from", str(source))

    assert 1 == done.returncode
    assert expected in done.stderr
    assert before == fresh.files()


def test_nothing_is_overwritten(fresh: CheckoutCopy) -> None:
    """
    A provider that exists keeps its files.
    """
    before = fresh.files()

    done = fresh.run("profilegate", "new-provider", "kraken")

    assert (1, before) == (done.returncode, fresh.files())
    assert "specs/kraken.yaml exists already" in done.stderr


def test_a_provider_whose_paths_are_taken_gets_a_host(fresh: CheckoutCopy) -> None:
    """
    Two providers have the same paths: the new one is served at a host of its own.
    """
    source = str(fresh.folder / "specs" / "machnet.yaml")

    done = fresh.run("profilegate", "new-provider", "acme", "--from", source)
    called = fresh.run("pytest", "-q", "-p", "no:cacheprovider", "tests/acme")

    assert "a host of its own: acme.localhost" in done.stdout, done.stderr
    assert 0 == called.returncode, called.stdout


def test_only_the_chosen_operations_and_what_they_need_are_kept(fresh: CheckoutCopy) -> None:
    """
    `--operation` cuts a large spec to what is served.
    """
    source = str(SPECS / "identity.yaml")
    fresh.run(
        "profilegate", "new-provider", "acme", "--from", source, "--operation", "PATCH /users/{id}"
    )
    document = yaml.safe_load((fresh.folder / "specs" / "acme.yaml").read_text())

    assert {"/users/{id}": {"patch"}} == {p: set(i) for p, i in document["paths"].items()}
    assert {"UserUpdate", "User", "UserCreateEmail"} == set(document["components"]["schemas"])


def test_files_beside_the_spec_are_bundled(fresh: CheckoutCopy) -> None:
    """
    A spec in several files becomes one.
    """
    paths = {"/a": {"get": {"responses": {"200": {"$ref": "parts/r.yaml#/ok"}}}}}
    document = {"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    content = {"application/json": {"schema": {"$ref": "user.json"}}}
    (fresh.folder / "parts").mkdir()
    (fresh.folder / "foreign.yaml").write_text(yaml.safe_dump(document))
    (fresh.folder / "parts" / "r.yaml").write_text(
        yaml.safe_dump({"ok": {"description": "D", "content": content}})
    )
    (fresh.folder / "parts" / "user.json").write_text('{"type": "object"}')

    done = fresh.run("profilegate", "new-provider", "acme", "--from", "foreign.yaml")

    assert 0 == done.returncode, done.stderr
    assert "parts" not in (fresh.folder / "specs" / "acme.yaml").read_text()
    assert "User:" in (fresh.folder / "specs" / "acme.yaml").read_text()


def test_without_a_spec_a_small_one_is_written(fresh: CheckoutCopy) -> None:
    """
    It updates a name in the profile, with a credential of the demo data.
    """
    fresh.run("profilegate", "new-provider", "acme")
    called = fresh.run("pytest", "-q", "-p", "no:cacheprovider", "tests/acme")

    assert (0, True) == (called.returncode, "2 passed" in called.stdout), called.stdout
