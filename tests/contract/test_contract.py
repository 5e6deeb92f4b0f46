"""Contract: Schemathesis makes requests from each spec and checks the responses against it.

All its phases and checks are on, and its requests are the same in every run. Its stateful phase
follows the links of the specs, from a new user or a new session to the next requests, and guesses
no others.
"""

import copy
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from requests.auth import AuthBase
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

import tests.contract.protobuf  # noqa: F401  (Schemathesis learns Diadoc's messages)
from tests.clients import (
    BUSINESS,
    INDIVIDUAL,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)
from tests.running_gateway import RunningGateway

Document = dict[str, Any]

EXAMPLES_MAX = int(os.environ.get("CONTRACT_EXAMPLES", "40"))
"""Requests that the fuzzing phase makes for an operation; 200 take four times as long."""

SETTINGS = {
    "seed": 20_260_102,
    # Report all failures of a run, not only the first.
    "continue-on-failure": True,
    # Keep nothing from one run to the next.
    "cache": {"enabled": False},
    "generation": {
        "deterministic": True,
        "database": "none",
        "max-examples": EXAMPLES_MAX,
        # Every text rejects NUL, which a schema could only say by a pattern for each text.
        "allow-x00": False,
        # ``Signed`` adds the credentials; Schemathesis removes them to check that they are needed.
        "with-security-parameters": False,
    },
    "phases": {"stateful": {"inference": {"algorithms": []}}},
}

PHASES = {"examples", "coverage", "fuzzing"}
STATEFUL = "stateful"
FORM = "application/x-www-form-urlencoded"


class Signed(AuthBase):
    """Authenticates each request just before it is sent: Kraken signs the sent bytes."""

    def __init__(self, provider: str) -> None:
        self._headers: Callable[[str, bytes], dict[str, str]] = {
            "navixy": lambda target, body: {"Authorization": f"NVX {NAVIXY_HASH}"},
            "machnet": lambda target, body: MACHNET,
            "diadoc": lambda target, body: diadoc_authorization(),
            "kraken": KrakenPartner().headers,
        }[provider]

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the provider's headers."""
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        assert isinstance(raw, bytes)
        request.headers.update(self._headers(request.path_url, raw))
        return request


# Narrow each spec to the demo data: the caller, the user, and the values of locked fields. Then the
# requests that Schemathesis considers valid reach the store.


def navixy(document: Document) -> None:
    """Use a known hash in the body, where it counts first, and a known login.

    The hash is an API key, so logging out and prolonging are rejected (403, code 276). Only a link
    puts the hash of a session into a body, which is valid for both.
    """
    schemas = document["components"]["schemas"]
    schemas["PersonalInfo"]["properties"]["hash"] = {"type": "string", "enum": [NAVIXY_HASH]}
    for linked in ("UserInfoRequest", "SessionRequest"):
        del schemas[linked]["properties"]["hash"]
    for session in ("logout", "session/renew"):
        content = document["paths"][f"/v2/user/{session}"]["post"]["requestBody"]["content"]
        for media in content.values():
            del media["examples"]
    schemas["UserAuth"]["properties"]["login"]["enum"] = ["charles.pearson@example.com"]


def machnet(user: str) -> Callable[[Document], None]:
    """Use one user, with the stored values of the fields that can never be updated.

    The lock table is no rule of a schema: a valid country is rejected unless it is the stored one.
    ``user_relationship`` has no stored value, and the id and kind of a new user are unknown
    beforehand.
    """

    def narrow(document: Document) -> None:
        schemas = document["components"]["schemas"]
        document["components"]["parameters"]["UserId"]["schema"]["enum"] = [user]
        individual = schemas["IndividualUpdate"]["properties"]
        business = schemas["BusinessUpdate"]["properties"]
        for properties in (individual, business):
            del properties["id"]
            properties["country"]["enum"] = ["US"]
        individual["type"]["enum"] = ["SEND"]
        del business["business"], business["user_relationship"]
        update = document["paths"]["/users/{user_id}"]["patch"]["requestBody"]
        examples = update["content"]["application/json"]["examples"]
        del examples["published_individual"]["value"]["id"]

    return narrow


def kraken(document: Document) -> None:
    """Use one user, in both forms of the IIBAN; an external_id in use is a 409."""
    user = document["components"]["parameters"]["User"]
    user["schema"]["enum"] = [KRAKEN_USER, "AA08 N84G CPAR UN7A"]


def diadoc(document: Document) -> None:
    """Use a known login; the token names the user."""
    login = document["components"]["schemas"]["LoginPassword"]["properties"]["login"]
    login["enum"] = ["login@kontur.ru"]


def as_it_is(document: Document) -> None:
    """Narrow nothing: most users do not exist."""


CONTRACTS = {
    "navixy": ("navixy", navixy),
    "machnet, an individual": ("machnet", machnet(INDIVIDUAL)),
    "machnet, a business": ("machnet", machnet(BUSINESS)),
    "diadoc": ("diadoc", diadoc),
    "kraken": ("kraken", kraken),
    "kraken, with any user": ("kraken", as_it_is),
}


def is_a_wrong_hash(failure: str) -> bool:
    """Whether Schemathesis expects a 401 where Navixy sends its code 3, Wrong hash, with 400."""
    return "request without authentication" in failure and "got `400 Bad Request`" in failure


def is_locked(phase: str, body: bytes) -> bool:
    """Whether a new user has locked fields, which no schema knows: the country that was not sent,
    the name of a verified user."""
    return phase == STATEFUL and b"Some fields cannot be updated [" in body


def has_a_list_in_a_form(case: "schemathesis.Case[Any]") -> bool:
    """Whether a form has a list, which is sent as a repeated field: rejected as ambiguous, like a
    repeated key in JSON, also if the field is unknown."""
    return (
        case.media_type == FORM
        and isinstance(case.body, dict)
        and any(isinstance(value, list | dict) for value in case.body.values())
    )


def _failures(event: events.ScenarioFinished, provider: str) -> Iterator[str]:
    for case_id, checks in event.recorder.checks.items():
        response = event.recorder.interactions[case_id].response
        for check in checks:
            if check.failure_info is None:
                continue
            failure = check.failure_info.failure
            if provider == "navixy" and is_a_wrong_hash(str(failure)):
                continue
            if (
                provider == "machnet"
                and response
                and is_locked(event.phase.value, response.content)
            ):
                continue
            yield (
                f"{event.label} ({event.phase.value}): {failure}\n{check.failure_info.code_sample}"
            )


@pytest.mark.parametrize(("provider", "narrow"), CONTRACTS.values(), ids=CONTRACTS)
def test_the_gateway_serves_what_the_spec_says(
    gateway: RunningGateway,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    narrow: Callable[[Document], None],
) -> None:
    """
    Valid requests are accepted, invalid ones are rejected, and every response has a status,
    headers and a body that the spec describes.
    """
    # A password check takes long on purpose; here every password is valid.
    monkeypatch.setattr("profilegate.gateway.call.is_password", lambda password, kept: True)
    document = copy.deepcopy(gateway.providers[provider].spec.document)
    narrow(document)
    config = SchemathesisConfig.from_dict(
        {**SETTINGS, "base-url": f"http://127.0.0.1:{gateway.port}"}
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.auth.set_from_requests(Signed(provider))
    schema.hooks.hook("filter_case")(lambda context, case: not has_a_list_in_a_form(case))

    statuses: Counter[int] = Counter()
    ran: set[str] = set()
    followed = 0
    failures: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            ran.add(event.phase.value)
            followed += event.phase.value == STATEFUL and len(event.recorder.interactions) > 1
            statuses.update(
                interaction.response.status_code
                for interaction in event.recorder.interactions.values()
                if interaction.response is not None
            )
            failures += _failures(event, provider)
        elif isinstance(event, events.NonFatalError):
            failures.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception

    assert [] == failures
    # Links are followed where a spec has any: in Diadoc's header a link cannot write the token.
    has_links = '"links":' in json.dumps(document)
    assert bool(followed) == has_links
    assert ran == PHASES | ({STATEFUL} if has_links else set())
    assert statuses[200] > 20
    assert statuses[400] > 20
