"""All pages of a gateway with the demo data, and how an admin signs in."""

import json
from collections.abc import Mapping

from profilegate.openapi.resources import spec_files, specs_folder
from tests.browser.chromium import Visit
from tests.clients import INDIVIDUAL, JSON, MACHNET
from tests.gateway_process import GatewayProcess
from tests.profiles.client import ADMIN

LINKED_PERSON = "kraken:AA39N84GC4XO6B2V"
"""The account at Kraken of the person who has one at all providers."""


def pages_of(process: GatewayProcess) -> Mapping[str, str]:
    """The path of each page from the start page, by a name; two of them show what is in it."""
    return {
        "start": "",
        "docs": "docs",
        **{f"docs-{file.stem}": f"docs/{file.stem}" for file in spec_files(specs_folder())},
        "manual": "manual",
        "manual-fields": "manual/fields",
        "manual-errors": "manual/errors",
        "manual-ledger": "manual/ledger",
        "inspect": "inspect",
        "inspect-profile": f"inspect/{profile_of(process, LINKED_PERSON)}",
        "journal": "journal",
        "journal-exchange": f"journal/{rejected_request(process)}",
    }


def profile_of(process: GatewayProcess, account: str) -> str:
    """The id of the profile of an account (``provider:id``)."""
    provider, _, external_id = account.partition(":")
    response = process.send("GET", f"/accounts/{provider}/{external_id}", headers=ADMIN)
    found: str = response.json()["profile_id"]
    return found


def rejected_request(process: GatewayProcess) -> str:
    """The id of a request that breaks several rules."""
    body = {"gender": "FEMALE", "date_of_birth": "1990", "mobile_phone": 1, "occupation": "Banker"}
    response = process.send(
        "PATCH",
        f"/users/{INDIVIDUAL}",
        headers={**MACHNET, **JSON},
        body=json.dumps(body).encode(),
    )
    return response.headers["x-request-id"]


def sign_in(visit: Visit, token: str) -> None:
    """Sign in as an admin."""
    page = visit.open("sign-in")
    page.get_by_label("Admin token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/inspect*")
