"""Completeness: what a provider has beside its spec and its handlers."""

from pathlib import Path

import pytest

from profilegate.admin.seed_files import read_demo_data
from profilegate.openapi import read_spec
from profilegate.openapi.resources import spec_files, specs_folder
from tests.specs.all_specs import OURS

ROOT = Path(__file__).parents[2]

PROVIDERS = {path.stem: path for path in spec_files(specs_folder()) if path.stem not in OURS}

EACH_PROVIDER = pytest.mark.parametrize("name", PROVIDERS)


@EACH_PROVIDER
def test_a_provider_has_tests(name: str) -> None:
    """
    Write tests/<name>/test_<what>.py; `profilegate new-provider` writes the first ones.
    """

    assert [] != list((ROOT / "tests" / name).glob("test_*.py"))


@EACH_PROVIDER
def test_a_provider_has_a_row_in_the_readme(name: str) -> None:
    """
    Add a row to the table "The providers" of README.md that ends with `/docs/<name>`.
    """
    rows = [
        line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if line[:1] == "|"
    ]

    assert 1 == sum(f"| `/docs/{name}` |" in row for row in rows)


@EACH_PROVIDER
def test_a_provider_has_demo_data(name: str) -> None:
    """
    Somebody who tries it needs a credential: add it to handlers/<name>/demo-data.yaml.
    """
    data = read_demo_data()
    accounts = [account for person in data["people"] for account in person["accounts"]]
    known = [*data["credentials"], *accounts]

    assert not read_spec(PROVIDERS[name]).security_schemes or name in {
        each["provider"] for each in known
    }


@EACH_PROVIDER
def test_a_provider_that_maps_the_profile_has_somebody_to_show(name: str) -> None:
    """
    An operation that reads or updates the profile finds an account in the demo data.
    """
    is_mapped = "x-profile" in PROVIDERS[name].read_text("utf-8")
    people = read_demo_data()["people"]
    shown = {account["provider"] for person in people for account in person["accounts"]}

    assert not is_mapped or name in shown
