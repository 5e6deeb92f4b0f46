"""Any input: never a 5xx, and never a field in the store that is not in the spec."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profilegate.openapi import Node, Spec
from tests.clients import JSON, MACHNET
from tests.http.providers import DIADOC, NAVIXY, PROVIDER_APIS, ProviderApi, kraken_partner
from tests.running_gateway import RunningGateway

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

bounded = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    # One store for all examples of a test is what we want: they come one after another.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Every field's name at any provider, at any depth; and a few words that fit somewhere.
NAMES = """
legal_type first_name middle_name last_name phone post_country tin iec legal_name okpo_code hash
email date_of_birth gender country type id ip_address mobile_phone user_scope business
company_details company_name mailing_address address_line1 city state zipcode physical_documents
virtual_documents document_type document_value number_of_transaction_per_month
Login FullName FirstName LastName MiddleName
full_name residence line1 postal_code province nationalities tax_ids issuing_country occupation
client_identifier value calculated_at language tos_version_accepted country_of_birth employer_name
""".split()
WORDS = """
individual sole_trader legal_entity 2000-01-01 a@example.com +12106603032 NO Oslo other US SEND
SSN 122 en concat passport 2023-11-07T05:31:56Z 10.0.0.1 f45680e1-014d-42c7-be86-3b2899e911c3
""".split()

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=12,
)
additions = st.dictionaries(st.sampled_from(NAMES), json_values, max_size=4)


def mapped_paths(spec: Spec) -> set[str]:
    """The places of the shared profile that the spec maps any of its fields to."""

    def below(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if "x-profile" in node:
                place: str | Node = node["x-profile"]
                yield place if isinstance(place, str) else place["at"]
            for child in node.values():
                yield from below(child)

    return set(below(spec.document["components"]["schemas"]))


@every_provider
@bounded
@given(data=st.data(), junk=st.binary(max_size=60))
def test_any_bytes_are_answered(
    gateway: RunningGateway, api: ProviderApi, data: st.DataObject, junk: bytes
) -> None:
    """
    "Never a 500 for anything a caller can send": junk alone, and junk in the midst of good JSON.
    """
    good = api.good_body() if data.draw(st.booleans()) else b""
    place = data.draw(st.integers(0, len(good)))
    body = good[:place] + junk + good[place:]
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, body)

    assert response.status in (200, 400)
    if response.status == 400:
        assert before == gateway.fields(api.name, api.user)


@every_provider
@bounded
@given(value=json_values, more=additions, is_almost_good=st.booleans(), escaped=st.booleans())
def test_any_json_is_answered(
    gateway: RunningGateway,
    api: ProviderApi,
    value: Any,
    more: dict[str, Any],
    is_almost_good: bool,
    escaped: bool,
) -> None:
    """
    Any JSON is taken or rejected, and what is stored stands in the spec.
    """
    sent = {**api.good, **more} if is_almost_good else value
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, json.dumps(sent, ensure_ascii=escaped).encode())

    after = gateway.fields(api.name, api.user)
    assert response.status in (200, 400)
    assert after.keys() - before.keys() <= mapped_paths(gateway.providers[api.name].spec)
    if response.status == 400:
        assert before == after


@every_provider
@bounded
@given(media_type=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_media_type_is_answered(
    gateway: RunningGateway, api: ProviderApi, media_type: str
) -> None:
    """
    Whatever Content-Type says, it is JSON, or it is rejected; Diadoc's provider takes any other
    body for protobuf, which JSON is not.
    """
    response = api.send(gateway, api.good_body(), {"Content-Type": media_type})

    assert response.status in ((200, 400, 415) if api is DIADOC else (200, 415))


@bounded
@given(pairs=st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=20)), max_size=8))
def test_any_form_is_answered(gateway: RunningGateway, pairs: list[tuple[str, str]]) -> None:
    """
    Any form is taken or rejected, and what is stored stands in the spec.
    """
    before = gateway.fields("navixy", NAVIXY.user)
    body = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()

    response = NAVIXY.send(gateway, body, {"Content-Type": "application/x-www-form-urlencoded"})

    after = gateway.fields("navixy", NAVIXY.user)
    assert response.status in (200, 400)
    assert after.keys() - before.keys() <= mapped_paths(gateway.providers["navixy"].spec)


@bounded
@given(segment=st.binary(min_size=1, max_size=30))
def test_any_user_is_answered(gateway: RunningGateway, segment: bytes) -> None:
    """
    Any text in the place of a user's id is an unknown user, or an invalid id.
    """
    body = b'{"city": "Oslo", "language": "nb"}'
    in_path = quote(segment, safe="")
    target = f"/b2b/users/{in_path}"
    signed = {**kraken_partner.headers(target, body), **JSON}

    statuses = {
        gateway.send("PATCH", target, body=body, headers=signed).status,
        gateway.send("PATCH", f"/users/{in_path}", body=body, headers={**MACHNET, **JSON}).status,
    }

    assert statuses <= {400, 404}
