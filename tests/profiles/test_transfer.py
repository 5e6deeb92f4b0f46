"""Profiles as lines of JSON: out of one gate, into another."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.profiles.client import ADMIN, KAI, LENA, VERA, faults, id_of, profile, send
from tests.running_gate import Answer, RunningGate

LINES = "application/x-ndjson"

Line = dict[str, Any]


def all_lines(gate: RunningGate, limit: int = 3) -> list[Line]:
    """All that can be exported, page by page."""
    lines: list[Line] = []
    target = f"/export?limit={limit}"
    for _ in range(100):
        answer = send(gate, "GET", target)
        assert (200, LINES) == (answer.status, answer.headers["content-type"])
        lines += [json.loads(line) for line in answer.text.splitlines()]
        if "link" not in answer.headers:
            break
        target = answer.headers["link"].partition(">")[0].removeprefix("<")
    return lines


def import_(gate: RunningGate, *lines: Any) -> Answer:
    """Import some lines."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return gate.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})


def line_of(gate: RunningGate, account: tuple[str, str]) -> Line:
    """One profile, exported."""
    line: Line = send(gate, "GET", f"/profiles/{id_of(gate, account)}/export").json()
    return line


def test_an_export_is_every_profile_once(gate: RunningGate) -> None:
    """
    RFC 8288: a Link with rel="next" leads on, and the last page has none.
    """
    lines = all_lines(gate)

    assert len(gate.rows("SELECT id FROM profiles")) == len({line["id"] for line in lines})
    assert line_of(gate, LENA) in lines


def test_an_export_holds_no_credential(gate: RunningGate) -> None:
    """
    "No credentials, no history": what opens a door stays where it is.
    """
    text = json.dumps(all_lines(gate))

    assert "22eac1c27af4be7b9d04da2ce1af111b" not in text
    assert "demo-secret" not in text


def test_what_was_exported_can_be_imported_elsewhere(gate: RunningGate) -> None:
    """
    Another gate, which knows nobody, comes to know them just so.
    """
    lines = all_lines(gate)
    shown = {line["id"]: profile(gate, line["id"]) for line in lines}
    gate.empty()

    answer = import_(gate, *lines)

    assert {"imported": len(lines), "unchanged": 0, "refused": []} == answer.json()
    for line in lines:
        assert {**shown[line["id"]], "version": 0} == {**profile(gate, line["id"]), "version": 0}


def test_the_same_lines_twice_are_once(gate: RunningGate) -> None:
    """
    Idempotent: an import that was cut off is just sent again.
    """
    lines = all_lines(gate)

    answer = import_(gate, *lines, *lines)

    assert {"imported": 0, "unchanged": 2 * len(lines), "refused": []} == answer.json()


def test_a_profile_that_is_here_otherwise_is_not_overwritten(gate: RunningGate) -> None:
    """
    Nothing is lost silently; the other lines are taken all the same.
    """
    old = line_of(gate, KAI)
    send(gate, "PATCH", f"/profiles/{old['id']}", {"name": {"given": "Zoe"}})

    answer = import_(gate, old, line_of(gate, VERA))

    counts = answer.json()
    assert (0, 1, [0]) == (
        counts["imported"],
        counts["unchanged"],
        [refused["item"] for refused in counts["refused"]],
    )
    assert "Zoe" == gate.fields(*KAI)["name.given"]


def with_field(path: str, value: Any) -> Callable[[Line], Line]:
    """A line with another shared field."""
    return lambda line: {**line, "fields": {**line["fields"], path: value}}


def with_account(**more: Any) -> Callable[[Line], Line]:
    """A line whose first account is another one."""
    return lambda line: {**line, "accounts": [{**line["accounts"][0], **more}]}


BAD: Mapping[str, Callable[[Line], Line]] = {
    "a field that there is not": with_field("name.nick", "Z"),
    "an account's field among the shared ones": with_field("account.status", "VERIFIED"),
    "a name that is a number": with_field("name.given", 5),
    "a name that is written in some form": with_field("name.given", {"country-name": "Z"}),
    "null": with_field("name.given", None),
    "a date that there is not": with_field("birth.date", "1990-02-30"),
    "a country in two forms": with_field("birth.country", {"a": "A", "b": "B"}),
    "a list of numbers": with_field("nationalities", [1]),
    "tax numbers that are none": with_field("tax.ids", 5),
    "a tax number without a country": with_field("tax.ids", [{"id": "1"}]),
    "documents that are none": with_field("documents.virtual", {"type": "SSN"}),
    "a document without a type": with_field("documents.virtual", [{"id": "1"}]),
    "a number that is a text": with_field("activity.transactions_per_month", "1"),
    "a number that is true": with_field("activity.transactions_per_month", True),
    "a provider that there is not": with_account(provider="museum"),
    "our own API as a provider": with_account(provider="profiles"),
    "an id that the provider could not have": with_account(external_id="1"),
    "an id of another account": with_account(fields={"account.id": "1"}),
    "an account without what its door needs": with_account(
        fields={"account.id": VERA[1], "account.status": "VERIFIED"}
    ),
    "a shared field among the account's own": with_account(
        fields={"account.id": VERA[1], "name.given": "Zoe"}
    ),
    "more than an export has": lambda line: {**line, "remark": "Z"},
    "an id in capital letters": lambda line: {**line, "id": line["id"].upper()},
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_a_line_that_no_export_has_is_refused_and_stops_no_other(
    gate: RunningGate, spoil: Callable[[Line], Line]
) -> None:
    """
    What is imported is checked like any other body: it would break the doors otherwise.
    """
    line = line_of(gate, VERA)
    other = line_of(gate, KAI)
    gate.empty()

    counts = import_(gate, spoil(line), other).json()

    assert (1, [0]) == (counts["imported"], [refused["item"] for refused in counts["refused"]])
    assert 1 == len(gate.rows("SELECT id FROM profiles"))


def test_lines_that_are_no_profiles_are_named_by_their_places(gate: RunningGate) -> None:
    """
    The body as a whole is against the spec then, and nothing of it is written.
    """
    answer = import_(gate, {"id": "x"}, 5)

    assert 400 == answer.status
    assert {"/0/version", "/0/fields", "/0/accounts", "/1"} <= faults(answer).keys()


BROKEN = {
    "a line that is no JSON": b'{"id": "1"}\n{\n',
    "a key twice": b'{"id": "1", "id": "2"}\n',
    "not UTF-8": b'{"id": "\xff"}\n',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_line_that_cannot_be_read_is_told_by_its_number(gate: RunningGate, body: bytes) -> None:
    """
    In a body of thousands of lines "not JSON" alone would help nobody.
    """
    answer = gate.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})

    assert 400 == answer.status
    assert answer.json()["detail"].startswith("line ")


def test_empty_lines_do_not_count(gate: RunningGate) -> None:
    """
    A file ends in a line break, or in two.
    """
    body = b"\n" + json.dumps(line_of(gate, KAI)).encode() + b"\r\n\n"

    answer = gate.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})

    assert {"imported": 0, "unchanged": 1, "refused": []} == answer.json()
