"""Profiles: created, listed, shown, changed by a merge patch, erased."""

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.profiles.client import (
    KAI,
    LENA,
    MERGE_PATCH,
    NOBODY,
    VERA,
    create,
    gist,
    id_of,
    profile,
    send,
    violations,
)
from tests.running_gateway import RunningGateway

EVERYTHING: Mapping[str, Any] = {
    "name": {"given": "Zoe", "middle": "", "family": "Quinn"},
    "birth": {"date": "1990-05-04", "city": "Bergen", "country": "NO"},
    "gender": "female",
    "email": "zoe@example.com",
    "phone": "+4722123456",
    "occupation": "science",
    "language": "nb",
    "nationalities": ["NO", "XK"],
    "addresses": {
        which: {
            "line1": "Storgata 1",
            "line2": "",
            "city": "Oslo",
            "region": "Oslo",
            "postal_code": "0026",
            "country": "NO",
        }
        for which in ("residential", "postal", "registered")
    },
    "employer": {"name": "Observatory", "address": "Storgata 2", "phone": "+4722123456"},
    "organization": {
        "legal_name": "Quinn AS",
        "formed_on": "2020-02-29",
        "website": "https://quinn.example.com",
        "size": "ONE_TO_TEN",
        "type": "LLC",
    },
    "activity": {"scope": "RESEARCH", "transactions_per_month": 0, "frequency": "MONTHLY"},
    "tax": {"tin": "1", "ids": [{"id": "12345678901", "country": "NO"}]},
    "registration": {"state_number": "1027700132195", "okpo": "00032537", "kpp": ""},
}


def details(body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a profile a body can set."""
    return {key: value for key, value in body.items() if key in EVERYTHING}


def test_a_new_profile_is_shown_as_it_was_sent(gateway: RunningGateway) -> None:
    """
    Put-get: "what a provider writes, the same provider reads back unchanged".
    """
    response = send(gateway, "POST", "/profiles", EVERYTHING)
    made = response.json()

    assert 201 == response.status
    assert EVERYTHING == details(made)
    assert (1, []) == (made["version"], made["accounts"])
    assert f"/profiles/{made['id']}" == response.headers["location"]
    assert '"1"' == response.headers["etag"]
    assert made == profile(gateway, made["id"])


def test_what_was_read_can_be_written_back_and_changes_nothing(gateway: RunningGateway) -> None:
    """
    Get-put: "writing back what was read changes nothing", the version neither.
    """
    made = create(gateway, EVERYTHING)

    response = send(gateway, "PATCH", f"/profiles/{made['id']}", made)

    assert (200, made) == (response.status, response.json())


PATCHES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "one part": ({"name": {"given": "Ada"}}, {"name": {**EVERYTHING["name"], "given": "Ada"}}),
    "a part that is null": (
        {"name": {"middle": None}},
        {"name": {"given": "Zoe", "family": "Quinn"}},
    ),
    "an object that is null": ({"employer": None}, {"employer": None}),
    "objects in objects that are null": ({"addresses": None}, {"addresses": None}),
    "an object in an object that is null": (
        {"addresses": {"postal": None}},
        {"addresses": {k: v for k, v in EVERYTHING["addresses"].items() if k != "postal"}},
    ),
    "a value that is null": ({"phone": None, "email": None}, {"phone": None, "email": None}),
    "a list, which is replaced whole": ({"nationalities": ["SE"]}, {"nationalities": ["SE"]}),
    "a list that is null": ({"tax": {"ids": None}}, {"tax": {"tin": "1"}}),
    "an empty list": ({"nationalities": []}, {"nationalities": []}),
    "an empty object": ({"name": {}}, {}),
    "an unknown field, which is ignored": ({"nickname": "Zo"}, {}),
}


@pytest.mark.parametrize("media_type", ["application/json", MERGE_PATCH])
@pytest.mark.parametrize(("patch", "changed"), PATCHES.values(), ids=PATCHES)
def test_a_merge_patch_does_what_rfc_7396_says(
    gateway: RunningGateway, patch: dict[str, Any], changed: dict[str, Any], media_type: str
) -> None:
    """
    RFC 7396, 1: what is sent is set, "null values … indicate the removal of existing values",
    and what is not sent stays.
    """
    made = create(gateway, EVERYTHING)

    response = send(gateway, "PATCH", f"/profiles/{made['id']}", patch, media_type=media_type)

    expected = {key: value for key, value in {**EVERYTHING, **changed}.items() if value is not None}
    assert (200, expected) == (response.status, details(response.json()))
    assert expected == details(profile(gateway, made["id"]))


def test_each_change_makes_a_version(gateway: RunningGateway) -> None:
    """
    The ETag is the version: it must change whenever the profile does, and only then.
    """
    made = create(gateway)
    place = f"/profiles/{made['id']}"

    tags = [
        send(gateway, "PATCH", place, body).headers["etag"]
        for body in ({"name": {"given": "Zoe"}}, {"name": {"given": "Zoe"}}, {"name": None})
    ]

    assert ['"2"', '"2"', '"3"'] == tags


MATCHES: Mapping[str, tuple[str, int]] = {
    "the present version": ('"1"', 200),
    "any": ("*", 200),
    "the present version among others": ('"7", "1"', 200),
    "another version": ('"2"', 412),
    "other versions": ('"2","3"', 412),
    "a weak tag, which never matches": ('W/"1"', 412),
    "a tag that is no version": ('"one"', 412),
    "no tag": ("1", 400),
    "half a tag": ('"1', 400),
    "words": ("the first", 400),
    "an empty header": ("", 400),
}


@pytest.mark.parametrize(("header", "status"), MATCHES.values(), ids=MATCHES)
def test_if_match_guards_a_change(gateway: RunningGateway, header: str, status: int) -> None:
    """
    RFC 9110, 13.1.1: the method is not performed unless one of the tags is the present one.
    """
    made = create(gateway, {"name": {"given": "Zoe"}})
    place = f"/profiles/{made['id']}"

    response = send(
        gateway, "PATCH", place, {"name": {"given": "Ada"}}, headers={"If-Match": header}
    )

    assert status == response.status
    assert ("Ada" if status == 200 else "Zoe") == profile(gateway, made["id"])["name"]["given"]


def test_of_two_changes_of_one_version_one_wins(gateway: RunningGateway) -> None:
    """
    The lost update: the second writer has not seen what the first one wrote.
    """
    made = create(gateway)
    ready = threading.Barrier(2)

    def change(name: str) -> int:
        ready.wait()
        body = {"name": {"given": name}}
        return send(
            gateway, "PATCH", f"/profiles/{made['id']}", body, headers={"If-Match": '"1"'}
        ).status

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(change, ["Zoe", "Ada"]))

    assert [200, 412] == statuses


def test_a_locked_field_keeps_its_value(gateway: RunningGateway) -> None:
    """
    "Locks hold for every provider": all or nothing, and every locked field is named.
    """
    profile_id = id_of(gateway, VERA)
    before = profile(gateway, profile_id)

    response = send(
        gateway,
        "PATCH",
        f"/profiles/{profile_id}",
        {"name": {"given": "Ada", "family": "Quinn"}, "occupation": "science"},
    )

    assert (409, "locked") == gist(response)
    assert {"/name/given", "/name/family"} == violations(response).keys()
    assert before == profile(gateway, profile_id)


def test_a_change_is_seen_through_the_providers(gateway: RunningGateway) -> None:
    """
    "One profile": what is written here, every linked account's provider sees.
    """
    send(gateway, "PATCH", f"/profiles/{id_of(gateway, KAI)}", {"birth": {"city": "Oslo"}})

    assert "Oslo" == gateway.fields(*KAI)["birth.city"]


def test_what_has_no_common_form_is_shown_as_it_was_written(gateway: RunningGateway) -> None:
    """
    "Wakanda stays Wakanda": no silent loss, and no country that is none.
    """
    gateway.put(*KAI, {"addresses.postal.country": {"country-name": "Wakanda"}})

    body = profile(gateway, id_of(gateway, KAI))

    assert "addresses" not in body
    assert [
        {"field": "addresses.postal.country", "form": "country-name", "text": "Wakanda"}
    ] == body["as_written"]


def test_documents_are_shown_and_not_changed_here(gateway: RunningGateway) -> None:
    """
    Documents have rules of their own at the providers; here they are read only.
    """
    profile_id = id_of(gateway, VERA)

    response = send(gateway, "PATCH", f"/profiles/{profile_id}", {"documents": {"virtual": []}})

    assert 200 == response.status
    (document,) = response.json()["documents"]["virtual"]
    assert ("SSN", "111111112") == (document["type"], document["value"])


def test_a_list_of_profiles_goes_on_where_it_ends(gateway: RunningGateway) -> None:
    """
    Following `next` gives every profile once, in the order of their ids.
    """
    found: list[str] = []
    target = "/profiles?limit=3"
    for _ in range(20):
        page = send(gateway, "GET", target).json()
        assert len(page["profiles"]) <= 3
        found += [item["id"] for item in page["profiles"]]
        if "next" not in page:
            break
        target = f"/profiles?limit=3&cursor={page['next']}"

    (count,) = gateway.rows("SELECT count(*) FROM profiles")[0]
    assert (count, sorted(set(found))) == (len(found), found)


PAGES: Mapping[str, tuple[str, str]] = {
    "nothing at all": ("limit=0", "limit"),
    "too many": ("limit=101", "limit"),
    "a word": ("limit=many", "limit"),
    "a fraction": ("limit=1.5", "limit"),
    "a number with a zero before it": ("limit=010", "limit"),
    "a number of another script": ("limit=%D9%A3", "limit"),
    "a number without end": (f"limit={'9' * 5000}", "limit"),
    "no cursor": ("cursor=", "cursor"),
    "a cursor that is not base64": ("cursor=%C3%A9", "cursor"),
    "a cursor that nobody gave": ("cursor=A", "cursor"),
    "a cursor with NUL in it": ("cursor=AAAA", "cursor"),
    "a cursor in another spelling": ("cursor=MB", "cursor"),
}


@pytest.mark.parametrize("place", ["/profiles", "/export"])
@pytest.mark.parametrize(("query", "name"), PAGES.values(), ids=PAGES)
def test_a_page_that_cannot_be_is_rejected(
    gateway: RunningGateway, place: str, query: str, name: str
) -> None:
    """
    A limit is 1 to 100, and a cursor one that an earlier response gave.
    """
    response = send(gateway, "GET", f"{place}?{query}")

    assert (400, "invalid") == gist(response)
    assert [name] == list(violations(response))


def test_an_erased_profile_is_gone(gateway: RunningGateway) -> None:
    """
    "Erasing a profile is destroying its key": its accounts know nobody any more.
    """
    profile_id = id_of(gateway, LENA)

    response = send(gateway, "DELETE", f"/profiles/{profile_id}")

    assert (204, b"") == (response.status, response.body)
    assert 404 == send(gateway, "GET", f"/profiles/{profile_id}").status
    assert 404 == send(gateway, "DELETE", f"/profiles/{profile_id}").status
    navixy = gateway.send("GET", "/v2/user/get_info?hash=11ee11ee22ff22ff33aa33aa44bb44bb")
    assert 400 == navixy.status


INVALID: Mapping[str, tuple[Any, dict[str, str]]] = {
    "several violations at once": (
        {
            "name": {"given": 5},
            "birth": {"date": "2025-02-29", "country": "ZZ"},
            "phone": "12025550123",
            "tax": {"ids": [{"id": "1"}, {"id": "1", "country": "no"}]},
        },
        {
            "/name/given": "must be text or null",
            "/birth/date": "must be a date as YYYY-MM-DD",
            "/birth/country": "must be a country's code of two capital letters (ISO 3166-1)",
            "/phone": "must be a phone number with + and its country's calling code (E.164)",
            "/tax/ids/0/country": "is required",
            "/tax/ids/1/country": ("must be a country's code of two capital letters (ISO 3166-1)"),
        },
    ),
    "a calling code that there is not": (
        {"phone": "+9991234567"},
        {"/phone": "must be a phone number with + and its country's calling code (E.164)"},
    ),
    "no object": (["TELLTALE"], {"": "must be an object"}),
    "NUL": ({"name": {"given": "a\0"}}, {"/name/given": "must not contain the NUL character"}),
}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(("body", "expected"), INVALID.values(), ids=INVALID)
def test_all_violations_are_reported_at_once(
    gateway: RunningGateway, method: str, body: Any, expected: dict[str, str]
) -> None:
    """
    RFC 9457 with a JSON pointer (RFC 6901) for each violation, and no value that was sent.
    """
    made = create(gateway, EVERYTHING)
    target = "/profiles" if method == "POST" else f"/profiles/{made['id']}"

    response = send(gateway, method, target, body)

    assert (400, "invalid") == gist(response)
    assert expected == violations(response)
    assert "TELLTALE" not in response.text
    assert made == profile(gateway, made["id"])


def test_violations_of_parameters_and_of_the_body_are_reported_together(
    gateway: RunningGateway,
) -> None:
    """
    A client corrects a request once if it gets all violations at once.
    """
    response = send(
        gateway, "PATCH", f"/profiles/{NOBODY}", {"email": "no"}, headers={"If-Match": "first"}
    )

    assert {
        "If-Match": "must be * or entity tags in quotation marks",
        "/email": "must be an e-mail address",
    } == violations(response)


REJECTED: Mapping[str, tuple[str, str, bytes | None, dict[str, str], int]] = {
    "a body that is no JSON": ("POST", "/profiles", b"{", {}, 400),
    "no body": ("POST", "/profiles", b"", {}, 400),
    "a form": (
        "POST", "/profiles", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415,
    ),
    "a merge patch where none is spoken": (
        "POST", "/profiles", b"{}", {"Content-Type": MERGE_PATCH}, 415,
    ),
    "a method that is not spoken": ("DELETE", "/profiles", None, {}, 405),
    "a profile that there is not": ("GET", f"/profiles/{NOBODY}", None, {}, 404),
    "a profile whose name is no id": ("GET", "/profiles/%2e%2e%2f", None, {}, 404),
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "target", "body", "headers", "status"), REJECTED.values(), ids=REJECTED
)
def test_a_error_response_is_a_problem(
    gateway: RunningGateway,
    method: str,
    target: str,
    body: bytes | None,
    headers: dict[str, str],
    status: int,
) -> None:
    """
    RFC 9457: "application/problem+json", whose status is the response's own.
    """
    response = gateway.send(
        method, target, body=body, headers={"Authorization": "Bearer demo-admin", **headers}
    )

    assert status == gist(response)[0]
    assert {"type", "title", "status", "detail"} <= response.json().keys()
