"""Profiles as lines of JSON: out of one gateway, into another."""

import json
from typing import Any

import pytest

from tests.clients import BUSINESS, INDIVIDUAL, JSON, diadoc_authorization
from tests.diadoc.page import LOGIN_AND_NAME, NAME
from tests.diadoc.samples import post, target_of
from tests.exported_lines import BAD, SECRET, Line, Spoil
from tests.kraken import calls as kraken_calls
from tests.kraken.test_samples import SAMPLE as KRAKEN_SAMPLE
from tests.machnet import calls as machnet_calls
from tests.machnet.page import BUSINESS_REQUEST
from tests.machnet.test_samples import FIXED as MACHNET_INDIVIDUAL
from tests.navixy.bodies import PATH as NAVIXY_PATH
from tests.navixy.page import SAMPLE as NAVIXY_SAMPLE
from tests.profiles.client import ADMIN, KAI, LENA, VERA, id_of, profile, send, violations
from tests.running_gateway import Response, RunningGateway

LINES = "application/x-ndjson"


def all_lines(gateway: RunningGateway, limit: int = 3) -> list[Line]:
    """All that can be exported, page by page."""
    lines: list[Line] = []
    target = f"/export?limit={limit}"
    for _ in range(100):
        response = send(gateway, "GET", target)
        assert (200, LINES) == (response.status, response.headers["content-type"])
        lines += [json.loads(line) for line in response.text.splitlines()]
        if "link" not in response.headers:
            break
        target = response.headers["link"].partition(">")[0].removeprefix("<")
    return lines


def import_(gateway: RunningGateway, *lines: Any) -> Response:
    """Import some lines."""
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    return gateway.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})


def line_of(gateway: RunningGateway, account: tuple[str, str]) -> Line:
    """One profile, exported."""
    line: Line = send(gateway, "GET", f"/profiles/{id_of(gateway, account)}/export").json()
    return line


def test_an_export_is_every_profile_once(gateway: RunningGateway) -> None:
    """
    RFC 8288: a Link with rel="next" leads on, and the last page has none.
    """
    lines = all_lines(gateway)

    assert len(gateway.rows("SELECT id FROM profiles")) == len({line["id"] for line in lines})
    assert line_of(gateway, LENA) in lines


def test_an_export_holds_no_credential(gateway: RunningGateway) -> None:
    """
    "No credentials, no history": what opens a provider stays where it is.
    """
    text = json.dumps(all_lines(gateway))

    assert "22eac1c27af4be7b9d04da2ce1af111b" not in text
    assert "demo-secret" not in text


def test_what_was_exported_can_be_imported_elsewhere(gateway: RunningGateway) -> None:
    """
    Another gateway, which knows nobody, comes to know them just so.
    """
    lines = all_lines(gateway)
    shown = {line["id"]: profile(gateway, line["id"]) for line in lines}
    gateway.empty()

    response = import_(gateway, *lines)

    assert {"imported": len(lines), "unchanged": 0, "rejected": []} == response.json()
    for line in lines:
        assert {**shown[line["id"]], "version": 0} == {**profile(gateway, line["id"]), "version": 0}


def send_every_published_sample(gateway: RunningGateway) -> None:
    """The samples of all four pages, and the link in the mail that one of them leads to."""
    responses = [
        gateway.send("POST", NAVIXY_PATH, body=NAVIXY_SAMPLE, headers=JSON),
        machnet_calls.patch(gateway, INDIVIDUAL, MACHNET_INDIVIDUAL),
        machnet_calls.patch(gateway, BUSINESS, BUSINESS_REQUEST),
        post(gateway, LOGIN_AND_NAME, diadoc_authorization()),
        post(gateway, NAME, diadoc_authorization()),
        kraken_calls.patch(gateway, KRAKEN_SAMPLE),
    ]
    (mail,) = gateway.mails()
    responses.append(gateway.send("GET", target_of(mail)))
    assert [200] * 7 == [response.status for response in responses]


def test_what_every_published_sample_wrote_survives_the_way_to_another_gateway(
    gateway: RunningGateway,
) -> None:
    """
    "An import accepts everything that an export produces", and exports it again as it was.
    """
    before = all_lines(gateway)
    send_every_published_sample(gateway)
    lines = all_lines(gateway)
    gateway.empty()
    import_(gateway, *lines)

    assert 5 == sum(one != other for one, other in zip(before, lines, strict=True))
    assert lines == all_lines(gateway)


def test_lines_of_older_releases_are_imported(gateway: RunningGateway) -> None:
    """
    They hold a version, which says nothing about the history that begins here.
    """
    line = line_of(gateway, LENA)
    gateway.empty()
    response = import_(gateway, {**line, "version": 7})

    assert 1 == response.json()["imported"]
    assert line == line_of(gateway, LENA)


def test_the_same_lines_twice_are_once(gateway: RunningGateway) -> None:
    """
    Idempotent: an import that was cut off is just sent again.
    """
    lines = all_lines(gateway)

    response = import_(gateway, *lines, *lines)

    assert {"imported": 0, "unchanged": 2 * len(lines), "rejected": []} == response.json()


def test_a_profile_that_is_here_otherwise_is_not_overwritten(gateway: RunningGateway) -> None:
    """
    Nothing is lost silently; the other lines are taken all the same.
    """
    old = line_of(gateway, KAI)
    send(gateway, "PATCH", f"/profiles/{old['id']}", {"name": {"given": "Zoe"}})

    response = import_(gateway, old, line_of(gateway, VERA))

    counts = response.json()
    assert (0, 1, [0]) == (
        counts["imported"],
        counts["unchanged"],
        [rejected["item"] for rejected in counts["rejected"]],
    )
    assert "Zoe" == gateway.fields(*KAI)["name.given"]


@pytest.mark.parametrize(("spoil", "reported"), BAD.values(), ids=BAD)
def test_a_line_that_no_export_has_is_rejected_and_stops_no_other(
    gateway: RunningGateway, spoil: Spoil, reported: str
) -> None:
    """
    What is imported is checked like any other body: it would break the providers otherwise. The
    field and its rule are told, and nothing of what was sent.
    """
    line = line_of(gateway, VERA)
    other = line_of(gateway, KAI)
    gateway.empty()

    response = import_(gateway, spoil(line), other)

    [rejected] = response.json()["rejected"]
    assert (1, 0) == (response.json()["imported"], rejected["item"])
    assert rejected["detail"].startswith(reported)
    assert SECRET not in response.text
    assert 1 == len(gateway.rows("SELECT id FROM profiles"))


def test_lines_that_are_no_profiles_are_named_by_their_places(gateway: RunningGateway) -> None:
    """
    The body as a whole is against the spec then, and nothing of it is written.
    """
    response = import_(gateway, {"id": "x"}, 5)

    assert 400 == response.status
    assert {"/0/fields", "/0/accounts", "/0/documents", "/1"} <= violations(response).keys()


BROKEN = {
    "a line that is no JSON": b'{"id": "1"}\n{\n',
    "a key twice": b'{"id": "1", "id": "2"}\n',
    "not UTF-8": b'{"id": "\xff"}\n',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_line_that_cannot_be_read_is_reported_by_its_number(
    gateway: RunningGateway, body: bytes
) -> None:
    """
    In a body of thousands of lines "not JSON" alone would help nobody.
    """
    response = gateway.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})

    assert 400 == response.status
    assert response.json()["detail"].startswith("line ")


def test_empty_lines_do_not_count(gateway: RunningGateway) -> None:
    """
    A file ends in a line break, or in two.
    """
    body = b"\n" + json.dumps(line_of(gateway, KAI)).encode() + b"\r\n\n"

    response = gateway.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})

    assert {"imported": 0, "unchanged": 1, "rejected": []} == response.json()
