"""Diadoc: a new login waits for its mailed link to be opened."""

from datetime import timedelta

import pytest

from tests.clients import DIADOC_TOKEN, DIADOC_USER
from tests.diadoc.samples import (
    BAD_REQUEST,
    CONFIRM,
    LINKED_TOKEN,
    LINKED_USER,
    LOGIN_TAKEN,
    NEW_LOGIN,
    OLD_LOGIN,
    OTHER_LOGIN,
    OTHER_TOKEN,
    OTHER_USER,
    ask_for,
    login,
    target_of,
    target_of_last_mail,
    update,
)

DAY = timedelta(hours=24)
INSTANT = timedelta(microseconds=1)

CONFIRMED = "Новый логин подтверждён"
LINK_UNKNOWN = "Ссылка для подтверждения логина не найдена"
LINK_DEAD = "Ссылка для подтверждения логина больше не действует"


def open_link(gateway, target):
    """Open a link: the status and the sentence that one reads."""
    response = gateway.send("GET", target)
    return response.status, response.text


# --- The letter and its link -------------------------------------------------------------


def test_the_letter_goes_to_the_new_login_with_a_link_to_the_gateway(gateway):
    """
    "на адрес newLogin@kontur.ru будет направлено письмо с ссылкой для подтверждения нового логина".
    """
    ask_for(gateway, NEW_LOGIN)
    [mail] = gateway.mails()

    assert NEW_LOGIN == mail.to
    assert mail.subject
    assert f"http://gateway.example{CONFIRM}?token=" in mail.text
    assert mail.sent_at is None


def test_the_link_makes_the_new_login_the_users_login(gateway):
    """
    Whoever reads the letter may confirm: the link is opened without credentials.
    """
    ask_for(gateway, NEW_LOGIN)
    before = login(gateway)
    opened = open_link(gateway, target_of_last_mail(gateway))

    assert (OLD_LOGIN, (200, CONFIRMED), NEW_LOGIN) == (before, opened, login(gateway))


def test_the_link_changes_nothing_but_the_login(gateway):
    """
    What else the user has stays as it is when the link is opened.
    """
    ask_for(gateway, NEW_LOGIN)
    before = gateway.fields("diadoc", DIADOC_USER)
    open_link(gateway, target_of_last_mail(gateway))

    assert {**before, "account.login": NEW_LOGIN} == gateway.fields("diadoc", DIADOC_USER)


def test_the_link_works_once(gateway):
    """
    A link that was used responses 410, and the login stays what it has become.
    """
    ask_for(gateway, NEW_LOGIN)
    target = target_of_last_mail(gateway)
    open_link(gateway, target)

    assert (410, LINK_DEAD) == open_link(gateway, target)
    assert NEW_LOGIN == login(gateway)


@pytest.mark.parametrize(
    ("first", "second"),
    [("first@kontur.ru", "second@kontur.ru"), (NEW_LOGIN, NEW_LOGIN)],
    ids=["another login", "the same login once more"],
)
def test_a_second_change_replaces_the_first(gateway, first, second):
    """
    Only the link that was mailed last confirms; the older one responses 410.
    """
    ask_for(gateway, first)
    ask_for(gateway, second)
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
def test_the_link_lives_for_24_hours(gateway, age, opened, in_force):
    """
    The link works within 24 hours, as the letter says: "в течение 24 часов".
    """
    ask_for(gateway, NEW_LOGIN)
    gateway.clock.advance(age)

    assert opened == open_link(gateway, target_of_last_mail(gateway))
    assert in_force == login(gateway)


def test_two_links_have_two_tokens_that_nobody_can_guess(gateway):
    """
    A token is the credential of whoever opens the link: 256 bits, new for each letter.
    """
    for number in range(3):
        ask_for(gateway, f"login-{number}@kontur.ru")
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
    An unknown token responses 404, a missing one 400; what waits goes on waiting.
    """
    ask_for(gateway, NEW_LOGIN)

    assert rejected == open_link(gateway, target)
    assert OLD_LOGIN == login(gateway)
    assert (200, CONFIRMED) == open_link(gateway, target_of_last_mail(gateway))


def test_a_token_for_calls_is_no_token_of_a_link(gateway):
    """
    A user's own token opens the API, not a link.
    """
    ask_for(gateway, NEW_LOGIN)

    assert (404, LINK_UNKNOWN) == open_link(gateway, f"{CONFIRM}?token={DIADOC_TOKEN}")


# --- Which logins there are to have ------------------------------------------------------


@pytest.mark.parametrize("present", [OLD_LOGIN, "LOGIN@Kontur.RU"], ids=["as is", "other case"])
def test_the_present_login_is_no_change(gateway, present):
    """
    Logins are compared without regard to case: no letter is written and nothing waits.
    """
    response = ask_for(gateway, present)

    assert (200, OLD_LOGIN, []) == (response.status, response.json()["Login"], gateway.mails())
    assert OLD_LOGIN == login(gateway)


@pytest.mark.parametrize("taken", [OTHER_LOGIN, "Taken@KONTUR.ru"], ids=["as is", "other case"])
def test_the_login_of_another_user_is_rejected(gateway, taken):
    """
    "405 Method Not Allowed – происходит попытка обновить login на уже зарегистрированный на
    портале": nothing of the request is stored, the name neither.
    """
    before = gateway.fields("diadoc", DIADOC_USER)
    name = {"FirstName": "New", "LastName": "Name"}
    response = update(gateway, {"Login": {"Login": taken}, "FullName": {"FullName": name}})

    assert (405, LOGIN_TAKEN, "POST") == (response.status, response.text, response.headers["allow"])
    assert (before, []) == (gateway.fields("diadoc", DIADOC_USER), gateway.mails())


@pytest.mark.parametrize("waited_for", [NEW_LOGIN, NEW_LOGIN.upper()], ids=["as is", "other case"])
def test_a_login_that_another_user_waits_for_is_rejected(gateway, waited_for):
    """
    Two links to one login would let the second take it from the first: 405 here too.
    """
    ask_for(gateway, NEW_LOGIN, OTHER_TOKEN)
    gateway.clock.advance(DAY)
    response = ask_for(gateway, waited_for)

    assert (405, LOGIN_TAKEN) == (response.status, response.text)
    assert 1 == len(gateway.mails())


def test_a_login_is_anybodys_again_when_its_link_has_died(gateway):
    """
    Nobody keeps a login by asking for it: after 24 hours the next one may have it.
    """
    ask_for(gateway, NEW_LOGIN, OTHER_TOKEN)
    gateway.clock.advance(DAY + INSTANT)
    ask_for(gateway, NEW_LOGIN)
    dead, living = map(target_of, gateway.mails())

    assert [(410, LINK_DEAD), (200, CONFIRMED)] == [
        open_link(gateway, dead),
        open_link(gateway, living),
    ]
    assert (NEW_LOGIN, OTHER_LOGIN) == (login(gateway), login(gateway, OTHER_USER))


def test_a_login_is_free_once_its_user_has_another(gateway):
    """
    The old login belongs to nobody after the link was opened, and not a moment earlier.
    """
    ask_for(gateway, NEW_LOGIN)
    early = ask_for(gateway, OLD_LOGIN, LINKED_TOKEN).status
    open_link(gateway, target_of_last_mail(gateway))
    late = ask_for(gateway, OLD_LOGIN, LINKED_TOKEN).status
    open_link(gateway, target_of_last_mail(gateway))

    assert (405, 200) == (early, late)
    assert (NEW_LOGIN, OLD_LOGIN) == (login(gateway), login(gateway, LINKED_USER))
