"""Every spec is what is served: Schemathesis makes requests from it and checks the responses.

All phases and all checks of Schemathesis are on, and what it makes is the same at every run.
Its stateful phase follows the links that the specs write: from a new user, or a new session, to
what may be asked next. It guesses no others.
"""

import copy
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
    # All failures of a run are worth knowing, not the first.
    "continue-on-failure": True,
    # Nothing is remembered from one run to the next, on disk or otherwise.
    "cache": {"enabled": False},
    "generation": {
        "deterministic": True,
        "database": "none",
        "max-examples": EXAMPLES_MAX,
        # NUL is rejected in every text, which a schema can only say by a pattern at each of them.
        "allow-x00": False,
        # The credentials are not generated: they are put on by ``Signed``, and taken off again
        # by Schemathesis' own check that they are asked for.
        "with-security-parameters": False,
    },
    "phases": {"stateful": {"inference": {"algorithms": []}}},
}

PHASES = {"examples", "coverage", "fuzzing"}
STATEFUL = "stateful"
LINKED = {"navixy", "machnet", "kraken"}
"""Diadoc's token is sent in a header that says more than the token, so no link can hold it."""

FORM = "application/x-www-form-urlencoded"


class Signed(AuthBase):
    """Lets each request in, once it is otherwise ready to go: Kraken signs what is on the wire."""

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


# What a spec leaves open and the demo data settles: who calls, about whom, and which values a
# lock holds fast. Narrowed to that, what Schemathesis takes for good really reaches the store.


def navixy(document: Document) -> None:
    """A hash in the body counts first, so there must be a known one; and a login that is known.

    The hash is an API key, so logging out and prolonging are rejected (403, code 276). Where a
    link leads, only the link puts a hash into the body: a session's, which is good for both.
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
    """One user, with the values of the fields that can never be updated; others are created.

    The lock table is no rule of a schema: a country is well-formed and rejected all the same,
    unless it is the one that is stored. ``user_relationship`` has no stored value, and a new
    user's id, and whether it is a business, nobody knows beforehand.
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
    """One user, in both ways to write the IIBAN; an external_id that is taken is a 409."""
    user = document["components"]["parameters"]["User"]
    user["schema"]["enum"] = [KRAKEN_USER, "AA08 N84G CPAR UN7A"]


def diadoc(document: Document) -> None:
    """A login that is known; the token says who the user is, and the schemas say the rest."""
    login = document["components"]["schemas"]["LoginPassword"]["properties"]["login"]
    login["enum"] = ["login@kontur.ru"]


def as_it_is(document: Document) -> None:
    """Nothing is settled: most users are nobody's."""


CONTRACTS = {
    "navixy": ("navixy", navixy),
    "machnet, an individual": ("machnet", machnet(INDIVIDUAL)),
    "machnet, a business": ("machnet", machnet(BUSINESS)),
    "diadoc": ("diadoc", diadoc),
    "kraken": ("kraken", kraken),
    "kraken, with any user": ("kraken", as_it_is),
}


def is_a_wrong_hash(failure: str) -> bool:
    """Whether Schemathesis misses a 401: "Errors" sends Navixy's code 3, Wrong hash, with 400."""
    return "request without authentication" in failure and "got `400 Bad Request`" in failure


def is_locked(phase: str, body: bytes) -> bool:
    """Whether a user that was just created has fields that are fixed by now; no schema knows
    which: the country that was not given, the name of who is verified."""
    return phase == STATEFUL and b"Some fields cannot be updated [" in body


def has_a_list_in_a_form(case: "schemathesis.Case[Any]") -> bool:
    """Whether a form has a list in it, which on the wire is a field that stands twice: rejected as
    ambiguous, even if the field is an unknown one, as a key that stands twice is in JSON."""
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
def test_what_is_served_is_what_the_spec_says(
    gateway: RunningGateway,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    narrow: Callable[[Document], None],
) -> None:
    """
    Whatever the spec allows is taken, what it does not allow is rejected, and every response has a
    status, headers and a body that the spec describes.
    """
    # Trying a password takes long on purpose; here any is good.
    monkeypatch.setattr("profilegate.gateway.call.is_password", lambda password, kept: True)
    document = copy.deepcopy(gateway.sources[provider].spec.document)
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
    assert bool(followed) == (provider in LINKED)
    assert ran == PHASES | ({STATEFUL} if provider in LINKED else set())
    assert statuses[200] > 20
    assert statuses[400] > 20
