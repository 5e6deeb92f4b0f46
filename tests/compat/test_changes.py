"""Seeded changes of a spec, breaking and harmless, of requests and of responses."""

from pathlib import Path
from typing import Any

import pytest

from tests.compat.edits import BASE, REMOVED, edited, told

UPDATE = "components/schemas/Update"
USER = "components/schemas/User"
PATCH = "paths/~1users~1{user}/patch"
GET = "paths/~1users~1{user}/get"
BODY = "PATCH /users/{user}: request body"
SHOWN = "GET /users/{user}, PATCH /users/{user}: response 200"
CALL = "components/schemas/Call"

Edits = dict[str, Any]

REQUESTS: dict[str, tuple[Edits, list[str]]] = {
    "a field is required": (
        {f"{UPDATE}/required": ["name", "age"]},
        [f"! {BODY}: `age`: is now required"],
    ),
    "a field is no longer required": (
        {f"{UPDATE}/required": REMOVED},
        [f"{BODY}: `name`: is no longer required"],
    ),
    "a field is removed": (
        {f"{UPDATE}/properties/kind": REMOVED},
        [f"! {BODY}: `kind`: was removed"],
    ),
    "a field is new": (
        {f"{UPDATE}/properties/note": {"type": "string"}},
        [f"{BODY}: `note`: is new"],
    ),
    "a field is new and required": (
        {f"{UPDATE}/properties/note": {"type": "string"}, f"{UPDATE}/required": ["name", "note"]},
        [f"! {BODY}: `note`: is new and required"],
    ),
    "a field may only be read": (
        {f"{UPDATE}/properties/kind/readOnly": True},
        [f"! {BODY}: `kind`: was removed"],
    ),
    "a text is shorter": (
        {f"{UPDATE}/properties/name/maxLength": 40},
        [f"! {BODY}: `name`: maxLength is now 40, was 50"],
    ),
    "a text is longer": (
        {f"{UPDATE}/properties/name/maxLength": 60},
        [f"{BODY}: `name`: maxLength is now 60, was 50"],
    ),
    "a text has no limit": (
        {f"{UPDATE}/properties/name/maxLength": REMOVED},
        [f"{BODY}: `name`: maxLength is no longer limited, was 50"],
    ),
    "a text has a limit": (
        {f"{UPDATE}/properties/phone/maxLength": 15},
        [f"! {BODY}: `phone`: maxLength is now 15, was not limited"],
    ),
    "a text may be empty": (
        {f"{UPDATE}/properties/name/minLength": 0},
        [f"{BODY}: `name`: minLength is no longer limited, was 1"],
    ),
    "a number is at least one": (
        {f"{UPDATE}/properties/age/minimum": 1},
        [f"! {BODY}: `age`: minimum is now 1, was 0"],
    ),
    "a number is less than its bound": (
        {f"{UPDATE}/properties/age/exclusiveMaximum": True},
        [f"! {BODY}: `age`: maximum is now 149, was 150"],
    ),
    "a whole number has 64 bits, within its old bounds": (
        {f"{UPDATE}/properties/age/format": "int64"},
        [],
    ),
    "a whole number may have a fraction": (
        {f"{UPDATE}/properties/age/type": "number"},
        [f"{BODY}: `age`: its type is now number, was integer"],
    ),
    "a number is a text": (
        {f"{UPDATE}/properties/age": {"type": "string"}},
        [f"! {BODY}: `age`: its type is now string, was integer"],
    ),
    "a value of an enumeration is removed": (
        {f"{UPDATE}/properties/kind/enum": ["person"]},
        [f"! {BODY}: `kind`: no longer has the value company"],
    ),
    "an enumeration has a new value": (
        {f"{UPDATE}/properties/kind/enum/2": "club"},
        [f"{BODY}: `kind`: has the new value club"],
    ),
    "a text becomes an enumeration": (
        {f"{UPDATE}/properties/phone/enum": ["1", "2"]},
        [f"! {BODY}: `phone`: must now be one of 1, 2"],
    ),
    "null is rejected": (
        {f"{UPDATE}/properties/phone/nullable": REMOVED},
        [f"! {BODY}: `phone`: can no longer be null"],
    ),
    "null is accepted": (
        {f"{UPDATE}/properties/name/nullable": True},
        [f"{BODY}: `name`: can now be null"],
    ),
    "a pattern is another": (
        {f"{UPDATE}/properties/phone/pattern": "^[0-9]{1,15}$"},
        [f"! {BODY}: `phone`: pattern is now ^[0-9]{{1,15}}$, was ^[0-9]{{0,15}}$"],
    ),
    "a pattern is dropped": (
        {f"{UPDATE}/properties/phone/pattern": REMOVED},
        [f"{BODY}: `phone`: no longer has the pattern ^[0-9]{{0,15}}$"],
    ),
    "a text has a format": (
        {f"{UPDATE}/properties/name/format": "email"},
        [f"! {BODY}: `name`: has the new format email"],
    ),
    "a list is shorter": (
        {f"{UPDATE}/properties/tags/maxItems": 4},
        [f"! {BODY}: `tags`: maxItems is now 4, was 5"],
    ),
    "an item is shorter": (
        {f"{UPDATE}/properties/tags/items/maxLength": 8},
        [f"! {BODY}: `tags[]`: maxLength is now 8, was 9"],
    ),
    "an item must not be repeated": (
        {f"{UPDATE}/properties/tags/uniqueItems": True},
        [f"! {BODY}: `tags`: must no longer repeat an item"],
    ),
    "other fields are rejected": (
        {f"{UPDATE}/additionalProperties": False},
        [f"! {BODY}: takes no other fields any more"],
    ),
    "a field of an object is required": (
        {"components/schemas/Address/required": ["city", "zip"]},
        [f"! {BODY}: `address.zip`: is now required"],
    ),
    "a form is removed": (
        {f"{UPDATE}/properties/contact/oneOf/1": REMOVED},
        [f"! {BODY}: `contact`: the form with type call is no longer a form"],
    ),
    "a form is new": (
        {f"{UPDATE}/properties/contact/oneOf/2": {"type": "string"}},
        [f"{BODY}: `contact`: string is a new form"],
    ),
    "a form is narrowed": (
        {
            f"{UPDATE}/properties/contact/oneOf/1": {
                "type": "object",
                "required": ["type", "number", "country"],
                "properties": {
                    "type": {"type": "string", "enum": ["call"]},
                    "number": {"type": "string"},
                },
            }
        },
        [f"! {BODY}: `contact.country`: is now required"],
    ),
    "a value is excluded": (
        {f"{UPDATE}/properties/name/not": {"enum": ["root"]}},
        [f"! {BODY}: `name`: excludes a form that it did not exclude"],
    ),
    "the body is optional": (
        {f"{PATCH}/requestBody/required": False},
        [f"{BODY}: is no longer required"],
    ),
    "the body is removed": (
        {f"{PATCH}/requestBody": REMOVED},
        [f"! {BODY}: was removed"],
    ),
    "a body is new": (
        {f"{GET}/requestBody": {"content": {"application/json": {"schema": {}}}}},
        ["GET /users/{user}: request body: is new"],
    ),
    "a media type is removed": (
        {f"{PATCH}/requestBody/content/application~1x-www-form-urlencoded": REMOVED},
        [f"! {BODY}: the media type application/x-www-form-urlencoded was removed"],
    ),
    "a media type is new": (
        {f"{PATCH}/requestBody/content/text~1plain": {"schema": {"type": "string"}}},
        [f"{BODY}: the media type text/plain is new"],
    ),
    "a parameter is removed": (
        {f"{PATCH}/parameters/0": REMOVED},
        ["! PATCH /users/{user}: header parameter X-Version: was removed"],
    ),
    "a parameter is required": (
        {f"{PATCH}/parameters/1/required": True},
        ["! PATCH /users/{user}: query parameter dry: is now required"],
    ),
    "a parameter is new": (
        {f"{PATCH}/parameters/3": {"name": "lang", "in": "query", "schema": {}}},
        ["PATCH /users/{user}: query parameter lang: is new"],
    ),
    "a parameter is new and required": (
        {f"{PATCH}/parameters/3": {"name": "l", "in": "query", "required": True, "schema": {}}},
        ["! PATCH /users/{user}: query parameter l: is new and required"],
    ),
    "a parameter's value is removed": (
        {f"{PATCH}/parameters/0/schema/enum": ["2"]},
        ["! PATCH /users/{user}: header parameter X-Version: no longer has the value 1"],
    ),
    "a list is written in another way": (
        {f"{PATCH}/parameters/2/explode": False},
        ["! PATCH /users/{user}: query parameter only: is now written as style form, not exploded,"
         " was style form, exploded"],
    ),
    "a parameter of the path is shorter": (
        {"paths/~1users~1{user}/parameters/0/schema/maxLength": 19},
        ["! GET /users/{user}, PATCH /users/{user}: path parameter user:"
         " maxLength is now 19, was 20"],
    ),
    "a parameter's letter case counts": (
        {f"{PATCH}/parameters/1/x-any-case": REMOVED},
        ["! PATCH /users/{user}: query parameter dry: its letter case counts now"],
    ),
}  # fmt: skip

RESPONSES: dict[str, tuple[Edits, list[str]]] = {
    "a field is removed": (
        {f"{USER}/properties/status": REMOVED},
        [f"! {SHOWN}: `status`: was removed"],
    ),
    "a field is new": ({f"{USER}/properties/note": {}}, [f"{SHOWN}: `note`: is new"]),
    "a field may be missing": (
        {f"{USER}/required": ["id"]},
        [f"! {SHOWN}: `name`: is no longer required"],
    ),
    "a field is always there": (
        {f"{USER}/required": ["id", "name", "age"]},
        [f"{SHOWN}: `age`: is now required"],
    ),
    "an enumeration has a new value": (
        {f"{USER}/properties/status/enum/2": "GONE"},
        [f"! {SHOWN}: `status`: has the new value GONE"],
    ),
    "a value of an enumeration is removed": (
        {f"{USER}/properties/status/enum": ["NEW"]},
        [f"{SHOWN}: `status`: no longer has the value OLD"],
    ),
    "an enumeration becomes any text": (
        {f"{USER}/properties/status/enum": REMOVED},
        [f"! {SHOWN}: `status`: is no longer one of NEW, OLD only"],
    ),
    "a field can be null": (
        {f"{USER}/properties/name/nullable": True},
        [f"! {SHOWN}: `name`: can now be null"],
    ),
    "a text is longer": (
        {f"{USER}/properties/id/maxLength": 64},
        [f"! {SHOWN}: `id`: maxLength is now 64, was 36"],
    ),
    "a text is shorter": (
        {f"{USER}/properties/id/maxLength": 20},
        [f"{SHOWN}: `id`: maxLength is now 20, was 36"],
    ),
    "a whole number may have a fraction": (
        {f"{USER}/properties/age/type": "number"},
        [f"! {SHOWN}: `age`: its type is now number, was integer"],
    ),
    "a text is no longer a date": (
        {f"{USER}/properties/born/format": REMOVED},
        [f"! {SHOWN}: `born`: no longer has the format date"],
    ),
    "an item is another": (
        {f"{USER}/properties/tags/items/type": "integer"},
        [f"! {SHOWN}: `tags[]`: its type is now integer, was string"],
    ),
    "a form is new": (
        {f"{USER}/properties/contact/oneOf/2": {"type": "string"}},
        [f"! {SHOWN}: `contact`: string is a new form"],
    ),
    "a form is removed": (
        {f"{USER}/properties/contact/oneOf/0": REMOVED},
        [f"{SHOWN}: `contact`: the form with type mail is no longer a form"],
    ),
    "a status is removed": (
        {f"{PATCH}/responses/404": REMOVED},
        ["! PATCH /users/{user}: response 404: was removed"],
    ),
    "an error is new": (
        {f"{PATCH}/responses/409": {"description": "Conflict."}},
        ["PATCH /users/{user}: response 409: is new"],
    ),
    "a success is new": (
        {f"{PATCH}/responses/202": {"description": "Later."}},
        ["! PATCH /users/{user}: response 202: is new"],
    ),
    "a range of statuses has the old ones": (
        {f"{PATCH}/responses/404": REMOVED, f"{PATCH}/responses/4XX": {"description": "No."}},
        ["PATCH /users/{user}: response 4XX: is new"],
    ),
    "a media type is removed": (
        {f"{GET}/responses/200/content": {"text/plain": {"schema": {"type": "string"}}}},
        ["! GET /users/{user}: response 200: the media type application/json was removed",
         "GET /users/{user}: response 200: the media type text/plain is new"],
    ),
    "a header is removed": (
        {f"{PATCH}/responses/200/headers/X-Id": REMOVED},
        ["! PATCH /users/{user}: response 200: the header X-Id was removed"],
    ),
    "a header may be missing": (
        {f"{PATCH}/responses/200/headers/X-Id/required": False},
        ["! PATCH /users/{user}: response 200: the header X-Id is no longer required"],
    ),
    "a header is new": (
        {f"{PATCH}/responses/200/headers/X-More": {"schema": {}}},
        ["PATCH /users/{user}: response 200: the header X-More is new"],
    ),
}  # fmt: skip

OPERATIONS: dict[str, tuple[Edits, list[str]]] = {
    "an operation is removed": ({GET: REMOVED}, ["! GET /users/{user}: was removed"]),
    "an operation is new": (
        {"paths/~1users": {"get": {"responses": {"200": {"description": "All."}}}}},
        ["GET /users: is new"],
    ),
    "an operation is deprecated": (
        {f"{GET}/deprecated": True},
        ["GET /users/{user}: is now deprecated"],
    ),
    "an operation has another id": (
        {f"{GET}/operationId": "show_user"},
        ["GET /users/{user}: its operationId is now show_user"],
    ),
    "a base path is removed": ({"servers/0": REMOVED}, ["! the base path /v1 is no longer served"]),
    "a base path is new": ({"servers/2": {"url": "/v2"}}, ["the base path /v2 is new"]),
    "the host alone is another": ({"servers/0/url": "https://acme.example/v1"}, []),
    "an operation has a base of its own": (
        {f"{GET}/servers": [{"url": "/v1"}]},
        ["! GET /users/{user}: is no longer served at /users/{}"],
    ),
    "one more credential is required": (
        {f"{GET}/security": [{"Key": [], "Sign": []}]},
        ["! GET /users/{user}: header X-Key is no longer enough:"
         " it takes header X-Key and header X-Sign"],
    ),
    "another credential is accepted too": (
        {f"{GET}/security": [{"Key": []}, {"Login": ["read"]}]},
        ["GET /users/{user}: OAuth 2 with read is accepted now"],
    ),
    "no credential is required": (
        {f"{GET}/security": []},
        ["GET /users/{user}: no credential is accepted now"],
    ),
    "the scheme has another name in the spec": (
        {"components/securitySchemes/Other": {"type": "apiKey", "in": "header", "name": "x-key"},
         "security": [{"Other": []}]},
        [],
    ),
    "the header of a credential is another": (
        {"components/securitySchemes/Key/name": "X-Api-Key"},
        ["! GET /users/{user}, PATCH /users/{user}: header X-Key is no longer enough:"
         " it takes header X-Api-Key",
         "GET /users/{user}, PATCH /users/{user}: header X-Api-Key is accepted now"],
    ),
}  # fmt: skip

OWN: dict[str, tuple[Edits, list[str]]] = {
    "a field is locked": (
        {f"{UPDATE}/properties/kind/x-lock": "verified"},
        [f"! {BODY}: `kind`: is now locked while the account is verified"],
    ),
    "a field is no longer locked": (
        {f"{UPDATE}/properties/name/x-lock": REMOVED},
        [f"{BODY}: `name`: is no longer locked, was locked while the account is verified"],
    ),
    "a field is always locked": (
        {f"{UPDATE}/properties/name/x-lock": "always"},
        [f"! {BODY}: `name`: is now locked for every account,"
         " was locked while the account is verified"],
    ),
    "a field is locked in another state": (
        {f"{UPDATE}/properties/name/x-lock": "closed"},
        [f"! {BODY}: `name`: is now locked while the account is closed,"
         " was locked while the account is verified"],
    ),
    "one more type of documents is locked": (
        {f"{UPDATE}/properties/papers/x-lock/document_types": ["EIN", "SSN"]},
        [f"! {BODY}: `papers`: is now locked while the account is verified, for EIN, SSN,"
         " was locked while the account is verified, for SSN"],
    ),
    "all types of documents are locked": (
        {f"{UPDATE}/properties/papers/x-lock": "verified"},
        [f"! {BODY}: `papers`: is now locked while the account is verified,"
         " was locked while the account is verified, for SSN"],
    ),
    "a state has another condition": (
        {"x-lock-states/verified": {"account.status": "VERIFIED"}},
        ['! an account is verified if {"account.status": "VERIFIED"},'
         ' was if {"account.verified": true}'],
    ),
    "a value is masked": (
        {f"{USER}/properties/id/x-mask": "last4"},
        [f"! {SHOWN}: `id`: is now masked"],
    ),
    "a value is no longer masked": (
        {f"{USER}/properties/ssn/x-mask": REMOVED},
        [f"! {SHOWN}: `ssn`: is no longer masked: it is shown whole"],
    ),
    "a value is masked for some documents": (
        {f"{USER}/properties/ssn/x-mask": {"as": "last4", "document_types": ["SSN"]}},
        [f"! {SHOWN}: `ssn`: is now masked, for SSN, was masked"],
    ),
    "an object is merged, where it was replaced": (
        {f"{UPDATE}/x-whole": REMOVED},
        [f"! {BODY}: has another x-whole: the object is replaced as a whole, or no longer is"],
    ),
    "null means something else": (
        {"x-null": "unchanged"},
        ["! null means: unchanged; it meant: removes"],
    ),
    "the account must have something else": (
        {f"{PATCH}/x-requires": {"account.plugins": 46}},
        ['! PATCH /users/{user}: the account must now have {"account.plugins": 46}'],
    ),
    "the account need have nothing": (
        {f"{PATCH}/x-requires": REMOVED},
        ['PATCH /users/{user}: the account need no longer have {"account.plugins": 45}'],
    ),
    "the largest body is smaller": (
        {f"{PATCH}/x-body-size-max-bytes": 999},
        ["! PATCH /users/{user}: the largest body now has 999 bytes, had 1000"],
    ),
    "the largest body is that of the server": (
        {f"{PATCH}/x-body-size-max-bytes": REMOVED},
        ["PATCH /users/{user}: the largest body now has 65536 bytes, had 1000"],
    ),
    "fewer requests are permitted": (
        {"x-rate-limit/requests": 49},
        ["! now 49 requests in 1 s, was 50 in 1 s"],
    ),
    "more requests are permitted": (
        {"x-rate-limit/requests": 51},
        ["now 51 requests in 1 s, was 50 in 1 s"],
    ),
    "letter case counts in paths": (
        {"x-routing": REMOVED},
        ["! in a path, letter-case counts now"],
    ),
    "browsers may send fewer headers": (
        {"x-cors/allow_headers": ["x-key"]},
        ["! browsers may no longer send x-trace"],
    ),
    "HEAD is not served": (
        {f"{GET}/x-unsafe": True},
        ["! GET /users/{user}: HEAD is no longer served"],
    ),
}  # fmt: skip

TABLES = {"request": REQUESTS, "response": RESPONSES, "operation": OPERATIONS, "own rule": OWN}


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param(*row, id=f"{table}: {sentence}")
        for table, rows in TABLES.items()
        for sentence, row in rows.items()
    ],
)
def test_a_change_is_told_and_judged(tmp_path: Path, edits: Edits, expected: list[str]) -> None:
    """
    A request breaks a client when it takes less, a response when it has more or promises less.
    """
    assert expected == told(tmp_path, BASE, edited(edits))


def test_a_field_of_a_component_that_both_directions_use_is_told_for_each(tmp_path: Path) -> None:
    """
    The same schema may take more of a request, which is harmless, and so show more in a response.
    """
    found = told(tmp_path, BASE, edited({f"{CALL}/properties/number/nullable": True}))

    assert [
        f"! {SHOWN}: `contact.number`: can now be null",
        f"{BODY}: `contact.number`: can now be null",
    ] == found


V31: dict[str, tuple[Edits, Edits, list[str]]] = {
    "null is a type": (
        {},
        {f"{UPDATE}/properties/phone": {"type": ["string", "null"], "pattern": "^[0-9]{0,15}$"}},
        [],
    ),
    "a constant is an enumeration of one value": (
        {},
        {"components/schemas/Mail/properties/type": {"const": "mail", "type": "string"}},
        [],
    ),
    "an excluded bound is a number": (
        {f"{UPDATE}/properties/age/exclusiveMaximum": True},
        {f"{UPDATE}/properties/age/maximum": REMOVED,
         f"{UPDATE}/properties/age/exclusiveMaximum": 150},
        [],
    ),
    "what stands beside a reference counts": (
        {},
        {f"{UPDATE}/properties/address": {"$ref": "#/components/schemas/Address",
                                          "required": ["zip"]}},
        [f"! {BODY}: `address.zip`: is now required"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), V31.values(), ids=V31)
def test_a_spec_of_openapi_3_1_is_compared_with_one_of_3_0(
    tmp_path: Path, old: Edits, new: Edits, expected: list[str]
) -> None:
    """
    A provider's newly published spec may have the newer form: its rules are the same.
    """
    newer = edited({"openapi": "3.1.0", **new})

    assert expected == told(tmp_path, edited(old), newer)
