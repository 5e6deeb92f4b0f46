"""Credentials: finds them by a keyed digest of their text.

The key of the profile seals the secrets of an account's credentials, so that erasing the profile
erases them too; the master key seals those of tenants and clients.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from profilegate.errors import (
    CredentialIdUnknownError,
    CredentialTakenError,
    MasterKeyError,
)
from profilegate.profile.private import Private
from profilegate.store import nonces
from profilegate.store.encoding import encode, time_of, timestamp, timestamp_or_none
from profilegate.store.records import (
    DEFAULT_NAMESPACE,
    AccountKey,
    AccountRecord,
    ChainHead,
    Credential,
    CredentialInfo,
    CredentialKey,
)
from profilegate.store.rows import account_place, find_of, open_account
from profilegate.store.session import Row, Session, one_statement
from profilegate.store.vault import Vault

ID_SIZE_BYTES: Final = 16
"""The length of a credential's id, the beginning of its digest: long enough to be unique."""


class _Sealed(Private, array_like=True, frozen=True):
    tenant: str | None
    secret: bytes | None


_decode = msgspec.json.Decoder(_Sealed).decode

_SELECT: Final = (
    "SELECT credential.provider, credential.kind, credential.digest, credential.sealed,"
    " credential.nonce, credential.created_at, credential.expires_at, credential.id,"
    " credential.nonce_window, account.digest, account.sealed, profile.id, key.wrapped"
    " FROM credentials AS credential"
    " LEFT JOIN accounts AS account ON account.namespace = credential.namespace"
    " AND account.provider = credential.provider AND account.digest = credential.account"
    " LEFT JOIN profiles AS profile ON profile.id = account.profile_id"
    " LEFT JOIN profile_keys AS key ON key.id = profile.key_id"
    " WHERE credential.namespace = :namespace"
)
NONCE: Final = 4
EXPIRES_AT: Final = 6
WINDOW: Final = 8
ACCOUNT_DIGEST: Final = 9
"""Places of columns in ``_SELECT``: the credential's columns precede the nonce, and those of its
account begin with the digest."""

_BY_KEY: Final = (
    f"{_SELECT} AND credential.provider = :provider AND credential.kind = :kind"
    " AND credential.digest = :digest"
)
_BY_KEY_ALONE: Final = (
    "SELECT provider, kind, digest, sealed, nonce, created_at, expires_at, id, nonce_window,"
    " account, NULL, NULL, NULL FROM credentials WHERE namespace = :namespace"
    " AND provider = :provider AND kind = :kind AND digest = :digest"
)
"""The columns of ``_BY_KEY`` without the join, which a tenant's credential does not need."""

_BY_ID: Final = f"{_SELECT} AND credential.id = :id"
_LIVE: Final = "(credential.expires_at IS NULL OR credential.expires_at > :now)"
_PAGE: Final = (
    f"{_SELECT} AND {_LIVE}"
    " AND (CAST(:provider AS TEXT) IS NULL OR credential.provider = :provider)"
    " AND (credential.created_at > :created_at"
    " OR (credential.created_at = :created_at AND credential.id > :id))"
    " ORDER BY credential.created_at, credential.id LIMIT :limit"
)


class _Opened(Private, frozen=True):
    """The sealed part of a credential's row, and the account that holds the credential."""

    tenant: str | None
    secret: bytes | None
    external_id: str | None


@one_statement
def find(session: Session, key: CredentialKey) -> Credential | None:
    """The credential, or None if it is unknown or expired."""
    parameters = {
        "namespace": key.namespace,
        "provider": key.provider,
        "kind": key.kind,
        "digest": _digest(session, key),
    }
    row = session.row(_BY_KEY_ALONE, **parameters)
    if row is not None and row[ACCOUNT_DIGEST] is not None:
        # An account holds it: read again, with the account. Only this second row counts, because
        # each statement is a snapshot in itself.
        row = session.row(_BY_KEY, **parameters)
    if row is None:
        # The work for an unknown id is that for a known one, so that time tells none from another.
        decoy = session.vault.cached(_decoy, key.namespace, key.provider, key.kind)
        _credential(session, key, decoy)
        return None
    return None if _is_expired(session, row) else _credential(session, key, row)


def namespace_of(session: Session, provider: str, kind: str, text: str) -> str | None:
    """The namespace, other than the default one, whose credential has this text; None for none."""
    row = session.row(
        "SELECT namespace FROM credentials WHERE anywhere = :digest",
        digest=_digest_anywhere(session, provider, kind, text),
    )
    return None if row is None else str(row[0])


def _credential(session: Session, key: CredentialKey, row: Row) -> Credential:
    opened = _opened(session, key.namespace, row)
    return Credential(
        key=key,
        tenant=opened.tenant,
        external_id=opened.external_id,
        secret=opened.secret,
        nonce=int.from_bytes(row[NONCE]),
        nonce_window=row[WINDOW],
        expires_at=time_of(row[EXPIRES_AT]),
    )


def _decoy(vault: Vault, namespace: str, provider: str, kind: str) -> Row:
    """A row of no credential, whose digest no text has."""
    digest = bytes(ID_SIZE_BYTES)
    sealed = vault.box.seal(plain_of("nobody", digest), *place(namespace, provider, kind, digest))
    return (provider, kind, digest, sealed, nonces.encoded(0), "", None, "", 0, *4 * (None,))


def put(session: Session, credential: Credential) -> str:
    """
    Create a credential and return its id; leave one that exists already as it is.

    Also delete the namespace's expired credentials: each login adds one that expires.

    Raises:
        AccountUnknownError: the account that is to hold it does not exist.
        CredentialTakenError: a credential of another namespace has this text.
    """
    key = credential.key
    session.run(
        "DELETE FROM credentials WHERE namespace = :namespace AND expires_at <= :now",
        namespace=key.namespace,
        now=timestamp(session.now),
    )
    digest = _digest(session, key)
    # A password is found by its account, so it need not be unique.
    is_password = key.text == credential.external_id
    anywhere = None if is_password else _claim_text(session, key)
    box, account = session.vault.box, None
    if credential.external_id is not None:
        holder = AccountKey(key.namespace, key.provider, credential.external_id)
        profile = find_of(session, holder)
        box, account = profile.head.box, profile.account(holder).digest
    plain = plain_of(credential.tenant, credential.secret)
    session.run(
        "INSERT INTO credentials (namespace, provider, kind, digest, id, account, sealed, nonce,"
        " nonce_window, expires_at, created_at, anywhere) VALUES (:namespace, :provider, :kind,"
        " :digest, :id, :account, :sealed, :nonce, :nonce_window, :expires_at, :created_at,"
        " :anywhere)"
        " ON CONFLICT DO NOTHING",
        namespace=key.namespace,
        provider=key.provider,
        kind=key.kind,
        digest=digest,
        id=id_of(digest),
        account=account,
        sealed=box.seal(plain, *place(key.namespace, key.provider, key.kind, digest)),
        nonce=nonces.encoded(credential.nonce),
        nonce_window=credential.nonce_window,
        expires_at=timestamp_or_none(credential.expires_at),
        created_at=timestamp(session.now),
        anywhere=anywhere,
    )
    return id_of(digest)


def _claim_text(session: Session, key: CredentialKey) -> bytes | None:
    """
    The digest that finds a credential in any namespace; None in the default one.

    Raises:
        CredentialTakenError: a credential of another namespace has this text.
    """
    # The text has another digest in another namespace, so no constraint keeps them apart.
    session.lock_name("credential", key.provider, key.kind, key.text)
    taken_by = namespace_of(session, key.provider, key.kind, key.text)
    if taken_by not in (None, key.namespace):
        raise CredentialTakenError
    if key.namespace == DEFAULT_NAMESPACE:
        return None
    if find(session, msgspec.structs.replace(key, namespace=DEFAULT_NAMESPACE)) is not None:
        raise CredentialTakenError
    return _digest_anywhere(session, key.provider, key.kind, key.text)


def _digest_anywhere(session: Session, provider: str, kind: str, text: str) -> bytes:
    return session.vault.digest("credentials anywhere", provider, kind, text)


def replace(
    session: Session, namespace: str, credential_id: str, credential: Credential
) -> CredentialInfo:
    """
    Create a credential and revoke the one that it replaces.

    Raises (nothing is written then):
        CredentialIdUnknownError: there is no such credential (any more).
    """
    revoke_by_id(session, namespace, credential_id)
    return info(session, namespace, put(session, credential))


def replace_secret(session: Session, key: CredentialKey, *, old: bytes, new: bytes) -> None:
    """Replace an account's secret; do nothing if it is not the old one any more."""
    found = find(session, key)
    if found is None or found.secret != old or found.external_id is None:
        return
    holder = AccountKey(key.namespace, key.provider, found.external_id)
    digest = _digest(session, key)
    where = place(key.namespace, key.provider, key.kind, digest)
    session.run(
        "UPDATE credentials SET sealed = :sealed WHERE namespace = :namespace"
        " AND provider = :provider AND kind = :kind AND digest = :digest",
        sealed=find_of(session, holder).head.box.seal(plain_of(found.tenant, new), *where),
        namespace=key.namespace,
        provider=key.provider,
        kind=key.kind,
        digest=digest,
    )


def renew(session: Session, key: CredentialKey, expires_at: datetime) -> None:
    """Set the time at which a credential expires; do nothing if it is unknown."""
    session.run(
        "UPDATE credentials SET expires_at = :expires_at WHERE namespace = :namespace"
        " AND provider = :provider AND kind = :kind AND digest = :digest",
        expires_at=timestamp(expires_at),
        namespace=key.namespace,
        provider=key.provider,
        kind=key.kind,
        digest=_digest(session, key),
    )


def revoke(session: Session, key: CredentialKey) -> None:
    """Delete a credential."""
    session.run(
        "DELETE FROM credentials WHERE namespace = :namespace"
        " AND provider = :provider AND kind = :kind AND digest = :digest",
        namespace=key.namespace,
        provider=key.provider,
        kind=key.kind,
        digest=_digest(session, key),
    )


def revoke_by_id(session: Session, namespace: str, credential_id: str) -> None:
    """
    Delete a credential.

    Raises:
        CredentialIdUnknownError: there is no such credential (any more).
    """
    deleted = session.run(
        "DELETE FROM credentials WHERE namespace = :namespace AND id = :id"
        " AND (expires_at IS NULL OR expires_at > :now)",
        namespace=namespace,
        id=credential_id,
        now=timestamp(session.now),
    )
    if deleted == 0:
        raise CredentialIdUnknownError


def info(session: Session, namespace: str, credential_id: str) -> CredentialInfo:
    """
    The public facts of a credential.

    Raises:
        CredentialIdUnknownError: there is no such credential (any more).
    """
    row = session.row(_BY_ID, namespace=namespace, id=credential_id)
    if row is None or _is_expired(session, row):
        raise CredentialIdUnknownError
    return _info(session, namespace, row)


def page(
    session: Session,
    namespace: str,
    *,
    provider: str | None = None,
    after: CredentialInfo | tuple[str, str] | None = None,
    limit: int = 100,
) -> list[CredentialInfo]:
    """
    The public facts of credentials, oldest first, from the first one after ``after``.

    ``after`` is a credential, or its ``created_at`` (as text) and id.
    """
    if isinstance(after, CredentialInfo):
        after = (timestamp_or_none(after.created_at) or "", after.id)
    created_at, credential_id = after or ("", "")
    found = session.rows(
        _PAGE,
        namespace=namespace,
        provider=provider,
        now=timestamp(session.now),
        created_at=created_at,
        id=credential_id,
        limit=limit,
    )
    return [_listed(session, namespace, row) for row in found]


def secrets_of(
    session: Session, namespace: str, provider: str, kind: str, *, limit: int
) -> list[tuple[CredentialInfo, bytes]]:
    """The newest credentials of a kind that have a secret, each with it."""
    rows = session.rows(
        f"{_SELECT} AND {_LIVE} AND credential.provider = :provider AND credential.kind = :kind"
        " ORDER BY credential.created_at DESC LIMIT :limit",
        namespace=namespace,
        provider=provider,
        kind=kind,
        now=timestamp(session.now),
        limit=limit,
    )
    found = []
    for row in rows:
        info = _listed(session, namespace, row)
        if not info.damaged and (secret := _opened(session, namespace, row).secret) is not None:
            found.append((info, secret))
    return found


def reseal(session: Session, account: AccountRecord, old: ChainHead, new: ChainHead) -> None:
    """Seal the credentials of an account under the key of another profile."""
    for kind, digest, sealed in _of_account(session, account):
        where = place(account.key.namespace, account.key.provider, kind, digest)
        session.run(
            "UPDATE credentials SET sealed = :sealed WHERE namespace = :namespace"
            " AND provider = :provider AND kind = :kind AND digest = :digest",
            sealed=new.box.seal(old.box.open(sealed, *where), *where),
            namespace=account.key.namespace,
            provider=account.key.provider,
            kind=kind,
            digest=digest,
        )


def place(namespace: str, provider: str, kind: str, digest: bytes) -> tuple[str, ...]:
    """The place (see ``vault.py``) of a credential's row."""
    return ("credentials", namespace, provider, kind, digest.hex())


def plain_of(tenant: str | None, secret: bytes | None) -> bytes:
    """The plain bytes of the sealed part of a credential's row."""
    return encode(_Sealed(tenant, secret))


def id_of(digest: bytes) -> str:
    """The id of a credential, by the digest of its text."""
    return digest[:ID_SIZE_BYTES].hex()


def _of_account(session: Session, account: AccountRecord) -> Iterator[Row]:
    yield from session.rows(
        "SELECT kind, digest, sealed FROM credentials WHERE namespace = :namespace"
        " AND provider = :provider AND account = :account",
        namespace=account.key.namespace,
        provider=account.key.provider,
        account=account.digest,
    )


def _digest(session: Session, key: CredentialKey) -> bytes:
    return session.vault.digest("credentials", key.namespace, key.provider, key.kind, key.text)


def _is_expired(session: Session, row: Row) -> bool:
    expires_at = row[EXPIRES_AT]
    return expires_at is not None and expires_at <= timestamp(session.now)


def _listed(session: Session, namespace: str, row: Row) -> CredentialInfo:
    """The public facts of a credential in a list, also of a damaged one."""
    try:
        return _info(session, namespace, row)
    except MasterKeyError:
        return msgspec.structs.replace(_info_of(row, _Opened(None, None, None)), damaged=True)


def _info(session: Session, namespace: str, row: Row) -> CredentialInfo:
    return _info_of(row, _opened(session, namespace, row))


def _info_of(row: Row, opened: _Opened) -> CredentialInfo:
    provider, kind, _, _, nonce, created_at, expires_at, credential_id, window, *_ = row
    return CredentialInfo(
        id=credential_id,
        provider=provider,
        kind=kind,
        tenant=opened.tenant,
        external_id=opened.external_id,
        created_at=time_of(created_at or None),
        expires_at=time_of(expires_at),
        last_nonce=int.from_bytes(nonce),
        nonce_window=window,
    )


def _opened(session: Session, namespace: str, row: Row) -> _Opened:
    return session.vault.cached(_open, namespace, row[:NONCE], row[ACCOUNT_DIGEST:])


def _open(
    vault: Vault, namespace: str, credential: tuple[Any, ...], account: tuple[Any, ...]
) -> _Opened:
    """
    Open a credential's row.

    ``credential`` is provider, kind, digest and sealed part; ``account`` is the digest and the
    sealed part of its account, the id of the profile and its wrapped key.
    """
    provider, kind, digest, sealed = credential
    account_digest, account_sealed, profile_id, wrapped = account
    box, external_id = vault.box, None
    if account_digest is not None:
        box = vault.unwrap(wrapped, "profiles", namespace, profile_id)
        plain = box.open(account_sealed, *account_place(namespace, provider, account_digest))
        external_id = open_account(plain, namespace, provider, account_digest).key.external_id
    opened = _decode(box.open(sealed, *place(namespace, provider, kind, digest)))
    return _Opened(opened.tenant, opened.secret, external_id)
