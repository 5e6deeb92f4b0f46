"""``profilegate sign``: the headers that authenticate a request made by hand."""

import pytest
from click.testing import CliRunner, Result

from profilegate.cli.main import main
from tests.clients import JSON, KRAKEN_USER, KrakenPartner
from tests.kraken.calls import SUCCESS, outcome, path_of
from tests.running_gateway import RunningGateway

DEMO = KrakenPartner()


def sign(
    target: str, data: str = "", *, provider: str = "kraken", secret: str = DEMO.private_key
) -> Result:
    """Run ``profilegate sign``."""
    options = ["--key", DEMO.api_key, "--secret", secret]
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
