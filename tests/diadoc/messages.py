"""Diadoc's messages as bytes, by the numbers in its client libraries."""

from typing import Any

from tests.media.wire_format import boolean, message, text


def login_password(login: str, password: str) -> bytes:
    """LoginPassword."""
    return text(1, login) + text(2, password)


def full_name(last: str, first: str, middle: str | None = None) -> bytes:
    """FullName: LastName is its first field, FirstName its second."""
    return text(1, last) + text(2, first) + (b"" if middle is None else text(3, middle))


def new_name(last: str, first: str, middle: str | None = None) -> bytes:
    """UserToUpdate with FullName only."""
    return message(2, message(1, full_name(last, first, middle)))


def new_login(login: str) -> bytes:
    """UserToUpdate with Login only."""
    return message(1, text(1, login))


def user_v2(user: Any) -> bytes:
    """UserV2, from its JSON."""
    name = user["FullName"]
    return (
        text(1, user["UserId"])
        + text(2, user["Login"])
        + message(3, full_name(name["LastName"], name["FirstName"], name.get("MiddleName")))
        + boolean(4, user["IsRegistered"])
    )
