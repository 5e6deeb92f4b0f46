"""What the canaries' campaign sends, and each response searched."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from profilegate.openapi import Spec, read_spec
from profilegate.openapi.resources import spec_files, specs_folder
from tests.gateway_process import GatewayProcess
from tests.running_gateway import Response
from tests.torture.canary_values import MARKS, Canaries
from tests.torture.hostile_requests import Draft
from tests.torture.presented import PRESENTATIONS
from tests.torture.wrong_credentials import placed, texts_for

SPECS: dict[str, Spec] = {spec.name: spec for spec in map(read_spec, spec_files(specs_folder()))}
ADMIN = "profiles"


@dataclass(slots=True)
class Place:
    """Where was searched, how much, and what was found."""

    size: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def search(self, content: bytes, needles: dict[str, bytes]) -> None:
        """Look for all needles."""
        self.size += len(content)
        self.found.update(name for name, needle in needles.items() if needle in content)


@dataclass(slots=True)
class Campaign:
    """One run: the gateway, what was sent, and the responses."""

    process: GatewayProcess
    canaries: Canaries
    admin_token: str
    secrets: dict[str, bytes] = field(default_factory=dict)
    """The forms of what the gateway made itself."""
    identities: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Provider -> the forms of its accounts' ids, tenants, logins and credentials."""
    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    nonce: int = 10_000
    places: dict[str, Place] = field(default_factory=dict)
    stored: int = 0
    failed: int = 0
    """Responses with status 500."""

    def place(self, name: str) -> Place:
        """A place by its name."""
        return self.places.setdefault(name, Place())

    def send(self, provider: str, draft: Draft, *, is_signed: bool = True) -> Response:
        """Send a request, and search its response if nothing sent may be in it."""
        if is_signed:
            self.nonce += 1
            presentation = PRESENTATIONS[provider]
            schemes = schemes_of(draft)
            texts = texts_for(presentation, self.shown[provider], draft, schemes, str(self.nonce))
            draft = placed(presentation, draft, next(iter(presentation.places)), texts)
        body = draft.body_bytes or None
        response = self.process.send(
            draft.method, draft.target, body=body, headers=dict(draft.headers)
        )
        self.search_response(provider, response)
        return response

    def search_response(self, provider: str, response: Response) -> None:
        """Search an error response for all, and any response for the others' accounts."""
        self.failed += response.status == 500
        content = repr(response.headers).encode() + response.body
        if response.status >= 400:
            if provider == ADMIN:
                # Administrators may read which account of the profile locks a field.
                for external_id in map(self.paths.get, self.identities):
                    content = content.replace((external_id or "-").encode(), b"-")
            self.place(f"errors of {provider}").search(content, {**MARKS, **self.secrets})
        if provider != ADMIN:
            for other, needles in self.identities.items():
                if other != provider:
                    self.place(f"responses of {provider}: accounts of others").search(
                        content, needles
                    )

    def admin(self, method: str, path: str, body: Any) -> Any:
        """A call of the admin API that must succeed."""
        draft = Draft(ADMIN, method, path, "", [("Content-Type", "application/json")], body)
        draft.is_authenticated = False
        response = self.send(ADMIN, draft)
        assert response.status < 300, (method, path, response.body)
        return response.json()

    def get(self, target: str) -> Any:
        """What the admin API shows, which is searched elsewhere."""
        headers = {"Authorization": f"Bearer {self.admin_token}"}
        response = self.process.send("GET", target, headers=headers)
        assert response.status == 200, (target, response.body)
        return response.json()


def schemes_of(draft: Draft) -> frozenset[str]:
    """The security schemes of the operation that a request is for."""
    is_login = draft.provider == "diadoc" and "Authenticate" in draft.path
    return frozenset({"DiadocClient"}) if is_login else frozenset()
