"""This gateway, whole, but without a store: credentials are at hand, and an update is no work.

Signatures are verified and bodies checked as ever; what is left out is what the others, who keep
nothing and authenticates everybody, leave out as well.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from starlette.types import ASGIApp

from benchmarks.apps import Save
from benchmarks.names import CONNECTIONS_MAX, TENANT, kraken_key, kraken_secret
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_providers
from profilegate.http.app import GatewayApp
from profilegate.http.connections import Connections
from profilegate.http.memory_tuning import tune_garbage_collection
from profilegate.http.transport import LimitedProtocol
from profilegate.profile.fields import Fields
from profilegate.profile.locks import LockRules
from profilegate.store import DEFAULT_NAMESPACE, Credential, CredentialKey, Store, Update

PROTOCOL = partial(LimitedProtocol, connections=Connections())

Rules = Mapping[str, LockRules]


class NoStore:
    """A store that knows the partner's keys and drops every update."""

    def __init__(self) -> None:
        keys = {
            CredentialKey(DEFAULT_NAMESPACE, "kraken", "api-key", kraken_key(number)): number
            for number in range(CONNECTIONS_MAX)
        }
        self._credentials = {
            key: Credential(key, tenant=TENANT, secret=kraken_secret(number))
            for key, number in keys.items()
        }

    async def read(self, job: object, key: CredentialKey) -> Credential | None:
        """The partner's key: an update reads nothing else."""
        return self._credentials.get(key)

    async def write(self, job: object, update: Update) -> Fields:
        """Nothing, at once."""
        return {}


def create(save: Save | None) -> ASGIApp:
    """The app; with a store it is measured as `profilegate serve`."""
    if save is not None:
        raise ValueError("what keeps something is `profilegate serve`")
    return gateway_over(lambda rules: cast(Store, NoStore()))


def gateway_over(open_store: Callable[[Rules], Store]) -> ASGIApp:
    """The gateway over a store."""
    providers = load_providers()
    store = open_store({name: provider.mapping.rules for name, provider in providers.items()})
    app = GatewayApp(
        Gateway(store, "http://gateway.example", limits_rates=False, providers=providers), providers
    )
    tune_garbage_collection()
    return app
