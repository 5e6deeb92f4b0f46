"""Profiles as plain JSON: out of one store, into another.

Credentials stay where they are, and so does the history: a profile that is imported begins one.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection, IntegrityError
from typing import Any

import msgspec

from profilegate.errors import (
    BodyUnreadableError,
    ImportConflictError,
    LoginTakenError,
    ProfileUnknownError,
    ReferenceTakenError,
)
from profilegate.profile.decision import restore
from profilegate.profile.fields import ACCOUNT_LOGIN, Fields
from profilegate.store import AccountKey, NewAccount, Origin
from profilegate.store.encoding import decode, encode
from profilegate.store.history import ChainHead, joining
from profilegate.store.logins import claim
from profilegate.store.profiles import Whole, find
from profilegate.store.rows import (
    add_account,
    add_profile,
    own_of,
    put_shared,
    reference_digest,
    shared_of,
)
from profilegate.store.vault import Vault


class _Account(msgspec.Struct, forbid_unknown_fields=True):
    provider: str
    external_id: str
    tenant: str | None
    reference: str | None
    fields: dict[str, Any]


class _Document(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    path: str
    archived_at: str | None
    document: dict[str, Any]


class _Export(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    version: int
    fields: dict[str, Any]
    accounts: list[_Account]
    documents: list[_Document]


def export(connection: Connection, vault: Vault, whole: Whole) -> dict[str, Any]:
    """All that a profile is, but for its history and who may call."""
    exported = _Export(
        id=whole.head.profile_id,
        version=whole.head.version,
        fields=whole.shared,
        accounts=[
            _Account(
                provider=key.provider,
                external_id=key.external_id,
                tenant=tenant,
                reference=_reference(connection, vault, key, tenant, own),
                fields=whole_own.fields,
            )
            for (key, (tenant, own)), whole_own in zip(
                whole.accounts.items(), whole.shown().accounts, strict=True
            )
        ],
        documents=_documents(connection, whole.head),
    )
    plain: dict[str, Any] = msgspec.to_builtins(exported)
    return plain


def put(
    connection: Connection, vault: Vault, namespace: str, document: Mapping[str, Any], now: datetime
) -> bool:
    """
    Make an exported profile, unless it is here just so.

    Raises:
        BodyUnreadableError: this is no export.
        ImportConflictError: it is here otherwise, or was erased, or its accounts are elsewhere.
    """
    try:
        new = msgspec.convert(document, _Export)
        is_named_well = str(uuid.UUID(new.id)) == new.id
    except (msgspec.ValidationError, ValueError):
        is_named_well = False
    if not is_named_well:
        raise BodyUnreadableError("this is not an exported profile")
    try:
        present = export(connection, vault, find(connection, vault, namespace, new.id))
    except ProfileUnknownError:
        pass
    else:
        if {**present, "version": 0} != {**msgspec.to_builtins(new), "version": 0}:
            raise ImportConflictError
        return False
    try:
        _make(connection, vault, namespace, new, now)
    except (IntegrityError, LoginTakenError, ReferenceTakenError) as error:
        raise ImportConflictError from error
    except (AttributeError, KeyError, TypeError) as error:
        # Only its outer form was checked above.
        raise BodyUnreadableError("this is not an exported profile") from error
    return True


def _make(
    connection: Connection, vault: Vault, namespace: str, new: _Export, now: datetime
) -> None:
    origin = Origin("import", "", uuid.uuid4().hex)
    head = add_profile(connection, vault, namespace, new.id)
    shared = restore({}, shared_of(new.fields))
    if not new.accounts or shared.changed:
        put_shared(connection, head, shared, origin, now)
    for each in new.accounts:
        key = AccountKey(namespace, each.provider, each.external_id)
        account = NewAccount(key, each.fields, each.tenant, reference=each.reference)
        whole = find(connection, vault, namespace, new.id)
        add_account(connection, vault, whole.head, account)
        own = own_of(each.fields)
        if ACCOUNT_LOGIN in own:
            claim(connection, vault, key, own[ACCOUNT_LOGIN], now)
        came = (key, joining(key, own))
        put_shared(connection, whole.head, restore(whole.shared, {}), origin, now, account=came)
    for document in new.documents:
        connection.execute(
            "INSERT INTO documents (profile_id, id, namespace, path, sealed, archived_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                new.id,
                document.id,
                namespace,
                document.path,
                head.box.seal(encode(document.document), "documents", namespace, document.id),
                document.archived_at,
            ),
        )


def _documents(connection: Connection, head: ChainHead) -> list[_Document]:
    rows = connection.execute(
        "SELECT id, path, archived_at, sealed FROM documents WHERE profile_id = ? ORDER BY id",
        (head.profile_id,),
    ).fetchall()
    return [
        _Document(
            document_id,
            path,
            archived_at,
            decode(head.box.open(sealed, "documents", head.namespace, document_id)),
        )
        for document_id, path, archived_at, sealed in rows
    ]


def _reference(
    connection: Connection, vault: Vault, key: AccountKey, tenant: str | None, own: Fields
) -> str | None:
    """The tenant's own name for an account: only its digest is kept, and the account's fields."""
    (kept,) = connection.execute(
        "SELECT reference_digest FROM accounts"
        " WHERE namespace = ? AND provider = ? AND external_id = ?",
        key,
    ).fetchone()
    if kept is None:
        return None
    for value in own.values():
        if isinstance(value, str) and reference_digest(vault, key, tenant, value) == kept:
            return value
    return None
