"""Machnet: the requests of the page's curl commands, byte for byte."""

from tests.clients import INDIVIDUAL, MACHNET
from tests.running_gateway import Response, RunningGateway
from tests.wire import CONTINUE, Wire, head

Headers = list[tuple[str, str]]

# --data-raw sends the text between the quotation marks as it is, with its line ends.
REGISTRATION = b"""{
"first_name":"Tenzin",
"last_name":"Norgay",
"email":"tenzin@example.com",
"type":"SEND",
"physical_documents":[
{
"document_value":"data:image/jpg;base64,SUQs==",
"document_type":"STATE_ID",
"country":"US",
"expiry_date":"2030-03-09",
"state":"CA"
}
]
}"""

UPDATE = b"""{
"number_of_transaction_per_month": "122",
"city":"Santa Clara",
"occupation":"Banker"
}"""

USER = f"/users/{INDIVIDUAL}"


def curl(method: str, target: str, body: bytes | None, *more: tuple[str, str]) -> bytes:
    """``curl --location -g --request PATCH … --data-raw …``: its request up to the body."""
    headers: Headers = [
        ("Host", "127.0.0.1:8080"),
        ("User-Agent", "curl/8.5.0"),
        ("Accept", "*/*"),
        *MACHNET.items(),
    ]
    if body is not None:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return head(method, target, [*headers, *more])


def exchange(gateway: RunningGateway, *pieces: bytes) -> Response:
    """The response to what is written piece by piece."""
    with Wire(gateway.port) as wire:
        wire.write(*pieces)
        return wire.read()


def test_curl_registers_reads_and_updates_on_one_connection(gateway: RunningGateway):
    """
    The page's samples are curl commands; with --next, curl keeps its connection.
    """
    responses = []
    with Wire(gateway.port) as wire:
        wire.write(curl("POST", "/users", REGISTRATION), REGISTRATION)
        responses.append(wire.read())
        target = f"/users/{responses[0].json()['id']}"
        wire.write(curl("GET", target, None))
        responses.append(wire.read())
        wire.write(curl("PATCH", target, UPDATE), UPDATE)
        responses.append(wire.read())
        wire.write(curl("GET", target, None))
        responses.append(wire.read())

    assert [200] * 4 == [response.status for response in responses]
    assert responses[0].json() == responses[1].json()
    assert responses[2].json() == responses[3].json()
    assert "Banker" == responses[3].json()["occupation"]


def test_curl_waits_before_it_sends_large_documents(gateway: RunningGateway):
    """
    curl sends Expect: 100-continue with a body of more than a megabyte: documents are that large.
    """
    content = b"A" * 1_400_000
    body = REGISTRATION.replace(b"SUQs==", content)
    with Wire(gateway.port) as wire:
        wire.write(curl("POST", "/users", body, ("Expect", "100-continue")))
        said = wire.read_exactly(CONTINUE)
        wire.write(body)
        response = wire.read()

    assert CONTINUE == said
    assert 200 == response.status
    assert ["STATE_ID"] == [one["document_type"] for one in response.json()["physical_documents"]]
