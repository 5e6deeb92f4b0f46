"""Inspection: the fields of a profile at each of its accounts, with their locks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from profilegate.admin.context import Admin
from profilegate.admin.projections import Projection, projections, update_body
from profilegate.errors import LockHolder
from profilegate.gateway.gateway import ProviderDescription
from profilegate.openapi.field_tree import Field
from profilegate.openapi.mapping import mapping_of
from profilegate.profile.fields import ACCOUNT_PREFIX
from profilegate.store import AccountKey, AccountRecord, ProfileRecord, logins


@dataclass(frozen=True, slots=True, repr=False)
class InspectedField:
    """
    A field as one account's provider returns it.

    ``name`` is the provider's (``full_name.first_name``), ``path`` where it lives in the profile
    (None: it is the provider's alone). A field that is not ``is_representable`` has a value in the
    profile that the provider could show, but omits.
    """

    name: str
    path: str | None
    value: Any = None
    is_masked: bool = False
    is_representable: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class InspectedLock:
    """A lock that an account holds; ``document_types`` narrows one on a list of documents."""

    path: str
    holder: LockHolder
    document_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class InspectedAccount:
    """
    A linked account with the fields that its provider returns.

    ``update_body`` is a body that would change nothing (None: its provider has no update). A new
    login waits for its confirmation until ``login_pending_until`` (None: none does).
    """

    account: AccountRecord
    fields: tuple[InspectedField, ...]
    locks: tuple[InspectedLock, ...]
    update_body: dict[str, Any] | None
    login_pending_until: datetime | None


async def inspect(admin: Admin, profile: ProfileRecord) -> list[InspectedAccount]:
    """The accounts of a profile, in the order of their keys."""
    pending = await admin.store.read(logins.pending_until, profile)
    shown = {_key(admin, each): each for each in projections(admin, profile)}
    return [
        _inspected(admin, profile, account, shown.get(account.key), pending.get(account.key))
        for account in profile.accounts
    ]


def _inspected(
    admin: Admin,
    profile: ProfileRecord,
    account: AccountRecord,
    projection: Projection | None,
    pending_until: datetime | None,
) -> InspectedAccount:
    if projection is None:
        return InspectedAccount(account, (), (), None, pending_until)
    fields = tuple(_fields(admin, profile, account, projection))
    values = {each.path: each.value for each in fields if each.path and each.is_representable}
    body = update_body(admin, account, values)
    return InspectedAccount(account, fields, tuple(_locks(admin, account)), body, pending_until)


def _key(admin: Admin, projection: Projection) -> AccountKey:
    return AccountKey(admin.namespace, projection.provider, projection.external_id)


def _fields(
    admin: Admin, profile: ProfileRecord, account: AccountRecord, projection: Projection
) -> Iterator[InspectedField]:
    provider = admin.providers[account.key.provider]
    representation = provider.mapping.representation_of(account.fields)
    if representation is None:
        return
    known = _known_fields(provider, representation.schema)
    stored = {**profile.fields, **account.fields}
    found: dict[str, InspectedField] = {}
    for name, value in _leaves(projection.body, known):
        each = known.get(name)
        path = None if each is None or each.place is None else each.place.key
        found[name] = InspectedField(name, path, value, each is not None and _masks(each))
    for name, each in known.items():
        if name in found:
            yield found.pop(name)
        elif each.place is not None and each.place.key in stored:
            yield InspectedField(name, each.place.key, is_representable=False)
    yield from found.values()


@cache
def _known_fields(provider: ProviderDescription, schema: str) -> Mapping[str, Field]:
    """The fields of a representation that live in the profile, by their names."""
    shown = mapping_of(provider.spec).projections
    return dict(_named(next(each.fields for each in shown if each.name == schema)))


def _named(fields: tuple[Field, ...], prefix: str = "") -> Iterator[tuple[str, Field]]:
    for each in fields:
        name = prefix + each.name
        if each.place is not None:
            yield name, each
        else:
            yield from _named(each.children, f"{name}.")


def _leaves(
    body: Mapping[str, Any], known: Mapping[str, Field], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """The parts of a body down to those that live in the profile."""
    for key, value in body.items():
        name = prefix + key
        has_parts = any(each.startswith(f"{name}.") for each in known)
        if name not in known and has_parts and isinstance(value, Mapping):
            yield from _leaves(value, known, f"{name}.")
        else:
            yield name, value


def _masks(field: Field) -> bool:
    """Whether a field, or a part of a list's items, is masked."""
    parts = () if field.item is None else field.item.fields
    return field.mask is not None or any(map(_masks, parts))


def _locks(admin: Admin, account: AccountRecord) -> Iterator[InspectedLock]:
    """The locks that an account holds on shared fields."""
    _, provider, external_id = account.key
    rules = admin.store.rules.get(provider)
    for lock in () if rules is None else rules.locks_of(account.fields):
        if not lock.path.startswith(ACCOUNT_PREFIX) and rules is not None:
            state = tuple(rules.states.get(lock.when, {}).items())
            types = tuple(sorted(lock.document_types or ()))
            yield InspectedLock(lock.path, LockHolder(provider, external_id, state), types)
