"""This gateway, whole, but without a store: credentials are at hand, and an update is no work.

Signatures are verified, nonces used up and bodies checked as ever; what is left out is what the
others, who keep nothing, leave out as well.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from starlette.types import ASGIApp

from benchmarks.names import CONNECTIONS_MAX, TENANT, kraken_key, kraken_secret
from profilegate.errors import NonceNotIncreasingError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_providers
from profilegate.gateway.lockouts import Lockouts
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
        self._nonces = dict.fromkeys(keys, 0)

    async def read(self, job: object, key: CredentialKey) -> Credential | None:
        """The partner's key: an update reads nothing else."""
        return self._credentials.get(key)

    async def write(self, job: object, update: Update) -> Fields:
        """Use up the nonce, and nothing else."""
        nonce = update.nonce
        if nonce is None or nonce.value <= self._nonces[nonce.credential]:
            raise NonceNotIncreasingError
        self._nonces[nonce.credential] = nonce.value
        return {}


def create(database: None) -> ASGIApp:
    """The app; with a store it is measured as `profilegate serve`."""
    return gateway_over(lambda rules: cast(Store, NoStore()))


def gateway_over(open_store: Callable[[Rules], Store]) -> ASGIApp:
    """The gateway over a store."""
    providers = load_providers()
    store = open_store({name: provider.mapping.rules for name, provider in providers.items()})
    gateway = Gateway(
        store,
        "http://gateway.example",
        limits_rates=False,
        lockouts=Lockouts(is_on=False),
        providers=providers,
    )
    app = GatewayApp(gateway, providers)
    tune_garbage_collection()
    return app
