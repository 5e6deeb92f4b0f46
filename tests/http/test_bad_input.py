"""Bodies that cannot be read: rejected alike by every provider API."""

import json
from collections.abc import Mapping

import pytest

from tests.clients import JSON
from tests.http.providers import (
    DIADOC,
    KRAKEN,
    MACHNET_MAPPING,
    NAVIXY,
    PROVIDER_APIS,
    ProviderApi,
)
from tests.running_gateway import RunningGateway

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

TELLTALE = "TELLTALE"
"""Stands in every bad value; no response may hold it."""

NESTING_DEPTH_MAX = 64

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)


def beside(more: str) -> bytes:
    """An object with one more member, given as JSON text."""
    return f'{{"field": "{TELLTALE}", {more}}}'.encode("utf-8", "surrogatepass")


def nested(begin: str, end: str, depth: int) -> bytes:
    """An object with lists, or objects, inside one another: ``depth`` levels in all."""
    inner = depth - 1
    return beside(f'"nested": {begin * inner}{"1" if begin != "[" else ""}{end * inner}')


UNREADABLE: Mapping[str, bytes] = {
    "no bytes at all": b"",
    "blanks only": b" \r\n\t ",
    "text that is not JSON": TELLTALE.encode(),
    "JSON that is cut short": beside('"more": ')[:-1],
    "JSON with more behind it": beside('"more": 1') + b"{}",
    "a comma too many": beside('"more": 1,'),
    "a comment": beside(f'"more": 1 /* {TELLTALE} */'),
    "single quotation marks": f"{{'field': '{TELLTALE}'}}".encode(),
    "a form": f"field={TELLTALE}".encode(),
    "NaN": beside('"more": NaN'),
    "Infinity": beside('"more": Infinity'),
    "minus Infinity": beside('"more": -Infinity'),
    "a number that no double holds": beside('"more": 1e400'),
    "a negative number that no double holds": beside('"more": -1e400'),
    "an integer with 5,000 digits": beside(f'"more": {"9" * 5_000}'),
    "a number with a leading zero": beside('"more": 007'),
    "a lone high surrogate, escaped": beside(r'"more": "\ud83d"'),
    "a lone low surrogate, escaped": beside(r'"more": "\ude00"'),
    "two high surrogates, escaped": beside(r'"more": "\ud83d\ud83d"'),
    "surrogates in the wrong order, escaped": beside(r'"more": "\ude00\ud83d"'),
    "a lone surrogate in a key": beside(r'"\ud83d": 1'),
    "a lone surrogate as raw bytes": beside('"more": "\ud83d"'),
    "a surrogate pair as raw bytes": beside('"more": "\ud83d\ude00"'),
    "an escape that there is not": beside(r'"more": "\x41"'),
    "a raw NUL in a text": beside('"more": "a\0b"'),
    "a raw NUL behind the JSON": beside('"more": 1') + b"\0",
    "a raw line break in a text": beside('"more": "a\nb"'),
    "Latin-1": beside('"more": "Zoé"').decode().encode("latin-1"),
    "a slash in overlong UTF-8": beside('"more": "+"').replace(b"+", b"\xc0\xaf"),
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + beside('"more": 1'),
    "UTF-16 with a byte order mark": beside('"more": 1').decode().encode("utf-16"),
    "UTF-16 without a byte order mark": beside('"more": 1').decode().encode("utf-16-le"),
    "UTF-32": beside('"more": 1').decode().encode("utf-32"),
    "a key twice": beside('"key": 1, "key": 2'),
    "a key twice with one value": beside('"key": 1, "key": 1'),
    "a key twice, far inside": beside('"more": [{"in": {"key": {}, "key": {}}}]'),
    "a key twice beside an escape": beside(r'"more": "\n", "key": 1, "key": 2'),
    "a key twice, once escaped": beside(r'"key": 1, "\u006bey": 2'),
    "a key twice, far inside, once escaped": beside(r'"more": [{"key": 1, "k\u0065y": 1}]'),
    "the empty key twice": beside('"": 1, "": 2'),
    **{
        f"{what} {depth:,} levels deep": nested(begin, end, depth)
        for depth in (NESTING_DEPTH_MAX + 1, 1_000, 10_000)
        for what, begin, end in (("lists", "[", "]"), ("objects", '{"a":', "}"))
    },
    "60,000 lists that never end": b"[" * 60_000,
    "12,000 objects that never end": b'{"a":' * 12_000,
}


@every_provider
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read_is_rejected(
    gateway: RunningGateway, api: ProviderApi, body: bytes
) -> None:
    """
    A body that is not JSON (RFC 8259), or that two readers would read in two ways, is rejected
    in the provider's words for it; nothing is stored, and nothing of it stands in the response.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, body)

    assert api.unreadable == api.gist(response)
    assert [] == api.named(response)
    assert TELLTALE not in response.text
    assert before == gateway.fields(api.name, api.user)
    assert 200 == api.send(gateway, api.good_body()).status


NO_OBJECT: Mapping[str, str] = {
    "a list": f'["{TELLTALE}"]',
    "a list with an object": f'[{{"legal_type": "{TELLTALE}"}}]',
    "a text": f'"{TELLTALE}"',
    "a number": "17",
    "true": "true",
    "null": "null",
}


@every_provider
@pytest.mark.parametrize("body", NO_OBJECT.values(), ids=NO_OBJECT)
def test_a_body_that_is_no_object_is_rejected(
    gateway: RunningGateway, api: ProviderApi, body: str
) -> None:
    """
    Every provider's body is one object: any other JSON is a violation of the body as a whole.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, body.encode())

    assert api.invalid == api.gist(response)
    assert set(api.named(response)) <= {"body"}
    assert TELLTALE not in response.text
    assert before == gateway.fields(api.name, api.user)


NUL: Mapping[str, tuple[ProviderApi, dict[str, object], str]] = {
    "Navixy": (NAVIXY, {"first_name": f"{TELLTALE}\0"}, "first_name"),
    "Machnet, far inside": (
        MACHNET_MAPPING,
        {"company_details": {"company_name": f"\0{TELLTALE}"}},
        "company_details.company_name",
    ),
    "Diadoc": (
        DIADOC,
        {"FullName": {"FullName": {"FirstName": f"{TELLTALE}\0", "LastName": "Quinn"}}},
        "FullName.FullName.FirstName",
    ),
    "Kraken, in a list": (
        KRAKEN,
        {"tax_ids": [{"id": f"{TELLTALE}\0", "issuing_country": "NO"}]},
        "tax_ids[0].id",
    ),
}


@pytest.mark.parametrize(("api", "more", "named"), NUL.values(), ids=NUL)
def test_nul_is_rejected_in_every_text(
    gateway: RunningGateway, api: ProviderApi, more: dict[str, object], named: str
) -> None:
    """
    The NUL character is in nobody's name and address, and cuts texts short in databases and
    programs further on: the pattern of every text excludes it.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, api.good_body(**more))

    assert api.invalid == api.gist(response)
    assert [named] == api.named(response)
    assert TELLTALE not in response.text
    assert before == gateway.fields(api.name, api.user)


def test_nul_in_a_form_is_rejected(gateway: RunningGateway) -> None:
    """
    NUL is rejected in a form as it is in JSON.
    """
    before = gateway.fields("navixy", NAVIXY.user)
    body = f"first_name=%00{TELLTALE}&legal_type=individual&middle_name=&last_name=Quinn"

    response = NAVIXY.send(gateway, body.encode(), FORM)

    assert NAVIXY.invalid == NAVIXY.gist(response)
    assert ["first_name"] == NAVIXY.named(response)
    assert TELLTALE not in response.text
    assert before == gateway.fields("navixy", NAVIXY.user)


@every_provider
def test_nul_in_an_ignored_field_is_ignored(gateway: RunningGateway, api: ProviderApi) -> None:
    """
    "Fields that are not listed here are accepted and ignored": what is not stored needs no rule.
    """
    ignored = {f"{TELLTALE}\0": 1, "unknown": [{"text": f"\0{TELLTALE}"}]}

    response = api.send(gateway, api.good_body(**ignored))

    assert 200 == response.status
    assert TELLTALE not in response.text
    assert TELLTALE not in str(gateway.fields(api.name, api.user))


UNREADABLE_FORMS: Mapping[str, bytes] = {
    "bytes that are not UTF-8": b"first_name=\xff" + TELLTALE.encode(),
    "escapes that are not UTF-8": f"first_name=%FF{TELLTALE}".encode(),
    "a lone surrogate, escaped": f"first_name=%ED%A0%80{TELLTALE}".encode(),
    "a field twice": f"first_name={TELLTALE}&first_name={TELLTALE}".encode(),
    "a field twice, once escaped": f"first_name={TELLTALE}&first%5Fname=Zoe".encode(),
    "a field 1,001 times": b"&".join([TELLTALE.encode()] * 1_001),
    "1,001 fields": b"&".join(f"f{n}={TELLTALE}".encode() for n in range(1_001)),
}


@pytest.mark.parametrize("body", UNREADABLE_FORMS.values(), ids=UNREADABLE_FORMS)
def test_a_form_that_cannot_be_read_is_rejected(gateway: RunningGateway, body: bytes) -> None:
    """
    A form is UTF-8 (URL Standard, 5.1), names each field once, and has 1,000 fields at most.
    """
    before = gateway.fields("navixy", NAVIXY.user)

    response = NAVIXY.send(gateway, body, FORM)

    assert NAVIXY.unreadable == NAVIXY.gist(response)
    assert TELLTALE not in response.text
    assert before == gateway.fields("navixy", NAVIXY.user)


ODD: Mapping[str, bytes] = {
    "64 levels": nested("[", "]", NESTING_DEPTH_MAX),
    "brackets in a text": beside(f'"more": "{"[{" * 100}"'),
    "one key in two objects": beside('"more": [{"key": 1}, {"key": 1}]'),
    "two keys that differ in case": beside('"key": 1, "Key": 1'),
    "a quotation mark, escaped": beside(r'"more": "\"key\": 1, \"key\": 2"'),
    "an integer with 400 digits": beside(f'"more": {"9" * 400}'),
    "the largest double": beside('"more": 1.7976931348623157e308'),
    "a number next to nothing": beside('"more": 1e-400'),
    "a surrogate pair, escaped": beside(r'"more": "\ud83d\ude00"'),
    "every control character, escaped": beside(
        '"more": "' + "".join(f"\\u{n:04x}" for n in range(1, 32)) + '"'
    ),
    "no characters": beside('"more": "\ufdd0\uffff"'),
    "blanks round everything": b"\r\n\t " + beside('"more": 1') + b" \n",
}


@every_provider
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_json_in_an_unknown_field_is_ignored(
    gateway: RunningGateway, api: ProviderApi, odd: bytes
) -> None:
    """
    Every provider ignores an unknown field, so it may hold any JSON.
    """
    good = json.dumps(api.good).encode()
    body = odd.strip().removesuffix(b"}") + b", " + good.removeprefix(b"{")

    response = api.send(gateway, body)

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


@every_provider
def test_a_caller_who_is_not_authenticated_does_not_learn_how_to_write_a_body(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    A caller who is not authenticated hears nothing of the body's violations. Navixy's hash
    may stand in the body, so there the body is read first: code 5 says that it cannot be.
    """
    target = api.target.partition("?")[0]
    bad = b'{"legal_type": 17, "first_name": 17, "Login": 17, "full_name": 17}'

    response = gateway.send(api.method, target, body=bad, headers=JSON)

    assert response.status == (400 if api is NAVIXY else 401)
    assert [] == api.named(response)


@pytest.mark.parametrize(
    ("body", "why"),
    {
        b'{"a": 1, "a": 2}': "a key appears twice in one object",
        b"[" * 65 + b"]" * 65: "nested more than 64 levels deep",
        b'{"a": "\xff"}': "not UTF-8",
        b"": "the body is empty",
    }.items(),
)
def test_machnet_says_in_words_why_a_body_cannot_be_read(
    gateway: RunningGateway, body: bytes, why: str
) -> None:
    """
    Machnet's envelope has room for a sentence, so it says which of all this it was.
    """
    response = MACHNET_MAPPING.send(gateway, body)

    assert why in response.json()["message"]
