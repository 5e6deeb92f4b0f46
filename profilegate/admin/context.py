"""The context of the admin actions: the store, the providers, and the acting admin."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from profilegate.errors import InvalidFieldsError, TestModeRequiredError, Violation
from profilegate.gateway.context import ProviderContext
from profilegate.gateway.gateway import Gateway, ProviderDescription
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.store import AccountKey, Origin, Store


async def _nothing() -> None:
    """For a process without a journal of its own."""


@dataclass(frozen=True, slots=True)
class Admin:
    """
    One admin who acts in one namespace; histories record ``origin`` with each change.

    ``test_mode`` is whether the gateway permits what only tests need. ``complete_journal`` stores
    what this process still has of the journal.
    """

    store: Store
    providers: Mapping[str, ProviderDescription]
    namespace: str
    origin: Origin
    now: Callable[[], datetime]
    test_mode: bool = False
    complete_journal: Callable[[], Awaitable[None]] = _nothing

    def require_test_mode(self) -> None:
        """
        Check that the gateway permits what only tests need.

        Raises:
            TestModeRequiredError: it does not.
        """
        if not self.test_mode:
            raise TestModeRequiredError

    def policy(self, provider: str) -> AccountPolicy:
        """
        The rules by which a provider's accounts and credentials are created.

        Raises:
            InvalidFieldsError: there is no such provider; the violation lists them.
        """
        policies = {name: found.policy for name, found in self.providers.items() if found.policy}
        if provider not in policies:
            raise InvalidFieldsError([Violation(("provider",), "enum", tuple(policies))])
        return policies[provider]

    def account_key(self, provider: str, external_id: str) -> AccountKey:
        """
        The key of an account, whether it exists or not, with its external id in normal form.

        Raises:
            InvalidFieldsError: there is no such provider.
        """
        external_id = self.policy(provider).normalize(external_id)
        return AccountKey(self.namespace, provider, external_id)


def admin_of(gateway: Gateway, namespace: str, origin: Origin) -> Admin:
    """An admin who acts in a namespace of a gateway that runs in this process."""
    return Admin(
        store=gateway.store,
        providers=gateway.providers,
        namespace=namespace,
        origin=origin,
        now=gateway.now,
        test_mode=gateway.test_mode,
        complete_journal=gateway.complete_journal,
    )


def admin_in(context: ProviderContext, origin: Origin) -> Admin:
    """
    An admin who acts in the namespace of a request, with its clock and its seed.

    The request itself is one of those in progress, for which a reader of the journal waits.
    """
    gateway = context.gateway
    return Admin(
        store=context.store,
        providers=gateway.providers,
        namespace=context.namespace,
        origin=origin,
        now=context.now,
        test_mode=gateway.test_mode,
        complete_journal=partial(gateway.complete_journal, own=1),
    )
