"""Diadoc: mails to confirm a login go to strangers, so there are few of them."""

from datetime import timedelta

import pytest

from profilegate.store import outbox
from tests.diadoc.samples import (
    LINKED_TOKEN,
    NEW_LOGIN,
    OLD_LOGIN,
    OTHER_TOKEN,
    login,
    rename,
    request_login,
    update,
)
from tests.running_gateway import Response, RunningGateway

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)

TOO_MANY = "Слишком много писем с подтверждением логина, повторите попытку позже"


def gist(response: Response) -> tuple[int, str, str | None]:
    """The status, the text and Retry-After of a rejected request."""
    return response.status, response.text, response.headers.get("retry-after")


@pytest.mark.parametrize("address", [NEW_LOGIN, "other@kontur.ru"], ids=["once more", "another"])
def test_a_user_causes_one_mail_a_minute(gateway: RunningGateway, address: str) -> None:
    """
    Nothing of the rejected request is stored, not even the name beside the login.
    """
    assert 200 == request_login(gateway, NEW_LOGIN).status
    before = gateway.fields("diadoc", "d064f6ba-7b81-432d-a41d-93b23eebe579")
    gateway.clock.advance(MINUTE - SECOND)
    name = {"FirstName": "New", "LastName": "Name"}
    body = {"Login": {"Login": address}, "FullName": {"FullName": name}}

    assert (429, TOO_MANY, "1") == gist(update(gateway, body))
    assert before == gateway.fields("diadoc", "d064f6ba-7b81-432d-a41d-93b23eebe579")
    gateway.clock.advance(SECOND)
    assert 200 == update(gateway, body).status
    assert 2 == len(gateway.mails())


def test_a_users_first_mail_to_an_address_is_always_sent(gateway: RunningGateway) -> None:
    """
    Strangers who ask for an address cannot keep its owner from it; in whatever case they write it,
    their second mail waits for a minute after the owner's.
    """
    assert 200 == request_login(gateway, NEW_LOGIN).status
    gateway.clock.advance(MINUTE - SECOND)

    assert 200 == request_login(gateway, NEW_LOGIN.upper(), OTHER_TOKEN).status
    gateway.clock.advance(SECOND)
    assert (429, TOO_MANY, "59") == gist(request_login(gateway, NEW_LOGIN))


def test_a_user_causes_five_mails_a_day(gateway: RunningGateway) -> None:
    """
    Sent mails count too; what needs no mail goes on; the next day it begins anew.
    """
    for number in range(outbox.MAILS_A_DAY_OF_ACCOUNT_MAX):
        assert 200 == request_login(gateway, f"n{number}@kontur.ru").status
        gateway.run(gateway.store.write(outbox.mark_sent, gateway.mails()[-1].id))
        gateway.clock.advance(MINUTE)
    gateway.run(gateway.store.maintain())
    left = DAY - outbox.MAILS_A_DAY_OF_ACCOUNT_MAX * MINUTE

    assert (429, TOO_MANY, str(int(left.total_seconds()))) == gist(
        request_login(gateway, NEW_LOGIN)
    )
    assert 200 == rename(gateway, FirstName="Ivan", LastName="Ivanov").status
    gateway.clock.advance(left)
    assert 200 == request_login(gateway, NEW_LOGIN).status


def test_the_mails_of_one_stranger_leave_some_to_the_owner_of_the_address(
    gateway: RunningGateway,
) -> None:
    """
    An address gets more mails a day than one user causes, so no single stranger uses them up.
    """
    for _ in range(outbox.MAILS_A_DAY_OF_ACCOUNT_MAX):
        assert 200 == request_login(gateway, NEW_LOGIN, OTHER_TOKEN).status
        gateway.clock.advance(MINUTE)
    assert 429 == request_login(gateway, NEW_LOGIN, OTHER_TOKEN).status

    assert 200 == request_login(gateway, NEW_LOGIN).status


def test_an_address_gets_so_many_mails_a_day(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Many accounts together do not fill the mailbox of a stranger: each causes one mail, and no
    second one beyond the limit.
    """
    monkeypatch.setattr(outbox, "MAILS_A_DAY_TO_ADDRESS_MAX", 2)
    for token in (OTHER_TOKEN, LINKED_TOKEN):
        assert 200 == request_login(gateway, NEW_LOGIN, token).status
        gateway.clock.advance(MINUTE)

    assert 429 == request_login(gateway, NEW_LOGIN, OTHER_TOKEN).status
    assert 200 == request_login(gateway, NEW_LOGIN).status
    assert OLD_LOGIN == login(gateway)
