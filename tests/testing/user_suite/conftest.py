"""The fixtures of the team."""

import pytest
from clients import KrakenClient, MachnetClient


@pytest.fixture
def kraken(profilegate):
    return KrakenClient(profilegate.url, profilegate.kraken.api_key, profilegate.kraken.private_key)


@pytest.fixture
def machnet(profilegate):
    return MachnetClient(
        profilegate.url, profilegate.machnet.client_id, profilegate.machnet.client_secret
    )
