"""The fixtures of the team."""

import httpx
import pytest
from clients import KrakenClient, MachnetClient

TIMEOUT_SECONDS = 0.5


@pytest.fixture
def http(profilegate):
    with httpx.Client(base_url=profilegate.url, timeout=TIMEOUT_SECONDS) as client:
        yield client


@pytest.fixture
def kraken(profilegate, http):
    return KrakenClient(http, profilegate.kraken.api_key, profilegate.kraken.private_key)


@pytest.fixture
def machnet(profilegate, http):
    return MachnetClient(http, profilegate.machnet.client_id, profilegate.machnet.client_secret)
