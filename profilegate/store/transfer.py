"""Transfer: exports profiles as plain JSON, and imports them into another store.

An export omits credentials and histories; an imported profile begins a new history.
"""

import uuid
from typing import Any

import msgspec
from msgspec.structs import replace

from profilegate.errors import (
    BodyUnreadableError,
    ImportConflictError,
    LoginTakenError,
    ProfileUnknownError,
    ReferenceTakenError,
)
from profilegate.profile.decision import restore
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN, Fields
from profilegate.profile.private import Private
from profilegate.profile.times import utc_time
from profilegate.store import accounts, documents, history, logins
from profilegate.store.encoding import encode, timestamp
from profilegate.store.failures import CONSTRAINT_ERRORS
from profilegate.store.profiles import shared_of
from profilegate.store.records import AccountKey, ExportPage, NewAccount, Origin, ProfileRecord
from profilegate.store.rows import find, insert, page, save, skip_damaged
from profilegate.store.session import Session


class ExportedAccount(Private, frozen=True, forbid_unknown_fields=True):
    """An account of an exported profile; ``fields`` are its own, ``account.id`` among them."""

    provider: str
    external_id: str
    tenant: str | None
    reference: str | None
    fields: Fields


class ExportedDocument(Private, frozen=True, forbid_unknown_fields=True):
    """A document with its contents; ``archived_at`` is None for one that the profile shows."""

    id: str
    path: str
    archived_at: str | None
    document: Fields


class ExportedProfile(Private, frozen=True, forbid_unknown_fields=True):
    """A whole profile, without its history and its credentials."""

    id: str
    fields: Fields
    accounts: list[ExportedAccount]
    documents: list[ExportedDocument]


def export_profile(session: Session, namespace: str, profile_id: str) -> dict[str, Any]:
    """
    A profile as plain JSON, with its accounts and the contents of its documents.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    plain: dict[str, Any] = msgspec.to_builtins(
        _exported(session, find(session, namespace, profile_id))
    )
    return plain


def export_page(
    session: Session, namespace: str, *, after: str | None = None, limit: int
) -> ExportPage:
    """Exported profiles in the order of their ids, from the first one after ``after``."""
    found = page(session, namespace, after=after, limit=limit)
    whole, damaged = skip_damaged(found.profiles, lambda each: _exported(session, each))
    return ExportPage(
        documents=[msgspec.to_builtins(each) for each in whole],
        damaged=sorted([*found.damaged, *(each.id for each in damaged)]),
        next=found.next,
    )


def import_profile(session: Session, namespace: str, document: dict[str, Any]) -> bool:
    """
    Create the profile that was exported; False if the same profile exists already.

    Raises (nothing is written then):
        BodyUnreadableError: this is not an exported profile.
        ImportConflictError: the profile or one of its accounts exists with other values, or was
            erased.
    """
    try:
        # Older releases wrote a version, which means nothing in another store.
        known = {name: value for name, value in document.items() if name != "version"}
        new = msgspec.convert(known, ExportedProfile)
        documents = [
            replace(content, archived_at=_normal_time(content.archived_at))
            for content in new.documents
        ]
        new = replace(new, documents=documents)
        is_uuid = str(uuid.UUID(new.id)) == new.id
    except (msgspec.ValidationError, ValueError):
        is_uuid = False
    if not is_uuid:
        raise BodyUnreadableError("this is not an exported profile")
    try:
        present = _exported(session, find(session, namespace, new.id))
    except ProfileUnknownError:
        pass
    else:
        if present != new:
            raise ImportConflictError
        return False
    try:
        _create(session, namespace, new)
    except (*CONSTRAINT_ERRORS, LoginTakenError, ReferenceTakenError) as error:
        raise ImportConflictError from error
    except (AttributeError, KeyError, TypeError) as error:
        # The admin actions validate a document first; without them the error shows here.
        raise BodyUnreadableError("this is not an exported profile") from error
    return True


def _exported(session: Session, profile: ProfileRecord) -> ExportedProfile:
    return ExportedProfile(
        id=profile.id,
        fields=profile.fields,
        accounts=[
            ExportedAccount(
                provider=account.key.provider,
                external_id=account.key.external_id,
                tenant=account.tenant,
                reference=account.reference,
                fields=account.fields,
            )
            for account in profile.accounts
        ],
        documents=[
            ExportedDocument(document_id, path, archived_at, document)
            for document_id, path, archived_at, document in documents.contents(
                session, profile.head
            )
        ],
    )


def _create(session: Session, namespace: str, new: ExportedProfile) -> None:
    origin = Origin("import", "", uuid.uuid4().hex)
    profile = insert(session, namespace, new.id)
    shared = restore({}, shared_of(new.fields))
    if not new.accounts or shared.changed:
        save(session, profile, shared, origin)
    for each in new.accounts:
        key = AccountKey(namespace, each.provider, each.external_id)
        profile = find(session, namespace, new.id)
        fields = {**each.fields, ACCOUNT_ID: each.external_id}
        account = accounts.insert(
            session, profile, NewAccount(key, fields, each.tenant, reference=each.reference)
        )
        if (login := account.fields.get(ACCOUNT_LOGIN)) is not None:
            logins.claim(session, account, login)
        moved = history.gained(account.fields)
        save(session, profile, restore({}, {}), origin, account=account, moved=moved)
    for document in new.documents:
        documents.put(
            session,
            profile.head,
            document.id,
            path=document.path,
            plain=encode(document.document),
            archived_at=document.archived_at,
        )


def _normal_time(text: str | None) -> str | None:
    """A time in any form of ISO 8601, as a row holds it."""
    return None if text is None else timestamp(utc_time(text))
