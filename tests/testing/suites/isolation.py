"""A suite of two hundred tests, each of which would fail if it saw the data of another one."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from profilegate.testing import Profilegate

TESTS = 200

SEEN: set[str] = set()


def get(pg: Profilegate, path: str) -> Any:
    """The JSON that a Machnet client gets."""
    headers = {"X-Client-Id": pg.machnet.client_id, "X-Client-Secret": pg.machnet.client_secret}
    with urlopen(Request(pg.url + path, headers=headers), timeout=60) as response:
        return json.load(response)


@pytest.mark.parametrize("number", range(TESTS))
def test_a_namespace_has_the_data_of_its_test_only(profilegate: Profilegate, number: int) -> None:
    """Each creates the same user, and finds no other: not by id, login, clock or credential."""
    machnet = profilegate.machnet
    user = machnet.user(id="0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e01", first_name=f"Zoe {number}")
    receivers = get(profilegate, f"/users/{user.id}/receive-users")
    before = profilegate.clock.now
    if number % 2:
        profilegate.clock.advance(days=number)

    assert f"Zoe {number}" == get(profilegate, f"/users/{user.id}")["first_name"]
    assert [] == receivers
    assert 1 == len(profilegate.profile(user).history)
    assert (profilegate.clock.now - before).days == (number if number % 2 else 0)
    assert not {machnet.client_id, profilegate.navixy.login} & SEEN
    SEEN.update({machnet.client_id, profilegate.navixy.login})
