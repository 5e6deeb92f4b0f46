"""The command ledger: figures, our own choices, and JSON for programs."""

import json
from pathlib import Path

from tests.gateway_process import run
from tests.specs.all_specs import PROVIDERS


def test_without_a_provider_it_prints_figures(tmp_path: Path) -> None:
    """
    A row for each provider; every rule has a test.
    """
    ended = run(tmp_path, "ledger")
    heads, *rows = (line.split() for line in ended.stdout.splitlines())

    assert (0, "") == (ended.returncode, ended.stderr)
    assert sorted(PROVIDERS) == [row[0] for row in rows]
    for row in rows:
        figures = dict(zip(heads, row, strict=True))
        classes = [figures[name] for name in ("DOCUMENTED", "EXAMPLE", "INFERRED", "ASSUMED")]
        assert figures["RULES"] == figures["TESTED"] == str(sum(map(int, classes)))


def test_a_rule_has_its_place_its_class_and_a_test(tmp_path: Path) -> None:
    """
    The place is one that an editor opens.
    """
    ended = run(tmp_path, "ledger", "kraken")
    (row,) = [
        line for line in ended.stdout.splitlines() if "UserId" in line and "minLength" in line
    ]

    assert row.startswith("specs/kraken.yaml:")
    assert row.split()[1:] == [
        "UserId", "minLength", "14", "documented",
        "tests/ledger/test_requests.py::test_a_request_that_breaks_a_rule_is_rejected",
    ]  # fmt: skip


def test_our_own_choices_have_a_reason(tmp_path: Path) -> None:
    """
    ``--assumed`` lists them, of one provider or of all.
    """
    one, every = (
        run(tmp_path, "ledger", "navixy", "--assumed"),
        run(tmp_path, "ledger", "--assumed"),
    )

    assert (0, 0) == (one.returncode, every.returncode)
    assert {"specs/navixy.yaml", "PLACE"} == {
        line.partition(":")[0].split()[0] for line in one.stdout.splitlines()
    }
    assert one.stdout.splitlines()[-1].split() == every.stdout.splitlines()[-1].split()
    assert all("assumed" in line for line in one.stdout.splitlines()[1:])


def test_json_has_a_rule_on_each_line(tmp_path: Path) -> None:
    """
    With its JSON pointer, its sentence and all of its tests.
    """
    ended = run(tmp_path, "ledger", "machnet", "--json")
    rules = {each["pointer"]: each for each in map(json.loads, ended.stdout.splitlines())}
    lock = rules["#/components/schemas/IndividualUpdate/properties/gender/x-lock"]

    assert ("lock", "verified", "documented") == (lock["kind"], lock["value"], lock["basis"])
    assert "Updatable fields for send user (individual)" in lock["note"]
    assert (
        "tests/machnet/test_updatable_fields.py::test_a_no_rejects_a_new_value_and_the_whole_body"
        in lock["tests"]
    )


def test_an_unknown_provider_is_a_usage_error(tmp_path: Path) -> None:
    """
    It names those that there are.
    """
    ended = run(tmp_path, "ledger", "acme")

    assert 2 == ended.returncode
    assert f"PROVIDER must be one of {', '.join(sorted(PROVIDERS))}" in ended.stderr
