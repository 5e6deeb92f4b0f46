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

    result = suite.runpytest_inprocess(*PLUGIN)

    result.assert_outcomes(passed=19)


def test_other_frameworks_get_a_double_too(suite: pytest.Pytester) -> None:
    """
    "A context manager and decorator for other frameworks": unittest, functions, anyio.
    """
    add(suite, "other_frameworks")

    result = suite.runpytest_inprocess(*PLUGIN)

    result.assert_outcomes(passed=5)


def test_an_app_needs_no_socket(suite: pytest.Pytester) -> None:
    """
    "`profilegate.testing.asgi_app()` for httpx and Starlette transports without a socket".
    """
    add(suite, "without_socket")

    result = suite.runpytest_subprocess(*PLUGIN)

    result.assert_outcomes(passed=2)


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

    result.assert_outcomes(passed=19)


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
