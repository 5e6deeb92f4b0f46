# Generated from specs/machnet.yaml by `make generate`. Edit the spec, not this file.
"""Machnet SEND, users: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs, masks
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import Lock, LockRules, LockTable
from profilegate.profile.mapping import ProfileMapping, Representation, UpdateForm
from profilegate.profile.text_forms import SentForm, TextForm


class PhysicalDocumentUpdate(TypedDict):
    """A copy of a document. Every copy gets a new id. Without document_value it means the stored
    copy with this id and these parts, and changes nothing: what an answer shows may be sent
    back.
    """

    id: NotRequired[str | None]
    document_value: NotRequired[str | None]
    document_value_back: NotRequired[str | None]
    country: NotRequired[str | None]
    document_type: str
    state: NotRequired[str | None]
    expiry_date: NotRequired[str | None]
    id_issuing_authority: NotRequired[str | None]


class VirtualDocumentUpdate(TypedDict):
    """The number of a document; its id stays with the type. What an answer shows may be sent
    back and changes nothing: a mask means the stored number that is shown so, and no
    document_value the number with this id.
    """

    id: NotRequired[str | None]
    document_value: NotRequired[str | None]
    document_type: str
    expiry_date: NotRequired[str | None]
    id_issuing_authority: NotRequired[str | None]
    country: NotRequired[str | None]
    state: NotRequired[str | None]


class CompanyDetailsUpdate(TypedDict, total=False):
    """Where an individual works."""

    address: str | None
    company_name: str | None
    phone_number: str | None


class NewIndividual(TypedDict):
    """What may be sent to register an individual."""

    first_name: str
    middle_name: NotRequired[str | None]
    last_name: str
    mobile_phone: NotRequired[str | None]
    email: str
    address_line1: NotRequired[str | None]
    address_line2: NotRequired[str | None]
    city: NotRequired[str | None]
    state: NotRequired[str | None]
    country: NotRequired[str | None]
    zipcode: NotRequired[str | None]
    date_of_birth: NotRequired[str | None]
    gender: NotRequired[str | None]
    user_scope: NotRequired[str | None]
    occupation: NotRequired[str | None]
    type: NotRequired[Literal["SEND", "RECEIVE"] | None]
    physical_documents: NotRequired[list[PhysicalDocumentUpdate] | None]
    virtual_documents: NotRequired[list[VirtualDocumentUpdate] | None]
    company_details: NotRequired[CompanyDetailsUpdate | None]
    id: NotRequired[str | None]
    ip_address: NotRequired[str | None]
    business: NotRequired[Literal[False] | None]
    send_user_id: NotRequired[str | None]
    user_relationship: NotRequired[str | None]


class MailingAddressUpdate(TypedDict, total=False):
    """Where a business gets its mail."""

    address_line1: str | None
    address_line2: str | None
    city: str | None
    country: str | None
    state: str | None
    zipcode: str | None


class NewBusiness(TypedDict):
    """What may be sent to register a business."""

    first_name: str
    mobile_phone: NotRequired[str | None]
    email: str
    address_line1: NotRequired[str | None]
    address_line2: NotRequired[str | None]
    city: NotRequired[str | None]
    state: NotRequired[str | None]
    country: NotRequired[str | None]
    zipcode: NotRequired[str | None]
    date_of_birth: NotRequired[str | None]
    business: Literal[True]
    business_type: NotRequired[str | None]
    user_scope: NotRequired[str | None]
    company_website: NotRequired[str | None]
    number_of_employee: NotRequired[str | None]
    mailing_address: NotRequired[MailingAddressUpdate | None]
    virtual_documents: NotRequired[list[VirtualDocumentUpdate] | None]
    physical_documents: NotRequired[list[PhysicalDocumentUpdate] | None]
    user_relationship: NotRequired[str | None]
    number_of_transaction_per_month: NotRequired[int | str | None]
    transaction_frequency: NotRequired[str | None]
    id: NotRequired[str | None]
    ip_address: NotRequired[str | None]
    type: NotRequired[Literal["SEND", "RECEIVE"] | None]
    send_user_id: NotRequired[str | None]


NewUser = NewIndividual | NewBusiness
"""The body of a registration: an individual unless it says that it is a business."""


class CompanyDetails(TypedDict, total=False):
    """Where an individual works."""

    address: str
    company_name: str
    phone_number: str


class PhysicalDocument(TypedDict):
    """A copy of a document as it is shown, without its content."""

    country: NotRequired[str]
    document_type: str
    id: str
    state: NotRequired[str]
    expiry_date: NotRequired[str]
    id_issuing_authority: NotRequired[str]


UserStatus = Literal[
    "UNVERIFIED", "IN_PROGRESS", "RETRY", "REVIEW_PENDING", "VERIFIED", "SUSPENDED"
]
"""How far the verification of the user is."""


class VirtualDocument(TypedDict):
    """The number of a document as it is shown."""

    country: NotRequired[str]
    document_type: str
    document_value: str
    id: str
    state: NotRequired[str]
    expiry_date: NotRequired[str]
    id_issuing_authority: NotRequired[str]


class IndividualUser(TypedDict):
    """An individual, as answered."""

    address_line1: NotRequired[str]
    address_line2: NotRequired[str]
    city: NotRequired[str]
    company_details: NotRequired[CompanyDetails]
    country: NotRequired[str]
    created_at: NotRequired[str]
    date_of_birth: NotRequired[str]
    email: NotRequired[str]
    first_name: NotRequired[str]
    gender: NotRequired[str]
    id: str
    ip_address: NotRequired[str]
    last_name: NotRequired[str]
    middle_name: NotRequired[str]
    mobile_phone: NotRequired[str]
    occupation: NotRequired[str]
    physical_documents: NotRequired[list[PhysicalDocument]]
    state: NotRequired[str]
    status: UserStatus
    user_scope: NotRequired[str]
    virtual_documents: NotRequired[list[VirtualDocument]]
    zipcode: NotRequired[str]


class MailingAddress(TypedDict, total=False):
    """Where a business gets its mail."""

    address_line1: str
    address_line2: str
    city: str
    country: str
    state: str
    zipcode: str


class BusinessUser(TypedDict):
    """A business, as answered."""

    address_line1: NotRequired[str]
    address_line2: NotRequired[str]
    business_type: NotRequired[str]
    city: NotRequired[str]
    company_website: NotRequired[str]
    country: NotRequired[str]
    created_at: NotRequired[str]
    date_of_birth: NotRequired[str]
    email: NotRequired[str]
    first_name: NotRequired[str]
    id: str
    ip_address: NotRequired[str]
    mailing_address: NotRequired[MailingAddress]
    mobile_phone: NotRequired[str]
    number_of_employee: NotRequired[str]
    number_of_transaction_per_month: NotRequired[int]
    physical_documents: NotRequired[list[PhysicalDocument]]
    state: NotRequired[str]
    status: UserStatus
    transaction_frequency: NotRequired[str]
    user_scope: NotRequired[str]
    virtual_documents: NotRequired[list[VirtualDocument]]
    zipcode: NotRequired[str]


User = IndividualUser | BusinessUser
"""A user, as answered; the stored user decides which of the two it is."""


class UserUpdate(TypedDict, total=False):
    """The body of an update; every field is checked, the user's own kind is applied."""

    first_name: str | None
    middle_name: str | None
    last_name: str | None
    mobile_phone: str | None
    email: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    state: str | None
    country: str | None
    zipcode: str | None
    date_of_birth: str | None
    gender: str | None
    user_scope: str | None
    occupation: str | None
    type: Literal["SEND", "RECEIVE"] | None
    physical_documents: list[PhysicalDocumentUpdate] | None
    virtual_documents: list[VirtualDocumentUpdate] | None
    company_details: CompanyDetailsUpdate | None
    id: str | None
    ip_address: str | None
    business: bool | None
    business_type: str | None
    company_website: str | None
    number_of_employee: str | None
    mailing_address: MailingAddressUpdate | None
    user_relationship: str | None
    number_of_transaction_per_month: int | str | None
    transaction_frequency: str | None


class VerificationInitiated(TypedDict):
    """The verification has begun; the user's status says what became of it."""

    success: Literal[True]
    status: Literal["INITIATED"]


CipStatus = Literal["SUBMIT", "REVIEWING", "VERIFIED", "FAILED", "REQUESTED"]
"""SUBMIT before the verification, REVIEWING while it lasts; then VERIFIED, REQUESTED (the user
is RETRY) or FAILED (the user is SUSPENDED).
"""


class CipInfo(TypedDict, total=False):
    """The status of each piece of information that the user has (CIP, customer identification
    program). A piece that the user lacks is left out. ID_DOC stands for all documents,
    FIRST_NAME for the name of a business.
    """

    GENDER: CipStatus
    COUNTRY: CipStatus
    STATE: CipStatus
    LAST_NAME: CipStatus
    OCCUPATION: CipStatus
    CITY: CipStatus
    ZIP_CODE: CipStatus
    DATE_OF_BIRTH: CipStatus
    ID_DOC: CipStatus
    PHONE_NUMBER: CipStatus
    EMAIL: CipStatus
    ADDRESS_LINE1: CipStatus
    ADDRESS_LINE2: CipStatus
    MIDDLE_NAME: CipStatus
    FIRST_NAME: CipStatus
    IP_ADDRESS: CipStatus


class VerificationStatus(TypedDict):
    """How far the verification of a user is, and of each piece of information."""

    user_id: str
    kyc_status: UserStatus
    cip_info: CipInfo


ReceiveUsers = list[User]
"""The users to whom a user sends money."""


class IndividualUpdate(TypedDict, total=False):
    """What may be sent for an individual."""

    first_name: str | None
    middle_name: str | None
    last_name: str | None
    mobile_phone: str | None
    email: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    state: str | None
    country: str | None
    zipcode: str | None
    date_of_birth: str | None
    gender: str | None
    user_scope: str | None
    occupation: str | None
    type: Literal["SEND", "RECEIVE"] | None
    physical_documents: list[PhysicalDocumentUpdate] | None
    virtual_documents: list[VirtualDocumentUpdate] | None
    company_details: CompanyDetailsUpdate | None
    id: str | None
    ip_address: str | None


class BusinessUpdate(TypedDict, total=False):
    """What may be sent for a business."""

    first_name: str | None
    mobile_phone: str | None
    email: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    state: str | None
    country: str | None
    zipcode: str | None
    date_of_birth: str | None
    business: bool | None
    business_type: str | None
    user_scope: str | None
    company_website: str | None
    number_of_employee: str | None
    mailing_address: MailingAddressUpdate | None
    virtual_documents: list[VirtualDocumentUpdate] | None
    physical_documents: list[PhysicalDocumentUpdate] | None
    user_relationship: str | None
    number_of_transaction_per_month: int | str | None
    transaction_frequency: str | None
    id: str | None
    ip_address: str | None


class Error(TypedDict):
    """The request was rejected, or failed; nothing was written."""

    status: int
    code: str
    message: str


class Operations(Protocol):
    """What a handler module for specs/machnet.yaml provides."""

    async def create_user(self, call: Call, *, body: NewUser) -> User:
        """POST /users: Register a user"""
        ...

    async def get_user(self, call: Call, *, user_id: str) -> User:
        """GET /users/{user_id}: Get a user by its id"""
        ...

    async def update_user(self, call: Call, *, user_id: str, body: UserUpdate) -> User:
        """PATCH /users/{user_id}: Update a user"""
        ...

    async def initiate_verification(self, call: Call, *, user_id: str) -> VerificationInitiated:
        """POST /users/{user_id}/kyc: Initiate a user's verification"""
        ...

    async def get_verification_status(self, call: Call, *, user_id: str) -> VerificationStatus:
        """GET /users/{user_id}/cip-info: Get a user's verification status"""
        ...

    async def list_receive_users(self, call: Call, *, user_id: str) -> ReceiveUsers:
        """GET /users/{user_id}/receive-users: Get the receivers of a user"""
        ...


_PHONE_DIALLED = codecs.phone_without("phone-dialled", "+1")


def _physical_document_update_to_stored(item: PhysicalDocumentUpdate) -> dict[str, Any]:
    """What PhysicalDocumentUpdate is in the profile."""
    stored: dict[str, Any] = {}
    if (id := item.get("id")) is not None:
        stored["id"] = id
    if (document_value := item.get("document_value")) is not None:
        stored["front"] = document_value
    if (document_value_back := item.get("document_value_back")) is not None:
        stored["back"] = document_value_back
    if (country := item.get("country")) is not None:
        stored["country"] = country
    stored["type"] = item["document_type"]
    if (state := item.get("state")) is not None:
        stored["region"] = state
    if (expiry_date := item.get("expiry_date")) is not None:
        stored["expires_on"] = expiry_date
    if (id_issuing_authority := item.get("id_issuing_authority")) is not None:
        stored["issuing_authority"] = id_issuing_authority
    return stored


def _virtual_document_update_to_stored(item: VirtualDocumentUpdate) -> dict[str, Any]:
    """What VirtualDocumentUpdate is in the profile."""
    stored: dict[str, Any] = {}
    if (id := item.get("id")) is not None:
        stored["id"] = id
    if (document_value := item.get("document_value")) is not None:
        stored["value"] = masks.from_last4(document_value)
    stored["type"] = item["document_type"]
    if (expiry_date := item.get("expiry_date")) is not None:
        stored["expires_on"] = expiry_date
    if (id_issuing_authority := item.get("id_issuing_authority")) is not None:
        stored["issuing_authority"] = id_issuing_authority
    if (country := item.get("country")) is not None:
        stored["country"] = country
    if (state := item.get("state")) is not None:
        stored["region"] = state
    return stored


def _company_details_update_to_changes(body: CompanyDetailsUpdate) -> Changes:
    """What CompanyDetailsUpdate changes in the profile."""
    changes: Changes = {}
    if (address := body.get("address")) is not None:
        changes["employer.address"] = address
    if (company_name := body.get("company_name")) is not None:
        changes["employer.name"] = company_name
    if (phone_number := body.get("phone_number")) is not None:
        changes["employer.phone"] = phone_number
    return changes


def individual_update_to_changes(body: IndividualUpdate) -> Changes:
    """What IndividualUpdate changes in the profile."""
    changes: Changes = {}
    if (first_name := body.get("first_name")) is not None:
        changes["name.given"] = first_name
    if (middle_name := body.get("middle_name")) is not None:
        changes["name.middle"] = middle_name
    if (last_name := body.get("last_name")) is not None:
        changes["name.family"] = last_name
    if (mobile_phone := body.get("mobile_phone")) is not None:
        changes["phone"] = _PHONE_DIALLED.store(mobile_phone)
    if (email := body.get("email")) is not None:
        changes["email"] = email
    if (address_line1 := body.get("address_line1")) is not None:
        changes["addresses.residential.line1"] = address_line1
    if (address_line2 := body.get("address_line2")) is not None:
        changes["addresses.residential.line2"] = address_line2
    if (city := body.get("city")) is not None:
        changes["addresses.residential.city"] = city
    if (state := body.get("state")) is not None:
        changes["addresses.residential.region"] = state
    if (country := body.get("country")) is not None:
        changes["addresses.residential.country"] = codecs.country_code.store(country)
    if (zipcode := body.get("zipcode")) is not None:
        changes["addresses.residential.postal_code"] = zipcode
    if (date_of_birth := body.get("date_of_birth")) is not None:
        changes["birth.date"] = date_of_birth
    if (gender := body.get("gender")) is not None:
        changes["gender"] = codecs.lower_case.store(gender)
    if (user_scope := body.get("user_scope")) is not None:
        changes["activity.scope"] = user_scope
    if (occupation := body.get("occupation")) is not None:
        changes["occupation"] = occupation
    if (type := body.get("type")) is not None:
        changes["account.type"] = type
    if (physical_documents := body.get("physical_documents")) is not None:
        changes["documents.physical"] = [
            _physical_document_update_to_stored(item) for item in physical_documents
        ]
    if (virtual_documents := body.get("virtual_documents")) is not None:
        changes["documents.virtual"] = [
            _virtual_document_update_to_stored(item) for item in virtual_documents
        ]
    if (company_details := body.get("company_details")) is not None:
        changes |= _company_details_update_to_changes(company_details)
    if (id := body.get("id")) is not None:
        changes["account.id"] = id
    if (ip_address := body.get("ip_address")) is not None:
        changes["account.ip_address"] = ip_address
    return changes


def new_individual_to_changes(body: NewIndividual) -> Changes:
    """What NewIndividual changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["first_name"]
    if (middle_name := body.get("middle_name")) is not None:
        changes["name.middle"] = middle_name
    changes["name.family"] = body["last_name"]
    if (mobile_phone := body.get("mobile_phone")) is not None:
        changes["phone"] = _PHONE_DIALLED.store(mobile_phone)
    changes["email"] = body["email"]
    if (address_line1 := body.get("address_line1")) is not None:
        changes["addresses.residential.line1"] = address_line1
    if (address_line2 := body.get("address_line2")) is not None:
        changes["addresses.residential.line2"] = address_line2
    if (city := body.get("city")) is not None:
        changes["addresses.residential.city"] = city
    if (state := body.get("state")) is not None:
        changes["addresses.residential.region"] = state
    if (country := body.get("country")) is not None:
        changes["addresses.residential.country"] = codecs.country_code.store(country)
    if (zipcode := body.get("zipcode")) is not None:
        changes["addresses.residential.postal_code"] = zipcode
    if (date_of_birth := body.get("date_of_birth")) is not None:
        changes["birth.date"] = date_of_birth
    if (gender := body.get("gender")) is not None:
        changes["gender"] = codecs.lower_case.store(gender)
    if (user_scope := body.get("user_scope")) is not None:
        changes["activity.scope"] = user_scope
    if (occupation := body.get("occupation")) is not None:
        changes["occupation"] = occupation
    if (type := body.get("type")) is not None:
        changes["account.type"] = type
    if (physical_documents := body.get("physical_documents")) is not None:
        changes["documents.physical"] = [
            _physical_document_update_to_stored(item) for item in physical_documents
        ]
    if (virtual_documents := body.get("virtual_documents")) is not None:
        changes["documents.virtual"] = [
            _virtual_document_update_to_stored(item) for item in virtual_documents
        ]
    if (company_details := body.get("company_details")) is not None:
        changes |= _company_details_update_to_changes(company_details)
    if (id := body.get("id")) is not None:
        changes["account.id"] = id
    if (ip_address := body.get("ip_address")) is not None:
        changes["account.ip_address"] = ip_address
    if (business := body.get("business")) is not None:
        changes["account.business"] = business
    if (send_user_id := body.get("send_user_id")) is not None:
        changes["account.send_user_id"] = send_user_id
    if (user_relationship := body.get("user_relationship")) is not None:
        changes["account.user_relationship"] = user_relationship
    return changes


def _mailing_address_update_to_changes(body: MailingAddressUpdate) -> Changes:
    """What MailingAddressUpdate changes in the profile."""
    changes: Changes = {}
    if (address_line1 := body.get("address_line1")) is not None:
        changes["addresses.postal.line1"] = address_line1
    if (address_line2 := body.get("address_line2")) is not None:
        changes["addresses.postal.line2"] = address_line2
    if (city := body.get("city")) is not None:
        changes["addresses.postal.city"] = city
    if (country := body.get("country")) is not None:
        changes["addresses.postal.country"] = codecs.country_code.store(country)
    if (state := body.get("state")) is not None:
        changes["addresses.postal.region"] = state
    if (zipcode := body.get("zipcode")) is not None:
        changes["addresses.postal.postal_code"] = zipcode
    return changes


def business_update_to_changes(body: BusinessUpdate) -> Changes:
    """What BusinessUpdate changes in the profile."""
    changes: Changes = {}
    if (first_name := body.get("first_name")) is not None:
        changes["organization.legal_name"] = first_name
    if (mobile_phone := body.get("mobile_phone")) is not None:
        changes["phone"] = _PHONE_DIALLED.store(mobile_phone)
    if (email := body.get("email")) is not None:
        changes["email"] = email
    if (address_line1 := body.get("address_line1")) is not None:
        changes["addresses.registered.line1"] = address_line1
    if (address_line2 := body.get("address_line2")) is not None:
        changes["addresses.registered.line2"] = address_line2
    if (city := body.get("city")) is not None:
        changes["addresses.registered.city"] = city
    if (state := body.get("state")) is not None:
        changes["addresses.registered.region"] = state
    if (country := body.get("country")) is not None:
        changes["addresses.registered.country"] = codecs.country_code.store(country)
    if (zipcode := body.get("zipcode")) is not None:
        changes["addresses.registered.postal_code"] = zipcode
    if (date_of_birth := body.get("date_of_birth")) is not None:
        changes["organization.formed_on"] = date_of_birth
    if (business := body.get("business")) is not None:
        changes["account.business"] = business
    if (business_type := body.get("business_type")) is not None:
        changes["organization.type"] = business_type
    if (user_scope := body.get("user_scope")) is not None:
        changes["activity.scope"] = user_scope
    if (company_website := body.get("company_website")) is not None:
        changes["organization.website"] = company_website
    if (number_of_employee := body.get("number_of_employee")) is not None:
        changes["organization.size"] = number_of_employee
    if (mailing_address := body.get("mailing_address")) is not None:
        changes |= _mailing_address_update_to_changes(mailing_address)
    if (virtual_documents := body.get("virtual_documents")) is not None:
        changes["documents.virtual"] = [
            _virtual_document_update_to_stored(item) for item in virtual_documents
        ]
    if (physical_documents := body.get("physical_documents")) is not None:
        changes["documents.physical"] = [
            _physical_document_update_to_stored(item) for item in physical_documents
        ]
    if (user_relationship := body.get("user_relationship")) is not None:
        changes["account.user_relationship"] = user_relationship
    if (number_of_transaction_per_month := body.get("number_of_transaction_per_month")) is not None:
        changes["activity.transactions_per_month"] = codecs.whole_number.store(
            number_of_transaction_per_month
        )
    if (transaction_frequency := body.get("transaction_frequency")) is not None:
        changes["activity.frequency"] = transaction_frequency
    if (id := body.get("id")) is not None:
        changes["account.id"] = id
    if (ip_address := body.get("ip_address")) is not None:
        changes["account.ip_address"] = ip_address
    return changes


def new_business_to_changes(body: NewBusiness) -> Changes:
    """What NewBusiness changes in the profile."""
    changes: Changes = {}
    changes["organization.legal_name"] = body["first_name"]
    if (mobile_phone := body.get("mobile_phone")) is not None:
        changes["phone"] = _PHONE_DIALLED.store(mobile_phone)
    changes["email"] = body["email"]
    if (address_line1 := body.get("address_line1")) is not None:
        changes["addresses.registered.line1"] = address_line1
    if (address_line2 := body.get("address_line2")) is not None:
        changes["addresses.registered.line2"] = address_line2
    if (city := body.get("city")) is not None:
        changes["addresses.registered.city"] = city
    if (state := body.get("state")) is not None:
        changes["addresses.registered.region"] = state
    if (country := body.get("country")) is not None:
        changes["addresses.registered.country"] = codecs.country_code.store(country)
    if (zipcode := body.get("zipcode")) is not None:
        changes["addresses.registered.postal_code"] = zipcode
    if (date_of_birth := body.get("date_of_birth")) is not None:
        changes["organization.formed_on"] = date_of_birth
    changes["account.business"] = body["business"]
    if (business_type := body.get("business_type")) is not None:
        changes["organization.type"] = business_type
    if (user_scope := body.get("user_scope")) is not None:
        changes["activity.scope"] = user_scope
    if (company_website := body.get("company_website")) is not None:
        changes["organization.website"] = company_website
    if (number_of_employee := body.get("number_of_employee")) is not None:
        changes["organization.size"] = number_of_employee
    if (mailing_address := body.get("mailing_address")) is not None:
        changes |= _mailing_address_update_to_changes(mailing_address)
    if (virtual_documents := body.get("virtual_documents")) is not None:
        changes["documents.virtual"] = [
            _virtual_document_update_to_stored(item) for item in virtual_documents
        ]
    if (physical_documents := body.get("physical_documents")) is not None:
        changes["documents.physical"] = [
            _physical_document_update_to_stored(item) for item in physical_documents
        ]
    if (user_relationship := body.get("user_relationship")) is not None:
        changes["account.user_relationship"] = user_relationship
    if (number_of_transaction_per_month := body.get("number_of_transaction_per_month")) is not None:
        changes["activity.transactions_per_month"] = codecs.whole_number.store(
            number_of_transaction_per_month
        )
    if (transaction_frequency := body.get("transaction_frequency")) is not None:
        changes["activity.frequency"] = transaction_frequency
    if (id := body.get("id")) is not None:
        changes["account.id"] = id
    if (ip_address := body.get("ip_address")) is not None:
        changes["account.ip_address"] = ip_address
    if (type := body.get("type")) is not None:
        changes["account.type"] = type
    if (send_user_id := body.get("send_user_id")) is not None:
        changes["account.send_user_id"] = send_user_id
    return changes


def new_user_to_changes(body: NewUser) -> Changes:
    """What NewUser changes in the profile."""
    if body.get("business") is True:
        return new_business_to_changes(cast(NewBusiness, body))
    return new_individual_to_changes(cast(NewIndividual, body))


def user_update_to_changes(body: UserUpdate, account: Fields) -> Changes:
    """What UserUpdate changes in the profile."""
    if account.get("account.business") is True:
        return business_update_to_changes(cast(BusinessUpdate, body))
    return individual_update_to_changes(cast(IndividualUpdate, body))


def _company_details_from_fields(fields: Fields) -> CompanyDetails:
    """The profile as CompanyDetails shows it."""
    body: CompanyDetails = {}
    if "employer.address" in fields:
        body["address"] = fields["employer.address"]
    if "employer.name" in fields:
        body["company_name"] = fields["employer.name"]
    if "employer.phone" in fields:
        body["phone_number"] = fields["employer.phone"]
    return body


_FORM_OF_COUNTRY = TextForm("^[A-Z]{2}$")


_FORM_OF_FIRST_NAME = TextForm("^[^\\x00]+$")


_FORM_OF_LAST_NAME = TextForm("^[^\\x00]+$")


_FORM_OF_STATE = TextForm("^[A-Z0-9]{1,3}$", "country", {"US": "^[A-Z]{2}$"})


def _physical_document_from_stored(item: dict[str, Any]) -> PhysicalDocument:
    """PhysicalDocument as this provider shows it."""
    shown: dict[str, Any] = {}
    if "country" in item:
        shown["country"] = item["country"]
    if "type" in item:
        shown["document_type"] = item["type"]
    if "id" in item:
        shown["id"] = item["id"]
    if "region" in item and _FORM_OF_STATE.fits(item["region"], item):
        shown["state"] = item["region"]
    if "expires_on" in item:
        shown["expiry_date"] = item["expires_on"]
    if "issuing_authority" in item:
        shown["id_issuing_authority"] = item["issuing_authority"]
    return cast(PhysicalDocument, shown)


_FORM_OF_STATE_2 = TextForm(
    "^[A-Z0-9]{1,3}$", "addresses.residential.country", {"US": "^[A-Z]{2}$"}
)


def _virtual_document_from_stored(item: dict[str, Any]) -> VirtualDocument:
    """VirtualDocument as this provider shows it."""
    shown: dict[str, Any] = {}
    if "country" in item:
        shown["country"] = item["country"]
    if "type" in item:
        shown["document_type"] = item["type"]
    if "value" in item:
        shown["document_value"] = (
            masks.last4(item["value"]) if item["type"] in {"SSN"} else item["value"]
        )
    if "id" in item:
        shown["id"] = item["id"]
    if "region" in item and _FORM_OF_STATE.fits(item["region"], item):
        shown["state"] = item["region"]
    if "expires_on" in item:
        shown["expiry_date"] = item["expires_on"]
    if "issuing_authority" in item:
        shown["id_issuing_authority"] = item["issuing_authority"]
    return cast(VirtualDocument, shown)


def individual_user_from_fields(fields: Fields) -> IndividualUser:
    """The profile as IndividualUser shows it."""
    body: dict[str, Any] = {}
    if "addresses.residential.line1" in fields:
        body["address_line1"] = fields["addresses.residential.line1"]
    if "addresses.residential.line2" in fields:
        body["address_line2"] = fields["addresses.residential.line2"]
    if "addresses.residential.city" in fields:
        body["city"] = fields["addresses.residential.city"]
    company_details = _company_details_from_fields(fields)
    if company_details:
        body["company_details"] = company_details
    if (
        country := codecs.country_code.show(fields.get("addresses.residential.country"))
    ) is not None and _FORM_OF_COUNTRY.fits(country, fields):
        body["country"] = country
    if "account.created_at" in fields:
        body["created_at"] = fields["account.created_at"]
    if "birth.date" in fields:
        body["date_of_birth"] = fields["birth.date"]
    if "email" in fields:
        body["email"] = fields["email"]
    if "name.given" in fields and _FORM_OF_FIRST_NAME.fits(fields["name.given"], fields):
        body["first_name"] = fields["name.given"]
    if (gender := codecs.lower_case.show(fields.get("gender"))) is not None:
        body["gender"] = gender
    if "account.id" in fields:
        body["id"] = fields["account.id"]
    if "account.ip_address" in fields:
        body["ip_address"] = fields["account.ip_address"]
    if "name.family" in fields and _FORM_OF_LAST_NAME.fits(fields["name.family"], fields):
        body["last_name"] = fields["name.family"]
    if "name.middle" in fields:
        body["middle_name"] = fields["name.middle"]
    if (mobile_phone := _PHONE_DIALLED.show(fields.get("phone"))) is not None:
        body["mobile_phone"] = mobile_phone
    if "occupation" in fields:
        body["occupation"] = fields["occupation"]
    if "documents.physical" in fields:
        body["physical_documents"] = [
            _physical_document_from_stored(item) for item in fields["documents.physical"]
        ]
    if "addresses.residential.region" in fields and _FORM_OF_STATE_2.fits(
        fields["addresses.residential.region"], fields
    ):
        body["state"] = fields["addresses.residential.region"]
    if "account.status" in fields:
        body["status"] = fields["account.status"]
    if "activity.scope" in fields:
        body["user_scope"] = fields["activity.scope"]
    if "documents.virtual" in fields:
        body["virtual_documents"] = [
            _virtual_document_from_stored(item) for item in fields["documents.virtual"]
        ]
    if "addresses.residential.postal_code" in fields:
        body["zipcode"] = fields["addresses.residential.postal_code"]
    return cast(IndividualUser, body)


_FORM_OF_STATE_3 = TextForm("^[A-Z0-9]{1,3}$", "addresses.postal.country", {"US": "^[A-Z]{2}$"})


def _mailing_address_from_fields(fields: Fields) -> MailingAddress:
    """The profile as MailingAddress shows it."""
    body: MailingAddress = {}
    if "addresses.postal.line1" in fields:
        body["address_line1"] = fields["addresses.postal.line1"]
    if "addresses.postal.line2" in fields:
        body["address_line2"] = fields["addresses.postal.line2"]
    if "addresses.postal.city" in fields:
        body["city"] = fields["addresses.postal.city"]
    if (
        country := codecs.country_code.show(fields.get("addresses.postal.country"))
    ) is not None and _FORM_OF_COUNTRY.fits(country, fields):
        body["country"] = country
    if "addresses.postal.region" in fields and _FORM_OF_STATE_3.fits(
        fields["addresses.postal.region"], fields
    ):
        body["state"] = fields["addresses.postal.region"]
    if "addresses.postal.postal_code" in fields:
        body["zipcode"] = fields["addresses.postal.postal_code"]
    return body


_FORM_OF_STATE_4 = TextForm("^[A-Z0-9]{1,3}$", "addresses.registered.country", {"US": "^[A-Z]{2}$"})


def business_user_from_fields(fields: Fields) -> BusinessUser:
    """The profile as BusinessUser shows it."""
    body: dict[str, Any] = {}
    if "addresses.registered.line1" in fields:
        body["address_line1"] = fields["addresses.registered.line1"]
    if "addresses.registered.line2" in fields:
        body["address_line2"] = fields["addresses.registered.line2"]
    if "organization.type" in fields:
        body["business_type"] = fields["organization.type"]
    if "addresses.registered.city" in fields:
        body["city"] = fields["addresses.registered.city"]
    if "organization.website" in fields:
        body["company_website"] = fields["organization.website"]
    if (
        country := codecs.country_code.show(fields.get("addresses.registered.country"))
    ) is not None and _FORM_OF_COUNTRY.fits(country, fields):
        body["country"] = country
    if "account.created_at" in fields:
        body["created_at"] = fields["account.created_at"]
    if "organization.formed_on" in fields:
        body["date_of_birth"] = fields["organization.formed_on"]
    if "email" in fields:
        body["email"] = fields["email"]
    if "organization.legal_name" in fields and _FORM_OF_FIRST_NAME.fits(
        fields["organization.legal_name"], fields
    ):
        body["first_name"] = fields["organization.legal_name"]
    if "account.id" in fields:
        body["id"] = fields["account.id"]
    if "account.ip_address" in fields:
        body["ip_address"] = fields["account.ip_address"]
    mailing_address = _mailing_address_from_fields(fields)
    if mailing_address:
        body["mailing_address"] = mailing_address
    if (mobile_phone := _PHONE_DIALLED.show(fields.get("phone"))) is not None:
        body["mobile_phone"] = mobile_phone
    if "organization.size" in fields:
        body["number_of_employee"] = fields["organization.size"]
    if (
        number_of_transaction_per_month := codecs.whole_number.show(
            fields.get("activity.transactions_per_month")
        )
    ) is not None:
        body["number_of_transaction_per_month"] = number_of_transaction_per_month
    if "documents.physical" in fields:
        body["physical_documents"] = [
            _physical_document_from_stored(item) for item in fields["documents.physical"]
        ]
    if "addresses.registered.region" in fields and _FORM_OF_STATE_4.fits(
        fields["addresses.registered.region"], fields
    ):
        body["state"] = fields["addresses.registered.region"]
    if "account.status" in fields:
        body["status"] = fields["account.status"]
    if "activity.frequency" in fields:
        body["transaction_frequency"] = fields["activity.frequency"]
    if "activity.scope" in fields:
        body["user_scope"] = fields["activity.scope"]
    if "documents.virtual" in fields:
        body["virtual_documents"] = [
            _virtual_document_from_stored(item) for item in fields["documents.virtual"]
        ]
    if "addresses.registered.postal_code" in fields:
        body["zipcode"] = fields["addresses.registered.postal_code"]
    return cast(BusinessUser, body)


def user_from_fields(fields: Fields) -> User:
    """The profile as User shows it."""
    if fields.get("account.business") is True:
        return business_user_from_fields(fields)
    return individual_user_from_fields(fields)


def verification_status_from_fields(fields: Fields) -> VerificationStatus:
    """The profile as VerificationStatus shows it."""
    body: dict[str, Any] = {}
    if "account.id" in fields:
        body["user_id"] = fields["account.id"]
    if "account.status" in fields:
        body["kyc_status"] = fields["account.status"]
    return cast(VerificationStatus, body)


RULES = LockRules(
    states={"verified": {"account.status": "VERIFIED"}},
    tables=(
        LockTable(
            applies={"account.business": False},
            locks=(
                Lock("name.given", "verified"),
                Lock("name.middle", "verified"),
                Lock("name.family", "verified"),
                Lock("email", "verified"),
                Lock("addresses.residential.country", "always"),
                Lock("birth.date", "verified"),
                Lock("gender", "verified"),
                Lock("activity.scope", "verified"),
                Lock("account.type", "always"),
                Lock("documents.virtual", "verified", frozenset({"SSN"})),
                Lock("account.id", "always"),
            ),
        ),
        LockTable(
            applies={"account.business": True},
            locks=(
                Lock("organization.legal_name", "verified"),
                Lock("addresses.registered.country", "always"),
                Lock("organization.formed_on", "verified"),
                Lock("account.business", "always"),
                Lock("organization.type", "verified"),
                Lock("activity.scope", "verified"),
                Lock("documents.virtual", "verified"),
                Lock(
                    "documents.physical",
                    "verified",
                    frozenset(
                        {
                            "EIN",
                            "EIN_NUMBER",
                            "CERTIFICATION_OF_INCORPORATION",
                            "CERTIFICATE_OF_INCORPORATION",
                        }
                    ),
                ),
                Lock("account.user_relationship", "always"),
                Lock("account.id", "always"),
            ),
        ),
    ),
)
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "first_name",
    "name.middle": "middle_name",
    "name.family": "last_name",
    "phone": "mobile_phone",
    "email": "email",
    "addresses.residential.line1": "address_line1",
    "addresses.residential.line2": "address_line2",
    "addresses.residential.city": "city",
    "addresses.residential.region": "state",
    "addresses.residential.country": "country",
    "addresses.residential.postal_code": "zipcode",
    "birth.date": "date_of_birth",
    "gender": "gender",
    "activity.scope": "user_scope",
    "occupation": "occupation",
    "account.type": "type",
    "documents.physical": "physical_documents",
    "documents.virtual": "virtual_documents",
    "employer.address": "company_details.address",
    "employer.name": "company_details.company_name",
    "employer.phone": "company_details.phone_number",
    "account.id": "id",
    "account.ip_address": "ip_address",
    "organization.legal_name": "first_name",
    "addresses.registered.line1": "address_line1",
    "addresses.registered.line2": "address_line2",
    "addresses.registered.city": "city",
    "addresses.registered.region": "state",
    "addresses.registered.country": "country",
    "addresses.registered.postal_code": "zipcode",
    "organization.formed_on": "date_of_birth",
    "account.business": "business",
    "organization.type": "business_type",
    "organization.website": "company_website",
    "organization.size": "number_of_employee",
    "addresses.postal.line1": "mailing_address.address_line1",
    "addresses.postal.line2": "mailing_address.address_line2",
    "addresses.postal.city": "mailing_address.city",
    "addresses.postal.country": "mailing_address.country",
    "addresses.postal.region": "mailing_address.state",
    "addresses.postal.postal_code": "mailing_address.zipcode",
    "account.user_relationship": "user_relationship",
    "activity.transactions_per_month": "number_of_transaction_per_month",
    "activity.frequency": "transaction_frequency",
    "account.send_user_id": "send_user_id",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(
        Representation("IndividualUser", {"account.business": False}, individual_user_from_fields),
        Representation("BusinessUser", {"account.business": True}, business_user_from_fields),
    ),
    updates=(
        UpdateForm("update_user", {"account.business": False}, individual_update_to_changes),
        UpdateForm("update_user", {"account.business": True}, business_update_to_changes),
    ),
    forms=(
        SentForm("addresses.residential.region", ("state",), _FORM_OF_STATE_2),
        SentForm("documents.physical", ("physical_documents", "state"), _FORM_OF_STATE, "region"),
        SentForm("documents.virtual", ("virtual_documents", "state"), _FORM_OF_STATE, "region"),
        SentForm("addresses.registered.region", ("state",), _FORM_OF_STATE_4),
        SentForm("addresses.postal.region", ("mailing_address", "state"), _FORM_OF_STATE_3),
    ),
)
"""Everything that the engine knows of this provider."""
