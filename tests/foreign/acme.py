"""A provider from a spec in a text, served in memory by handlers that respond with examples.

::

    with Acme(folder, SPEC) as acme:
        response = acme.send("GET", "/acme/users/1")
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import yaml

from profilegate.errors import ProfilegateError
from profilegate.gateway.call import Call
from profilegate.gateway.examples import example
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.problems import to_problem
from profilegate.gateway.provider import Provider
from profilegate.gateway.schemes import challenge_of, default_policy, ready_made
from profilegate.http.app import GatewayApp
from profilegate.openapi import Spec, validate_spec
from profilegate.openapi.reader import parse_spec
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping
from profilegate.store import DEFAULT_NAMESPACE, Credential, CredentialKey, credentials
from profilegate.store.sqlite import open_store

HEAD = {"openapi": "3.0.3", "info": {"title": "Acme", "version": "1"}}

DONE = {"200": {"description": "D", "content": {"application/json": {"schema": {}}}}}


def document(paths: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An OpenAPI document with some paths."""
    return {**HEAD, "paths": paths, **more}


def operation(method: str = "get", path: str = "/acme", **node: Any) -> dict[str, Any]:
    """The paths of a document with one operation."""
    return {path: {method: {"operationId": "act", "responses": DONE, **node}}}


def read(spec: Mapping[str, Any] | str, name: str = "acme") -> Spec:
    """A spec, checked as ``generate`` checks it."""
    text = spec if isinstance(spec, str) else yaml.safe_dump(dict(spec), sort_keys=False)
    found = parse_spec(name, text)
    validate_spec(found)
    return found


class Handlers(SimpleNamespace):
    """A function for each operation: it notes its arguments and responds with the example."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(calls=[])
        for each in spec.operations():
            setattr(self, each.id, self._handler(each.id))

    def _handler(self, name: str) -> Any:
        async def act(call: Call, **arguments: Any) -> Any:
            self.calls.append(arguments)
            return example(call, name)

        return act


class Acme:
    """One spec's gateway, without a socket."""

    def __init__(self, folder: Path, *specs: Spec) -> None:
        self.handlers = {spec.name: Handlers(spec) for spec in specs}
        providers = {spec.name: self._provider(spec) for spec in specs}
        self._loop = asyncio.new_event_loop()
        self.store = open_store(folder / "acme.db", key_file=folder / "acme.key", rules={})
        gateway = Gateway(self.store, "http://acme.example", providers=providers)
        try:
            app = GatewayApp(gateway, providers)
        except ProfilegateError:
            self._loop.run_until_complete(self.store.close())
            self._loop.close()
            raise
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://acme.example"
        )

    def _provider(self, spec: Spec) -> Provider:
        return Provider(
            spec=spec,
            operations=self.handlers[spec.name],
            authenticate=None,
            to_error_response=to_problem,
            mapping=ProfileMapping(LockRules({}, ()), {}, (), ()),
            schemes=ready_made(spec),
            challenge=challenge_of(spec),
            policy=default_policy(spec),
        )

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The arguments of all calls at the first spec."""
        calls: list[dict[str, Any]] = next(iter(self.handlers.values())).calls
        return calls

    def send(self, method: str, target: str, **options: Any) -> httpx.Response:
        """Send one request."""
        return self._loop.run_until_complete(self._client.request(method, target, **options))

    def add_credential(self, kind: str, text: str, secret: bytes | None = None) -> None:
        """Give a tenant a credential."""
        key = CredentialKey(DEFAULT_NAMESPACE, "acme", kind, text)
        credential = Credential(key, tenant="demo", secret=secret)
        self._loop.run_until_complete(self.store.write(credentials.put, credential))

    def __enter__(self) -> "Acme":
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self.store.close())
        self._loop.close()
