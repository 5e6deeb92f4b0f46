"""Contract tests: whether a server, a fake or a real service, keeps a provider's contract.

::

    from profilegate.testing.contract import assert_contract

    def test_our_fake_is_like_machnet(fake):
        assert_contract("machnet", fake.url, {"client_id": "…", "client_secret": "…"})
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from profilegate.client import Client
from profilegate.contract import comparison, generated
from profilegate.contract.caller import Caller
from profilegate.contract.findings import Report
from profilegate.contract.har_files import HarFile
from profilegate.contract.provider_rules import load_rules
from profilegate.contract.reports import as_text, nothing_succeeded
from profilegate.contract.verification import FOREIGN_PAUSE_SECONDS, Plan, is_foreign, verify
from profilegate.errors import SettingError
from profilegate.gateway.loading import load_provider, load_spec
from profilegate.testing.contexts import gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    How a server is verified.

    ``writes``: data may be changed at a server that is not on this machine. ``inputs`` are the
    values of parameters, and what conversations need beside the credentials (``login``,
    ``password``). ``generated`` is how many requests Schemathesis makes for each operation (0:
    none); ``is_thorough``: also one for each rule of the spec. ``compares``: the responses are
    compared with those of this gateway. ``recording`` gets all exchanges, masked. ``start`` is
    called with the number of steps, ``tell`` with the name of each.
    """

    writes: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    generated: int = 0
    is_thorough: bool = False
    compares: bool = True
    recording: HarFile | None = None
    start: Callable[[int], None] = lambda _: None
    tell: Callable[[str], None] = lambda _: None


DEFAULTS = Options()


def assert_contract(
    provider: str, url: str, credentials: Mapping[str, str], options: Options = DEFAULTS
) -> None:
    """
    Check that a server keeps the contract of a provider.

    ``credentials`` are by the provider's own names (``client_id``, ``private_key``).

    Raises:
        AssertionError: it does not, or no call succeeded; the message is the report.
        SettingError: there is no such provider, or no credential.
        CallError: the server does not respond.
    """
    report = Report(url)
    verify_server(report, provider, url, credentials, options)
    if not report.successes:
        raise AssertionError(nothing_succeeded(report))
    if not report.holds():
        raise AssertionError("\n".join(as_text(report)))


def verify_server(
    report: Report,
    provider: str,
    url: str,
    credentials: Mapping[str, str],
    options: Options = DEFAULTS,
) -> None:
    """
    Verify a server, and add the checks to a report.

    Raises:
        SettingError, CallError: as ``assert_contract``.
    """
    client = Client.of(provider, credentials, url)
    if client.signer.required and not credentials:
        raise SettingError(provider, f"there are no credentials: {', '.join(client.signer.names)}")
    foreign = is_foreign(url)
    pause = FOREIGN_PAUSE_SECONDS if foreign else 0.0
    caller = Caller(load_provider(load_spec(provider)), client, pause, options.recording)
    with closing(caller), ExitStack() as stack:
        plan = Plan(
            caller=caller,
            rules=load_rules(provider),
            writes=options.writes or not foreign,
            inputs=options.inputs,
            tell=options.tell,
        )
        if options.generated:
            plan.more[generated.NAME] = partial(
                generated.run_generated,
                examples=options.generated,
                is_thorough=options.is_thorough,
            )
        if options.compares:
            # Two namespaces: what differs between them is no difference of the server.
            plans = [stack.enter_context(_reference(plan)) for _ in range(2)]
            plan.more[comparison.NAME] = partial(comparison.compare, references=plans)
        options.start(plan.steps)
        verify(plan, report)


@contextmanager
def _reference(plan: Plan) -> Iterator[Plan]:
    """The same plan for a namespace of this gateway, in this process."""
    name = plan.caller.provider.name
    with gateway() as double:
        own = getattr(double, name)
        credentials = {each: str(getattr(own, each)) for each in plan.caller.client.credentials}
        client = Client.of(name, credentials, double.url)
        with closing(Caller(plan.caller.provider, client)) as caller:
            yield replace(plan, caller=caller, inputs={}, more={})
