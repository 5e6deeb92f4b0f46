"""Navixy's update operation as its clients call it, with a body of each legal type."""

import json
from collections.abc import Mapping
from typing import Any

from tests.clients import JSON, NAVIXY_HASH
from tests.running_gateway import Response, RunningGateway

PATH = "/v2/user/personal_info/update"

INDIVIDUAL = {
    "legal_type": "individual",
    "first_name": "Ada",
    "middle_name": "",
    "last_name": "Smith",
}
SOLE_TRADER = {
    **INDIVIDUAL,
    "legal_type": "sole_trader",
    "registered_country": "Austria",
    "registered_index": "1010",
    "registered_region": "Wien",
    "registered_city": "Wien",
    "registered_street_address": "Graben 1",
    "tin": "990",
}
LEGAL_ENTITY = {**SOLE_TRADER, "legal_type": "legal_entity", "iec": "", "legal_name": "Smith AG"}

# The path of each field in the shared profile; legal_type belongs to the account.
PATHS = {
    "first_name": "name.given",
    "middle_name": "name.middle",
    "last_name": "name.family",
    "phone": "phone",
    "post_country": "addresses.postal.country",
    "post_index": "addresses.postal.postal_code",
    "post_region": "addresses.postal.region",
    "post_city": "addresses.postal.city",
    "post_street_address": "addresses.postal.line1",
    "registered_country": "addresses.registered.country",
    "registered_index": "addresses.registered.postal_code",
    "registered_region": "addresses.registered.region",
    "registered_city": "addresses.registered.city",
    "registered_street_address": "addresses.registered.line1",
    "tin": "tax.tin",
    "state_reg_num": "registration.state_number",
    "okpo_code": "registration.okpo",
    "iec": "registration.kpp",
    "legal_name": "organization.legal_name",
}


def update(gateway: RunningGateway, body: Mapping[str, Any], hash_: str = NAVIXY_HASH) -> Response:
    """Send a body as JSON, with the hash in it."""
    sent = json.dumps({"hash": hash_, **body}).encode()
    return gateway.send("POST", PATH, body=sent, headers=JSON)


def code(response: Response) -> int | None:
    """Navixy's code of an error response; None for a success."""
    body = response.json()
    return None if body["success"] else body["status"]["code"]


def invalid_parameters(response: Response) -> list[str]:
    """The fields that an error response names, in alphabetical order."""
    return sorted(error["parameter"] for error in response.json()["errors"])


def without(body: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A body without some of its fields."""
    return {name: value for name, value in body.items() if name not in names}
