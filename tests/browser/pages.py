"""All pages of a gateway with the demo data, and how an admin signs in."""

import json
from collections.abc import Mapping
from typing import Final

from profilegate.openapi.resources import spec_files, specs_folder
from tests.browser.chromium import Visit
from tests.clients import INDIVIDUAL, JSON, MACHNET
from tests.gateway_process import GatewayProcess
from tests.profiles.client import ADMIN

LINKED_PERSON: Final = "kraken:AA39N84GC4XO6B2V"
"""The account at Kraken of the person who has one at all providers."""

PAGES: Final[Mapping[str, str]] = {
    "start": "",
    "docs": "docs",
    **{f"docs-{file.stem}": f"docs/{file.stem}" for file in spec_files(specs_folder())},
    "manual": "manual",
    "manual-fields": "manual/fields",
    "manual-errors": "manual/errors",
    "manual-ledger": "manual/ledger",
    "manual-performance": "manual/performance",
    "manual-testing": "manual/testing",
    "sign-in": "sign-in",
    "inspect": "inspect",
    "inspect-profile": "inspect/{profile}",
    "journal": "journal",
    "journal-exchange": "journal/{exchange}",
}
"""The path of each page from the start page, by a name."""


def path_of(process: GatewayProcess, name: str) -> str:
    """The path of a page: of the linked person, and of a request that was rejected."""
    path = PAGES[name]
    if "{profile}" in path:
        return path.format(profile=profile_of(process, LINKED_PERSON))
    return path.format(exchange=rejected_request(process)) if "{exchange}" in path else path


def profile_of(process: GatewayProcess, account: str) -> str:
    """The id of the profile of an account (``provider:id``)."""
    provider, _, external_id = account.partition(":")
    response = process.send("GET", f"/accounts/{provider}/{external_id}", headers=ADMIN)
    found: str = response.json()["id"]
    return found


def rejected_request(process: GatewayProcess) -> str:
    """The id of a request that breaks several rules."""
    body = {"gender": "female", "date_of_birth": "1990", "mobile_phone": 1, "occupation": "Banker"}
    headers = {**MACHNET, **JSON}
    target = f"/users/{INDIVIDUAL}"
    response = process.send("PATCH", target, headers=headers, body=json.dumps(body).encode())
    return response.headers["x-request-id"]


def sign_in(visit: Visit, token: str) -> None:
    """Sign in as an admin."""
    page = visit.open("sign-in")
    page.get_by_label("Admin token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/inspect*")
