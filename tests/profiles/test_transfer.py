"""Export and import of profiles as JSON Lines."""

import json
from typing import Any

import pytest

from profilegate.store import Session
from tests.clients import BUSINESS, INDIVIDUAL, JSON, diadoc_authorization
from tests.diadoc.page import LOGIN_AND_NAME, NAME
from tests.diadoc.samples import post, target_of
from tests.exported_lines import BAD, SECRET, Change, Line
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
    """Export everything, page by page."""
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
    RFC 8288: a Link with rel="next" leads to the next page; the last page has none.
    """
    lines = all_lines(gateway)

    assert len(gateway.rows("SELECT id FROM profiles")) == len({line["id"] for line in lines})
    assert line_of(gateway, LENA) in lines


def test_an_export_holds_no_credential(gateway: RunningGateway) -> None:
    """
    "No credentials, no history".
    """
    text = json.dumps(all_lines(gateway))

    assert "22eac1c27af4be7b9d04da2ce1af111b" not in text
    assert "demo-secret" not in text


def test_an_import_restores_an_export(gateway: RunningGateway) -> None:
    """
    A gateway with an empty store shows the same profiles after the import.
    """
    lines = all_lines(gateway)
    shown = {line["id"]: profile(gateway, line["id"]) for line in lines}
    gateway.empty()

    response = import_(gateway, *lines)

    assert {"imported": len(lines), "unchanged": 0, "rejected": []} == response.json()
    for line in lines:
        assert {**shown[line["id"]], "version": 0} == {**profile(gateway, line["id"]), "version": 0}


def send_every_published_sample(gateway: RunningGateway) -> None:
    """Send the samples of all four pages, and open the mailed link of one of them."""
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


def test_what_every_published_sample_wrote_is_exported_and_imported(
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


def damage(gateway: RunningGateway, table: str, row_id: str) -> None:
    """Overwrite the sealed value of a row."""

    def spoil(session: Session) -> int:
        sql = f"UPDATE {table} SET sealed = :spoilt WHERE id = :id"
        return session.run(sql, spoilt=bytes(40), id=row_id)

    gateway.run(gateway.store.write(spoil))


def test_lists_and_exports_skip_a_damaged_profile_and_name_it(gateway: RunningGateway) -> None:
    """
    The list has ``damaged``. The lines of an export stay profiles, which an import accepts; a
    header names the damaged one. The pages go on behind it.
    """
    ids = [line["id"] for line in all_lines(gateway)]
    damage(gateway, "profiles", ids[1])
    listed = send(gateway, "GET", "/profiles?limit=2").json()
    exported = send(gateway, "GET", "/export?limit=2")

    assert [ids[0]] == [each["id"] for each in listed["profiles"]]
    assert [ids[1]] == listed["damaged"]
    assert (200, ids[1]) == (exported.status, exported.headers["damaged-profiles"])
    assert [ids[0], *ids[2:]] == [line["id"] for line in all_lines(gateway, limit=2)]


def test_lists_name_damaged_mails_and_credentials(gateway: RunningGateway) -> None:
    """
    One damaged row does not hide the others of its page.
    """
    post(gateway, LOGIN_AND_NAME, diadoc_authorization())
    expected, found = {}, {}
    for table in ("outbox", "credentials"):
        ((expected[table],),) = gateway.rows(f"SELECT min(id) FROM {table}")
        damage(gateway, table, expected[table])
        pages = send(gateway, "GET", f"/{table}").json()
        items = pages["mails" if table == "outbox" else table]
        (found[table],) = [item["id"] for item in items if item.get("damaged")]

    assert expected == found


def test_a_time_may_be_written_in_another_form(gateway: RunningGateway) -> None:
    """
    The same line twice is imported once, whatever form of RFC 3339 its times have.
    """
    machnet_calls.patch(gateway, INDIVIDUAL, MACHNET_INDIVIDUAL)
    line = line_of(gateway, ("machnet", INDIVIDUAL))
    line["documents"][0]["archived_at"] = "2020-01-01T02:00:00+02:00"
    gateway.empty()
    outcomes = [import_(gateway, line).json() for _ in range(2)]

    assert [(1, 0), (0, 1)] == [(each["imported"], each["unchanged"]) for each in outcomes]


def test_lines_of_older_releases_are_imported(gateway: RunningGateway) -> None:
    """
    Their version is ignored: the history of an imported profile starts again.
    """
    line = line_of(gateway, LENA)
    gateway.empty()
    response = import_(gateway, {**line, "version": 7})

    assert 1 == response.json()["imported"]
    assert line == line_of(gateway, LENA)


def test_a_second_import_changes_nothing(gateway: RunningGateway) -> None:
    """
    Idempotent: a client repeats an interrupted import.
    """
    lines = all_lines(gateway)

    response = import_(gateway, *lines, *lines)

    assert {"imported": 0, "unchanged": 2 * len(lines), "rejected": []} == response.json()


def test_an_import_never_overwrites_a_profile(gateway: RunningGateway) -> None:
    """
    A profile with other values is rejected; the other lines are imported.
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


@pytest.mark.parametrize(("change", "reported"), BAD.values(), ids=BAD)
def test_an_invalid_line_is_rejected_and_the_others_are_imported(
    gateway: RunningGateway, change: Change, reported: str
) -> None:
    """
    An import is validated like every other body. The message names the field and the rule, and
    repeats no value.
    """
    line = line_of(gateway, VERA)
    other = line_of(gateway, KAI)
    gateway.empty()

    response = import_(gateway, change(line), other)

    [rejected] = response.json()["rejected"]
    assert (1, 0) == (response.json()["imported"], rejected["item"])
    assert rejected["detail"].startswith(reported)
    assert SECRET not in response.text
    assert 1 == len(gateway.rows("SELECT id FROM profiles"))


def test_a_body_that_violates_the_schema_is_rejected_as_a_whole(gateway: RunningGateway) -> None:
    """
    Each violation has a JSON pointer that begins with the number of its line.
    """
    response = import_(gateway, {"id": "x"}, 5)

    assert 400 == response.status
    assert {"/0/fields", "/0/accounts", "/0/documents", "/1"} <= violations(response).keys()


BROKEN = {
    "a line that is not JSON": b'{"id": "1"}\n{\n',
    "a key twice": b'{"id": "1", "id": "2"}\n',
    "not UTF-8": b'{"id": "\xff"}\n',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_an_unreadable_line_is_reported_by_its_number(gateway: RunningGateway, body: bytes) -> None:
    """
    A body may have thousands of lines.
    """
    response = gateway.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})

    assert 400 == response.status
    assert response.json()["detail"].startswith("line ")


def test_empty_lines_are_ignored(gateway: RunningGateway) -> None:
    """
    A file may end with several line breaks.
    """
    body = b"\n" + json.dumps(line_of(gateway, KAI)).encode() + b"\r\n\n"

    response = gateway.send("POST", "/import", body=body, headers={**ADMIN, "Content-Type": LINES})

    assert {"imported": 0, "unchanged": 1, "rejected": []} == response.json()
