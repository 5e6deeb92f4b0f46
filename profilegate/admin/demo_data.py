"""The demo data: people, their accounts and credentials, read from one YAML file."""

import base64
import importlib.resources
from typing import Any

from profilegate.gateway.passwords import digest_password, password_key
from profilegate.openapi import load_yaml
from profilegate.openapi.resources import handlers_folder
from profilegate.store import (
    AccountKey,
    Credential,
    CredentialKey,
    NewAccount,
    Store,
    accounts,
    credentials,
)

DEMO_FILE = "demo-data.yaml"


def read_demo_data() -> Any:
    """The demo data that comes with the package and with each provider, as one dict."""
    text = importlib.resources.files("profilegate.admin").joinpath(DEMO_FILE).read_text("utf-8")
    found = load_yaml(text, DEMO_FILE)
    for file in sorted(handlers_folder().glob(f"*/{DEMO_FILE}")):
        own = load_yaml(file.read_text("utf-8"), f"handlers/{file.parent.name}/{DEMO_FILE}")
        found["credentials"] += own.get("credentials", [])
        found["people"] += own.get("people", [])
    return found


async def load_demo_data(store: Store, document: Any, namespace: str) -> None:
    """Put the data into the store; leave what exists already as it is."""
    for credential in document["credentials"]:
        await store.write(credentials.put, _credential(namespace, credential))
    for person in document["people"]:
        await _load_person(store, person, namespace)


async def _load_person(store: Store, person: Any, namespace: str) -> None:
    first: AccountKey | None = None
    for account in person["accounts"]:
        key = AccountKey(namespace, account["provider"], account["id"])
        fields = account.get("fields", {})
        if first is None:
            fields = {**person["fields"], **fields}
        new = NewAccount(key, fields, account.get("tenant"), profile_of=first)
        await store.write(accounts.create, new)
        first = first or key
        for credential in account.get("credentials", ()):
            owned = {**credential, "provider": key.provider, "external_id": key.external_id}
            await store.write(credentials.put, _credential(namespace, owned))
        if "password" in account:
            await _put_password(store, key, account["password"])


async def _put_password(store: Store, account: AccountKey, password: str) -> None:
    key = password_key(account)
    # Computing a digest takes long on purpose: do not repeat it at each start.
    if await store.read(credentials.find, key) is None:
        secret = digest_password(password)
        credential = Credential(key, external_id=account.external_id, secret=secret)
        await store.write(credentials.put, credential)


def _credential(namespace: str, node: Any) -> Credential:
    secret: str | None = node.get("secret")
    return Credential(
        key=CredentialKey(namespace, node["provider"], node["kind"], node["text"]),
        tenant=node.get("tenant"),
        external_id=node.get("external_id"),
        secret=secret.encode() if secret else _decoded(node.get("secret_base64")),
    )


def _decoded(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
