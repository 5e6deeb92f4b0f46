# Generated from specs/kraken.yaml by `make generate`. Edit the spec, not this file.
"""Kraken Embed: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation, UpdateForm
from profilegate.profile.union_members import known_parts


class FullName(TypedDict):
    """The user's full name, replaced whole."""

    first_name: str
    last_name: str
    middle_name: NotRequired[str | None]


# fmt: off
CountryCode = Literal[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX",
    "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ",
    "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK",
    "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM",
    "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR",
    "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
    "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN",
    "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
    "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV",
    "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ",
    "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI",
    "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
    "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC",
    "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV",
    "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR",
    "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW", "AC", "AN", "AP", "CP", "DG", "EA",
    "EU", "IC", "JX", "TA", "QO", "XK", "0C",
]
# fmt: on
"""An ISO 3166-1 alpha-2 country code, or one of thirteen other codes that Kraken accepts."""


class Residence(TypedDict):
    """The user's residential address, replaced whole."""

    line1: str
    city: str
    postal_code: str
    country: CountryCode
    line2: NotRequired[str | None]
    province: NotRequired[str | None]


class TaxId(TypedDict):
    """A tax number and the country that issued it."""

    id: str
    issuing_country: CountryCode


Occupation = Literal[
    "agriculture",
    "business_management",
    "computers_and_it",
    "construction",
    "education",
    "finance",
    "government",
    "healthcare",
    "hospitality",
    "manufacturing",
    "marketing",
    "media",
    "other",
    "science",
    "self_employed",
    "student",
    "transportation",
    "unemployed",
    "employed",
]
"""A user's occupation."""


class ConcatIdentifier(TypedDict):
    """A CONCAT identifier, made of country, birth date and name, and when it was made."""

    type: Literal["concat"]
    value: str
    calculated_at: str


class IssuedIdentifier(TypedDict):
    """A number that an authority has issued."""

    type: Literal["passport", "national_id", "tax_id", "lei"]
    value: str


class UnknownIdentifier(TypedDict):
    """The platform knows that the user has an identifier, but not which."""

    type: Literal["unknown"]


PlainIdentifier = str
"""An identifier of an unnamed kind."""


class NewUser(TypedDict):
    """A new user's details; those which are not required may follow by updates."""

    tos_version_accepted: int
    full_name: FullName
    date_of_birth: str
    city_of_birth: NotRequired[str | None]
    country_of_birth: NotRequired[CountryCode | None]
    residence: Residence
    phone: str
    nationalities: list[CountryCode]
    tax_ids: NotRequired[list[TaxId] | None]
    occupation: Occupation
    employer_name: NotRequired[str | None]
    client_identifier: NotRequired[
        ConcatIdentifier | IssuedIdentifier | UnknownIdentifier | PlainIdentifier
    ]
    language: NotRequired[str | None]
    email: str
    external_id: str


Iiban = str
"""An Internet International Bank Account Number, in groups of four as Kraken prints it."""


class CreatedUser(TypedDict):
    """A new user's IIBAN."""

    user: Iiban


class CreateResult(TypedDict):
    """Confirms the new user, with its IIBAN."""

    result: CreatedUser


UserId = str
"""An IIBAN, with or without blanks."""


class DetailsType(TypedDict):
    """Which detail it is."""

    type: Literal[
        "terms_of_service",
        "full_name",
        "date_of_birth",
        "city_of_birth",
        "country_of_birth",
        "nationalities",
        "residence",
        "phone",
        "occupation",
        "employer",
        "tax_ids",
        "client_identifier",
    ]
    version: NotRequired[int]


class ProvideDetails(TypedDict):
    """A detail of the user has to be given, by an update."""

    action_type: Literal["provide_details"]
    details_type: DetailsType
    reason: str | None
    deadline: str | None


class Verify(TypedDict):
    """Something about the user has to be verified."""

    action_type: Literal["verification"]
    verification_type: Literal[
        "identity",
        "negative_news_check",
        "pep_check",
        "residence",
        "sanctions_check",
        "selfie",
        "tax_id",
    ]
    reasons: list[str]
    deadline: str | None


class Wait(TypedDict):
    """Nothing can be done but wait."""

    action_type: Literal["wait"]
    wait_reason_code: str


RequiredAction = ProvideDetails | Verify | Wait
"""Something that has to be done for a user."""


class StatusOk(TypedDict):
    """The user is in good standing."""

    state: Literal["ok"]
    required_actions: list[RequiredAction]


class StatusDisabled(TypedDict):
    """The user cannot do anything at present."""

    state: Literal["disabled"]
    reasons: list[str]
    required_actions: list[RequiredAction]


class StatusClosed(TypedDict):
    """The user is gone for good."""

    state: Literal["closed"]
    reasons: list[str]


class UserInfo(TypedDict):
    """A user without its details."""

    user: Iiban
    external_id: str | None
    user_type: Literal["individual", "corporate"]
    status: StatusOk | StatusDisabled | StatusClosed
    created_at: NotRequired[str]


class GetResult(TypedDict):
    """A user's status."""

    result: UserInfo


class UserUpdate(TypedDict, total=False):
    """The user's details that are to change: each is optional, null counts as not sent."""

    tos_version_accepted: int | None
    full_name: FullName
    date_of_birth: str | None
    city_of_birth: str | None
    country_of_birth: CountryCode | None
    residence: Residence
    phone: str | None
    nationalities: list[CountryCode] | None
    tax_ids: list[TaxId] | None
    occupation: Occupation | None
    employer_name: str | None
    client_identifier: ConcatIdentifier | IssuedIdentifier | UnknownIdentifier | PlainIdentifier
    language: str | None


class UpdateResult(TypedDict, total=False):
    """Confirms the update."""

    result: Literal["success"] | None


NonceV1 = str | int
"""The nonce, as a text or a number; see API-Nonce."""


class CreateUserV1(TypedDict):
    """A new user's details and the nonce."""

    UserInfo: NewUser
    nonce: NotRequired[NonceV1]


NoErrors = list[str]
"""The error list of a success, which is empty."""


class CreateResultV1(TypedDict):
    """Confirms the new user, with its IIBAN."""

    error: NoErrors
    result: CreatedUser


class GetUserV1(TypedDict, total=False):
    """The nonce."""

    nonce: NonceV1


class GetResultV1(TypedDict):
    """A user's status."""

    error: NoErrors
    result: UserInfo


class UserOfV1(TypedDict):
    """The user that changes."""

    user: UserId


class UpdateUserV1(TypedDict):
    """Which user changes, how, and the nonce."""

    query: UserOfV1
    body: UserUpdate
    nonce: NotRequired[NonceV1]


class UpdateResultV1(TypedDict):
    """Confirms the update."""

    error: NoErrors
    result: Literal["success"]


class ErrorResponse(TypedDict):
    """Why a request is rejected: one entry for each violation."""

    error: list[str]


class Operations(Protocol):
    """What a handler module for specs/kraken.yaml provides."""

    async def create_user(self, call: Call, *, body: NewUser) -> CreateResult:
        """POST /b2b/users: Create a user"""
        ...

    async def get_user(self, call: Call, *, user: UserId) -> GetResult:
        """GET /b2b/users/{user}: Get a user's status"""
        ...

    async def update_user(self, call: Call, *, user: UserId, body: UserUpdate) -> UpdateResult:
        """PATCH /b2b/users/{user}: Update a user"""
        ...

    async def create_user_v1(self, call: Call, *, body: CreateUserV1) -> CreateResultV1:
        """POST /0/private/CreateUser: Create a user (v1)"""
        ...

    async def get_user_v1(self, call: Call, *, user: UserId, body: GetUserV1) -> GetResultV1:
        """POST /0/private/GetUser: Get a user's status (v1)"""
        ...

    async def update_user_v1(self, call: Call, *, body: UpdateUserV1) -> UpdateResultV1:
        """POST /0/private/UpdateUser: Update a user (v1)"""
        ...


def _full_name_to_changes(body: FullName) -> Changes:
    """What FullName changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["first_name"]
    changes["name.family"] = body["last_name"]
    changes["name.middle"] = body.get("middle_name")
    return changes


def _residence_to_changes(body: Residence) -> Changes:
    """What Residence changes in the profile."""
    changes: Changes = {}
    changes["addresses.residential.line1"] = body["line1"]
    changes["addresses.residential.city"] = body["city"]
    changes["addresses.residential.postal_code"] = body["postal_code"]
    changes["addresses.residential.country"] = codecs.country_code.store(body["country"])
    changes["addresses.residential.line2"] = body.get("line2")
    changes["addresses.residential.region"] = body.get("province")
    return changes


def _tax_id_to_stored(item: TaxId) -> dict[str, Any]:
    """What TaxId is in the profile."""
    stored: dict[str, Any] = {}
    stored["id"] = item["id"]
    stored["country"] = item["issuing_country"]
    return stored


_PARTS_OF_CLIENT_IDENTIFIER: Mapping[str, frozenset[str]] = {
    "concat": frozenset({"calculated_at", "type", "value"}),
    "passport": frozenset({"type", "value"}),
    "national_id": frozenset({"type", "value"}),
    "tax_id": frozenset({"type", "value"}),
    "lei": frozenset({"type", "value"}),
    "unknown": frozenset({"type"}),
}


def new_user_to_changes(body: NewUser) -> Changes:
    """What NewUser changes in the profile."""
    changes: Changes = {}
    changes["account.tos_version_accepted"] = body["tos_version_accepted"]
    changes |= _full_name_to_changes(body["full_name"])
    changes["birth.date"] = body["date_of_birth"]
    if (city_of_birth := body.get("city_of_birth")) is not None:
        changes["birth.city"] = city_of_birth
    if (country_of_birth := body.get("country_of_birth")) is not None:
        changes["birth.country"] = codecs.country_code.store(country_of_birth)
    changes |= _residence_to_changes(body["residence"])
    changes["phone"] = codecs.phone_e164.store(body["phone"])
    changes["nationalities"] = body["nationalities"]
    if (tax_ids := body.get("tax_ids")) is not None:
        changes["tax.ids"] = [_tax_id_to_stored(item) for item in tax_ids]
    changes["occupation"] = body["occupation"]
    if (employer_name := body.get("employer_name")) is not None:
        changes["employer.name"] = employer_name
    if "client_identifier" in body:
        changes["account.client_identifier"] = known_parts(
            body["client_identifier"], "type", _PARTS_OF_CLIENT_IDENTIFIER
        )
    if (language := body.get("language")) is not None:
        changes["language"] = language
    changes["email"] = body["email"]
    changes["account.external_id"] = body["external_id"]
    return changes


def user_update_to_changes(body: UserUpdate) -> Changes:
    """What UserUpdate changes in the profile."""
    changes: Changes = {}
    if (tos_version_accepted := body.get("tos_version_accepted")) is not None:
        changes["account.tos_version_accepted"] = tos_version_accepted
    if (full_name := body.get("full_name")) is not None:
        changes |= _full_name_to_changes(full_name)
    if (date_of_birth := body.get("date_of_birth")) is not None:
        changes["birth.date"] = date_of_birth
    if (city_of_birth := body.get("city_of_birth")) is not None:
        changes["birth.city"] = city_of_birth
    if (country_of_birth := body.get("country_of_birth")) is not None:
        changes["birth.country"] = codecs.country_code.store(country_of_birth)
    if (residence := body.get("residence")) is not None:
        changes |= _residence_to_changes(residence)
    if (phone := body.get("phone")) is not None:
        changes["phone"] = codecs.phone_e164.store(phone)
    if (nationalities := body.get("nationalities")) is not None:
        changes["nationalities"] = nationalities
    if (tax_ids := body.get("tax_ids")) is not None:
        changes["tax.ids"] = [_tax_id_to_stored(item) for item in tax_ids]
    if (occupation := body.get("occupation")) is not None:
        changes["occupation"] = occupation
    if (employer_name := body.get("employer_name")) is not None:
        changes["employer.name"] = employer_name
    if "client_identifier" in body:
        changes["account.client_identifier"] = known_parts(
            body["client_identifier"], "type", _PARTS_OF_CLIENT_IDENTIFIER
        )
    if (language := body.get("language")) is not None:
        changes["language"] = language
    return changes


def create_user_v1_to_changes(body: CreateUserV1) -> Changes:
    """What CreateUserV1 changes in the profile."""
    changes: Changes = {}
    changes |= new_user_to_changes(body["UserInfo"])
    return changes


def update_user_v1_to_changes(body: UpdateUserV1) -> Changes:
    """What UpdateUserV1 changes in the profile."""
    changes: Changes = {}
    changes |= user_update_to_changes(body["body"])
    return changes


def _full_name_from_fields(fields: Fields) -> FullName:
    """The profile as FullName shows it."""
    body: dict[str, Any] = {}
    if "name.given" in fields:
        body["first_name"] = fields["name.given"]
    if "name.family" in fields:
        body["last_name"] = fields["name.family"]
    if "name.middle" in fields:
        body["middle_name"] = fields["name.middle"]
    return cast(FullName, body)


def _residence_from_fields(fields: Fields) -> Residence:
    """The profile as Residence shows it."""
    body: dict[str, Any] = {}
    if "addresses.residential.line1" in fields:
        body["line1"] = fields["addresses.residential.line1"]
    if "addresses.residential.city" in fields:
        body["city"] = fields["addresses.residential.city"]
    if "addresses.residential.postal_code" in fields:
        body["postal_code"] = fields["addresses.residential.postal_code"]
    if (
        country := codecs.country_code.show(fields.get("addresses.residential.country"))
    ) is not None:
        body["country"] = country
    if "addresses.residential.line2" in fields:
        body["line2"] = fields["addresses.residential.line2"]
    if "addresses.residential.region" in fields:
        body["province"] = fields["addresses.residential.region"]
    return cast(Residence, body)


def _tax_id_from_stored(item: dict[str, Any]) -> TaxId:
    """TaxId as this provider shows it."""
    shown: dict[str, Any] = {}
    if "id" in item:
        shown["id"] = item["id"]
    if "country" in item:
        shown["issuing_country"] = item["country"]
    return cast(TaxId, shown)


def user_update_from_fields(fields: Fields) -> UserUpdate:
    """The profile as UserUpdate shows it."""
    body: dict[str, Any] = {}
    if "account.tos_version_accepted" in fields:
        body["tos_version_accepted"] = fields["account.tos_version_accepted"]
    full_name = _full_name_from_fields(fields)
    if full_name.keys() >= {"first_name", "last_name"}:
        body["full_name"] = full_name
    if "birth.date" in fields:
        body["date_of_birth"] = fields["birth.date"]
    if "birth.city" in fields:
        body["city_of_birth"] = fields["birth.city"]
    if (country_of_birth := codecs.country_code.show(fields.get("birth.country"))) is not None:
        body["country_of_birth"] = country_of_birth
    residence = _residence_from_fields(fields)
    if residence.keys() >= {"line1", "city", "postal_code", "country"}:
        body["residence"] = residence
    if (phone := codecs.phone_e164.show(fields.get("phone"))) is not None:
        body["phone"] = phone
    if "nationalities" in fields:
        body["nationalities"] = fields["nationalities"]
    if "tax.ids" in fields:
        body["tax_ids"] = [_tax_id_from_stored(item) for item in fields["tax.ids"]]
    if "occupation" in fields:
        body["occupation"] = fields["occupation"]
    if "employer.name" in fields:
        body["employer_name"] = fields["employer.name"]
    if "account.client_identifier" in fields:
        body["client_identifier"] = fields["account.client_identifier"]
    if "language" in fields:
        body["language"] = fields["language"]
    return cast(UserUpdate, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "account.tos_version_accepted": "tos_version_accepted",
    "name.given": "full_name.first_name",
    "name.family": "full_name.last_name",
    "name.middle": "full_name.middle_name",
    "birth.date": "date_of_birth",
    "birth.city": "city_of_birth",
    "birth.country": "country_of_birth",
    "addresses.residential.line1": "residence.line1",
    "addresses.residential.city": "residence.city",
    "addresses.residential.postal_code": "residence.postal_code",
    "addresses.residential.country": "residence.country",
    "addresses.residential.line2": "residence.line2",
    "addresses.residential.region": "residence.province",
    "phone": "phone",
    "nationalities": "nationalities",
    "tax.ids": "tax_ids",
    "occupation": "occupation",
    "employer.name": "employer_name",
    "account.client_identifier": "client_identifier",
    "language": "language",
    "email": "email",
    "account.external_id": "external_id",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("UserUpdate", {}, user_update_from_fields),),
    updates=(UpdateForm("update_user", {}, user_update_to_changes),),
)
"""Everything that the engine knows of this provider."""
