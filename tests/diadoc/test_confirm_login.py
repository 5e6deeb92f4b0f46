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


def open_link(gate, target):
    """Open a link: the status and the sentence that one reads."""
    answer = gate.send("GET", target)
    return answer.status, answer.text


# --- The letter and its link -------------------------------------------------------------


def test_the_letter_goes_to_the_new_login_with_a_link_to_the_gate(gate):
    """
    "на адрес newLogin@kontur.ru будет направлено письмо с ссылкой для подтверждения нового логина"
    """
    ask_for(gate, NEW_LOGIN)
    [mail] = gate.mails()

    assert NEW_LOGIN == mail.to
    assert mail.subject
    assert f"http://gate.example{CONFIRM}?token=" in mail.text
    assert mail.sent_at is None


def test_the_link_makes_the_new_login_the_users_login(gate):
    """
    Whoever reads the letter may confirm: the link is opened without credentials.
    """
    ask_for(gate, NEW_LOGIN)
    before = login(gate)
    opened = open_link(gate, target_of_last_mail(gate))

    assert (OLD_LOGIN, (200, CONFIRMED), NEW_LOGIN) == (before, opened, login(gate))


def test_the_link_changes_nothing_but_the_login(gate):
    """
    What else the user has stays as it is when the link is opened.
    """
    ask_for(gate, NEW_LOGIN)
    before = gate.fields("diadoc", DIADOC_USER)
    open_link(gate, target_of_last_mail(gate))

    assert {**before, "account.login": NEW_LOGIN} == gate.fields("diadoc", DIADOC_USER)


def test_the_link_works_once(gate):
    """
    A link that was used answers 410, and the login stays what it has become.
    """
    ask_for(gate, NEW_LOGIN)
    target = target_of_last_mail(gate)
    open_link(gate, target)

    assert (410, LINK_DEAD) == open_link(gate, target)
    assert NEW_LOGIN == login(gate)


@pytest.mark.parametrize(
    ("first", "second"),
    [("first@kontur.ru", "second@kontur.ru"), (NEW_LOGIN, NEW_LOGIN)],
    ids=["another login", "the same login once more"],
)
def test_a_second_change_replaces_the_first(gate, first, second):
    """
    Only the link that was mailed last confirms; the older one answers 410.
    """
    ask_for(gate, first)
    ask_for(gate, second)
    older, newer = map(target_of, gate.mails())

    assert (410, LINK_DEAD) == open_link(gate, older)
    assert OLD_LOGIN == login(gate)
    assert (200, CONFIRMED) == open_link(gate, newer)
    assert second == login(gate)


@pytest.mark.parametrize(
    ("age", "opened", "in_force"),
    [
        pytest.param(DAY, (200, CONFIRMED), NEW_LOGIN, id="24 hours old"),
        pytest.param(DAY + INSTANT, (410, LINK_DEAD), OLD_LOGIN, id="older"),
    ],
)
def test_the_link_lives_for_24_hours(gate, age, opened, in_force):
    """
    The link works within 24 hours, as the letter says: "в течение 24 часов".
    """
    ask_for(gate, NEW_LOGIN)
    gate.clock.advance(age)

    assert opened == open_link(gate, target_of_last_mail(gate))
    assert in_force == login(gate)


def test_two_links_have_two_tokens_that_nobody_can_guess(gate):
    """
    A token is the credential of whoever opens the link: 256 bits, new for each letter.
    """
    for number in range(3):
        ask_for(gate, f"login-{number}@kontur.ru")
    tokens = {target_of(mail).partition("=")[2] for mail in gate.mails()}

    assert [43, 43, 43] == [len(token) for token in tokens]


@pytest.mark.parametrize(
    ("target", "refused"),
    [
        pytest.param(f"{CONFIRM}?token=nobody-has-it", (404, LINK_UNKNOWN), id="unknown"),
        pytest.param(CONFIRM, (400, f"{BAD_REQUEST}: token"), id="no token"),
        pytest.param(f"{CONFIRM}?token=", (400, f"{BAD_REQUEST}: token"), id="an empty token"),
        pytest.param(f"{CONFIRM}?Token=x", (400, f"{BAD_REQUEST}: token"), id="a capital letter"),
    ],
)
def test_a_link_that_was_never_mailed_confirms_nothing(gate, target, refused):
    """
    An unknown token answers 404, a missing one 400; what waits goes on waiting.
    """
    ask_for(gate, NEW_LOGIN)

    assert refused == open_link(gate, target)
    assert OLD_LOGIN == login(gate)
    assert (200, CONFIRMED) == open_link(gate, target_of_last_mail(gate))


def test_a_token_for_calls_is_no_token_of_a_link(gate):
    """
    A user's own token opens the API, not a link.
    """
    ask_for(gate, NEW_LOGIN)

    assert (404, LINK_UNKNOWN) == open_link(gate, f"{CONFIRM}?token={DIADOC_TOKEN}")


# --- Which logins there are to have ------------------------------------------------------


@pytest.mark.parametrize("present", [OLD_LOGIN, "LOGIN@Kontur.RU"], ids=["as is", "other case"])
def test_the_present_login_is_no_change(gate, present):
    """
    Logins are compared without regard to case: no letter is written and nothing waits.
    """
    answer = ask_for(gate, present)

    assert (200, OLD_LOGIN, []) == (answer.status, answer.json()["Login"], gate.mails())
    assert OLD_LOGIN == login(gate)


@pytest.mark.parametrize("taken", [OTHER_LOGIN, "Taken@KONTUR.ru"], ids=["as is", "other case"])
def test_the_login_of_another_user_is_refused(gate, taken):
    """
    "405 Method Not Allowed – происходит попытка обновить login на уже зарегистрированный на
    портале": nothing of the request is stored, the name neither.
    """
    before = gate.fields("diadoc", DIADOC_USER)
    name = {"FirstName": "New", "LastName": "Name"}
    answer = update(gate, {"Login": {"Login": taken}, "FullName": {"FullName": name}})

    assert (405, LOGIN_TAKEN, "POST") == (answer.status, answer.text, answer.headers["allow"])
    assert (before, []) == (gate.fields("diadoc", DIADOC_USER), gate.mails())


@pytest.mark.parametrize("waited_for", [NEW_LOGIN, NEW_LOGIN.upper()], ids=["as is", "other case"])
def test_a_login_that_another_user_waits_for_is_refused(gate, waited_for):
    """
    Two links to one login would let the second take it from the first: 405 here too.
    """
    ask_for(gate, NEW_LOGIN, OTHER_TOKEN)
    gate.clock.advance(DAY)
    answer = ask_for(gate, waited_for)

    assert (405, LOGIN_TAKEN) == (answer.status, answer.text)
    assert 1 == len(gate.mails())


def test_a_login_is_anybodys_again_when_its_link_has_died(gate):
    """
    Nobody keeps a login by asking for it: after 24 hours the next one may have it.
    """
    ask_for(gate, NEW_LOGIN, OTHER_TOKEN)
    gate.clock.advance(DAY + INSTANT)
    ask_for(gate, NEW_LOGIN)
    dead, living = map(target_of, gate.mails())

    assert [(410, LINK_DEAD), (200, CONFIRMED)] == [open_link(gate, dead), open_link(gate, living)]
    assert (NEW_LOGIN, OTHER_LOGIN) == (login(gate), login(gate, OTHER_USER))


def test_a_login_is_free_once_its_user_has_another(gate):
    """
    The old login belongs to nobody after the link was opened, and not a moment earlier.
    """
    ask_for(gate, NEW_LOGIN)
    early = ask_for(gate, OLD_LOGIN, LINKED_TOKEN).status
    open_link(gate, target_of_last_mail(gate))
    late = ask_for(gate, OLD_LOGIN, LINKED_TOKEN).status
    open_link(gate, target_of_last_mail(gate))

    assert (405, 200) == (early, late)
    assert (NEW_LOGIN, OLD_LOGIN) == (login(gate), login(gate, LINKED_USER))
