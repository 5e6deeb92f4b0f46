# Generated from specs/profiles.yaml by `make generate`. Edit the spec, not this file.
"""Profilegate profiles: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.rules import (
    Changes,
    Fields,
    LockRules,
    ProfileMapping,
)


class Name(TypedDict, total=False):
    """A person's name."""

    given: str | None
    middle: str | None
    family: str | None


class Birth(TypedDict, total=False):
    """When and where a person was born."""

    date: str | None
    city: str | None
    country: str | None


class ResidentialAddress(TypedDict, total=False):
    """Where a person lives."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class PostalAddress(TypedDict, total=False):
    """Where letters go."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class RegisteredAddress(TypedDict, total=False):
    """Where an organisation is registered."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class Addresses(TypedDict, total=False):
    """Addresses, by what they are for."""

    residential: ResidentialAddress | None
    postal: PostalAddress | None
    registered: RegisteredAddress | None


class Employer(TypedDict, total=False):
    """Whom a person works for."""

    name: str | None
    address: str | None
    phone: str | None


class Organization(TypedDict, total=False):
    """What an organisation is."""

    legal_name: str | None
    formed_on: str | None
    website: str | None
    size: str | None
    type: str | None


class Activity(TypedDict, total=False):
    """What a person or organisation does."""

    scope: str | None
    transactions_per_month: int | None
    frequency: str | None


class TaxId(TypedDict):
    """A tax number and the country that gave it."""

    id: str
    country: str


class Tax(TypedDict, total=False):
    """Tax numbers."""

    tin: str | None
    ids: list[TaxId] | None


class Registration(TypedDict, total=False):
    """Numbers in registers."""

    state_number: str | None
    okpo: str | None
    kpp: str | None


class Details(TypedDict, total=False):
    """What is known of a person or organisation; null removes, and is never in a response."""

    name: Name | None
    birth: Birth | None
    gender: Literal["male", "female", "other"] | None
    email: str | None
    phone: str | None
    occupation: str | None
    language: str | None
    nationalities: list[str] | None
    addresses: Addresses | None
    employer: Employer | None
    organization: Organization | None
    activity: Activity | None
    tax: Tax | None
    registration: Registration | None


class PhysicalDocument(TypedDict):
    """A copy of a document, without its contents."""

    type: str
    id: str
    country: NotRequired[str]
    region: NotRequired[str]
    expires_on: NotRequired[str]
    issuing_authority: NotRequired[str]


class VirtualDocument(TypedDict):
    """A document's number."""

    type: str
    id: str
    value: NotRequired[str]
    country: NotRequired[str]
    region: NotRequired[str]
    expires_on: NotRequired[str]
    issuing_authority: NotRequired[str]


class Documents(TypedDict, total=False):
    """Documents; they are sent and replaced through the provider APIs only."""

    physical: list[PhysicalDocument]
    virtual: list[VirtualDocument]


class WrittenValue(TypedDict):
    """A value without a common form."""

    field: str
    form: str
    text: str


AsWritten = list[WrittenValue]
"""Values that have no common form, as a provider wrote them."""


class Account(TypedDict):
    """A provider's account on a profile."""

    provider: str
    external_id: str
    tenant: NotRequired[str]
    fields: dict[str, Any]


class Profile(Details):
    """A profile as it is, with its accounts."""

    id: str
    version: int
    documents: NotRequired[Documents]
    as_written: NotRequired[AsWritten]
    accounts: list[Account]


class ProfilePage(TypedDict):
    """Some profiles."""

    profiles: list[Profile]
    next: NotRequired[str]


class AccountPage(TypedDict):
    """A profile's accounts."""

    accounts: list[Account]


class OwnChanges(TypedDict, total=False):
    """What is an account's own and decided by its provider alone."""

    status: Literal["UNVERIFIED", "IN_PROGRESS", "RETRY", "REVIEW_PENDING", "VERIFIED", "SUSPENDED"]
    plugins: list[int]


class OwnFields(OwnChanges):
    """What is an account's own at first; each provider has some of these."""

    business: NotRequired[bool]
    type: NotRequired[Literal["SEND", "RECEIVE"]]
    login: NotRequired[str]


class NewAccount(TypedDict):
    """An account that is to be created."""

    provider: str
    external_id: str
    tenant: NotRequired[str]
    fields: NotRequired[OwnFields]


class LinkRequest(TypedDict, total=False):
    """Which side wins where a profile and a joining account differ."""

    prefer: Literal["profile", "account"]


Change = TypedDict(
    "Change",
    {
        "field": str,
        "from": NotRequired[Any],
        "to": NotRequired[Any],
    },
)
"""One field from what to what; a side that is missing had no value."""


class Event(TypedDict):
    """One change of a profile."""

    version: int
    time: str
    channel: str
    who: str
    request_id: str
    changes: list[Change]
    digest: str


class EventPage(TypedDict):
    """Some of a profile's changes."""

    events: list[Event]
    next: NotRequired[str]


class PastProfile(Details):
    """A profile's shared fields as they were."""

    id: str
    time: str
    documents: NotRequired[Documents]
    as_written: NotRequired[AsWritten]


class Projection(TypedDict):
    """A profile as one account's provider shows it."""

    provider: str
    external_id: str
    body: dict[str, Any]


class ProjectionPage(TypedDict):
    """A profile as its providers show it."""

    projections: list[Projection]


class DryRun(TypedDict):
    """A change that is to be tried out."""

    provider: str
    external_id: str
    body: dict[str, Any]


class DryRunOutcome(TypedDict):
    """What would become of a change at one account."""

    provider: str
    external_id: str
    outcome: Literal["accepted", "rejected", "not representable"]
    fields: list[str]
    reason: NotRequired[str]


class DryRunProfile(Details):
    """The shared fields as they would be."""

    documents: NotRequired[Documents]
    as_written: NotRequired[AsWritten]


class DryRunResult(TypedDict):
    """What a change would do, which nobody has made."""

    outcomes: list[DryRunOutcome]
    profile: DryRunProfile


class ExportedAccount(TypedDict):
    """An account as it is stored."""

    provider: str
    external_id: str
    tenant: str | None
    reference: str | None
    fields: dict[str, Any]


class ExportedDocument(TypedDict):
    """A document as it is stored."""

    id: str
    path: Literal["documents.physical"]
    archived_at: str | None
    document: dict[str, Any]


class ExportedProfile(TypedDict):
    """A whole profile as it is stored."""

    id: str
    version: int
    fields: dict[str, Any]
    accounts: list[ExportedAccount]
    documents: list[ExportedDocument]


ExportLines = list[ExportedProfile]
"""Whole profiles, one a line."""


class RejectedLine(TypedDict):
    """A line that was rejected."""

    item: int
    detail: str


class ImportCounts(TypedDict):
    """What became of the lines."""

    imported: int
    unchanged: int
    rejected: list[RejectedLine]


class Credential(TypedDict):
    """A credential: whose, not what."""

    id: str
    provider: str
    kind: str
    tenant: NotRequired[str]
    external_id: NotRequired[str]
    created_at: NotRequired[str]
    expires_at: NotRequired[str]


class CredentialPage(TypedDict):
    """Credentials."""

    credentials: list[Credential]
    next: NotRequired[str]


class NewCredential(TypedDict):
    """Whose credential is wanted: a tenant's, an account's, or, without both, nobody's."""

    provider: str
    tenant: NotRequired[str]
    external_id: NotRequired[str]
    expires_at: NotRequired[str]


class IssuedCredential(Credential):
    """A credential that was just made, with what is shown this once only."""

    shown: dict[str, Any]


class Mail(TypedDict):
    """A mail that waits, or was sent."""

    id: str
    to: str
    subject: str
    text: str
    created_at: str
    sent_at: NotRequired[str]
    attempts: int
    next_attempt_at: NotRequired[str]


class MailPage(TypedDict):
    """The outbox."""

    mails: list[Mail]
    next: NotRequired[str]


class RetryResult(TypedDict):
    """How many mails are due now."""

    retried: int


class ProblemError(TypedDict):
    """One violation, and where it is."""

    pointer: NotRequired[str]
    parameter: NotRequired[str]
    detail: str


class Difference(TypedDict):
    """A field that both sides know, and not the same."""

    field: str
    profile: Any
    account: Any


class Problem(TypedDict):
    """What is wrong, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[ProblemError]]
    differences: NotRequired[list[Difference]]


class Operations(Protocol):
    """What a handler module for specs/profiles.yaml provides."""

    async def list_profiles(
        self, call: Call, *, cursor: str | None = None, limit: int | None = None
    ) -> ProfilePage:
        """GET /profiles: List profiles"""
        ...

    async def create_profile(self, call: Call, *, body: Details) -> Profile:
        """POST /profiles: Create a profile"""
        ...

    async def get_profile(self, call: Call, *, profile_id: str) -> Profile:
        """GET /profiles/{profile_id}: Get a profile"""
        ...

    async def update_profile(self, call: Call, *, profile_id: str, body: Details) -> Profile:
        """PATCH /profiles/{profile_id}: Change a profile"""
        ...

    async def erase_profile(self, call: Call, *, profile_id: str) -> None:
        """DELETE /profiles/{profile_id}: Erase a profile"""
        ...

    async def list_accounts(self, call: Call, *, profile_id: str) -> AccountPage:
        """GET /profiles/{profile_id}/accounts: List a profile's accounts"""
        ...

    async def create_account(self, call: Call, *, profile_id: str, body: NewAccount) -> Account:
        """POST /profiles/{profile_id}/accounts: Create an account on a profile"""
        ...

    async def link_account(
        self,
        call: Call,
        *,
        profile_id: str,
        provider: str,
        external_id: str,
        body: LinkRequest | None = None,
    ) -> Profile:
        """PUT /profiles/{profile_id}/accounts/{provider}/{external_id}: Link an account to a
        profile
        """
        ...

    async def update_account(
        self, call: Call, *, profile_id: str, provider: str, external_id: str, body: OwnChanges
    ) -> Account:
        """PATCH /profiles/{profile_id}/accounts/{provider}/{external_id}: Change what is an
        account's own
        """
        ...

    async def unlink_account(
        self, call: Call, *, profile_id: str, provider: str, external_id: str
    ) -> Profile:
        """DELETE /profiles/{profile_id}/accounts/{provider}/{external_id}: Unlink an account
        from its profile
        """
        ...

    async def list_history(
        self, call: Call, *, profile_id: str, cursor: str | None = None, limit: int | None = None
    ) -> EventPage:
        """GET /profiles/{profile_id}/history: List a profile's changes"""
        ...

    async def undo_change(self, call: Call, *, profile_id: str, version: int) -> Profile:
        """POST /profiles/{profile_id}/history/{version}/undo: Undo a change"""
        ...

    async def get_profile_at(self, call: Call, *, profile_id: str, time: str) -> PastProfile:
        """GET /profiles/{profile_id}/at: Get a profile as it was"""
        ...

    async def list_projections(self, call: Call, *, profile_id: str) -> ProjectionPage:
        """GET /profiles/{profile_id}/projections: See a profile as its providers show it"""
        ...

    async def dry_run(self, call: Call, *, profile_id: str, body: DryRun) -> DryRunResult:
        """POST /profiles/{profile_id}/what-if: Try out a change"""
        ...

    async def export_profile(self, call: Call, *, profile_id: str) -> ExportedProfile:
        """GET /profiles/{profile_id}/export: Export a profile"""
        ...

    async def export_profiles(
        self, call: Call, *, cursor: str | None = None, limit: int | None = None
    ) -> ExportLines:
        """GET /export: Export profiles"""
        ...

    async def import_profiles(self, call: Call, *, body: ExportLines) -> ImportCounts:
        """POST /import: Import profiles"""
        ...

    async def list_credentials(
        self,
        call: Call,
        *,
        provider: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> CredentialPage:
        """GET /credentials: List credentials"""
        ...

    async def create_credential(self, call: Call, *, body: NewCredential) -> IssuedCredential:
        """POST /credentials: Issue a credential"""
        ...

    async def rotate_credential(self, call: Call, *, credential_id: str) -> IssuedCredential:
        """POST /credentials/{credential_id}/rotate: Replace a credential"""
        ...

    async def revoke_credential(self, call: Call, *, credential_id: str) -> None:
        """DELETE /credentials/{credential_id}: Revoke a credential"""
        ...

    async def list_mails(
        self, call: Call, *, cursor: str | None = None, limit: int | None = None
    ) -> MailPage:
        """GET /outbox: List mails"""
        ...

    async def retry_mails(self, call: Call) -> RetryResult:
        """POST /outbox/retry: Retry mails"""
        ...


def _stored_tax_id(item: TaxId) -> dict[str, Any]:
    """TaxId as the profile keeps it."""
    stored: dict[str, Any] = {}
    stored["id"] = item["id"]
    stored["country"] = item["country"]
    return stored


def changes_from_details(body: Details) -> Changes:
    """What Details changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        if (name := body["name"]) is None:
            changes |= dict.fromkeys(("name.given", "name.middle", "name.family"))
        else:
            if "given" in name:
                changes["name.given"] = name["given"]
            if "middle" in name:
                changes["name.middle"] = name["middle"]
            if "family" in name:
                changes["name.family"] = name["family"]
    if "birth" in body:
        if (birth := body["birth"]) is None:
            changes |= dict.fromkeys(("birth.date", "birth.city", "birth.country"))
        else:
            if "date" in birth:
                changes["birth.date"] = birth["date"]
            if "city" in birth:
                changes["birth.city"] = birth["city"]
            if "country" in birth:
                birth_country = birth["country"]
                changes["birth.country"] = (
                    None if birth_country is None else codecs.country.store(birth_country)
                )
    if "gender" in body:
        changes["gender"] = body["gender"]
    if "email" in body:
        changes["email"] = body["email"]
    if "phone" in body:
        phone = body["phone"]
        changes["phone"] = None if phone is None else codecs.phone.store(phone)
    if "occupation" in body:
        changes["occupation"] = body["occupation"]
    if "language" in body:
        changes["language"] = body["language"]
    if "nationalities" in body:
        changes["nationalities"] = body["nationalities"]
    if "addresses" in body:
        if (addresses := body["addresses"]) is None:
            changes |= dict.fromkeys(
                (
                    "addresses.residential.line1",
                    "addresses.residential.line2",
                    "addresses.residential.city",
                    "addresses.residential.region",
                    "addresses.residential.postal_code",
                    "addresses.residential.country",
                    "addresses.postal.line1",
                    "addresses.postal.line2",
                    "addresses.postal.city",
                    "addresses.postal.region",
                    "addresses.postal.postal_code",
                    "addresses.postal.country",
                    "addresses.registered.line1",
                    "addresses.registered.line2",
                    "addresses.registered.city",
                    "addresses.registered.region",
                    "addresses.registered.postal_code",
                    "addresses.registered.country",
                )
            )
        else:
            if "residential" in addresses:
                if (addresses_residential := addresses["residential"]) is None:
                    changes |= dict.fromkeys(
                        (
                            "addresses.residential.line1",
                            "addresses.residential.line2",
                            "addresses.residential.city",
                            "addresses.residential.region",
                            "addresses.residential.postal_code",
                            "addresses.residential.country",
                        )
                    )
                else:
                    if "line1" in addresses_residential:
                        changes["addresses.residential.line1"] = addresses_residential["line1"]
                    if "line2" in addresses_residential:
                        changes["addresses.residential.line2"] = addresses_residential["line2"]
                    if "city" in addresses_residential:
                        changes["addresses.residential.city"] = addresses_residential["city"]
                    if "region" in addresses_residential:
                        changes["addresses.residential.region"] = addresses_residential["region"]
                    if "postal_code" in addresses_residential:
                        changes["addresses.residential.postal_code"] = addresses_residential[
                            "postal_code"
                        ]
                    if "country" in addresses_residential:
                        addresses_residential_country = addresses_residential["country"]
                        changes["addresses.residential.country"] = (
                            None
                            if addresses_residential_country is None
                            else codecs.country.store(addresses_residential_country)
                        )
            if "postal" in addresses:
                if (addresses_postal := addresses["postal"]) is None:
                    changes |= dict.fromkeys(
                        (
                            "addresses.postal.line1",
                            "addresses.postal.line2",
                            "addresses.postal.city",
                            "addresses.postal.region",
                            "addresses.postal.postal_code",
                            "addresses.postal.country",
                        )
                    )
                else:
                    if "line1" in addresses_postal:
                        changes["addresses.postal.line1"] = addresses_postal["line1"]
                    if "line2" in addresses_postal:
                        changes["addresses.postal.line2"] = addresses_postal["line2"]
                    if "city" in addresses_postal:
                        changes["addresses.postal.city"] = addresses_postal["city"]
                    if "region" in addresses_postal:
                        changes["addresses.postal.region"] = addresses_postal["region"]
                    if "postal_code" in addresses_postal:
                        changes["addresses.postal.postal_code"] = addresses_postal["postal_code"]
                    if "country" in addresses_postal:
                        addresses_postal_country = addresses_postal["country"]
                        changes["addresses.postal.country"] = (
                            None
                            if addresses_postal_country is None
                            else codecs.country.store(addresses_postal_country)
                        )
            if "registered" in addresses:
                if (addresses_registered := addresses["registered"]) is None:
                    changes |= dict.fromkeys(
                        (
                            "addresses.registered.line1",
                            "addresses.registered.line2",
                            "addresses.registered.city",
                            "addresses.registered.region",
                            "addresses.registered.postal_code",
                            "addresses.registered.country",
                        )
                    )
                else:
                    if "line1" in addresses_registered:
                        changes["addresses.registered.line1"] = addresses_registered["line1"]
                    if "line2" in addresses_registered:
                        changes["addresses.registered.line2"] = addresses_registered["line2"]
                    if "city" in addresses_registered:
                        changes["addresses.registered.city"] = addresses_registered["city"]
                    if "region" in addresses_registered:
                        changes["addresses.registered.region"] = addresses_registered["region"]
                    if "postal_code" in addresses_registered:
                        changes["addresses.registered.postal_code"] = addresses_registered[
                            "postal_code"
                        ]
                    if "country" in addresses_registered:
                        addresses_registered_country = addresses_registered["country"]
                        changes["addresses.registered.country"] = (
                            None
                            if addresses_registered_country is None
                            else codecs.country.store(addresses_registered_country)
                        )
    if "employer" in body:
        if (employer := body["employer"]) is None:
            changes |= dict.fromkeys(("employer.name", "employer.address", "employer.phone"))
        else:
            if "name" in employer:
                changes["employer.name"] = employer["name"]
            if "address" in employer:
                changes["employer.address"] = employer["address"]
            if "phone" in employer:
                changes["employer.phone"] = employer["phone"]
    if "organization" in body:
        if (organization := body["organization"]) is None:
            changes |= dict.fromkeys(
                (
                    "organization.legal_name",
                    "organization.formed_on",
                    "organization.website",
                    "organization.size",
                    "organization.type",
                )
            )
        else:
            if "legal_name" in organization:
                changes["organization.legal_name"] = organization["legal_name"]
            if "formed_on" in organization:
                changes["organization.formed_on"] = organization["formed_on"]
            if "website" in organization:
                changes["organization.website"] = organization["website"]
            if "size" in organization:
                changes["organization.size"] = organization["size"]
            if "type" in organization:
                changes["organization.type"] = organization["type"]
    if "activity" in body:
        if (activity := body["activity"]) is None:
            changes |= dict.fromkeys(
                ("activity.scope", "activity.transactions_per_month", "activity.frequency")
            )
        else:
            if "scope" in activity:
                changes["activity.scope"] = activity["scope"]
            if "transactions_per_month" in activity:
                changes["activity.transactions_per_month"] = activity["transactions_per_month"]
            if "frequency" in activity:
                changes["activity.frequency"] = activity["frequency"]
    if "tax" in body:
        if (tax := body["tax"]) is None:
            changes |= dict.fromkeys(("tax.tin", "tax.ids"))
        else:
            if "tin" in tax:
                changes["tax.tin"] = tax["tin"]
            if "ids" in tax:
                tax_ids = tax["ids"]
                changes["tax.ids"] = (
                    None if tax_ids is None else [_stored_tax_id(item) for item in tax_ids]
                )
    if "registration" in body:
        if (registration := body["registration"]) is None:
            changes |= dict.fromkeys(
                ("registration.state_number", "registration.okpo", "registration.kpp")
            )
        else:
            if "state_number" in registration:
                changes["registration.state_number"] = registration["state_number"]
            if "okpo" in registration:
                changes["registration.okpo"] = registration["okpo"]
            if "kpp" in registration:
                changes["registration.kpp"] = registration["kpp"]
    return changes


def changes_from_new_account(body: NewAccount) -> Changes:
    """What NewAccount changes in the profile."""
    changes: Changes = {}
    if (fields_ := body.get("fields")) is not None:
        if "status" in fields_:
            changes["account.status"] = fields_["status"]
        if "plugins" in fields_:
            changes["account.plugins"] = fields_["plugins"]
        if "business" in fields_:
            changes["account.business"] = fields_["business"]
        if "type" in fields_:
            changes["account.type"] = fields_["type"]
        if "login" in fields_:
            changes["account.login"] = fields_["login"]
    return changes


def changes_from_own_changes(body: OwnChanges) -> Changes:
    """What OwnChanges changes in the profile."""
    changes: Changes = {}
    if "status" in body:
        changes["account.status"] = body["status"]
    if "plugins" in body:
        changes["account.plugins"] = body["plugins"]
    return changes


def _shown_tax_id(item: dict[str, Any]) -> dict[str, Any]:
    """TaxId as this provider shows it."""
    shown: dict[str, Any] = {}
    if "id" in item:
        shown["id"] = item["id"]
    if "country" in item:
        shown["country"] = item["country"]
    return shown


def details_from_profile(fields: Fields) -> Details:
    """The profile as Details shows it."""
    body: dict[str, Any] = {}
    name: dict[str, Any] = {}
    if "name.given" in fields:
        name["given"] = fields["name.given"]
    if "name.middle" in fields:
        name["middle"] = fields["name.middle"]
    if "name.family" in fields:
        name["family"] = fields["name.family"]
    if name:
        body["name"] = name
    birth: dict[str, Any] = {}
    if "birth.date" in fields:
        birth["date"] = fields["birth.date"]
    if "birth.city" in fields:
        birth["city"] = fields["birth.city"]
    if (birth_country := codecs.country.show(fields.get("birth.country"))) is not None:
        birth["country"] = birth_country
    if birth:
        body["birth"] = birth
    if "gender" in fields:
        body["gender"] = fields["gender"]
    if "email" in fields:
        body["email"] = fields["email"]
    if (phone := codecs.phone.show(fields.get("phone"))) is not None:
        body["phone"] = phone
    if "occupation" in fields:
        body["occupation"] = fields["occupation"]
    if "language" in fields:
        body["language"] = fields["language"]
    if "nationalities" in fields:
        body["nationalities"] = fields["nationalities"]
    addresses: dict[str, Any] = {}
    addresses_residential: dict[str, Any] = {}
    if "addresses.residential.line1" in fields:
        addresses_residential["line1"] = fields["addresses.residential.line1"]
    if "addresses.residential.line2" in fields:
        addresses_residential["line2"] = fields["addresses.residential.line2"]
    if "addresses.residential.city" in fields:
        addresses_residential["city"] = fields["addresses.residential.city"]
    if "addresses.residential.region" in fields:
        addresses_residential["region"] = fields["addresses.residential.region"]
    if "addresses.residential.postal_code" in fields:
        addresses_residential["postal_code"] = fields["addresses.residential.postal_code"]
    if (
        addresses_residential_country := codecs.country.show(
            fields.get("addresses.residential.country")
        )
    ) is not None:
        addresses_residential["country"] = addresses_residential_country
    if addresses_residential:
        addresses["residential"] = addresses_residential
    addresses_postal: dict[str, Any] = {}
    if "addresses.postal.line1" in fields:
        addresses_postal["line1"] = fields["addresses.postal.line1"]
    if "addresses.postal.line2" in fields:
        addresses_postal["line2"] = fields["addresses.postal.line2"]
    if "addresses.postal.city" in fields:
        addresses_postal["city"] = fields["addresses.postal.city"]
    if "addresses.postal.region" in fields:
        addresses_postal["region"] = fields["addresses.postal.region"]
    if "addresses.postal.postal_code" in fields:
        addresses_postal["postal_code"] = fields["addresses.postal.postal_code"]
    if (
        addresses_postal_country := codecs.country.show(fields.get("addresses.postal.country"))
    ) is not None:
        addresses_postal["country"] = addresses_postal_country
    if addresses_postal:
        addresses["postal"] = addresses_postal
    addresses_registered: dict[str, Any] = {}
    if "addresses.registered.line1" in fields:
        addresses_registered["line1"] = fields["addresses.registered.line1"]
    if "addresses.registered.line2" in fields:
        addresses_registered["line2"] = fields["addresses.registered.line2"]
    if "addresses.registered.city" in fields:
        addresses_registered["city"] = fields["addresses.registered.city"]
    if "addresses.registered.region" in fields:
        addresses_registered["region"] = fields["addresses.registered.region"]
    if "addresses.registered.postal_code" in fields:
        addresses_registered["postal_code"] = fields["addresses.registered.postal_code"]
    if (
        addresses_registered_country := codecs.country.show(
            fields.get("addresses.registered.country")
        )
    ) is not None:
        addresses_registered["country"] = addresses_registered_country
    if addresses_registered:
        addresses["registered"] = addresses_registered
    if addresses:
        body["addresses"] = addresses
    employer: dict[str, Any] = {}
    if "employer.name" in fields:
        employer["name"] = fields["employer.name"]
    if "employer.address" in fields:
        employer["address"] = fields["employer.address"]
    if "employer.phone" in fields:
        employer["phone"] = fields["employer.phone"]
    if employer:
        body["employer"] = employer
    organization: dict[str, Any] = {}
    if "organization.legal_name" in fields:
        organization["legal_name"] = fields["organization.legal_name"]
    if "organization.formed_on" in fields:
        organization["formed_on"] = fields["organization.formed_on"]
    if "organization.website" in fields:
        organization["website"] = fields["organization.website"]
    if "organization.size" in fields:
        organization["size"] = fields["organization.size"]
    if "organization.type" in fields:
        organization["type"] = fields["organization.type"]
    if organization:
        body["organization"] = organization
    activity: dict[str, Any] = {}
    if "activity.scope" in fields:
        activity["scope"] = fields["activity.scope"]
    if "activity.transactions_per_month" in fields:
        activity["transactions_per_month"] = fields["activity.transactions_per_month"]
    if "activity.frequency" in fields:
        activity["frequency"] = fields["activity.frequency"]
    if activity:
        body["activity"] = activity
    tax: dict[str, Any] = {}
    if "tax.tin" in fields:
        tax["tin"] = fields["tax.tin"]
    if "tax.ids" in fields:
        tax["ids"] = [_shown_tax_id(item) for item in fields["tax.ids"]]
    if tax:
        body["tax"] = tax
    registration: dict[str, Any] = {}
    if "registration.state_number" in fields:
        registration["state_number"] = fields["registration.state_number"]
    if "registration.okpo" in fields:
        registration["okpo"] = fields["registration.okpo"]
    if "registration.kpp" in fields:
        registration["kpp"] = fields["registration.kpp"]
    if registration:
        body["registration"] = registration
    return cast(Details, body)


def new_account_from_profile(fields: Fields) -> NewAccount:
    """The profile as NewAccount shows it."""
    body: dict[str, Any] = {}
    fields_: dict[str, Any] = {}
    if "account.status" in fields:
        fields_["status"] = fields["account.status"]
    if "account.plugins" in fields:
        fields_["plugins"] = fields["account.plugins"]
    if "account.business" in fields:
        fields_["business"] = fields["account.business"]
    if "account.type" in fields:
        fields_["type"] = fields["account.type"]
    if "account.login" in fields:
        fields_["login"] = fields["account.login"]
    if fields_:
        body["fields"] = fields_
    return cast(NewAccount, body)


def own_changes_from_profile(fields: Fields) -> OwnChanges:
    """The profile as OwnChanges shows it."""
    body: dict[str, Any] = {}
    if "account.status" in fields:
        body["status"] = fields["account.status"]
    if "account.plugins" in fields:
        body["plugins"] = fields["account.plugins"]
    return cast(OwnChanges, body)


def _shown_physical_document(item: dict[str, Any]) -> dict[str, Any]:
    """PhysicalDocument as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["type"] = item["type"]
    if "id" in item:
        shown["id"] = item["id"]
    if "country" in item:
        shown["country"] = item["country"]
    if "region" in item:
        shown["region"] = item["region"]
    if "expires_on" in item:
        shown["expires_on"] = item["expires_on"]
    if "issuing_authority" in item:
        shown["issuing_authority"] = item["issuing_authority"]
    return shown


def _shown_virtual_document(item: dict[str, Any]) -> dict[str, Any]:
    """VirtualDocument as this provider shows it."""
    shown: dict[str, Any] = {}
    if "type" in item:
        shown["type"] = item["type"]
    if "id" in item:
        shown["id"] = item["id"]
    if "value" in item:
        shown["value"] = item["value"]
    if "country" in item:
        shown["country"] = item["country"]
    if "region" in item:
        shown["region"] = item["region"]
    if "expires_on" in item:
        shown["expires_on"] = item["expires_on"]
    if "issuing_authority" in item:
        shown["issuing_authority"] = item["issuing_authority"]
    return shown


def profile_from_profile(fields: Fields) -> Profile:
    """The profile as Profile shows it."""
    body: dict[str, Any] = {**details_from_profile(fields)}
    documents: dict[str, Any] = {}
    if "documents.physical" in fields:
        documents["physical"] = [
            _shown_physical_document(item) for item in fields["documents.physical"]
        ]
    if "documents.virtual" in fields:
        documents["virtual"] = [
            _shown_virtual_document(item) for item in fields["documents.virtual"]
        ]
    if documents:
        body["documents"] = documents
    return cast(Profile, body)


def past_profile_from_profile(fields: Fields) -> PastProfile:
    """The profile as PastProfile shows it."""
    body: dict[str, Any] = {**details_from_profile(fields)}
    documents: dict[str, Any] = {}
    if "documents.physical" in fields:
        documents["physical"] = [
            _shown_physical_document(item) for item in fields["documents.physical"]
        ]
    if "documents.virtual" in fields:
        documents["virtual"] = [
            _shown_virtual_document(item) for item in fields["documents.virtual"]
        ]
    if documents:
        body["documents"] = documents
    return cast(PastProfile, body)


def dry_run_result_from_profile(fields: Fields) -> DryRunResult:
    """The profile as DryRunResult shows it."""
    body: dict[str, Any] = {}
    profile: dict[str, Any] = {}
    profile_name: dict[str, Any] = {}
    if "name.given" in fields:
        profile_name["given"] = fields["name.given"]
    if "name.middle" in fields:
        profile_name["middle"] = fields["name.middle"]
    if "name.family" in fields:
        profile_name["family"] = fields["name.family"]
    if profile_name:
        profile["name"] = profile_name
    profile_birth: dict[str, Any] = {}
    if "birth.date" in fields:
        profile_birth["date"] = fields["birth.date"]
    if "birth.city" in fields:
        profile_birth["city"] = fields["birth.city"]
    if (profile_birth_country := codecs.country.show(fields.get("birth.country"))) is not None:
        profile_birth["country"] = profile_birth_country
    if profile_birth:
        profile["birth"] = profile_birth
    if "gender" in fields:
        profile["gender"] = fields["gender"]
    if "email" in fields:
        profile["email"] = fields["email"]
    if (profile_phone := codecs.phone.show(fields.get("phone"))) is not None:
        profile["phone"] = profile_phone
    if "occupation" in fields:
        profile["occupation"] = fields["occupation"]
    if "language" in fields:
        profile["language"] = fields["language"]
    if "nationalities" in fields:
        profile["nationalities"] = fields["nationalities"]
    profile_addresses: dict[str, Any] = {}
    profile_addresses_residential: dict[str, Any] = {}
    if "addresses.residential.line1" in fields:
        profile_addresses_residential["line1"] = fields["addresses.residential.line1"]
    if "addresses.residential.line2" in fields:
        profile_addresses_residential["line2"] = fields["addresses.residential.line2"]
    if "addresses.residential.city" in fields:
        profile_addresses_residential["city"] = fields["addresses.residential.city"]
    if "addresses.residential.region" in fields:
        profile_addresses_residential["region"] = fields["addresses.residential.region"]
    if "addresses.residential.postal_code" in fields:
        profile_addresses_residential["postal_code"] = fields["addresses.residential.postal_code"]
    if (
        profile_addresses_residential_country := codecs.country.show(
            fields.get("addresses.residential.country")
        )
    ) is not None:
        profile_addresses_residential["country"] = profile_addresses_residential_country
    if profile_addresses_residential:
        profile_addresses["residential"] = profile_addresses_residential
    profile_addresses_postal: dict[str, Any] = {}
    if "addresses.postal.line1" in fields:
        profile_addresses_postal["line1"] = fields["addresses.postal.line1"]
    if "addresses.postal.line2" in fields:
        profile_addresses_postal["line2"] = fields["addresses.postal.line2"]
    if "addresses.postal.city" in fields:
        profile_addresses_postal["city"] = fields["addresses.postal.city"]
    if "addresses.postal.region" in fields:
        profile_addresses_postal["region"] = fields["addresses.postal.region"]
    if "addresses.postal.postal_code" in fields:
        profile_addresses_postal["postal_code"] = fields["addresses.postal.postal_code"]
    if (
        profile_addresses_postal_country := codecs.country.show(
            fields.get("addresses.postal.country")
        )
    ) is not None:
        profile_addresses_postal["country"] = profile_addresses_postal_country
    if profile_addresses_postal:
        profile_addresses["postal"] = profile_addresses_postal
    profile_addresses_registered: dict[str, Any] = {}
    if "addresses.registered.line1" in fields:
        profile_addresses_registered["line1"] = fields["addresses.registered.line1"]
    if "addresses.registered.line2" in fields:
        profile_addresses_registered["line2"] = fields["addresses.registered.line2"]
    if "addresses.registered.city" in fields:
        profile_addresses_registered["city"] = fields["addresses.registered.city"]
    if "addresses.registered.region" in fields:
        profile_addresses_registered["region"] = fields["addresses.registered.region"]
    if "addresses.registered.postal_code" in fields:
        profile_addresses_registered["postal_code"] = fields["addresses.registered.postal_code"]
    if (
        profile_addresses_registered_country := codecs.country.show(
            fields.get("addresses.registered.country")
        )
    ) is not None:
        profile_addresses_registered["country"] = profile_addresses_registered_country
    if profile_addresses_registered:
        profile_addresses["registered"] = profile_addresses_registered
    if profile_addresses:
        profile["addresses"] = profile_addresses
    profile_employer: dict[str, Any] = {}
    if "employer.name" in fields:
        profile_employer["name"] = fields["employer.name"]
    if "employer.address" in fields:
        profile_employer["address"] = fields["employer.address"]
    if "employer.phone" in fields:
        profile_employer["phone"] = fields["employer.phone"]
    if profile_employer:
        profile["employer"] = profile_employer
    profile_organization: dict[str, Any] = {}
    if "organization.legal_name" in fields:
        profile_organization["legal_name"] = fields["organization.legal_name"]
    if "organization.formed_on" in fields:
        profile_organization["formed_on"] = fields["organization.formed_on"]
    if "organization.website" in fields:
        profile_organization["website"] = fields["organization.website"]
    if "organization.size" in fields:
        profile_organization["size"] = fields["organization.size"]
    if "organization.type" in fields:
        profile_organization["type"] = fields["organization.type"]
    if profile_organization:
        profile["organization"] = profile_organization
    profile_activity: dict[str, Any] = {}
    if "activity.scope" in fields:
        profile_activity["scope"] = fields["activity.scope"]
    if "activity.transactions_per_month" in fields:
        profile_activity["transactions_per_month"] = fields["activity.transactions_per_month"]
    if "activity.frequency" in fields:
        profile_activity["frequency"] = fields["activity.frequency"]
    if profile_activity:
        profile["activity"] = profile_activity
    profile_tax: dict[str, Any] = {}
    if "tax.tin" in fields:
        profile_tax["tin"] = fields["tax.tin"]
    if "tax.ids" in fields:
        profile_tax["ids"] = [_shown_tax_id(item) for item in fields["tax.ids"]]
    if profile_tax:
        profile["tax"] = profile_tax
    profile_registration: dict[str, Any] = {}
    if "registration.state_number" in fields:
        profile_registration["state_number"] = fields["registration.state_number"]
    if "registration.okpo" in fields:
        profile_registration["okpo"] = fields["registration.okpo"]
    if "registration.kpp" in fields:
        profile_registration["kpp"] = fields["registration.kpp"]
    if profile_registration:
        profile["registration"] = profile_registration
    profile_documents: dict[str, Any] = {}
    if "documents.physical" in fields:
        profile_documents["physical"] = [
            _shown_physical_document(item) for item in fields["documents.physical"]
        ]
    if "documents.virtual" in fields:
        profile_documents["virtual"] = [
            _shown_virtual_document(item) for item in fields["documents.virtual"]
        ]
    if profile_documents:
        profile["documents"] = profile_documents
    if profile:
        body["profile"] = profile
    return cast(DryRunResult, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "name.given",
    "name.middle": "name.middle",
    "name.family": "name.family",
    "birth.date": "birth.date",
    "birth.city": "birth.city",
    "birth.country": "birth.country",
    "gender": "gender",
    "email": "email",
    "phone": "phone",
    "occupation": "occupation",
    "language": "language",
    "nationalities": "nationalities",
    "addresses.residential.line1": "addresses.residential.line1",
    "addresses.residential.line2": "addresses.residential.line2",
    "addresses.residential.city": "addresses.residential.city",
    "addresses.residential.region": "addresses.residential.region",
    "addresses.residential.postal_code": "addresses.residential.postal_code",
    "addresses.residential.country": "addresses.residential.country",
    "addresses.postal.line1": "addresses.postal.line1",
    "addresses.postal.line2": "addresses.postal.line2",
    "addresses.postal.city": "addresses.postal.city",
    "addresses.postal.region": "addresses.postal.region",
    "addresses.postal.postal_code": "addresses.postal.postal_code",
    "addresses.postal.country": "addresses.postal.country",
    "addresses.registered.line1": "addresses.registered.line1",
    "addresses.registered.line2": "addresses.registered.line2",
    "addresses.registered.city": "addresses.registered.city",
    "addresses.registered.region": "addresses.registered.region",
    "addresses.registered.postal_code": "addresses.registered.postal_code",
    "addresses.registered.country": "addresses.registered.country",
    "employer.name": "employer.name",
    "employer.address": "employer.address",
    "employer.phone": "employer.phone",
    "organization.legal_name": "organization.legal_name",
    "organization.formed_on": "organization.formed_on",
    "organization.website": "organization.website",
    "organization.size": "organization.size",
    "organization.type": "organization.type",
    "activity.scope": "activity.scope",
    "activity.transactions_per_month": "activity.transactions_per_month",
    "activity.frequency": "activity.frequency",
    "tax.tin": "tax.tin",
    "tax.ids": "tax.ids",
    "registration.state_number": "registration.state_number",
    "registration.okpo": "registration.okpo",
    "registration.kpp": "registration.kpp",
    "account.status": "fields.status",
    "account.plugins": "fields.plugins",
    "account.business": "fields.business",
    "account.type": "fields.type",
    "account.login": "fields.login",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    views=(),
    updates=(),
)
"""All that the engine must know of this provider."""
