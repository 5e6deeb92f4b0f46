"""FastAPI and pydantic 2: the rules of Kraken's PATCH as models."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import FastAPI, Header, HTTPException, Path, Request
from pydantic import BaseModel, Field, StrictInt
from starlette.types import ASGIApp

from benchmarks.peers.codes import LANGUAGE, PHONE, Country, Occupation
from benchmarks.peers.signing import Accept, Signed, UnauthenticatedError

Int32 = Annotated[StrictInt, Field(ge=-(2**31), lt=2**31)]
User = Annotated[str, Path(min_length=14, max_length=42)]
Version = Annotated[Literal["2025-04-15"] | None, Header()]


class FullName(BaseModel):
    first_name: str
    last_name: str
    middle_name: str | None = None


class Residence(BaseModel):
    line1: str
    city: str
    postal_code: str
    country: Country
    line2: str | None = None
    province: str | None = None


class TaxId(BaseModel):
    id: str
    issuing_country: Country


class Concat(BaseModel):
    type: Literal["concat"]
    value: str
    calculated_at: datetime


class IssuedCredential(BaseModel):
    type: Literal["passport", "national_id", "tax_id", "lei"]
    value: str


class Unknown(BaseModel):
    type: Literal["unknown"]


Identifier = Annotated[Concat | IssuedCredential | Unknown, Field(discriminator="type")] | str


class UserUpdate(BaseModel):
    tos_version_accepted: Int32 | None = None
    full_name: FullName = None
    date_of_birth: date | None = None
    city_of_birth: str | None = None
    country_of_birth: Country | None = None
    residence: Residence = None
    phone: Annotated[str, Field(pattern=PHONE)] | None = None
    nationalities: list[Country] | None = None
    tax_ids: list[TaxId] | None = None
    occupation: Occupation | None = None
    employer_name: str | None = None
    client_identifier: Identifier = None
    language: Annotated[str, Field(pattern=LANGUAGE)] | None = None


class Result(BaseModel):
    result: str


def create(accept: Accept) -> ASGIApp:
    """The app."""
    app = FastAPI()

    @app.patch("/b2b/users/{user}")
    async def keep(
        request: Request, user: User, body: UserUpdate, payward_version: Version = None
    ) -> Result:
        changes = partial(body.model_dump, mode="json", exclude_unset=True)
        try:
            await accept(Signed.of(request.scope, await request.body()), user, changes)
        except UnauthenticatedError:
            raise HTTPException(401) from None
        return Result(result="success")

    return app
