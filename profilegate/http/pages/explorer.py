"""The explorer: what the page with Swagger UI is told of its provider and of the demo data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profilegate.gateway.gateway import Gateway
from profilegate.gateway.loading import load_signer
from profilegate.gateway.provider import Provider
from profilegate.openapi import Spec
from profilegate.openapi.resources import handlers_folder
from profilegate.openapi.yaml_files import load_map, read_text

SIGNING_FILE = "signing.js"
"""In the folder of a provider whose requests are signed: the script that signs in a browser."""

DEMO_FILE = "demo-calls.yaml"
"""In the folder of a provider: credentials, values and bodies that succeed with the demo data."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """A provider's page: its spec, and what the script of the page is told."""

    spec: Spec
    settings: str
    signing_file: Path | None
    is_demo: bool

    @classmethod
    def of(cls, provider: Provider, gateway: Gateway) -> "Explorer":
        """
        The page of a provider; only a gateway with the demo data shows any of it.

        Raises:
            SpecError: the file with the demo calls is no map.
        """
        signing_file = handlers_folder() / provider.name / SIGNING_FILE
        signer = load_signer(provider.spec)
        has_own_signature = signing_file.exists()
        settings = {
            "signing": has_own_signature,
            "signer": {"names": signer.names, "required": signer.required},
            "signedPath": gateway.signed_path,
            # The journal keeps the exchanges of providers: an API without accounts is none.
            "explains": gateway.journal is not None and provider.policy is not None,
            "demo": read_demo_calls(provider.name) if gateway.is_demo else None,
        }
        text = json.dumps(settings, ensure_ascii=False)
        return cls(
            provider.spec, text, signing_file if has_own_signature else None, gateway.is_demo
        )


def read_demo_calls(name: str) -> Mapping[str, Any]:
    """
    What the page of a provider fills in with the demo data; nothing if the provider has no file.

    Raises:
        SpecError: the file is no map in YAML.
    """
    path = handlers_folder() / name / DEMO_FILE
    if not path.exists():
        return {}
    file = f"handlers/{name}/{DEMO_FILE}"
    return load_map(read_text(path, file), file, "a file of demo calls", "credentials")
