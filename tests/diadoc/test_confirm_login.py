"""Diadoc: a new login is confirmed by a link in a mail."""

from datetime import timedelta

import pytest

from tests.clients import DIADOC_TOKEN, DIADOC_USER
from tests.diadoc.page import BAD_REQUEST, LOGIN_TAKEN
from tests.diadoc.samples import (
    CONFIRM,
    LINKED_TOKEN,
    LINKED_USER,
    NEW_LOGIN,
    OLD_LOGIN,
    OTHER_LOGIN,
    OTHER_TOKEN,
    OTHER_USER,
    login,
    request_login,
    target_of,
    target_of_last_mail,
    update,
)

DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)

CONFIRMED = "Новый логин подтверждён"
LINK_UNKNOWN = "Ссылка для подтверждения логина не найдена"
LINK_DEAD = "Ссылка для подтверждения логина больше не действует"


def open_link(gateway, target):
    """Open a link; the status and the text of the response."""
    response = gateway.send("GET", target)
    return response.status, response.text


# --- The mail and its link ---------------------------------------------------------------


def test_the_mail_goes_to_the_new_login_with_a_link_to_the_gateway(gateway):
    """
    "на адрес newLogin@kontur.ru будет направлено письмо с ссылкой для подтверждения нового логина".
    """
    request_login(gateway, NEW_LOGIN)
    [mail] = gateway.mails()

    assert NEW_LOGIN == mail.to
    assert mail.subject
    assert f"http://gateway.example{CONFIRM}?token=" in mail.text
    assert mail.sent_at is None


def test_the_link_sets_the_new_login_once(gateway):
    """
    The link is opened without credentials and changes nothing but the login; a second time the
    response is 410.
    """
    request_login(gateway, NEW_LOGIN)
    before = gateway.fields("diadoc", DIADOC_USER)
    target = target_of_last_mail(gateway)

    assert OLD_LOGIN == before["account.login"]
    assert (200, CONFIRMED) == open_link(gateway, target)
    assert (410, LINK_DEAD) == open_link(gateway, target)
    assert {**before, "account.login": NEW_LOGIN} == gateway.fields("diadoc", DIADOC_USER)


@pytest.mark.parametrize(
    ("first", "second"),
    [("first@kontur.ru", "second@kontur.ru"), (NEW_LOGIN, NEW_LOGIN)],
    ids=["another login", "the same login once more"],
)
def test_a_second_change_replaces_the_first(gateway, first, second):
    """
    Only the link that was mailed last confirms; the response to the older one is 410.
    """
    request_login(gateway, first)
    # A user causes one mail a minute.
    gateway.clock.advance(MINUTE)
    request_login(gateway, second)
    older, newer = map(target_of, gateway.mails())

    assert (410, LINK_DEAD) == open_link(gateway, older)
    assert OLD_LOGIN == login(gateway)
    assert (200, CONFIRMED) == open_link(gateway, newer)
    assert second == login(gateway)


@pytest.mark.parametrize(
    ("age", "opened", "in_force"),
    [
        pytest.param(DAY, (200, CONFIRMED), NEW_LOGIN, id="24 hours old"),
        pytest.param(DAY + INSTANT, (410, LINK_DEAD), OLD_LOGIN, id="older"),
    ],
)
def test_the_link_is_valid_for_24_hours(gateway, age, opened, in_force):
    """
    The mail says: "в течение 24 часов".
    """
    request_login(gateway, NEW_LOGIN)
    gateway.clock.advance(age)

    assert opened == open_link(gateway, target_of_last_mail(gateway))
    assert in_force == login(gateway)


def test_each_link_has_a_new_random_token(gateway):
    """
    A token is a credential: 256 random bits, new for each mail.
    """
    for number in range(3):
        request_login(gateway, f"login-{number}@kontur.ru")
        gateway.clock.advance(MINUTE)
    tokens = {target_of(mail).partition("=")[2] for mail in gateway.mails()}

    assert [43, 43, 43] == [len(token) for token in tokens]


@pytest.mark.parametrize(
    ("target", "rejected"),
    [
        pytest.param(f"{CONFIRM}?token=nobody-has-it", (404, LINK_UNKNOWN), id="unknown"),
        pytest.param(CONFIRM, (400, f"{BAD_REQUEST}: token"), id="no token"),
        pytest.param(f"{CONFIRM}?token=", (400, f"{BAD_REQUEST}: token"), id="an empty token"),
        pytest.param(f"{CONFIRM}?Token=x", (400, f"{BAD_REQUEST}: token"), id="a capital letter"),
    ],
)
def test_a_link_that_was_never_mailed_confirms_nothing(gateway, target, rejected):
    """
    404 for an unknown token, 400 for a missing one; the pending login stays pending.
    """
    request_login(gateway, NEW_LOGIN)

    assert rejected == open_link(gateway, target)
    assert OLD_LOGIN == login(gateway)
    assert (200, CONFIRMED) == open_link(gateway, target_of_last_mail(gateway))


def test_an_access_token_does_not_open_a_link(gateway):
    """
    A user's own token authenticates requests, not a link.
    """
    request_login(gateway, NEW_LOGIN)

    assert (404, LINK_UNKNOWN) == open_link(gateway, f"{CONFIRM}?token={DIADOC_TOKEN}")


# --- Logins in use -----------------------------------------------------------------------


@pytest.mark.parametrize("present", [OLD_LOGIN, "LOGIN@Kontur.RU"], ids=["as is", "other case"])
def test_the_present_login_is_no_change(gateway, present):
    """
    Logins are compared without regard to case: no mail is sent and nothing is pending.
    """
    response = request_login(gateway, present)

    assert (200, OLD_LOGIN, []) == (response.status, response.json()["Login"], gateway.mails())
    assert OLD_LOGIN == login(gateway)


@pytest.mark.parametrize("taken", [OTHER_LOGIN, "Taken@KONTUR.ru"], ids=["as is", "other case"])
def test_the_login_of_another_user_is_rejected(gateway, taken):
    """
    "405 Method Not Allowed – происходит попытка обновить login на уже зарегистрированный на
    портале": nothing of the request is stored, not even the name.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    name = {"FirstName": "New", "LastName": "Name"}
    response = update(gateway, {"Login": {"Login": taken}, "FullName": {"FullName": name}})

    assert (405, LOGIN_TAKEN, "POST") == (response.status, response.text, response.headers["allow"])
    assert (before, []) == (gateway.fields("diadoc", DIADOC_USER), gateway.mails())


@pytest.mark.parametrize("pending", [NEW_LOGIN, NEW_LOGIN.upper()], ids=["as is", "other case"])
@pytest.mark.parametrize("is_first", [True, False], ids=["asked first", "asked second"])
def test_of_two_users_with_one_pending_login_the_first_to_confirm_gets_it(
    gateway, pending, is_first
):
    """
    The mails go to the address: its owner opens one of the links. A stranger who has asked for the
    login before, or asks after, does not keep it from its owner; the other link is void.
    """
    request_login(gateway, NEW_LOGIN, OTHER_TOKEN)
    gateway.clock.advance(MINUTE)
    assert 200 == request_login(gateway, pending).status
    links = [target_of(mail) for mail in gateway.mails()]
    first, second = links if is_first else links[::-1]

    assert [(200, CONFIRMED), (410, LINK_DEAD)] == [
        open_link(gateway, first),
        open_link(gateway, second),
    ]
    expected = (OLD_LOGIN, NEW_LOGIN) if is_first else (pending, OTHER_LOGIN)
    assert expected == (login(gateway), login(gateway, OTHER_USER))


def test_a_login_is_free_once_its_user_has_another_one(gateway):
    """
    The old login is free after the link was opened, and not before.
    """
    request_login(gateway, NEW_LOGIN)
    early = request_login(gateway, OLD_LOGIN, LINKED_TOKEN).status
    open_link(gateway, target_of_last_mail(gateway))
    gateway.clock.advance(INSTANT)
    late = request_login(gateway, OLD_LOGIN, LINKED_TOKEN).status
    open_link(gateway, target_of_last_mail(gateway))

    assert (405, 200) == (early, late)
    assert (NEW_LOGIN, OLD_LOGIN) == (login(gateway), login(gateway, LINKED_USER))
