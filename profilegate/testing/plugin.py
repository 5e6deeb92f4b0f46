"""The pytest plugin: the fixture ``profilegate``, its options, and its part of a report."""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate
    from profilegate.testing.local_gateway import LocalGateway

# pytest imports this module in every run: what a test needs is imported when it asks for it.

SECTION = "Profilegate: the exchanges of this test"

MARKER = "profilegate(seed=None): the file, or the document, that fills the test's namespace."


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("profilegate", "doubles of providers (Profilegate)")
    group.addoption(
        "--profilegate-process",
        action="store_true",
        help="Run the gateway in a process of its own. [default: in a thread]",
    )
    parser.addini(
        "profilegate_limits",
        "Whether the providers' rate limits and the lockouts apply. [default: they do not]",
        type="bool",
        default=False,
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def profilegate_gateway(pytestconfig: pytest.Config) -> Iterator["LocalGateway"]:
    """The gateway of the test session: each test has a namespace in it."""
    from profilegate.testing.quick_start import quick_start

    with quick_start():
        from profilegate.testing.contexts import close_gateways, shared_gateway
    yield shared_gateway(
        limits=pytestconfig.getini("profilegate_limits"),
        in_process=pytestconfig.getoption("--profilegate-process"),
    )
    close_gateways()


@pytest.fixture
def profilegate(
    profilegate_gateway: "LocalGateway", request: pytest.FixtureRequest
) -> Iterator["Profilegate"]:
    """The providers' doubles, in a namespace that no other test sees."""
    from profilegate.testing.double import Profilegate

    double = Profilegate(profilegate_gateway)
    marker = request.node.get_closest_marker("profilegate")
    seed: Any = None if marker is None else marker.kwargs.get("seed")
    if seed is not None:
        double.seed(seed)
    yield double
    double.drop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the exchanges of a test that has failed to its report."""
    report = yield
    double: Any = getattr(item, "funcargs", {}).get("profilegate")
    if report.when == "call" and report.failed and double is not None:
        report.sections.append((SECTION, _report_of(double)))
    return report


def _report_of(double: "Profilegate") -> str:
    """The exchanges of a test; a gateway that is gone must not end the session."""
    try:
        return double.report() or "no request has arrived"
    except Exception as error:
        return f"the exchanges cannot be read: {type(error).__name__}: {error}"
