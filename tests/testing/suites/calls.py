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
    return lambda **fields: httpx.patch(target, json=fields, headers=headers, timeout=0.5)


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
    "a status that is a text": (
        lambda pg: pg.assert_not_called("machnet", status="200"),
        ValueError,
        "status cannot be '200'; it is a number",
    ),
    "a delay without an end": (
        lambda pg: pg.fail("machnet", delay=float("nan")),
        ValueError,
        "delay_seconds must be at least 0",
    ),
    "too long a delay": (
        lambda pg: pg.fail("machnet", delay=61),
        ValueError,
        "delay_seconds must be at most 60",
    ),
    "a probability above one": (
        lambda pg: pg.fail("machnet", status=503, probability=2),
        ValueError,
        "match.probability must be at most 1",
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


@pytest.mark.parametrize("effect", [{"delay": 30}, {"slow_body": 30}, {"delay": 30, "after": True}])
def test_a_call_that_its_client_has_left_is_there_at_once(
    profilegate: Profilegate, update: Any, effect: Any
) -> None:
    """A client that gives up three times has called three times, whatever it got."""
    profilegate.fail("machnet", "update_user", **effect)
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            update(gender="MALE")

    profilegate.assert_called("machnet", "update_user", times=3, outcome="unanswered", status=0)


def test_a_call_without_a_known_credential_is_there(profilegate: Profilegate) -> None:
    """It is in no namespace; the test that runs has sent it."""
    httpx.get(f"{profilegate.url}/users/1", headers={"X-Client-Id": "a", "X-Client-Secret": "b"})
    httpx.get(f"{profilegate.url}/users/1/unknown")

    profilegate.assert_called("machnet", "get_user", status=401)
    profilegate.assert_called("machnet", status=404)


def test_a_failure_affects_a_header(profilegate: Profilegate, update: Any) -> None:
    """By its name and its value."""
    profilegate.fail("machnet", status=503, headers={"X-Client-Id": profilegate.machnet.client_id})
    profilegate.fail("machnet", status=504, headers={"X-Client-Id": "another"})

    assert 503 == update(gender="MALE").status_code


def test_a_long_body_is_matched_or_told(profilegate: Profilegate, update: Any) -> None:
    """A document with a photograph; beyond what is kept no answer would be true."""
    update(first_name="Lea", physical_documents=[{"document": "x" * 100_000}])
    profilegate.assert_called("machnet", body__first_name="Lea")

    update(first_name="Lea", physical_documents=[{"document": "x" * 500_000}])
    with pytest.raises(ValueError, match="longer than the journal keeps"):
        profilegate.assert_not_called("machnet", body__first_name="Zoe")
