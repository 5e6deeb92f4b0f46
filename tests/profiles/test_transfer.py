"""Profiles as lines of JSON: out of one gate, into another."""

import json
from typing import Any

import pytest

from tests.exported_lines import BAD, SECRET, Line, Spoil
from tests.profiles.client import ADMIN, KAI, LENA, VERA, faults, id_of, profile, send
from tests.running_gateway import Answer, RunningGate

LINES = "application/x-ndjson"


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


@pytest.mark.parametrize(("spoil", "told"), BAD.values(), ids=BAD)
def test_a_line_that_no_export_has_is_refused_and_stops_no_other(
    gate: RunningGate, spoil: Spoil, told: str
) -> None:
    """
    What is imported is checked like any other body: it would break the doors otherwise. The
    field and its rule are told, and nothing of what was sent.
    """
    line = line_of(gate, VERA)
    other = line_of(gate, KAI)
    gate.empty()

    answer = import_(gate, spoil(line), other)

    [refused] = answer.json()["refused"]
    assert (1, 0) == (answer.json()["imported"], refused["item"])
    assert refused["detail"].startswith(told)
    assert SECRET not in answer.text
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
