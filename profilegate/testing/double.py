"""The double of all providers, for one test: a namespace of a gateway."""

import itertools
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from time import time
from typing import Any, TypeVar, Unpack

from profilegate.admin import accounts, namespaces, outbox, seed_files, seeds
from profilegate.admin.context import Admin
from profilegate.store import Mail
from profilegate.store.linking import Prefer
from profilegate.testing import calls
from profilegate.testing.asgi import AsgiApp
from profilegate.testing.clock import Clock
from profilegate.testing.exchanges import Exchange
from profilegate.testing.failures import Failure, FailureOptions
from profilegate.testing.local_gateway import LocalGateway
from profilegate.testing.profiles import Profile
from profilegate.testing.providers import ProviderDouble
from profilegate.testing.snapshots import Snapshot
from profilegate.testing.users import User

T = TypeVar("T")

MAILS_MAX = 1000
"""More than a test sends."""

_numbers = itertools.count(1)


class Profilegate:
    """
    The providers' doubles, in a namespace that no other test sees.

    Each provider is an attribute (``profilegate.kraken``), with its credentials and users. Clients
    need nothing but ``url``: their credentials lead to the namespace.
    """

    def __init__(self, gateway: LocalGateway) -> None:
        self._gateway = gateway
        self._providers: dict[str, ProviderDouble] = {}
        self.namespace = f"test-{os.getpid()}-{next(_numbers)}"
        self.clock = Clock(self)
        self.started_at = time()
        """When the test began, in seconds since 1970; its requests are later."""
        self._is_dropped = False
        gateway.run(namespaces.create(gateway.admin(), self.namespace))

    @property
    def url(self) -> str:
        """The address of the gateway: the base URL of every provider's client."""
        return self._gateway.url

    def asgi_app(self) -> AsgiApp:
        """The gateway as an ASGI app: ``httpx.ASGITransport``, Starlette's ``TestClient``."""
        return AsgiApp(self)

    def __getattr__(self, name: str) -> ProviderDouble:
        """
        The double of a provider that is served, by its name.

        Raises:
            AttributeError: no such provider is served.
        """
        if name.startswith("_") or name not in (served := self.gateway.providers):
            known = "" if name.startswith("_") else f"; there are {', '.join(served)}"
            raise AttributeError(f"no provider is called {name!r}{known}")
        return self._providers.setdefault(name, ProviderDouble(self, name))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.gateway.providers]

    def profile(self, of: "User | str") -> Profile:
        """The profile of a user, or with an id, as it is now."""
        return Profile.read(self, of if isinstance(of, str) else of.key)

    def link(self, user: User, other: User, *, prefer: Prefer = None) -> Profile:
        """
        Let a user share the profile of another one, at another provider.

        ``prefer`` says whose values stay where the two differ: "account" (the user's) or "profile".
        Users have a name by default, so two whom a test gives different names differ.

        Raises:
            LinkConflictError: they differ, and ``prefer`` does not say.
        """
        key, profile_id = user.key, self.profile(other).id
        self.act(lambda admin: accounts.link(admin, key, profile_id, prefer=prefer))
        return self.profile(user)

    def seed(self, seed: "str | os.PathLike[str] | Mapping[str, Any]") -> seeds.Loaded:
        """
        Put a seed into the namespace: the path of a file, or a document.

        Raises:
            SpecError, SpecsRejectedError, ValueError: it is not a seed.
        """

        async def load(admin: Admin) -> seeds.Loaded:
            if isinstance(seed, Mapping):
                return await seeds.load(admin, seeds.read_seed(admin, dict(seed)))
            read = seed_files.read_seed_file(Path(seed), admin.providers)
            return await seeds.load(admin, read)

        return self.act(load)

    def fail(
        self, provider: str, operation: str | None = None, **options: Unpack[FailureOptions]
    ) -> Failure:
        """
        Let a provider, or one of its operations, fail: by an error, a delay, a broken response.

        ::

            profilegate.fail("kraken", error="rate_limit_exceeded", times=2)
            profilegate.fail("machnet", "update_user", status=503, body={"gender": "MALE"})

        Raises:
            ValueError: there is no such provider, operation or error; the message lists them.
        """
        return Failure.script(self, provider, operation, options)

    def calls(
        self, provider: str | None = None, operation: str | None = None, **match: Any
    ) -> list[Exchange]:
        """
        The requests so far with their responses, in their order.

        ``match`` names parts of an exchange and their values: ``status=429``,
        ``headers={"Payward-Version": "2025-04-15"}``, ``body__residence__country="DE"``.

        Raises:
            ValueError: there is no such provider or operation; the message lists them.
            TypeError: an exchange has no such part.
        """
        return calls.matching(calls.of_operation(self, provider, operation), match)

    def assert_called(
        self,
        provider: str | None = None,
        operation: str | None = None,
        *,
        times: int | None = None,
        **match: Any,
    ) -> None:
        """
        Check that there was such a call, or how many there were; ``match`` is as in ``calls``.

        Raises:
            AssertionError: there was none, or another number; the message has the nearest ones.
        """
        __tracebackhide__ = True
        exchanges = calls.of_operation(self, provider, operation)
        found = calls.matching(exchanges, match)
        if len(found) == times or (times is None and found):
            return
        wanted = calls.wanted_text(provider, operation, match)
        count = "no call" if not found else f"{len(found)} calls"
        expected = "" if times is None else f", not {times}"
        nearest = calls.nearest_text(exchanges, match)
        raise AssertionError(f"{count} of {wanted}{expected}; {nearest}")

    def assert_not_called(
        self, provider: str | None = None, operation: str | None = None, **match: Any
    ) -> None:
        """
        Check that there was no such call; ``match`` is as in ``calls``.

        Raises:
            AssertionError: there was one; the message has it.
        """
        __tracebackhide__ = True
        if found := self.calls(provider, operation, **match):
            wanted = calls.wanted_text(provider, operation, match)
            raise AssertionError(f"{len(found)} calls of {wanted}; the first one: {found[0]}")

    def report(self) -> str:
        """All exchanges, for the report of a test that has failed."""
        exchanges = calls.all_exchanges(self)
        return "\n".join(line for each in exchanges for line in each.report())

    def mails(self) -> list[Mail]:
        """The mails that users got, oldest first: ``to``, ``subject``, ``text`` and others."""
        return self.act(lambda admin: outbox.page(admin, limit=MAILS_MAX))

    def snapshot(self) -> Snapshot:
        """Keep the namespace as it is now; ``restore()`` brings it back."""
        return Snapshot.take(self)

    @property
    def providers(self) -> dict[str, ProviderDouble]:
        """The doubles of the providers that the test has used so far."""
        return dict(self._providers)

    @property
    def gateway(self) -> LocalGateway:
        """The gateway that serves this namespace and those of other tests."""
        return self._gateway

    def act(self, action: Callable[[Admin], Awaitable[T]]) -> T:
        """Run an action of an admin in this namespace, by its clock, and wait for the result."""

        async def run() -> T:
            admin = await namespaces.inside(self._gateway.admin(), self.namespace)
            return await action(admin)

        return self._gateway.run(run())

    def drop(self) -> None:
        """Delete the namespace; the double is of no use afterwards. Once is enough."""
        if self._is_dropped:
            return
        self._is_dropped = True
        self._gateway.run(namespaces.drop(self._gateway.admin(), self.namespace))
