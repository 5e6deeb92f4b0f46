# Generated from specs/profiles.yaml by `make generate`. Edit the spec, not this file.
"""Profilegate profiles: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping


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
    """The address at which a person lives."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class PostalAddress(TypedDict, total=False):
    """The address for letters."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class RegisteredAddress(TypedDict, total=False):
    """The address at which an organisation is registered."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class Addresses(TypedDict, total=False):
    """Addresses, by their purpose."""

    residential: ResidentialAddress | None
    postal: PostalAddress | None
    registered: RegisteredAddress | None


class Employer(TypedDict, total=False):
    """A person's employer."""

    name: str | None
    address: str | None
    phone: str | None


class Organization(TypedDict, total=False):
    """An organisation."""

    legal_name: str | None
    formed_on: str | None
    website: str | None
    size: str | None
    type: str | None


class Activity(TypedDict, total=False):
    """The activity of a person or an organisation."""

    scope: str | None
    transactions_per_month: int | None
    frequency: str | None


class TaxId(TypedDict):
    """A tax number and the country that issued it."""

    id: str
    country: str


class Tax(TypedDict, total=False):
    """Tax numbers."""

    tin: str | None
    ids: list[TaxId] | None


class Registration(TypedDict, total=False):
    """Numbers in public registers."""

    state_number: str | None
    okpo: str | None
    kpp: str | None


class ProfileFields(TypedDict, total=False):
    """The shared fields of a profile; null removes a field, and no response has null."""

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
    """A copy of a document."""

    type: str
    id: str
    country: NotRequired[str]
    region: NotRequired[str]
    expires_on: NotRequired[str]
    issuing_authority: NotRequired[str]


class VirtualDocument(TypedDict):
    """The number of a document."""

    type: str
    id: str
    value: NotRequired[str]
    country: NotRequired[str]
    region: NotRequired[str]
    expires_on: NotRequired[str]
    issuing_authority: NotRequired[str]


class Documents(TypedDict, total=False):
    """Documents; only a provider API can send them."""

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


class Profile(ProfileFields):
    """A profile as it is, with its accounts."""

    id: str
    version: int
    documents: NotRequired[Documents]
    as_written: NotRequired[AsWritten]
    accounts: list[Account]


class ProfilePage(TypedDict):
    """Some profiles."""

    profiles: list[Profile]
    damaged: NotRequired[list[str]]
    next: NotRequired[str]


class AccountPage(TypedDict):
    """A profile's accounts."""

    accounts: list[Account]


class OwnChanges(TypedDict, total=False):
    """What is an account's own and decided by its provider alone."""

    status: Literal["UNVERIFIED", "IN_PROGRESS", "RETRY", "REVIEW_PENDING", "VERIFIED", "SUSPENDED"]
    plugins: list[int]
    organizations: list[dict[str, Any]]


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


class NewPassword(TypedDict):
    """A password."""

    password: str


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


class PastProfile(ProfileFields):
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


class DryRunProfile(ProfileFields):
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
    version: NotRequired[int]
    fields: dict[str, Any]
    accounts: list[ExportedAccount]
    documents: list[ExportedDocument]


ExportLines = list[ExportedProfile]
"""Whole profiles, one a line."""


ImportLines = list[ExportedProfile]
"""Whole profiles, one a line; as many as one export gives."""


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
    last_nonce: NotRequired[str]
    nonce_window: NotRequired[int]
    damaged: NotRequired[bool]


class CredentialPage(TypedDict):
    """Credentials."""

    credentials: list[Credential]
    next: NotRequired[str]


class NewCredential(TypedDict):
    """Whose credential is wanted: a tenant's, an account's, or, without both, nobody's."""

    provider: str
    tenant: NotRequired[str]
    external_id: NotRequired[str]
    kind: NotRequired[str]
    expires_at: NotRequired[str]
    nonce_window: NotRequired[int]


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
    damaged: NotRequired[bool]


class MailPage(TypedDict):
    """The outbox."""

    mails: list[Mail]
    next: NotRequired[str]


class RetryResult(TypedDict):
    """How many mails are due now."""

    retried: int


class NamespacePage(TypedDict):
    """Namespaces."""

    namespaces: list[str]
    next: NotRequired[str]


class NewNamespace(TypedDict):
    """A namespace to create."""

    namespace: str
    seed: NotRequired[str]


class Namespace(TypedDict):
    """A separate set of profiles, accounts and credentials."""

    namespace: str
    now: str
    frozen: bool
    seeded: bool
    created_at: NotRequired[str]
    snapshots: list[str]


class ClockChange(TypedDict, total=False):
    """What a namespace's clock is to do."""

    to: str
    forward_seconds: int
    frozen: bool


class FaultHeader(TypedDict):
    """A header of a request. Without a value and a pattern it is only present."""

    header: str
    value: NotRequired[str]
    pattern: NotRequired[str]


FaultValue = str | float | bool
"""The value of a field."""


class FaultMatch(TypedDict, total=False):
    """The requests that a scripted fault affects. Everything that is said here must be true of
    one.
    """

    headers: list[FaultHeader]
    body: dict[str, FaultValue]
    nth: int
    probability: float
    seed: int


class Fault(TypedDict):
    """A scripted fault."""

    id: str
    provider: str
    operation: NotRequired[str]
    match: NotRequired[FaultMatch]
    error: NotRequired[str]
    status: NotRequired[int]
    delay_seconds: NotRequired[float]
    body_seconds: NotRequired[float]
    broken: NotRequired[Literal["no_response", "head_only", "malformed", "truncated"]]
    after: NotRequired[bool]
    times: NotRequired[int]
    remaining: NotRequired[int]


class FaultList(TypedDict):
    """The scripted faults of a namespace."""

    faults: list[Fault]


class NewFault(TypedDict):
    """A scripted fault, to be added."""

    provider: str
    operation: NotRequired[str]
    match: NotRequired[FaultMatch]
    error: NotRequired[str]
    status: NotRequired[int]
    delay_seconds: NotRequired[float]
    body_seconds: NotRequired[float]
    broken: NotRequired[Literal["no_response", "head_only", "malformed", "truncated"]]
    after: NotRequired[bool]
    times: NotRequired[int]


Outcome = Literal["accepted", "rejected", "failed", "unanswered"]
"""What became of a request: it was accepted, or rejected for a mistake in it; or the gateway
failed, or the client left before there was a response.
"""


class RecordedHeader(TypedDict):
    """One line of a head."""

    name: str
    value: str


class RecordedBody(TypedDict):
    """A body."""

    size_bytes: int
    kept_bytes: NotRequired[int]
    value: NotRequired[Any]
    text: NotRequired[str]


class RecordedRequest(TypedDict):
    """A request as it was received."""

    method: str
    target: str
    headers: list[RecordedHeader]
    body: RecordedBody


class RecordedResponse(TypedDict):
    """A response as it was sent; not there if the client left before."""

    status: int
    headers: list[RecordedHeader]
    body: RecordedBody


class RecordedViolation(TypedDict):
    """A rule that is broken."""

    field: str
    rule: str
    detail: str


class RecordedChange(TypedDict):
    """A new version of a profile."""

    profile_id: str
    version: int
    fields: list[Change]


class Exchange(TypedDict):
    """One request at a provider's API, and its response."""

    id: str
    time: str
    provider: str
    operation: NotRequired[str]
    outcome: Outcome
    duration_ms: float
    error: NotRequired[str]
    request: RecordedRequest
    response: NotRequired[RecordedResponse]
    violations: list[RecordedViolation]
    response_violations: list[RecordedViolation]
    unknown_fields: list[str]
    changes: list[RecordedChange]


class ExchangePage(TypedDict):
    """Exchanges of the journal."""

    exchanges: list[Exchange]
    next: str
    previous: NotRequired[str]
    left_out: int


class Har(TypedDict):
    """An HTTP archive: http://www.softwareishard.com/blog/har-12-spec/"""

    log: dict[str, Any]


class ExplainedRule(TypedDict):
    """A rule, and where it stands."""

    field: str
    rule: str
    detail: str
    place: NotRequired[str]
    pointer: NotRequired[str]
    basis: NotRequired[str]
    note: NotRequired[str]
    page: NotRequired[str]


class Fact(TypedDict):
    """One fact."""

    name: str
    value: str


class Explanation(TypedDict):
    """Why a request was rejected."""

    id: str
    provider: str
    operation: NotRequired[str]
    outcome: Outcome
    status: NotRequired[int]
    error: NotRequired[str]
    sentences: list[str]
    rules: list[ExplainedRule]
    facts: list[Fact]


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

    async def create_profile(self, call: Call, *, body: ProfileFields) -> Profile:
        """POST /profiles: Create a profile"""
        ...

    async def get_profile(self, call: Call, *, profile_id: str) -> Profile:
        """GET /profiles/{profile_id}: Get a profile"""
        ...

    async def update_profile(self, call: Call, *, profile_id: str, body: ProfileFields) -> Profile:
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

    async def set_password(
        self, call: Call, *, profile_id: str, provider: str, external_id: str, body: NewPassword
    ) -> None:
        """PUT /profiles/{profile_id}/accounts/{provider}/{external_id}/password: Give an account
        a password
        """
        ...

    async def find_account(self, call: Call, *, provider: str, external_id: str) -> Profile:
        """GET /accounts/{provider}/{external_id}: Find an account"""
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

    async def import_profiles(self, call: Call, *, body: ImportLines) -> ImportCounts:
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

    async def reset_nonce(self, call: Call, *, credential_id: str) -> Credential:
        """POST /credentials/{credential_id}/reset-nonce: Forget a credential's nonces"""
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

    async def list_namespaces(
        self, call: Call, *, cursor: str | None = None, limit: int | None = None
    ) -> NamespacePage:
        """GET /namespaces: List namespaces"""
        ...

    async def create_namespace(self, call: Call, *, body: NewNamespace) -> Namespace:
        """POST /namespaces: Create a namespace"""
        ...

    async def get_namespace(self, call: Call, *, namespace: str) -> Namespace:
        """GET /namespaces/{namespace}: Show a namespace"""
        ...

    async def drop_namespace(self, call: Call, *, namespace: str) -> None:
        """DELETE /namespaces/{namespace}: Drop a namespace"""
        ...

    async def set_clock(self, call: Call, *, namespace: str, body: ClockChange) -> Namespace:
        """POST /namespaces/{namespace}/clock: Set the clock"""
        ...

    async def reset_namespace(self, call: Call, *, namespace: str) -> Namespace:
        """POST /namespaces/{namespace}/reset: Reset a namespace"""
        ...

    async def take_snapshot(self, call: Call, *, namespace: str, snapshot: str) -> Namespace:
        """PUT /namespaces/{namespace}/snapshots/{snapshot}: Take a snapshot"""
        ...

    async def restore_snapshot(self, call: Call, *, namespace: str, snapshot: str) -> Namespace:
        """POST /namespaces/{namespace}/snapshots/{snapshot}/restore: Restore a snapshot"""
        ...

    async def list_faults(self, call: Call) -> FaultList:
        """GET /faults: List scripted faults"""
        ...

    async def add_fault(self, call: Call, *, body: NewFault) -> Fault:
        """POST /faults: Script a fault"""
        ...

    async def remove_faults(self, call: Call) -> None:
        """DELETE /faults: Remove all scripted faults"""
        ...

    async def remove_fault(self, call: Call, *, fault_id: str) -> None:
        """DELETE /faults/{fault_id}: Remove a scripted fault"""
        ...

    async def list_exchanges(
        self,
        call: Call,
        *,
        provider: str | None = None,
        operation: str | None = None,
        outcome: Outcome | None = None,
        status: int | None = None,
        request_id: str | None = None,
        originals: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ExchangePage:
        """GET /journal: List exchanges"""
        ...

    async def clear_journal(self, call: Call) -> None:
        """DELETE /journal: Delete the journal"""
        ...

    async def export_har(
        self,
        call: Call,
        *,
        provider: str | None = None,
        operation: str | None = None,
        outcome: Outcome | None = None,
        status: int | None = None,
        originals: bool | None = None,
        limit: int | None = None,
    ) -> Har:
        """GET /journal/har: Export exchanges as HAR"""
        ...

    async def get_exchange(
        self, call: Call, *, request_id: str, originals: bool | None = None
    ) -> Exchange:
        """GET /journal/{request_id}: Get an exchange"""
        ...

    async def explain_exchange(
        self, call: Call, *, request_id: str, originals: bool | None = None
    ) -> Explanation:
        """GET /journal/{request_id}/explain: Explain an exchange"""
        ...


def _name_to_changes(body: Name) -> Changes:
    """What Name changes in the profile."""
    changes: Changes = {}
    if "given" in body:
        changes["name.given"] = body["given"]
    if "middle" in body:
        changes["name.middle"] = body["middle"]
    if "family" in body:
        changes["name.family"] = body["family"]
    return changes


def _birth_to_changes(body: Birth) -> Changes:
    """What Birth changes in the profile."""
    changes: Changes = {}
    if "date" in body:
        changes["birth.date"] = body["date"]
    if "city" in body:
        changes["birth.city"] = body["city"]
    if "country" in body:
        country = body["country"]
        changes["birth.country"] = None if country is None else codecs.country.store(country)
    return changes


def _residential_address_to_changes(body: ResidentialAddress) -> Changes:
    """What ResidentialAddress changes in the profile."""
    changes: Changes = {}
    if "line1" in body:
        changes["addresses.residential.line1"] = body["line1"]
    if "line2" in body:
        changes["addresses.residential.line2"] = body["line2"]
    if "city" in body:
        changes["addresses.residential.city"] = body["city"]
    if "region" in body:
        changes["addresses.residential.region"] = body["region"]
    if "postal_code" in body:
        changes["addresses.residential.postal_code"] = body["postal_code"]
    if "country" in body:
        country = body["country"]
        changes["addresses.residential.country"] = (
            None if country is None else codecs.country.store(country)
        )
    return changes


def _postal_address_to_changes(body: PostalAddress) -> Changes:
    """What PostalAddress changes in the profile."""
    changes: Changes = {}
    if "line1" in body:
        changes["addresses.postal.line1"] = body["line1"]
    if "line2" in body:
        changes["addresses.postal.line2"] = body["line2"]
    if "city" in body:
        changes["addresses.postal.city"] = body["city"]
    if "region" in body:
        changes["addresses.postal.region"] = body["region"]
    if "postal_code" in body:
        changes["addresses.postal.postal_code"] = body["postal_code"]
    if "country" in body:
        country = body["country"]
        changes["addresses.postal.country"] = (
            None if country is None else codecs.country.store(country)
        )
    return changes


def _registered_address_to_changes(body: RegisteredAddress) -> Changes:
    """What RegisteredAddress changes in the profile."""
    changes: Changes = {}
    if "line1" in body:
        changes["addresses.registered.line1"] = body["line1"]
    if "line2" in body:
        changes["addresses.registered.line2"] = body["line2"]
    if "city" in body:
        changes["addresses.registered.city"] = body["city"]
    if "region" in body:
        changes["addresses.registered.region"] = body["region"]
    if "postal_code" in body:
        changes["addresses.registered.postal_code"] = body["postal_code"]
    if "country" in body:
        country = body["country"]
        changes["addresses.registered.country"] = (
            None if country is None else codecs.country.store(country)
        )
    return changes


def _addresses_to_changes(body: Addresses) -> Changes:
    """What Addresses changes in the profile."""
    changes: Changes = {}
    if "residential" in body:
        if (residential := body["residential"]) is None:
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
            changes |= _residential_address_to_changes(residential)
    if "postal" in body:
        if (postal := body["postal"]) is None:
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
            changes |= _postal_address_to_changes(postal)
    if "registered" in body:
        if (registered := body["registered"]) is None:
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
            changes |= _registered_address_to_changes(registered)
    return changes


def _employer_to_changes(body: Employer) -> Changes:
    """What Employer changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        changes["employer.name"] = body["name"]
    if "address" in body:
        changes["employer.address"] = body["address"]
    if "phone" in body:
        changes["employer.phone"] = body["phone"]
    return changes


def _organization_to_changes(body: Organization) -> Changes:
    """What Organization changes in the profile."""
    changes: Changes = {}
    if "legal_name" in body:
        changes["organization.legal_name"] = body["legal_name"]
    if "formed_on" in body:
        changes["organization.formed_on"] = body["formed_on"]
    if "website" in body:
        changes["organization.website"] = body["website"]
    if "size" in body:
        changes["organization.size"] = body["size"]
    if "type" in body:
        changes["organization.type"] = body["type"]
    return changes


def _activity_to_changes(body: Activity) -> Changes:
    """What Activity changes in the profile."""
    changes: Changes = {}
    if "scope" in body:
        changes["activity.scope"] = body["scope"]
    if "transactions_per_month" in body:
        changes["activity.transactions_per_month"] = body["transactions_per_month"]
    if "frequency" in body:
        changes["activity.frequency"] = body["frequency"]
    return changes


def _tax_id_to_stored(item: TaxId) -> dict[str, Any]:
    """What TaxId is in the profile."""
    stored: dict[str, Any] = {}
    stored["id"] = item["id"]
    stored["country"] = item["country"]
    return stored


def _tax_to_changes(body: Tax) -> Changes:
    """What Tax changes in the profile."""
    changes: Changes = {}
    if "tin" in body:
        changes["tax.tin"] = body["tin"]
    if "ids" in body:
        ids = body["ids"]
        changes["tax.ids"] = None if ids is None else [_tax_id_to_stored(item) for item in ids]
    return changes


def _registration_to_changes(body: Registration) -> Changes:
    """What Registration changes in the profile."""
    changes: Changes = {}
    if "state_number" in body:
        changes["registration.state_number"] = body["state_number"]
    if "okpo" in body:
        changes["registration.okpo"] = body["okpo"]
    if "kpp" in body:
        changes["registration.kpp"] = body["kpp"]
    return changes


def profile_fields_to_changes(body: ProfileFields) -> Changes:
    """What ProfileFields changes in the profile."""
    changes: Changes = {}
    if "name" in body:
        if (name := body["name"]) is None:
            changes |= dict.fromkeys(
                (
                    "name.given",
                    "name.middle",
                    "name.family",
                )
            )
        else:
            changes |= _name_to_changes(name)
    if "birth" in body:
        if (birth := body["birth"]) is None:
            changes |= dict.fromkeys(
                (
                    "birth.date",
                    "birth.city",
                    "birth.country",
                )
            )
        else:
            changes |= _birth_to_changes(birth)
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
            changes |= _addresses_to_changes(addresses)
    if "employer" in body:
        if (employer := body["employer"]) is None:
            changes |= dict.fromkeys(
                (
                    "employer.name",
                    "employer.address",
                    "employer.phone",
                )
            )
        else:
            changes |= _employer_to_changes(employer)
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
            changes |= _organization_to_changes(organization)
    if "activity" in body:
        if (activity := body["activity"]) is None:
            changes |= dict.fromkeys(
                (
                    "activity.scope",
                    "activity.transactions_per_month",
                    "activity.frequency",
                )
            )
        else:
            changes |= _activity_to_changes(activity)
    if "tax" in body:
        if (tax := body["tax"]) is None:
            changes |= dict.fromkeys(
                (
                    "tax.tin",
                    "tax.ids",
                )
            )
        else:
            changes |= _tax_to_changes(tax)
    if "registration" in body:
        if (registration := body["registration"]) is None:
            changes |= dict.fromkeys(
                (
                    "registration.state_number",
                    "registration.okpo",
                    "registration.kpp",
                )
            )
        else:
            changes |= _registration_to_changes(registration)
    return changes


def _own_fields_to_changes(body: OwnFields) -> Changes:
    """What OwnFields changes in the profile."""
    changes: Changes = {}
    if "status" in body:
        changes["account.status"] = body["status"]
    if "plugins" in body:
        changes["account.plugins"] = body["plugins"]
    if "organizations" in body:
        changes["account.organizations"] = body["organizations"]
    if "business" in body:
        changes["account.business"] = body["business"]
    if "type" in body:
        changes["account.type"] = body["type"]
    if "login" in body:
        changes["account.login"] = body["login"]
    return changes


def new_account_to_changes(body: NewAccount) -> Changes:
    """What NewAccount changes in the profile."""
    changes: Changes = {}
    if (fields_ := body.get("fields")) is not None:
        changes |= _own_fields_to_changes(fields_)
    return changes


def own_changes_to_changes(body: OwnChanges) -> Changes:
    """What OwnChanges changes in the profile."""
    changes: Changes = {}
    if "status" in body:
        changes["account.status"] = body["status"]
    if "plugins" in body:
        changes["account.plugins"] = body["plugins"]
    if "organizations" in body:
        changes["account.organizations"] = body["organizations"]
    return changes


def _name_from_fields(fields: Fields) -> Name:
    """The profile as Name shows it."""
    body: Name = {}
    if "name.given" in fields:
        body["given"] = fields["name.given"]
    if "name.middle" in fields:
        body["middle"] = fields["name.middle"]
    if "name.family" in fields:
        body["family"] = fields["name.family"]
    return body


def _birth_from_fields(fields: Fields) -> Birth:
    """The profile as Birth shows it."""
    body: Birth = {}
    if "birth.date" in fields:
        body["date"] = fields["birth.date"]
    if "birth.city" in fields:
        body["city"] = fields["birth.city"]
    if (country := codecs.country.show(fields.get("birth.country"))) is not None:
        body["country"] = country
    return body


def _residential_address_from_fields(fields: Fields) -> ResidentialAddress:
    """The profile as ResidentialAddress shows it."""
    body: ResidentialAddress = {}
    if "addresses.residential.line1" in fields:
        body["line1"] = fields["addresses.residential.line1"]
    if "addresses.residential.line2" in fields:
        body["line2"] = fields["addresses.residential.line2"]
    if "addresses.residential.city" in fields:
        body["city"] = fields["addresses.residential.city"]
    if "addresses.residential.region" in fields:
        body["region"] = fields["addresses.residential.region"]
    if "addresses.residential.postal_code" in fields:
        body["postal_code"] = fields["addresses.residential.postal_code"]
    if (country := codecs.country.show(fields.get("addresses.residential.country"))) is not None:
        body["country"] = country
    return body


def _postal_address_from_fields(fields: Fields) -> PostalAddress:
    """The profile as PostalAddress shows it."""
    body: PostalAddress = {}
    if "addresses.postal.line1" in fields:
        body["line1"] = fields["addresses.postal.line1"]
    if "addresses.postal.line2" in fields:
        body["line2"] = fields["addresses.postal.line2"]
    if "addresses.postal.city" in fields:
        body["city"] = fields["addresses.postal.city"]
    if "addresses.postal.region" in fields:
        body["region"] = fields["addresses.postal.region"]
    if "addresses.postal.postal_code" in fields:
        body["postal_code"] = fields["addresses.postal.postal_code"]
    if (country := codecs.country.show(fields.get("addresses.postal.country"))) is not None:
        body["country"] = country
    return body


def _registered_address_from_fields(fields: Fields) -> RegisteredAddress:
    """The profile as RegisteredAddress shows it."""
    body: RegisteredAddress = {}
    if "addresses.registered.line1" in fields:
        body["line1"] = fields["addresses.registered.line1"]
    if "addresses.registered.line2" in fields:
        body["line2"] = fields["addresses.registered.line2"]
    if "addresses.registered.city" in fields:
        body["city"] = fields["addresses.registered.city"]
    if "addresses.registered.region" in fields:
        body["region"] = fields["addresses.registered.region"]
    if "addresses.registered.postal_code" in fields:
        body["postal_code"] = fields["addresses.registered.postal_code"]
    if (country := codecs.country.show(fields.get("addresses.registered.country"))) is not None:
        body["country"] = country
    return body


def _addresses_from_fields(fields: Fields) -> Addresses:
    """The profile as Addresses shows it."""
    body: Addresses = {}
    residential = _residential_address_from_fields(fields)
    if residential:
        body["residential"] = residential
    postal = _postal_address_from_fields(fields)
    if postal:
        body["postal"] = postal
    registered = _registered_address_from_fields(fields)
    if registered:
        body["registered"] = registered
    return body


def _employer_from_fields(fields: Fields) -> Employer:
    """The profile as Employer shows it."""
    body: Employer = {}
    if "employer.name" in fields:
        body["name"] = fields["employer.name"]
    if "employer.address" in fields:
        body["address"] = fields["employer.address"]
    if "employer.phone" in fields:
        body["phone"] = fields["employer.phone"]
    return body


def _organization_from_fields(fields: Fields) -> Organization:
    """The profile as Organization shows it."""
    body: Organization = {}
    if "organization.legal_name" in fields:
        body["legal_name"] = fields["organization.legal_name"]
    if "organization.formed_on" in fields:
        body["formed_on"] = fields["organization.formed_on"]
    if "organization.website" in fields:
        body["website"] = fields["organization.website"]
    if "organization.size" in fields:
        body["size"] = fields["organization.size"]
    if "organization.type" in fields:
        body["type"] = fields["organization.type"]
    return body


def _activity_from_fields(fields: Fields) -> Activity:
    """The profile as Activity shows it."""
    body: Activity = {}
    if "activity.scope" in fields:
        body["scope"] = fields["activity.scope"]
    if "activity.transactions_per_month" in fields:
        body["transactions_per_month"] = fields["activity.transactions_per_month"]
    if "activity.frequency" in fields:
        body["frequency"] = fields["activity.frequency"]
    return body


def _tax_id_from_stored(item: dict[str, Any]) -> TaxId:
    """TaxId as this provider shows it."""
    shown: dict[str, Any] = {}
    if "id" in item:
        shown["id"] = item["id"]
    if "country" in item:
        shown["country"] = item["country"]
    return cast(TaxId, shown)


def _tax_from_fields(fields: Fields) -> Tax:
    """The profile as Tax shows it."""
    body: Tax = {}
    if "tax.tin" in fields:
        body["tin"] = fields["tax.tin"]
    if "tax.ids" in fields:
        body["ids"] = [_tax_id_from_stored(item) for item in fields["tax.ids"]]
    return body


def _registration_from_fields(fields: Fields) -> Registration:
    """The profile as Registration shows it."""
    body: Registration = {}
    if "registration.state_number" in fields:
        body["state_number"] = fields["registration.state_number"]
    if "registration.okpo" in fields:
        body["okpo"] = fields["registration.okpo"]
    if "registration.kpp" in fields:
        body["kpp"] = fields["registration.kpp"]
    return body


def profile_fields_from_fields(fields: Fields) -> ProfileFields:
    """The profile as ProfileFields shows it."""
    body: ProfileFields = {}
    name = _name_from_fields(fields)
    if name:
        body["name"] = name
    birth = _birth_from_fields(fields)
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
    addresses = _addresses_from_fields(fields)
    if addresses:
        body["addresses"] = addresses
    employer = _employer_from_fields(fields)
    if employer:
        body["employer"] = employer
    organization = _organization_from_fields(fields)
    if organization:
        body["organization"] = organization
    activity = _activity_from_fields(fields)
    if activity:
        body["activity"] = activity
    tax = _tax_from_fields(fields)
    if tax:
        body["tax"] = tax
    registration = _registration_from_fields(fields)
    if registration:
        body["registration"] = registration
    return body


def _physical_document_from_stored(item: dict[str, Any]) -> PhysicalDocument:
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
    return cast(PhysicalDocument, shown)


def _virtual_document_from_stored(item: dict[str, Any]) -> VirtualDocument:
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
    return cast(VirtualDocument, shown)


def _documents_from_fields(fields: Fields) -> Documents:
    """The profile as Documents shows it."""
    body: Documents = {}
    if "documents.physical" in fields:
        body["physical"] = [
            _physical_document_from_stored(item) for item in fields["documents.physical"]
        ]
    if "documents.virtual" in fields:
        body["virtual"] = [
            _virtual_document_from_stored(item) for item in fields["documents.virtual"]
        ]
    return body


def profile_from_fields(fields: Fields) -> Profile:
    """The profile as Profile shows it."""
    body: dict[str, Any] = {**profile_fields_from_fields(fields)}
    documents = _documents_from_fields(fields)
    if documents:
        body["documents"] = documents
    return cast(Profile, body)


def past_profile_from_fields(fields: Fields) -> PastProfile:
    """The profile as PastProfile shows it."""
    body: dict[str, Any] = {**profile_fields_from_fields(fields)}
    documents = _documents_from_fields(fields)
    if documents:
        body["documents"] = documents
    return cast(PastProfile, body)


def _dry_run_profile_from_fields(fields: Fields) -> DryRunProfile:
    """The profile as DryRunProfile shows it."""
    body: DryRunProfile = {}
    name = _name_from_fields(fields)
    if name:
        body["name"] = name
    birth = _birth_from_fields(fields)
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
    addresses = _addresses_from_fields(fields)
    if addresses:
        body["addresses"] = addresses
    employer = _employer_from_fields(fields)
    if employer:
        body["employer"] = employer
    organization = _organization_from_fields(fields)
    if organization:
        body["organization"] = organization
    activity = _activity_from_fields(fields)
    if activity:
        body["activity"] = activity
    tax = _tax_from_fields(fields)
    if tax:
        body["tax"] = tax
    registration = _registration_from_fields(fields)
    if registration:
        body["registration"] = registration
    documents = _documents_from_fields(fields)
    if documents:
        body["documents"] = documents
    return body


def dry_run_result_from_fields(fields: Fields) -> DryRunResult:
    """The profile as DryRunResult shows it."""
    body: dict[str, Any] = {}
    profile = _dry_run_profile_from_fields(fields)
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
    "account.organizations": "fields.organizations",
    "account.business": "fields.business",
    "account.type": "fields.type",
    "account.login": "fields.login",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(),
    updates=(),
)
"""Everything that the engine knows of this provider."""
