"""Every spec is what is served: Schemathesis makes requests from it and checks the answers.

All phases and all checks of Schemathesis are on, and what it makes is the same at every run.
No spec has links between its operations, so there is nothing for its stateful phase to follow.
"""

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from requests.auth import AuthBase
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.clients import (
    BUSINESS,
    INDIVIDUAL,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)
from tests.running_gate import RunningGate

Document = dict[str, Any]

SETTINGS = {
    "seed": 20_260_102,
    # All failures of a run are worth knowing, not the first.
    "continue-on-failure": True,
    # Nothing is remembered from one run to the next, on disk or otherwise.
    "cache": {"enabled": False},
    "generation": {
        "deterministic": True,
        "database": "none",
        "max-examples": 200,
        # NUL is refused in every text, which a schema can only say by a pattern at each of them.
        "allow-x00": False,
        # The credentials are not generated: they are put on by ``Signed``, and taken off again
        # by Schemathesis' own check that they are asked for.
        "with-security-parameters": False,
    },
}

PHASES = {"examples", "coverage", "fuzzing"}

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


# What a spec leaves open and the demo world settles: who calls, about whom, and which values a
# lock holds fast. Narrowed to that, what Schemathesis takes for good really reaches the store.


def navixy(document: Document) -> None:
    """A hash in the body counts first, so there must be a known one."""
    schemas = document["components"]["schemas"]
    schemas["PersonalInfo"]["properties"]["hash"]["enum"] = [NAVIXY_HASH]


def machnet(user: str) -> Callable[[Document], None]:
    """One user, with the values of the fields that can never be updated.

    The lock table is no rule of a schema: a country is well-formed and refused all the same,
    unless it is the one that is stored. ``user_relationship`` has no stored value.
    """

    def narrow(document: Document) -> None:
        schemas = document["components"]["schemas"]
        document["components"]["parameters"]["UserId"]["schema"]["enum"] = [user]
        individual = schemas["IndividualUpdate"]["properties"]
        business = schemas["BusinessUpdate"]["properties"]
        for properties in (individual, business):
            properties["id"]["enum"] = [user]
            properties["country"]["enum"] = ["US"]
        individual["type"]["enum"] = ["SEND"]
        business["business"]["enum"] = [user == BUSINESS]
        del business["user_relationship"]

    return narrow


def kraken(document: Document) -> None:
    """One user, in both ways to write the IIBAN."""
    (user, _) = document["paths"]["/b2b/users/{user}"]["patch"]["parameters"]
    user["schema"]["enum"] = [KRAKEN_USER, "AA08 N84G CPAR UN7A"]


def as_it_is(document: Document) -> None:
    """Diadoc's token says who the user is, and its schemas say the rest."""


CONTRACTS = {
    "navixy": ("navixy", navixy),
    "machnet, an individual": ("machnet", machnet(INDIVIDUAL)),
    "machnet, a business": ("machnet", machnet(BUSINESS)),
    "diadoc": ("diadoc", as_it_is),
    "kraken": ("kraken", kraken),
    "kraken, with any user": ("kraken", as_it_is),
}


def has_a_list_in_a_form(case: "schemathesis.Case[Any]") -> bool:
    """Whether a form has a list in it, which on the wire is a field that stands twice: refused as
    ambiguous, even if the field is an unknown one, as a key that stands twice is in JSON."""
    return (
        case.media_type == FORM
        and isinstance(case.body, dict)
        and any(isinstance(value, list | dict) for value in case.body.values())
    )


@pytest.mark.parametrize(("provider", "narrow"), CONTRACTS.values(), ids=CONTRACTS)
def test_what_is_served_is_what_the_spec_says(
    gate: RunningGate, provider: str, narrow: Callable[[Document], None]
) -> None:
    """
    Whatever the spec allows is taken, what it does not allow is refused, and every answer has a
    status, headers and a body that the spec describes.
    """
    document = copy.deepcopy(gate.sources[provider].spec.document)
    narrow(document)
    config = SchemathesisConfig.from_dict({**SETTINGS, "base-url": f"http://127.0.0.1:{gate.port}"})
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.auth.set_from_requests(Signed(provider))
    schema.hooks.hook("filter_case")(lambda context, case: not has_a_list_in_a_form(case))

    statuses: Counter[int] = Counter()
    ran: set[str] = set()
    failures: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            ran.add(event.phase.value)
            statuses.update(
                interaction.response.status_code
                for interaction in event.recorder.interactions.values()
                if interaction.response is not None
            )
            failures += [
                f"{event.label} ({event.phase.value}): {check.failure_info.failure}\n"
                f"{check.failure_info.code_sample}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
        elif isinstance(event, events.NonFatalError):
            failures.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception

    assert [] == failures
    assert ran == PHASES
    assert statuses[200] > 20
    assert statuses[400] > 20


def test_no_spec_has_links_to_follow(gate: RunningGate) -> None:
    """
    The stateful phase follows links; this test fails when the first one is written, so that
    PHASES above gets its fourth member.
    """
    linked = [name for name, source in gate.sources.items() if b"links:" in source.text]

    assert [] == linked
