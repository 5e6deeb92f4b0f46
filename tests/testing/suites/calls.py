"""A suite of a user: what a client has sent, and what goes wrong on purpose."""

from typing import Any

import httpx
import pytest

from profilegate.testing import Profilegate


@pytest.fixture
def update(profilegate: Profilegate) -> Any:
    """Sends an update to Machnet."""
    machnet = profilegate.machnet
    headers = {"X-Client-Id": machnet.client_id, "X-Client-Secret": machnet.client_secret}
    target = f"{profilegate.url}/users/{machnet.user.id}"
    return lambda **fields: httpx.patch(target, json=fields, headers=headers)


def test_calls_are_found_by_their_parts(profilegate: Profilegate, update: Any) -> None:
    """Of each exchange, also those that were rejected."""
    update(city="Berlin", company_details={"address": "Street 1"})
    update(gender="x")
    first, second = profilegate.calls("machnet", "update_user")

    assert (200, "PATCH", {"user_id": profilegate.machnet.user.id}) == (
        first.status,
        first.method,
        first.path,
    )
    assert [first] == profilegate.calls(body__company_details__address="Street 1")
    assert [first] == profilegate.calls(body__city="Berlin", status=200, method="PATCH")
    assert [first] == profilegate.calls(response__first_name="Zoe")
    assert [second] == profilegate.calls(outcome="rejected")
    assert (2, 0) == (
        len(profilegate.calls(headers={"X-Client-Id": profilegate.machnet.client_id})),
        len(profilegate.calls("kraken")),
    )
    assert "gender must match" in second.violations[0]
    profilegate.assert_called("machnet", times=2)
    profilegate.assert_not_called("machnet", body__city="Oslo")


def test_the_nearest_call_is_told(profilegate: Profilegate, update: Any) -> None:
    """With the fields in which it differs."""
    update(city="Berlin", gender="MALE")
    update(gender="MALE")

    with pytest.raises(AssertionError) as raised:
        profilegate.assert_called(
            "machnet", "update_user", body__city="Oslo", body__gender="MALE", headers={"X-A": "1"}
        )

    assert str(raised.value).splitlines() == [
        "no call of machnet.update_user with body.city 'Oslo', body.gender 'MALE', "
        "headers {'X-A': '1'}; the nearest calls:",
        f"  PATCH /users/{profilegate.machnet.user.id} (machnet, update_user): 200",
        "    body.city was 'Berlin', not 'Oslo'",
        "    header X-A was nothing, not '1'",
        f"  PATCH /users/{profilegate.machnet.user.id} (machnet, update_user): 200",
        "    body.city was nothing, not 'Oslo'",
        "    header X-A was nothing, not '1'",
    ]


WRONG = {
    "another number of calls": (
        lambda pg: pg.assert_called("machnet", times=2),
        AssertionError,
        "1 calls of machnet, not 2",
    ),
    "a call that should not be": (
        lambda pg: pg.assert_not_called("machnet", status=200),
        AssertionError,
        "1 calls of machnet with status 200; the first one: PATCH /users/",
    ),
    "a call of another provider": (
        lambda pg: pg.assert_called("kraken", "update_user"),
        AssertionError,
        "no call of kraken.update_user; there was no call of it",
    ),
    "an unknown provider": (
        lambda pg: pg.calls("krakn"),
        ValueError,
        "no provider is called 'krakn'; there are diadoc, kraken",
    ),
    "an unknown operation": (
        lambda pg: pg.calls("kraken", "update_usr"),
        ValueError,
        "no operation is called 'update_usr'; there are create_user",
    ),
    "an unknown part": (
        lambda pg: pg.calls(boddy__city="Oslo"),
        TypeError,
        "an exchange has no 'boddy'; there are status, method",
    ),
    "an unknown option of a failure": (
        lambda pg: pg.fail("kraken", tiems=1, status=503),
        TypeError,
        "a failure has no option 'tiems'; there are error, status",
    ),
    "an unknown error": (
        lambda pg: pg.fail("kraken", error="tired"),
        ValueError,
        "error must be one of the documented errors: ",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told(profilegate: Profilegate, update: Any, what: str) -> None:
    """With what there is."""
    mistake, error, text = WRONG[what]
    update(gender="MALE")

    with pytest.raises(error) as raised:
        mistake(profilegate)

    assert str(raised.value).startswith(text)


def test_a_failure_ends(profilegate: Profilegate, update: Any) -> None:
    """After some requests, or when it is removed; others are not affected."""
    profilegate.fail("machnet", "update_user", error="service_unavailable", times=1)
    lasting = profilegate.fail("machnet", status=500, body={"gender": "FEMALE"})
    statuses = [update(gender=each).status_code for each in ("MALE", "MALE", "FEMALE")]
    lasting.remove()

    assert [503, 200, 500, 200] == [*statuses, update(gender="FEMALE").status_code]


def test_a_response_is_late_or_broken(profilegate: Profilegate, update: Any) -> None:
    """As a client sees it on a bad day."""
    profilegate.fail("machnet", broken="truncated", times=1)
    profilegate.fail("machnet", delay=0.01, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        update(gender="MALE")

    assert 200 == update(gender="MALE").status_code
