"""Media types, charsets and codings: what each provider reads, and what it says to the others."""

import gzip

import pytest

from tests.http.providers import DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY, PROVIDER_APIS, ProviderApi
from tests.running_gateway import RunningGateway

every_provider = pytest.mark.parametrize("api", PROVIDER_APIS, ids=str)

JSON_NAMES = {
    "as it is registered": "application/json",
    # Diadoc's own samples: "Content-Type: application/json; charset=utf-8".
    "with a charset": "application/json; charset=utf-8",
    "with a charset in quotation marks": 'application/json;charset="UTF-8"',
    "with another name of the charset": "application/json; charset=UTF8",
    "in capitals": "Application/JSON",
    "with blanks": "application/json ;  charset=utf-8 ",
    "with an unknown parameter": "application/json; version=1",
}


@every_provider
@pytest.mark.parametrize("name", JSON_NAMES.values(), ids=JSON_NAMES)
def test_json_may_be_named_in_every_way_that_http_knows(
    gateway: RunningGateway, api: ProviderApi, name: str
) -> None:
    """
    RFC 9110, 8.3.1: type, subtype and parameter names are case-insensitive.
    """
    response = api.send(gateway, api.good_body(), {"Content-Type": name})

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


no_media_type = pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": ""}], ids=["none", "an empty one"]
)


@pytest.mark.parametrize("api", [api for api in PROVIDER_APIS if api is not DIADOC], ids=str)
@no_media_type
def test_a_body_without_a_media_type_is_read_as_json(
    gateway: RunningGateway, api: ProviderApi, headers: dict[str, str]
) -> None:
    """
    RFC 9110, 8.3: without Content-Type "the recipient MAY" examine the data; three of the four
    providers speak JSON first, so it is read as that.
    """
    response = api.send(gateway, api.good_body(), headers)

    assert 200 == response.status
    assert api.changed.items() <= gateway.fields(api.name, api.user).items()


@no_media_type
def test_a_body_without_a_media_type_is_read_as_protobuf_where_the_page_says_so(
    gateway: RunningGateway, headers: dict[str, str]
) -> None:
    """
    Diadoc, DataStructures: "По умолчанию все структуры ожидаются в формате Protocol Buffers":
    a message is taken, and JSON is no message.
    """
    before = gateway.fields("diadoc", DIADOC.user)

    rejected = DIADOC.send(gateway, DIADOC.good_body(), headers)

    assert DIADOC.unreadable == DIADOC.gist(rejected)
    assert before == gateway.fields("diadoc", DIADOC.user)

    # UserToUpdate.FullName.FullName, with LastName = 1 and FirstName = 2.
    taken = DIADOC.send(gateway, b"\x12\x0e\x0a\x0c\x0a\x05Quinn\x12\x03Zoe", headers)

    assert 200 == taken.status
    assert DIADOC.changed.items() <= gateway.fields("diadoc", DIADOC.user).items()


OTHERS = {
    "plain text": {"Content-Type": "text/plain"},
    "XML": {"Content-Type": "application/xml"},
    "YAML": {"Content-Type": "application/yaml"},
    "a form with files": {"Content-Type": "multipart/form-data; boundary=b"},
    "a relative of JSON": {"Content-Type": "application/merge-patch+json"},
    "no media type at all": {"Content-Type": "json"},
    "everything": {"Content-Type": "*/*"},
}
CHARSETS = {
    "JSON in Latin-1": {"Content-Type": "application/json; charset=iso-8859-1"},
    "JSON in UTF-16": {"Content-Type": "application/json; charset=utf-16"},
    "JSON in a charset that there is not": {"Content-Type": "application/json; charset=TELLTALE"},
}


@pytest.mark.parametrize(
    ("api", "headers"),
    [
        pytest.param(api, headers, id=f"{api}: {what}")
        for api in PROVIDER_APIS
        for what, headers in (CHARSETS if api is DIADOC else CHARSETS | OTHERS).items()
    ],
)
def test_a_body_in_another_media_type_is_rejected(
    gateway: RunningGateway, api: ProviderApi, headers: dict[str, str]
) -> None:
    """
    RFC 9110, 15.5.16: 415 says that the content "is in a format not supported by this method".
    JSON is UTF-8 (RFC 8259, 8.1), so another charset is another format.
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, api.good_body(), headers)

    assert api.unsupported == api.gist(response)
    assert "TELLTALE" not in response.text
    assert before == gateway.fields(api.name, api.user)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("headers", [*OTHERS.values(), FORM], ids=[*OTHERS, "a form"])
def test_diadoc_reads_every_media_type_that_is_not_json_as_protobuf(
    gateway: RunningGateway, headers: dict[str, str]
) -> None:
    """
    "По умолчанию все структуры ожидаются в формате Protocol Buffers".
    """
    is_json = headers == OTHERS["a relative of JSON"]
    # UserToUpdate.FullName.FullName, with LastName = 1 and FirstName = 2.
    body = DIADOC.good_body() if is_json else b"\x12\x0e\x0a\x0c\x0a\x05Quinn\x12\x03Zoe"

    response = DIADOC.send(gateway, body, headers)

    assert 200 == response.status
    assert DIADOC.changed.items() <= gateway.fields("diadoc", DIADOC.user).items()


@pytest.mark.parametrize("api", [KRAKEN, MACHNET_MAPPING], ids=str)
def test_a_form_is_rejected_where_no_page_mentions_forms(
    gateway: RunningGateway, api: ProviderApi
) -> None:
    """
    Forms are Navixy's alone ("Getting started": POST application/x-www-form-urlencoded).
    """
    before = gateway.fields(api.name, api.user)

    response = api.send(gateway, b"first_name=Zoe", FORM)

    assert api.unsupported == api.gist(response)
    assert before == gateway.fields(api.name, api.user)


def test_a_form_in_another_charset_is_rejected(gateway: RunningGateway) -> None:
    """
    A form that says that it is not UTF-8 is not read as if it were.
    """
    body = b"legal_type=individual&first_name=Zo%E9&middle_name=&last_name=Quinn"

    response = NAVIXY.send(
        gateway, body, {"Content-Type": f"{FORM['Content-Type']}; charset=latin1"}
    )

    assert NAVIXY.unsupported == NAVIXY.gist(response)


@every_provider
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "GZIP", "identity, gzip"])
@pytest.mark.parametrize("compressed", [True, False], ids=["compressed", "not compressed"])
def test_a_compressed_body_is_rejected(
    gateway: RunningGateway, api: ProviderApi, coding: str, compressed: bool
) -> None:
    """
    RFC 9110, 8.4.1 and 15.5.16: a server "MAY respond with 415" to a content coding that it
    does not accept. No provider's page mentions one, and a few compressed bytes may become many.
    """
    body = gzip.compress(api.good_body()) if compressed else api.good_body()
    before = gateway.fields(api.name, api.user)

    response = api.send(
        gateway, body, {"Content-Type": "application/json", "Content-Encoding": coding}
    )

    assert api.unsupported == api.gist(response)
    assert before == gateway.fields(api.name, api.user)


@every_provider
@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
def test_a_body_that_says_that_it_is_not_compressed_is_read(
    gateway: RunningGateway, api: ProviderApi, coding: str
) -> None:
    """
    RFC 9110, 8.4.1: "identity" is the word for no coding at all.
    """
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}

    response = api.send(gateway, api.good_body(), headers)

    assert 200 == response.status
