"""A suite of a user who does not use the fixture: unittest, the decorator, asynchronous tests."""

import unittest

import httpx
import pytest

import profilegate.testing
from profilegate.testing import Profilegate


def headers(pg: Profilegate) -> dict[str, str]:
    """The headers of a Machnet client."""
    return {"X-Client-Id": pg.machnet.client_id, "X-Client-Secret": pg.machnet.client_secret}


class TestWithUnittest(unittest.TestCase):
    """A test case of the standard library."""

    def setUp(self) -> None:
        """Open a double for each test."""
        self.pg = self.enterContext(profilegate.testing.gateway())

    def test_a_user_is_shown(self) -> None:
        """Over HTTP."""
        target = f"{self.pg.url}/users/{self.pg.machnet.user.id}"

        assert 200 == httpx.get(target, headers=headers(self.pg)).status_code

    @profilegate.testing.mock
    def test_a_method_gets_another_double(self, profilegate: Profilegate) -> None:
        """Beside that of setUp."""
        assert self.pg.namespace != profilegate.namespace


@profilegate.testing.mock(seed={"people": [{"accounts": [{"provider": "kraken"}]}]})
@pytest.mark.parametrize("number", [1, 2])
def test_a_function_gets_a_double_with_a_seed(number: int, profilegate: Profilegate) -> None:
    """pytest sees the other arguments only."""
    assert profilegate.url.startswith("http://127.0.0.1:")
    assert number in (1, 2)


@pytest.mark.anyio
@profilegate.testing.mock
async def test_an_asynchronous_function_gets_a_double(profilegate: Profilegate) -> None:
    """Its client shares no event loop with the gateway."""
    async with httpx.AsyncClient(base_url=profilegate.url) as client:
        response = await client.get(
            f"/users/{profilegate.machnet.user.id}", headers=headers(profilegate)
        )

    assert 200 == response.status_code
