"""Navixy: the sample of the page, as JSON and as a form."""

import json
from urllib.parse import urlencode

import pytest

from tests.clients import JSON, NAVIXY_HASH, NAVIXY_USER
from tests.navixy.bodies import PATH
from tests.navixy.client import FORM
from tests.navixy.page import SAMPLE

# The stored sample: the country as its ISO code, the phone as an E.164 number.
STORED = {
    "account.id": "1001",
    "account.login": "charles.pearson@example.com",
    "account.plugins": [45],
    "account.creation_date": "2016-05-20 01:10:34",
    "account.legal_type": "legal_entity",
    "name.given": "Charles",
    "name.middle": "Henry",
    "name.family": "Pearson",
    "phone": "+491761234567",
    "addresses.postal.country": "DE",
    "addresses.postal.postal_code": "61169",
    "addresses.postal.region": "Hessen",
    "addresses.postal.city": "Wiesbaden",
    "addresses.postal.line1": "Marienplatz 2",
    "addresses.registered.country": "DE",
    "addresses.registered.postal_code": "61169",
    "addresses.registered.region": "Hessen",
    "addresses.registered.city": "Wiesbaden",
    "addresses.registered.line1": "Marienplatz 2",
    "registration.state_number": "12-3456789",
    "registration.kpp": "",
    "registration.okpo": "",
    "tax.tin": "1131145180",
    "organization.legal_name": "E. Biasi GmbH",
}


def test_the_published_sample_is_answered_as_published(gateway):
    """
    The page: the response to `curl -X POST` with its `-d` is `{ "success": true }`. "Updates user
    personal info": every field of the sample is stored, and nothing else changes.
    """
    response = gateway.send("POST", PATH, body=SAMPLE, headers=JSON)

    assert (200, {"success": True}) == (response.status, response.json())
    assert STORED == gateway.fields("navixy", NAVIXY_USER)


def test_the_sample_may_be_sent_twice(gateway):
    """
    The same values again are no change, and are accepted.
    """
    gateway.send("POST", PATH, body=SAMPLE, headers=JSON)
    response = gateway.send("POST", PATH, body=SAMPLE, headers=JSON)

    assert (200, STORED) == (response.status, gateway.fields("navixy", NAVIXY_USER))


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"],
)
def test_a_form_is_read_like_json(gateway, content_type):
    """
    "Getting started": a form has the same parameters, including `hash`.
    """
    form = urlencode(json.loads(SAMPLE)).encode()
    response = gateway.send("POST", PATH, body=form, headers={"Content-Type": content_type})

    assert (200, {"success": True}) == (response.status, response.json())
    assert STORED == gateway.fields("navixy", NAVIXY_USER)


def test_a_form_is_read_as_utf_8(gateway):
    """
    A form's percent-encoded bytes are UTF-8, and a plus sign is a blank.
    """
    form = (
        f"hash={NAVIXY_HASH}&legal_type=individual&first_name=Ana+Mar%C3%ADa&middle_name="
        "&last_name=%D0%81%D0%B6&post_city=M%C3%BCnchen"
    )
    gateway.send("POST", PATH, body=form.encode(), headers=FORM)
    fields = gateway.fields("navixy", NAVIXY_USER)

    assert ("Ana María", "", "Ёж", "München") == (
        fields["name.given"],
        fields["name.middle"],
        fields["name.family"],
        fields["addresses.postal.city"],
    )
