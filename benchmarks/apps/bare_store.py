"""The ceiling of durable work: this project's store behind a function that checks nothing.

Each request is one ``store.update`` of the same changes as the gateway makes of it, with the same
nonce; nothing of it is verified.
"""

from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.apps.response import read, send_constant
from benchmarks.bodies import VARYING, changes_of
from benchmarks.names import KEY_FILE, TENANT
from benchmarks.work import kraken_body
from profilegate.gateway.loading import load_providers
from profilegate.http.memory_tuning import tune_garbage_collection
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    CredentialKey,
    NonceUse,
    Update,
    accounts,
)
from profilegate.store.opening import open_store


def create(database: str) -> ASGIApp:
    """The app, with this project's store in a database."""
    provider = load_providers()["kraken"]
    store = open_store(
        database, key_file=Path(KEY_FILE), rules={provider.name: provider.mapping.rules}
    )
    changes = changes_of(provider, kraken_body("ACME"))
    tune_garbage_collection()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        await read(receive)
        nonce = headers[b"api-nonce"].decode()
        key = CredentialKey(DEFAULT_NAMESPACE, "kraken", "api-key", headers[b"api-key"].decode())
        account = AccountKey(DEFAULT_NAMESPACE, "kraken", scope["path"].rpartition("/")[2])
        await store.write(
            accounts.update,
            Update(
                account,
                {**changes, VARYING: nonce},
                tenant=TENANT,
                nonce=NonceUse(key, int(nonce)),
            ),
        )
        await send_constant(send)

    return app
