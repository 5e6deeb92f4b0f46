"""Every operation of every spec, with arguments that reach the demo data."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from profilegate.client.fields import BODY, Field, Fields
from profilegate.openapi import Operation, Spec
from profilegate.openapi.examples import example_of_media, example_of_parameter
from profilegate.openapi.media_types import bare
from tests.clients import DIADOC_TOKEN, INDIVIDUAL, JSON, NAVIXY_HASH, NAVIXY_USER, KrakenPartner
from tests.running_gateway import RunningGateway
from tests.specs.all_specs import SPECS

CREDENTIALS = {
    "PROFILEGATE_NAVIXY_HASH": NAVIXY_HASH,
    "PROFILEGATE_MACHNET_CLIENT_ID": "demo-client",
    "PROFILEGATE_MACHNET_CLIENT_SECRET": "demo-secret",
    "PROFILEGATE_DIADOC_CLIENT_ID": "demo-api-client",
    "PROFILEGATE_DIADOC_TOKEN": DIADOC_TOKEN,
    "PROFILEGATE_KRAKEN_API_KEY": "demo-api-key",
    "PROFILEGATE_KRAKEN_PRIVATE_KEY": KrakenPartner().private_key,
    "PROFILEGATE_PROFILES_ADMIN_TOKEN": "demo-admin",
}

KNOWN: Mapping[tuple[str, str], Any] = {
    ("machnet", "user_id"): INDIVIDUAL,
    ("diadoc", "login"): "login@kontur.ru",
    ("diadoc", "password"): "demo-password",
    ("navixy", "credentials"): {
        "login": "charles.pearson@example.com",
        "password": "demo-password",
    },
    ("profiles", "provider"): "navixy",
    ("profiles", "external_id"): NAVIXY_USER,
    ("profiles", "namespace"): "default",
}
"""Parameters of the demo data, where the spec's own example is not in it."""

SESSIONS = ("log_out", "renew_session")
"""Beginnings of the operations that need the hash of a session: an API key has none."""

BODIES: Mapping[str, Any] = {
    "log_in": {"login": "charles.pearson@example.com", "password": "demo-password"},
    "log_out": {},
    "renew_session": {},
    "authenticate": {"login": "login@kontur.ru", "password": "demo-password"},
    "update_account": {"plugins": [45]},
    "dry_run": {
        "provider": "navixy",
        "external_id": NAVIXY_USER,
        "body": {"legal_type": "individual", "first_name": "Zoe", "last_name": "Doe"},
    },
}
"""Bodies of the demo data, by operation."""


@dataclass(frozen=True)
class Reached:
    """One operation with one media type of its body; empty if it has none."""

    provider: str
    operation: Operation
    media_type: str

    @property
    def spec(self) -> Spec:
        """The spec."""
        return SPECS[self.provider]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.provider, self.operation.id, self.media_type)))

    def parameters(self, ids: Mapping[str, str]) -> list[str]:
        """The options of the required parameters; ``ids`` are those that the gateway has given."""
        fields = Fields(self.spec, self.operation)
        found = []
        for parameter in self.operation.parameters:
            if parameter.is_required:
                known = KNOWN.get((self.provider, parameter.name), ids.get(parameter.name))
                value = example_of_parameter(self.spec, parameter) if known is None else known
                own = [each for each in fields.all if each.root == parameter.argument]
                found += [text for each in own for text in options(each, value)]
        return found

    def body(self) -> Any:
        """The body of the demo data, or the first example of the spec."""
        if not self.media_type:
            return None
        media = self.operation.bodies[self.media_type]
        found = BODIES.get(self.operation.id)
        return example_of_media(self.spec, media, of_request=True) if found is None else found

    def whole_body(self) -> list[str]:
        """The body as one option; a nonce is the signer's task."""
        if not self.media_type:
            return []
        value = self.body()
        if isinstance(value, dict) and self.provider == "kraken":
            value = {name: each for name, each in value.items() if name != "nonce"}
        data = (
            "\n".join(map(json.dumps, value)) if "ndjson" in self.media_type else json.dumps(value)
        )
        return ["-d", data, "--media-type", bare(self.media_type)]

    def fields_of_body(self) -> list[str]:
        """The body as an option for each of its fields."""
        body = self.body()
        fields = Fields(self.spec, self.operation)
        return [text for each in fields.all if each.root == BODY for text in options(each, body)]


def options(field: Field, whole: Any) -> Iterator[str]:
    """The options that say the part of a value that is a field."""
    for step in field.at:
        if not isinstance(whole, dict) or step not in whole:
            return
        whole = whole[step]
    for value in whole if field.is_list else [whole]:
        yield f"--{field.name}"
        yield value if isinstance(value, str) else json.dumps(value)


def every_operation() -> list[Reached]:
    """All of them."""
    return [
        Reached(provider, operation, media_type)
        for provider, spec in SPECS.items()
        for operation in spec.operations()
        for media_type in (operation.bodies or [""])
    ]


def given_ids(gateway: RunningGateway) -> dict[str, str]:
    """The ids of a profile and of a credential of the demo data."""
    admin = {"Authorization": "Bearer demo-admin"}
    account = gateway.send("GET", f"/accounts/navixy/{NAVIXY_USER}", headers=admin).json()
    listed = gateway.send("GET", "/credentials?provider=kraken", headers=admin).json()
    return {"profile_id": account["id"], "credential_id": listed["credentials"][0]["id"]}


def environment(gateway: RunningGateway, reached: Reached) -> dict[str, str]:
    """The variables of a call of the demo data."""
    found = {**CREDENTIALS, "PROFILEGATE_URL": f"http://127.0.0.1:{gateway.port}"}
    if reached.operation.id.startswith(SESSIONS):
        login = json.dumps(BODIES["log_in"]).encode()
        session = gateway.send("POST", "/v2/user/auth", body=login, headers=JSON).json()
        found["PROFILEGATE_NAVIXY_HASH"] = session["hash"]
    return found
