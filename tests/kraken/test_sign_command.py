"""``profilegate sign``: the headers that authenticate a request made by hand."""

import time

import pytest
from click.testing import CliRunner, Result

from profilegate.cli.main import main
from tests.clients import JSON, KRAKEN_USER, KrakenPartner
from tests.kraken.calls import SUCCESS, outcome, path_of
from tests.running_gateway import RunningGateway

DEMO = KrakenPartner()


def sign(
    target: str,
    data: str = "",
    *more: str,
    provider: str = "kraken",
    secret: str = DEMO.private_key,
) -> Result:
    """Run ``profilegate sign``."""
    options = ["--key", DEMO.api_key, "--secret", secret, *more]
    return CliRunner().invoke(main, ["sign", provider, target, *options, "--data", data])


def printed(result: Result) -> dict[str, str]:
    """The printed headers, one on each line, as ``curl -H @-`` reads them."""
    assert 0 == result.exit_code
    lines = [line.partition(": ") for line in result.stdout.splitlines()]
    return {name: value for name, _, value in lines}


@pytest.mark.parametrize(
    ("target", "data"),
    [
        (path_of(KRAKEN_USER), '{"language":"en"}'),
        (path_of("AA08%20N84G%20CPAR%20UN7A"), ' {"language": "en"}\n'),
        (path_of(KRAKEN_USER) + "?a=1&b=%20", '{"language":"en","employer_name":"École"}'),
    ],
    ids=["plain", "spaced", "with a query, and letters beyond ASCII"],
)
def test_the_printed_headers_authenticate_a_request(
    gateway: RunningGateway, target: str, data: str
):
    """
    TARGET is the path as it will be sent, with its query; --data the body, exactly.
    """
    headers = printed(sign(target, data))
    response = gateway.send("PATCH", target, body=data.encode(), headers={**headers, **JSON})

    assert ["API-Key", "API-Nonce", "API-Sign"] == sorted(headers)
    assert (200, SUCCESS) == outcome(response)
    assert "en" == gateway.fields("kraken", KRAKEN_USER)["language"]


def test_each_signature_has_a_larger_nonce(gateway: RunningGateway):
    """
    Three calls one after another are all authenticated.
    """
    target = path_of(KRAKEN_USER)
    statuses = [
        gateway.send(
            "PATCH", target, body=b"{}", headers={**printed(sign(target, "{}")), **JSON}
        ).status
        for _ in range(3)
    ]

    assert [200, 200, 200] == statuses


@pytest.mark.parametrize("secret", ["AAAA!", "AAA", "schlüssel"])
def test_an_invalid_secret_is_reported_in_one_sentence(secret: str):
    """
    The message says what is wrong and does not repeat the secret.
    """
    result = sign(path_of(KRAKEN_USER), secret=secret)

    assert (1, "") == (result.exit_code, result.stdout)
    assert "profilegate: --secret: a private key is base64 text\n" == result.stderr


@pytest.mark.parametrize("provider", ["machnet", "nobody"])
def test_a_provider_without_signatures_is_rejected(provider: str):
    """
    Machnet's clients send their secret itself, so there is nothing to sign.
    """
    result = sign("/users/1", provider=provider)

    assert (1, "") == (result.exit_code, result.stdout)
    assert result.stderr.startswith(f"profilegate: {provider}: ")
    assert 1 == result.stderr.count("\n")


def test_a_nonce_is_the_time_in_nanoseconds_or_the_one_that_is_given() -> None:
    """
    The authentication guide's samples use nanoseconds; SDKs count milliseconds, or otherwise.
    """
    first = int(printed(sign(path_of(KRAKEN_USER)))["API-Nonce"])
    given = printed(sign(path_of(KRAKEN_USER), "", "--nonce", "1764126000001"))["API-Nonce"]

    assert abs(first - time.time_ns()) < 60 * 10**9
    assert "1764126000001" == given


@pytest.mark.parametrize("nonce", ["soon", "0", str(2**64), "-1"])
def test_a_wrong_nonce_is_reported_in_one_sentence(nonce: str) -> None:
    """
    "Unsigned 64-bit integer": what no server would accept is not signed.
    """
    result = sign(path_of(KRAKEN_USER), "", "--nonce", nonce)

    assert (1, "") == (result.exit_code, result.stdout)
    assert (
        "profilegate: --nonce: a nonce is a whole number from 1 to 18446744073709551615\n"
        == result.stderr
    )


def test_the_demo_data_has_a_key_for_each_kind_of_client(gateway: RunningGateway) -> None:
    """
    "Always increasing", for each key: `profilegate sign` counts nanoseconds, and the Go SDK, which
    counts milliseconds, must not be locked out by it.
    """
    target = path_of(KRAKEN_USER)
    secret = "ZGVtby1zZWNyZXQtZm9yLXNka3Mtb25seS1hbmQtbm90LWEtcmVhbC1rZXktaGVyZQ=="
    sdk = KrakenPartner("demo-sdk-key", secret)
    signed = gateway.send("GET", target, headers=printed(sign(target)))
    by_sdk = gateway.send("GET", target, headers=sdk.headers(target, b"", 1764126000001))

    assert [200, 200] == [signed.status, by_sdk.status]


def test_the_nonce_of_embed_v1_is_that_of_the_body(gateway: RunningGateway) -> None:
    """
    Embed v1 has the nonce in the body: the signature covers it there, and no header has it.
    """
    target = "/0/private/GetUser?user=AA08N84GCPARUN7A"
    body = '{"nonce": "1764126000001"}'
    headers = printed(sign(target, body))
    response = gateway.send("POST", target, body=body.encode(), headers={**headers, **JSON})
    without = sign(target, "{}")

    assert ["API-Key", "API-Sign"] == sorted(headers)
    assert 200 == response.status
    assert (
        "profilegate: --data: a body of Embed v1 is a JSON object with a nonce\n" == without.stderr
    )
