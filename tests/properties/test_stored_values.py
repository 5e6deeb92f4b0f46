"""What a provider API writes, an import accepts."""

import re
from typing import Any

from hypothesis import given

from profilegate.openapi.export_schema import AccountForm, validate_export
from profilegate.profile.decision import decide
from profilegate.profile.fields import ACCOUNT_PREFIX, Fields
from tests.properties.forms import Form, profiles, sent, thorough

PROFILE_ID = "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1eff"


def exported(form: Form, fields: Fields, contents: list[Any]) -> dict[str, Any]:
    """A profile with one account, as an export contains it."""
    return {
        "id": PROFILE_ID,
        "fields": {p: v for p, v in fields.items() if not p.startswith(ACCOUNT_PREFIX)},
        "accounts": [
            {
                "provider": form.spec.name,
                "external_id": fields["account.id"],
                "tenant": None,
                "reference": None,
                "fields": {p: v for p, v in fields.items() if p.startswith(ACCOUNT_PREFIX)},
            }
        ],
        "documents": [
            {
                "id": content.document_id,
                "path": content.path,
                "archived_at": "2026-11-25T21:00:00.000001Z",
                "document": content.document,
            }
            for content in contents
        ],
    }


@thorough
@given(profiles(), sent())
def test_an_import_accepts_what_a_provider_writes(before: Fields, sent: tuple[Form, Any]) -> None:
    """
    The rules of specs/profile.yaml hold for every value that a provider API can write, and the
    rules of an account's own fields are those of its provider.
    """
    form, body = sent
    decision = decide({**before, **form.own}, form.changes(body))
    rules = AccountForm.of(form.spec, re.compile(".*", re.DOTALL), {}, has_tenant=False)
    document = exported(form, decision.fields, decision.contents)

    assert [] == validate_export(document, {form.spec.name: rules}.get)
