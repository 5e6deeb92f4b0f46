"""The rules of Kraken's PATCH as msgspec structs, for Litestar and Falcon."""

from datetime import date, datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from benchmarks.peers.codes import LANGUAGE, PHONE, Country, Occupation


class FullName(Struct):
    first_name: str
    last_name: str
    middle_name: str | None = None


class Residence(Struct):
    line1: str
    city: str
    postal_code: str
    country: Country
    line2: str | None = None
    province: str | None = None


class TaxId(Struct):
    id: str
    issuing_country: Country


class Concat(Struct, tag="concat"):
    value: str
    calculated_at: datetime


class Passport(Struct, tag="passport"):
    value: str


class NationalId(Struct, tag="national_id"):
    value: str


class TaxNumber(Struct, tag="tax_id"):
    value: str


class Lei(Struct, tag="lei"):
    value: str


class Unknown(Struct, tag="unknown"):
    pass


Identifier = Concat | Passport | NationalId | TaxNumber | Lei | Unknown | str


class UserUpdate(Struct, omit_defaults=True):
    tos_version_accepted: Annotated[int, Meta(ge=-(2**31), lt=2**31)] | None = None
    full_name: FullName | UnsetType = UNSET
    date_of_birth: date | None = None
    city_of_birth: str | None = None
    country_of_birth: Country | None = None
    residence: Residence | UnsetType = UNSET
    phone: Annotated[str, Meta(pattern=PHONE)] | None = None
    nationalities: list[Country] | None = None
    tax_ids: list[TaxId] | None = None
    occupation: Occupation | None = None
    employer_name: str | None = None
    client_identifier: Identifier | UnsetType = UNSET
    language: Annotated[str, Meta(pattern=LANGUAGE)] | None = None
