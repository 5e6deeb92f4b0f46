"""specs/profile.yaml: how it is checked, and how stored values are checked by it."""

import re
from pathlib import Path
from typing import Any

import pytest

from profilegate.errors import SpecError
from profilegate.openapi import read_spec
from profilegate.openapi.export_schema import AccountForm, validate_export
from profilegate.openapi.profile_schema import validate_changes
from profilegate.openapi.resources import SHARED_PROFILE, specs_folder
from profilegate.openapi.shared_profile import read_shared_profile

HEAD = 'profile: "1"\ngroups: {name: {title: Name, description: N.}}\n'

BROKEN: dict[str, tuple[str, str, str]] = {
    "no shared profile": ("", "", "this is not a shared profile"),
    "no fields": (HEAD, "", "`fields` is missing"),
    "a field without a type": (
        f"{HEAD}fields: {{name.given: {{description: G.}}}}",
        "/fields/name.given/",
        "a field needs a type",
    ),
    "a field of no group": (
        f"{HEAD}fields: {{birth.date: {{description: D., type: string}}}}",
        "/fields/birth.date/",
        'there is no group "birth"',
    ),
    "a keyword of a provider's spec": (
        f"{HEAD}fields: {{email: {{description: E., type: string, x-lock: always}}}}",
        "/fields/email/x-lock",
        'keyword "x-lock" is not supported on a profile field',
    ),
    "a format that is not checked": (
        f"{HEAD}fields: {{email: {{description: E., type: string, format: mail}}}}",
        "/fields/email/format",
        "this format is not supported",
    ),
    "documents without their contents": (
        f"{HEAD}fields:\n  scans:\n    description: S.\n    type: array\n"
        "    items: {properties: {type: {type: string}, id: {type: string}}}\n"
        "    x-documents: {on_same_type: archive, value: front, contents: [front]}\n",
        "/fields/scans/x-documents",
        "documents have no front",
    ),
}


@pytest.mark.parametrize(("text", "at", "what"), BROKEN.values(), ids=BROKEN)
def test_a_broken_shared_profile_is_rejected(text: str, at: str, what: str, tmp_path: Path) -> None:
    """
    The file, the place and the error, as for every spec.
    """
    file = tmp_path / "profile.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(SpecError) as caught:
        read_shared_profile(file)

    assert ("specs/profile.yaml", at, what) == (
        caught.value.file,
        caught.value.pointer,
        caught.value.what,
    )


def test_every_field_says_what_it_is() -> None:
    """
    The admin API and the docs take their descriptions from here.
    """
    profile = read_shared_profile(specs_folder() / SHARED_PROFILE)

    assert [] == [path for path, node in profile.fields.items() if node["description"][-1] != "."]


IDENTIFIERS: dict[str, tuple[Any, list[str]]] = {
    "a CONCAT identifier": (
        {"type": "concat", "value": "DE19900101ZOE", "calculated_at": "2025-04-15T00:00:00Z"},
        [],
    ),
    "a passport": ({"type": "passport", "value": "C01X00T47"}, []),
    "a plain identifier": ("C01X00T47", []),
    "an identifier of no form": (5, ["accounts[0].fields.account.client_identifier"]),
}


@pytest.mark.parametrize(("value", "rejected"), IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_an_accounts_own_object_is_imported(value: Any, rejected: list[str]) -> None:
    """
    Kraken's client_identifier is an object, whose form is in Kraken's spec.
    """
    form = AccountForm.of(
        read_spec(specs_folder() / "kraken.yaml"), re.compile("U1"), {}, has_tenant=True
    )
    account = {
        "provider": "kraken",
        "external_id": "U1",
        "tenant": "demo",
        "reference": None,
        "fields": {"account.id": "U1", "account.client_identifier": value},
    }
    document = {
        "id": "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1eff",
        "version": 1,
        "fields": {},
        "accounts": [account],
        "documents": [],
    }

    assert rejected == [each.field for each in validate_export(document, {"kraken": form}.get)]


def test_an_accounts_violations_are_reported_at_once() -> None:
    """
    "All violations at once": the id, the tenant and the fields of an account in an export.
    """
    spec = read_spec(specs_folder() / "kraken.yaml")
    form = AccountForm.of(spec, re.compile("U1"), {}, has_tenant=True)
    account = {"provider": "kraken", "external_id": "U2", "tenant": None, "reference": None}
    document = {
        "id": "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1eff",
        "fields": {},
        "accounts": [{**account, "fields": {"account.id": "U3"}}],
        "documents": [],
    }
    found = [each.field for each in validate_export(document, {"kraken": form}.get)]

    assert ["external_id", "tenant", "fields.account.id"] == [
        field.removeprefix("accounts[0].") for field in found
    ]


def test_a_typed_value_is_in_its_common_form() -> None:
    """
    A value without a common form belongs to one provider; a person types the common form.
    """
    typed = {"phone": {"phone-digits": "12"}, "birth.country": "Germany", "gender": None}

    assert ["birth.country", "phone"] == sorted(v.field for v in validate_changes(typed))
