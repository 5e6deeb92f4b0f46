# Generated from specs/navixy.yaml by `make generate`. Edit the spec, not this file.
"""Navixy, user: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile import codecs
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation, UpdateForm


class UserAuth(TypedDict):
    """The parameters of `auth`."""

    login: str
    password: str
    dealer_id: NotRequired[int | str]


class LoggedIn(TypedDict):
    """A session is open."""

    success: Literal[True]
    type: Literal["authenticated"]
    hash: str


class PaasSettings(TypedDict):
    """What the dealer set; here the same for everybody."""

    service_title: str
    locale: str
    currency: str
    maps: list[str]
    allow_registration: bool


class UserInfo(TypedDict):
    """The user, as far as the profile knows."""

    id: int
    login: NotRequired[str]
    title: NotRequired[str]
    phone: NotRequired[str]
    creation_date: NotRequired[str]
    balance: float
    bonus: float
    locale: str
    demo: bool
    verified: bool
    legal_type: NotRequired[Literal["legal_entity", "individual", "sole_trader"]]
    default_geocoder: Literal["google", "yandex", "progorod", "osm", "locationiq"]
    route_provider: Literal["progorod", "google", "osrm"]
    time_zone: str
    measurement_system: Literal["metric", "imperial", "us", "metric_gal_us", "nautical"]
    date_format: Literal[
        "ddMMyyyy_dots",
        "ddMMyyyy_slashes",
        "MMddyyyy_hyphens",
        "yyyyMMdd_hyphens",
        "dMMMy",
        "dMMMMy",
    ]
    hour_mode: Literal["TWENTY_FOUR_HOURS", "TWELVE_HOURS"]
    tin: str
    iec: str
    post_country: str
    post_region: str
    post_index: str
    post_city: str
    post_street_address: str
    registered_country: str
    registered_region: str
    registered_index: str
    registered_city: str
    registered_street_address: str
    first_name: NotRequired[str]
    middle_name: NotRequired[str]
    last_name: NotRequired[str]
    legal_name: NotRequired[str]


class TariffRestrictions(TypedDict):
    """What the user's plan allows."""

    allowed_maps: list[str]


class UserMenuFooter(TypedDict):
    """Items at the foot."""

    items: list[dict[str, Any]]


class UserMenu(TypedDict):
    """The menu of the user; here an empty one."""

    title: str
    account: list[dict[str, Any]]
    main: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    footer: UserMenuFooter


class UserShown(TypedDict):
    """The user and what there is around."""

    success: Literal[True]
    paas_id: int
    paas_settings: PaasSettings
    user_info: UserInfo
    tariff_restrictions: TariffRestrictions
    premium_gis: bool
    features: list[str]
    user_menu: UserMenu


Hash = str
"""An API key or a session hash, 32 hexadecimal characters; may stand elsewhere instead."""


class UserInfoRequest(TypedDict, total=False):
    """The parameters of `get_info`."""

    hash: Hash
    iso_datetime: bool | Literal["true", "false"]


class Success(TypedDict):
    """What was asked is done."""

    success: Literal[True]


class SessionRequest(TypedDict, total=False):
    """The parameters of `logout` and `renew`."""

    hash: Hash


class PersonalInfo(TypedDict):
    """What every legal type sends: who calls, contact person, phone and postal address."""

    hash: NotRequired[Hash]
    first_name: str
    middle_name: NotRequired[str]
    last_name: str
    phone: NotRequired[str]
    post_country: NotRequired[str]
    post_index: NotRequired[str]
    post_region: NotRequired[str]
    post_city: NotRequired[str]
    post_street_address: NotRequired[str]


class Individual(PersonalInfo):
    """A private person."""

    legal_type: Literal["individual"]


class Registration(TypedDict, total=False):
    """What a business sends besides: its numbers and its registered address."""

    okpo_code: str
    registered_country: str
    registered_index: str
    registered_region: str
    registered_city: str
    registered_street_address: str
    state_reg_num: str
    tin: str


class SoleTrader(PersonalInfo, Registration):
    """A person in business on their own account."""

    legal_type: Literal["sole_trader"]


class LegalEntity(PersonalInfo, Registration):
    """An organization."""

    legal_type: Literal["legal_entity"]
    iec: NotRequired[str]
    legal_name: NotRequired[str]


PersonalInfoUpdate = Individual | SoleTrader | LegalEntity
"""The body of `update`; legal_type says which of the three it is."""


class Status(TypedDict):
    """Why, as a number and in words."""

    code: int
    description: str


class ParameterError(TypedDict):
    """What is wrong with one field."""

    parameter: str
    error: str


class Error(TypedDict):
    """What was asked was rejected, or failed; nothing was written."""

    success: Literal[False]
    status: Status
    errors: NotRequired[list[ParameterError]]


class Operations(Protocol):
    """What a handler module for specs/navixy.yaml provides."""

    async def log_in_by_query(self, call: Call, *, credentials: UserAuth) -> LoggedIn:
        """GET /v2/user/auth: Log in, by query"""
        ...

    async def log_in(self, call: Call, *, body: UserAuth) -> LoggedIn:
        """POST /v2/user/auth: Log in"""
        ...

    async def get_info_by_query(
        self, call: Call, *, iso_datetime: Literal["true", "false"] | None = None
    ) -> UserShown:
        """GET /v2/user/get_info: Read the user, by query"""
        ...

    async def get_info(
        self,
        call: Call,
        *,
        iso_datetime: Literal["true", "false"] | None = None,
        body: UserInfoRequest | None = None,
    ) -> UserShown:
        """POST /v2/user/get_info: Read the user"""
        ...

    async def log_out_by_query(self, call: Call) -> Success:
        """GET /v2/user/logout: Log out, by query"""
        ...

    async def log_out(self, call: Call, *, body: SessionRequest | None = None) -> Success:
        """POST /v2/user/logout: Log out"""
        ...

    async def renew_session_by_query(self, call: Call) -> Success:
        """GET /v2/user/session/renew: Prolong the session, by query"""
        ...

    async def renew_session(self, call: Call, *, body: SessionRequest | None = None) -> Success:
        """POST /v2/user/session/renew: Prolong the session"""
        ...

    async def update_personal_info_by_query(
        self, call: Call, *, info: PersonalInfoUpdate
    ) -> Success:
        """GET /v2/user/personal_info/update: Update the user's personal info, by query"""
        ...

    async def update_personal_info(self, call: Call, *, body: PersonalInfoUpdate) -> Success:
        """POST /v2/user/personal_info/update: Update the user's personal info"""
        ...


_PHONE_DIGITS = codecs.phone_without("phone-digits", "+")


def personal_info_to_changes(body: PersonalInfo) -> Changes:
    """What PersonalInfo changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["first_name"]
    changes["name.middle"] = body.get("middle_name")
    changes["name.family"] = body["last_name"]
    if "phone" in body:
        changes["phone"] = _PHONE_DIGITS.store(body["phone"])
    post_country = body.get("post_country")
    changes["addresses.postal.country"] = (
        None if post_country is None else codecs.country_name.store(post_country)
    )
    changes["addresses.postal.postal_code"] = body.get("post_index")
    changes["addresses.postal.region"] = body.get("post_region")
    changes["addresses.postal.city"] = body.get("post_city")
    changes["addresses.postal.line1"] = body.get("post_street_address")
    return changes


def individual_to_changes(body: Individual) -> Changes:
    """What Individual changes in the profile."""
    changes: Changes = personal_info_to_changes(body)
    changes["account.legal_type"] = body["legal_type"]
    return changes


def registration_to_changes(body: Registration) -> Changes:
    """What Registration changes in the profile."""
    changes: Changes = {}
    changes["registration.okpo"] = body.get("okpo_code")
    registered_country = body.get("registered_country")
    changes["addresses.registered.country"] = (
        None if registered_country is None else codecs.country_name.store(registered_country)
    )
    changes["addresses.registered.postal_code"] = body.get("registered_index")
    changes["addresses.registered.region"] = body.get("registered_region")
    changes["addresses.registered.city"] = body.get("registered_city")
    changes["addresses.registered.line1"] = body.get("registered_street_address")
    changes["registration.state_number"] = body.get("state_reg_num")
    changes["tax.tin"] = body.get("tin")
    return changes


def sole_trader_to_changes(body: SoleTrader) -> Changes:
    """What SoleTrader changes in the profile."""
    changes: Changes = personal_info_to_changes(body) | registration_to_changes(body)
    changes["account.legal_type"] = body["legal_type"]
    return changes


def legal_entity_to_changes(body: LegalEntity) -> Changes:
    """What LegalEntity changes in the profile."""
    changes: Changes = personal_info_to_changes(body) | registration_to_changes(body)
    changes["account.legal_type"] = body["legal_type"]
    changes["registration.kpp"] = body.get("iec")
    changes["organization.legal_name"] = body.get("legal_name")
    return changes


def personal_info_update_to_changes(body: PersonalInfoUpdate) -> Changes:
    """What PersonalInfoUpdate changes in the profile."""
    if body["legal_type"] == "individual":
        return individual_to_changes(body)
    if body["legal_type"] == "sole_trader":
        return sole_trader_to_changes(body)
    return legal_entity_to_changes(body)


def user_info_from_fields(fields: Fields) -> UserInfo:
    """The profile as UserInfo shows it."""
    body: dict[str, Any] = {}
    if (id := codecs.whole_number.show(fields.get("account.id"))) is not None:
        body["id"] = id
    if "account.login" in fields:
        body["login"] = fields["account.login"]
    if "account.title" in fields:
        body["title"] = fields["account.title"]
    if (phone := _PHONE_DIGITS.show(fields.get("phone"))) is not None:
        body["phone"] = phone
    if "account.creation_date" in fields:
        body["creation_date"] = fields["account.creation_date"]
    if "account.legal_type" in fields:
        body["legal_type"] = fields["account.legal_type"]
    if "tax.tin" in fields:
        body["tin"] = fields["tax.tin"]
    if "registration.kpp" in fields:
        body["iec"] = fields["registration.kpp"]
    if (
        post_country := codecs.country_name.show(fields.get("addresses.postal.country"))
    ) is not None:
        body["post_country"] = post_country
    if "addresses.postal.region" in fields:
        body["post_region"] = fields["addresses.postal.region"]
    if "addresses.postal.postal_code" in fields:
        body["post_index"] = fields["addresses.postal.postal_code"]
    if "addresses.postal.city" in fields:
        body["post_city"] = fields["addresses.postal.city"]
    if "addresses.postal.line1" in fields:
        body["post_street_address"] = fields["addresses.postal.line1"]
    if (
        registered_country := codecs.country_name.show(fields.get("addresses.registered.country"))
    ) is not None:
        body["registered_country"] = registered_country
    if "addresses.registered.region" in fields:
        body["registered_region"] = fields["addresses.registered.region"]
    if "addresses.registered.postal_code" in fields:
        body["registered_index"] = fields["addresses.registered.postal_code"]
    if "addresses.registered.city" in fields:
        body["registered_city"] = fields["addresses.registered.city"]
    if "addresses.registered.line1" in fields:
        body["registered_street_address"] = fields["addresses.registered.line1"]
    if "name.given" in fields:
        body["first_name"] = fields["name.given"]
    if "name.middle" in fields:
        body["middle_name"] = fields["name.middle"]
    if "name.family" in fields:
        body["last_name"] = fields["name.family"]
    if "organization.legal_name" in fields:
        body["legal_name"] = fields["organization.legal_name"]
    return cast(UserInfo, body)


def user_shown_from_fields(fields: Fields) -> UserShown:
    """The profile as UserShown shows it."""
    body: dict[str, Any] = {}
    user_info = user_info_from_fields(fields)
    if user_info.keys() >= {
        "id",
        "tin",
        "iec",
        "post_country",
        "post_region",
        "post_index",
        "post_city",
        "post_street_address",
        "registered_country",
        "registered_region",
        "registered_index",
        "registered_city",
        "registered_street_address",
    }:
        body["user_info"] = user_info
    return cast(UserShown, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "first_name",
    "name.middle": "middle_name",
    "name.family": "last_name",
    "phone": "phone",
    "addresses.postal.country": "post_country",
    "addresses.postal.postal_code": "post_index",
    "addresses.postal.region": "post_region",
    "addresses.postal.city": "post_city",
    "addresses.postal.line1": "post_street_address",
    "account.legal_type": "legal_type",
    "registration.okpo": "okpo_code",
    "addresses.registered.country": "registered_country",
    "addresses.registered.postal_code": "registered_index",
    "addresses.registered.region": "registered_region",
    "addresses.registered.city": "registered_city",
    "addresses.registered.line1": "registered_street_address",
    "registration.state_number": "state_reg_num",
    "tax.tin": "tin",
    "registration.kpp": "iec",
    "organization.legal_name": "legal_name",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("UserInfo", {}, user_info_from_fields),),
    updates=(UpdateForm("update_personal_info", {}, personal_info_update_to_changes),),
)
"""Everything that the engine knows of this provider."""
