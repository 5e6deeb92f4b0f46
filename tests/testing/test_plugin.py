"""The pytest plugin: tested by running suites of users with it."""

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent

PLUGIN = ("-p", "no:profilegate", "-p", "profilegate.testing.plugin")
"""By its module: a checkout may be installed, or not."""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """An empty folder for a suite, in which a warning is an error."""
    pytester.makeini(
        """
        [pytest]
        addopts = --strict-markers
        filterwarnings =
            error
        """
    )
    return pytester


def add(suite: pytest.Pytester, name: str) -> None:
    """Put one of our suites into the folder."""
    shutil.copy(HERE / "suites" / f"{name}.py", suite.path / f"test_{name}.py")


def test_every_attribute_of_the_fixture_works(suite: pytest.Pytester) -> None:
    """
    "Attributes: credentials and ready users, `.machnet.user(**fields)`, `.profile`, `.link`,
    `.clock`, `.snapshot()`".
    """
    add(suite, "attributes")

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=22)


def test_other_frameworks_get_a_double_too(suite: pytest.Pytester) -> None:
    """
    "A context manager and decorator for other frameworks": unittest, functions, anyio.
    """
    add(suite, "other_frameworks")

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=5)


def test_an_app_needs_no_socket(suite: pytest.Pytester) -> None:
    """
    "`profilegate.testing.asgi_app()` for httpx and Starlette transports without a socket".
    """
    add(suite, "without_socket")

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=2)


def test_calls_and_failures_work(suite: pytest.Pytester) -> None:
    """
    "`.fail(provider, operation=None, status=…, error=…, delay=…, times=…)`, `.calls(…)`": "with
    near-miss messages".
    """
    add(suite, "calls")

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=22)


def test_a_namespace_that_is_gone_fails_its_test_only(suite: pytest.Pytester) -> None:
    """
    "On a failing test the plugin prints that test's exchanges": without them the session goes on.
    """
    suite.makepyfile(
        """
        def test_that_drops_its_namespace(profilegate):
            profilegate.drop()
            assert profilegate.url == ""

        def test_that_drops_it_and_passes(profilegate):
            profilegate.drop()
        """
    )

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["the exchanges cannot be read: NamespaceUnknownError: *"])


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("--profilegate-process",)])
def test_the_suite_of_a_team_passes(suite: pytest.Pytester, options: tuple[str, ...]) -> None:
    """
    Two clients, 19 tests with retries, limits, timeouts, masks and locks: they need three short
    fixtures.
    """
    shutil.copytree(HERE / "user_suite", suite.path, dirs_exist_ok=True)

    result = suite.runpytest_subprocess(*PLUGIN, *options)

    result.assert_outcomes(passed=19)


def test_a_failed_test_shows_its_exchanges(suite: pytest.Pytester) -> None:
    """
    "On a failing test the plugin prints that test's exchanges": its own, and no others.
    """
    suite.makepyfile(
        """
        import httpx

        def send(pg, gender):
            machnet = pg.machnet
            headers = {"X-Client-Id": machnet.client_id, "X-Client-Secret": machnet.client_secret}
            target = f"{pg.url}/users/{machnet.user.id}"
            return httpx.patch(target, json={"gender": gender}, headers=headers)

        def test_one(profilegate):
            send(profilegate, "MALE")

        def test_other(profilegate):
            assert send(profilegate, "x").status_code == 200

        def test_silent(profilegate):
            assert profilegate.url == ""
        """
    )

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "*Profilegate: the exchanges of this test*",
            "PATCH /users/* (machnet, update_user): 400 in * ms, request id *",
            "  sent      {'gender': 'x'}",
            "  received  {*'BAD_REQUEST'*",
            "  error     InvalidFieldsError",
            "  violation gender must match *",
            "*no request has arrived",
        ],
        consecutive=False,
    )
    result.stdout.no_fnmatch_line("*MALE'}")


def test_no_test_sees_the_data_of_another(suite: pytest.Pytester) -> None:
    """
    "200 tests in 200 namespaces under `-n 4`: no test sees another's data".
    """
    add(suite, "isolation")

    result = suite.runpytest_subprocess(*PLUGIN, "-n", "4", "-q")

    result.assert_outcomes(passed=200)


def test_the_gateway_may_have_a_process_of_its_own(suite: pytest.Pytester) -> None:
    """
    "One gateway per test session in a thread (or, by option, a process)": its clients see no
    difference.
    """
    add(suite, "attributes")

    result = suite.runpytest_subprocess(*PLUGIN, "--profilegate-process")

    result.assert_outcomes(passed=22)


def test_a_suite_without_the_fixture_starts_no_gateway(suite: pytest.Pytester) -> None:
    """
    pytest loads the plugin in every run where the wheel is installed.
    """
    suite.makepyfile(
        """
        import sys

        def test_nothing():
            assert not {"connexion", "uvicorn", "profilegate.admin"} & sys.modules.keys()
        """
    )

    suite.runpytest_subprocess(*PLUGIN).assert_outcomes(passed=1)
