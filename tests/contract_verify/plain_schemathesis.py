"""Measures which wrong servers Schemathesis alone finds: ``python -m`` this module prints a table.

It has the spec as the server serves it, and credentials in headers, as a newcomer runs it. A server
is found if there is a failure that the correct gateway does not have, too. It takes a quarter of an
hour.
"""

import sys
from collections.abc import Mapping
from typing import Any

import requests
import schemathesis
from schemathesis.config import ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.engine import events, from_schema

from profilegate.testing import Profilegate, gateway
from tests.clients import diadoc_authorization
from tests.contract_verify.served import Serve, correct, serving
from tests.contract_verify.wrong_servers import WRONG_SERVERS

EXAMPLES = 10
SEED = 20260102

SIGNED_OR_MANY = ("machnet", "kraken")
OPERATIONS = ["create_user", "get_user", "update_user"]
"""The operations of these two that the wrong servers change; the others take as long again."""

Failures = set[tuple[str, str, str]]
"""An operation, a check of Schemathesis, and its title."""


def headers(double: Profilegate, provider: str) -> Mapping[str, str]:
    """The credentials of a provider; Schemathesis cannot sign."""
    if provider == "machnet":
        own = double.machnet
        return {"X-Client-Id": own.client_id, "X-Client-Secret": own.client_secret}
    if provider == "kraken":
        return {"API-Key": double.kraken.api_key}
    if provider == "navixy":
        return {"Authorization": f"NVX {double.navixy.hash}"}
    return diadoc_authorization(double.diadoc.token, double.diadoc.client_id)


def failures(provider: str, serve: Serve) -> Failures:
    """What Schemathesis finds in all of its phases."""
    with gateway() as double, serving(serve, double) as url:
        settings: dict[str, Any] = {
            "base-url": url,
            "headers": dict(headers(double, provider)),
            "continue-on-failure": True,
            "phases": {"stateful": {"generation": {"max-examples": EXAMPLES}}},
            "generation": {"max-examples": EXAMPLES, "deterministic": True, "database": "none"},
        }
        project = ProjectConfig.from_dict(settings)
        config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))
        document = requests.get(f"{url}/specs/{provider}.json", timeout=30).json()
        schema: Any = schemathesis.openapi.from_dict(document, config=config)
        if provider in SIGNED_OR_MANY:
            schema = schema.include(operation_id=OPERATIONS)
        found: Failures = set()
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                for case_id, nodes in event.recorder.checks.items():
                    label = event.recorder.cases[case_id].value.operation.label
                    found |= {
                        (label, node.name, node.failure_info.failure.title)
                        for node in nodes
                        if node.failure_info is not None
                    }
    return found


def main(providers: list[str]) -> None:
    """Print a row for each wrong server."""
    for provider in providers:
        usual = failures(provider, correct)
        print(f"| {provider}: a correct gateway | {len(usual)} failures |", flush=True)
        for what, wrong in WRONG_SERVERS.items():
            if wrong.provider == provider:
                new = sorted(failures(provider, wrong.serve) - usual)
                shown = "; ".join(f"{label}: {title}" for label, _, title in new) or "no"
                print(f"| {provider}: {what} | {shown} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or sorted({wrong.provider for wrong in WRONG_SERVERS.values()}))
