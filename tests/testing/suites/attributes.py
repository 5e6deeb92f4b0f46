"""A suite of a user: each attribute of the fixture, over HTTP."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

import httpx
import pytest

from profilegate.errors import ClockBackwardsError, LinkConflictError
from profilegate.testing import Profilegate


def send(
    pg: Profilegate, method: str, path: str, headers: Mapping[str, str], body: Any = None
) -> Any:
    """The JSON of a successful response."""
    data = None if body is None else json.dumps(body).encode()
    lines = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    request = Request(pg.url + path, data, lines, method=method)
    with urlopen(request, timeout=30) as response:
        return json.load(response)


def machnet(pg: Profilegate) -> dict[str, str]:
    """The headers of a Machnet client."""
    return {"X-Client-Id": pg.machnet.client_id, "X-Client-Secret": pg.machnet.client_secret}


def test_machnet_knows_the_client_and_the_ready_user(profilegate: Profilegate) -> None:
    """The user is what GET shows."""
    user = profilegate.machnet.user
    shown = send(profilegate, "GET", f"/users/{user.id}", machnet(profilegate))

    assert dict(user) == shown
    assert user["id"] == user.id


def test_a_user_has_the_fields_that_a_test_names(profilegate: Profilegate) -> None:
    """By the provider's own names, its account's own ones among them."""
    user = profilegate.machnet.user(first_name="Lea", status="VERIFIED", gender="FEMALE")
    shown = send(profilegate, "GET", f"/users/{user.id}", machnet(profilegate))

    assert ("Lea", "VERIFIED", "female") == (shown["first_name"], user["status"], shown["gender"])
    assert profilegate.machnet.user.id != user.id


def test_kraken_knows_the_key(profilegate: Profilegate) -> None:
    """A signature with the private key is right."""
    kraken = profilegate.kraken
    path, body, nonce = f"/b2b/users/{kraken.user.id}", {"language": "en"}, str(time.time_ns())
    digest = hashlib.sha256(nonce.encode() + json.dumps(body).encode()).digest()
    key = base64.b64decode(kraken.private_key)
    signature = base64.b64encode(hmac.digest(key, path.encode() + digest, "sha512")).decode()
    headers = {"API-Key": kraken.api_key, "API-Nonce": nonce, "API-Sign": signature}

    assert {"result": "success"} == send(profilegate, "PATCH", path, headers, body)
    assert kraken.user["user"].replace(" ", "") == kraken.user.id


def test_navixy_knows_the_hash_and_the_password(profilegate: Profilegate) -> None:
    """The hash of the ready user, and a login."""
    navixy = profilegate.navixy
    shown = send(profilegate, "POST", "/v2/user/get_info", {}, {"hash": navixy.hash})
    login = {"login": navixy.login, "password": navixy.password}

    assert dict(navixy.user) == shown["user_info"]
    assert send(profilegate, "POST", "/v2/user/auth", {}, login)["success"]


def test_diadoc_knows_the_client_the_token_and_the_password(profilegate: Profilegate) -> None:
    """A token of the ready user, beside the client id that belongs to nobody."""
    diadoc = profilegate.diadoc
    fields = f"ddauth_api_client_id={diadoc.client_id}, ddauth_token={diadoc.token}"
    headers = {"Authorization": f"DiadocAuth {fields}"}
    client = {"Authorization": f"DiadocAuth ddauth_api_client_id={diadoc.client_id}"}
    login = {"login": diadoc.login, "password": diadoc.password}
    target = f"{profilegate.url}/V3/Authenticate?type=password"

    assert diadoc.user["Login"] == send(profilegate, "GET", "/V2/GetMyUser", headers)["Login"]
    assert 200 == httpx.post(target, json=login, headers=client).status_code


def test_a_profile_shows_fields_accounts_and_history(profilegate: Profilegate) -> None:
    """What a client sends is found in the shared profile, with its channel."""
    user = profilegate.machnet.user
    headers = machnet(profilegate)
    send(profilegate, "PATCH", f"/users/{user.id}", headers, {"occupation": "Banker"})

    profile = profilegate.profile(user)

    assert ("Zoe", "Banker") == (profile["name.given"], profile.fields["occupation"])
    assert (("machnet", user.id),) == profile.accounts
    assert ["test", "machnet"] == [event.origin.channel for event in profile.history]
    assert profile == profilegate.profile(profile.id)
    assert "Banker" == user.show()["occupation"]


def test_linked_users_share_their_profile(profilegate: Profilegate) -> None:
    """What one provider writes, the other shows."""
    profilegate.link(profilegate.navixy.user, profilegate.machnet.user)
    path, headers = f"/users/{profilegate.machnet.user.id}", machnet(profilegate)
    send(profilegate, "PATCH", path, headers, {"first_name": "Lea"})

    assert "Lea" == profilegate.navixy.user.show()["first_name"]


def test_users_that_differ_are_linked_only_with_a_preference(profilegate: Profilegate) -> None:
    """Nobody's value is lost unseen."""
    lea = profilegate.kraken.user(full_name={"first_name": "Lea", "last_name": "Example"})
    with pytest.raises(LinkConflictError):
        profilegate.link(lea, profilegate.machnet.user)

    assert "Lea" == profilegate.link(lea, profilegate.machnet.user, prefer="account")["name.given"]


def test_the_clock_stands_still_and_moves_forward(profilegate: Profilegate) -> None:
    """A session of Navixy ends after 30 days, and no test waits for them."""
    login = {"login": profilegate.navixy.login, "password": profilegate.navixy.password}
    session = send(profilegate, "POST", "/v2/user/auth", {}, login)["hash"]
    profilegate.clock.freeze()
    before = profilegate.clock.now

    profilegate.clock.advance(days=30)

    assert timedelta(days=30) == profilegate.clock.now - before
    with pytest.raises(OSError, match="HTTP Error 400"):
        send(profilegate, "POST", "/v2/user/get_info", {}, {"hash": session})
    with pytest.raises(ClockBackwardsError):
        profilegate.clock.move(before)


def test_the_clock_adds_up(profilegate: Profilegate) -> None:
    """Frozen, run on or moved: it never goes back."""
    clock = profilegate.clock
    times = [clock.now]
    for step in (timedelta(hours=20), timedelta(hours=20), timedelta(0), timedelta(microseconds=5)):
        clock.advance(step)
        times.append(clock.now)
    clock.freeze()
    clock.advance(days=30)
    times.append(clock.now)
    clock.run()
    times.append(clock.now)

    assert sorted(times) == times
    assert timedelta(days=31, hours=16) < times[-1] - times[0] < timedelta(days=31, hours=17)


def test_a_mistake_of_a_test_is_an_error(profilegate: Profilegate) -> None:
    """Not a user, a time or a value that nobody meant."""
    profilegate.machnet.user(id="f45680e1-014d-42c7-be86-3b2899e911c3")

    with pytest.raises(ValueError, match="has a user with this id already"):
        profilegate.machnet.user(id="f45680e1-014d-42c7-be86-3b2899e911c3", first_name="Lea")
    with pytest.raises(TypeError, match="a time has a time zone"):
        profilegate.clock.move(datetime(2100, 1, 1))
    with pytest.raises(KeyError, match=r"did you mean name\.given"):
        profilegate.profile(profilegate.machnet.user)["name.gven"]
    assert profilegate.machnet.tenant("other") is profilegate.machnet.tenant("other")


def test_the_mail_of_a_new_login_is_there(profilegate: Profilegate) -> None:
    """A pending login follows the clock as all else does."""
    diadoc = profilegate.diadoc
    headers = {
        "Authorization": f"DiadocAuth ddauth_api_client_id={diadoc.client_id},"
        f" ddauth_token={diadoc.token}"
    }
    send(profilegate, "POST", "/UpdateMyUser", headers, {"Login": {"Login": "new@example.com"}})
    [mail] = profilegate.mails()

    assert "new@example.com" == mail.to
    assert "/UpdateMyUser/confirm?token=" in mail.text


def test_a_snapshot_brings_everything_back(profilegate: Profilegate) -> None:
    """Also the users that exist for the double."""
    old, headers = profilegate.machnet.user, machnet(profilegate)
    snapshot = profilegate.snapshot()
    send(profilegate, "PATCH", f"/users/{old.id}", headers, {"first_name": "Lea"})
    navixy_id = profilegate.navixy.user.id

    snapshot.restore()

    assert "Zoe" == send(profilegate, "GET", f"/users/{old.id}", headers)["first_name"]
    assert navixy_id != profilegate.navixy.user.id


def test_another_tenant_does_not_see_the_user(profilegate: Profilegate) -> None:
    """Users belong to the client that has created them."""
    other = profilegate.machnet.tenant("other")
    headers = {"X-Client-Id": other.client_id, "X-Client-Secret": other.client_secret}

    with pytest.raises(OSError, match="HTTP Error 404"):
        send(profilegate, "GET", f"/users/{profilegate.machnet.user.id}", headers)


@pytest.mark.profilegate(
    seed={"credentials": [{"provider": "machnet", "text": "me", "secret": "secret-word"}]}
)
def test_a_seed_fills_the_namespace(profilegate: Profilegate) -> None:
    """What a marker names is there before the test."""
    headers = {"X-Client-Id": "me", "X-Client-Secret": "secret-word"}

    assert send(profilegate, "GET", f"/users/{profilegate.machnet.user.id}", headers)


WRONG = {
    "a field that the provider has not": (
        lambda pg: pg.machnet.user(frst_name="Zoe"),
        TypeError,
        "machnet has no field 'frst_name' of a user; did you mean first_name?",
    ),
    "a value that the provider rejects": (
        lambda pg: pg.machnet.user(gender="x"),
        ValueError,
        "gender must match",
    ),
    "an own field that the provider rejects": (
        lambda pg: pg.machnet.user(status="DONE"),
        ValueError,
        "account.status must be one of UNVERIFIED",
    ),
    "a provider that is not served": (
        lambda pg: pg.krakn,
        AttributeError,
        "no provider is called 'krakn'; there are diadoc, kraken, machnet, navixy",
    ),
    "a credential that the provider has not": (
        lambda pg: pg.kraken.token,
        AttributeError,
        "kraken has no credential 'token'; there are: api_key, private_key",
    ),
    "a credential that a user has not": (
        lambda pg: pg.kraken.user.hash,
        AttributeError,
        "a user has no credential 'hash'; there are: none",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told(profilegate: Profilegate, what: str) -> None:
    """With the names that there are."""
    mistake, error, text = WRONG[what]

    with pytest.raises(error) as raised:
        mistake(profilegate)

    assert str(raised.value).startswith(text)


def test_the_names_are_completed(profilegate: Profilegate) -> None:
    """An interactive shell lists them."""
    assert {"kraken", "machnet", "navixy", "diadoc", "clock", "url"} <= {*dir(profilegate)}
    assert {"client_id", "token", "login", "password", "user"} <= {*dir(profilegate.diadoc)}
