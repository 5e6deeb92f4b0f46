"""The shared profile's fields: every path that a spec may map to, as data."""

from dataclasses import dataclass
from typing import Any, Literal

Fields = dict[str, Any]
"""Path -> stored value: ``{"name.given": "Zoe", "account.status": "VERIFIED"}``. A path without a
value is absent; None never occurs."""

Changes = dict[str, Any]
"""Path -> new stored value, or None to remove the value."""

ACCOUNT_PREFIX = "account."
"""Paths below it belong to one provider's account alone and are not listed here."""

ACCOUNT_ID = "account.id"
"""The provider's own name for the account; the store puts it in, nobody changes it."""

ACCOUNT_LOGIN = "account.login"
"""What an account's person logs in with; unique within a provider and a namespace."""


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """How a list of documents takes new ones; documents are matched by their ``type``.

    ``archive``: the ones already there are archived and the new copy gets a new id.
    ``replace``: the new one takes the place and the id of the one already there.
    ``contents`` are keys that are kept apart from the profile, sealed, and never shown.
    """

    on_same_type: Literal["archive", "replace"]
    contents: tuple[str, ...] = ()


FIELDS: frozenset[str] = frozenset(
    """
    name.given name.middle name.family
    birth.date birth.city birth.country
    gender email phone occupation language nationalities
    employer.name employer.address employer.phone
    organization.legal_name organization.formed_on organization.website
    organization.size organization.type
    activity.scope activity.transactions_per_month activity.frequency
    tax.tin tax.ids
    registration.state_number registration.okpo registration.kpp
    documents.physical documents.virtual
    """.split()
) | frozenset(
    f"addresses.{which}.{part}"
    for which in ("residential", "postal", "registered")
    for part in ("line1", "line2", "city", "region", "postal_code", "country")
)
"""Paths of plain values and of lists; all text unless a spec's schema says otherwise."""

DOCUMENTS: dict[str, DocumentRule] = {
    # Machnet: "Updating physical_document object will add a new copy of the document and
    # archive the older one." For virtual documents the page is silent: we chose replacing.
    "documents.physical": DocumentRule("archive", contents=("front", "back")),
    "documents.virtual": DocumentRule("replace"),
}
