"""The rows of credentials: who may call, and the last nonce that each of them used."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from profilegate.errors import CredentialIdUnknownError, NonceNotIncreasingError
from profilegate.store import Credential, CredentialInfo, CredentialKey, NonceUse
from profilegate.store.encoding import timestamp
from profilegate.store.vault import Vault

NONCE_SIZE_BYTES = 8

ID_SIZE_BYTES = 16
"""A credential is named by the beginning of its digest: enough that no two have one name."""


def find(
    connection: Connection, vault: Vault, key: CredentialKey, clock: Callable[[], datetime]
) -> Credential | None:
    """The credential, unless its time is over by the clock; None for none."""
    digest = _digest(vault, key)
    found = connection.execute(
        "SELECT tenant, external_id, sealed, nonce, expires_at FROM credentials"
        " WHERE namespace = ? AND provider = ? AND kind = ? AND digest = ?",
        (key.namespace, key.provider, key.kind, digest),
    ).fetchone()
    if found is None:
        return None
    tenant, external_id, sealed, nonce, expires_at = found
    if expires_at is not None and expires_at <= timestamp(clock()):
        return None
    return Credential(
        key=key,
        tenant=tenant,
        external_id=external_id,
        secret=None if sealed is None else vault.secret(sealed, *_where(key, digest)),
        nonce=int.from_bytes(nonce),
        expires_at=_time(expires_at),
    )


def put(connection: Connection, vault: Vault, credential: Credential, now: datetime) -> str:
    """Create a credential, unless it is there; give back its id."""
    key, secret = credential.key, credential.secret
    digest = _digest(vault, key)
    connection.execute(
        "INSERT INTO credentials (namespace, provider, kind, digest, tenant, external_id, sealed,"
        " nonce, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (
            key.namespace,
            key.provider,
            key.kind,
            digest,
            credential.tenant,
            credential.external_id,
            None if secret is None else vault.box.seal(secret, *_where(key, digest)),
            credential.nonce.to_bytes(NONCE_SIZE_BYTES),
            None if credential.expires_at is None else timestamp(credential.expires_at),
            timestamp(now),
        ),
    )
    return _id(digest)


def renew(connection: Connection, vault: Vault, key: CredentialKey, expires_at: datetime) -> None:
    connection.execute(
        "UPDATE credentials SET expires_at = ?"
        " WHERE namespace = ? AND provider = ? AND kind = ? AND digest = ?",
        (timestamp(expires_at), key.namespace, key.provider, key.kind, _digest(vault, key)),
    )


def revoke(connection: Connection, vault: Vault, key: CredentialKey) -> None:
    connection.execute(
        "DELETE FROM credentials WHERE namespace = ? AND provider = ? AND kind = ? AND digest = ?",
        (key.namespace, key.provider, key.kind, _digest(vault, key)),
    )


def infos(
    connection: Connection, namespace: str, provider: str | None, now: datetime
) -> list[CredentialInfo]:
    """What may be shown of the credentials that somebody has, oldest first."""
    rows = connection.execute(
        "SELECT digest, provider, kind, tenant, external_id, created_at, expires_at"
        " FROM credentials WHERE namespace = ? AND provider = coalesce(?, provider)"
        " AND (expires_at IS NULL OR expires_at > ?)"
        " ORDER BY created_at, provider, kind, digest",
        (namespace, provider, timestamp(now)),
    ).fetchall()
    return [
        CredentialInfo(
            id=_id(digest),
            provider=of,
            kind=kind,
            tenant=tenant,
            external_id=external_id,
            created_at=_time(created_at),
            expires_at=_time(expires_at),
        )
        for digest, of, kind, tenant, external_id, created_at, expires_at in rows
    ]


def revoke_by_id(connection: Connection, namespace: str, credential_id: str, now: datetime) -> None:
    """
    Delete a credential.

    Raises:
        CredentialIdUnknownError: nobody has it anyway.
    """
    revoked = connection.execute(
        "DELETE FROM credentials WHERE namespace = ? AND lower(hex(substr(digest, 1, ?))) = ?"
        " AND (expires_at IS NULL OR expires_at > ?)",
        (namespace, ID_SIZE_BYTES, credential_id, timestamp(now)),
    )
    if revoked.rowcount == 0:
        raise CredentialIdUnknownError


def use_nonce(connection: Connection, vault: Vault, use: NonceUse) -> None:
    """
    Take note of a nonce.

    Raises:
        NonceNotIncreasingError: it is not above the credential's last one, or the credential
            is gone.
    """
    key, nonce = use.credential, use.value.to_bytes(NONCE_SIZE_BYTES)
    used = connection.execute(
        "UPDATE credentials SET nonce = ?"
        " WHERE namespace = ? AND provider = ? AND kind = ? AND digest = ? AND nonce < ?",
        (nonce, key.namespace, key.provider, key.kind, _digest(vault, key), nonce),
    )
    if used.rowcount == 0:
        raise NonceNotIncreasingError


def _digest(vault: Vault, key: CredentialKey) -> bytes:
    return vault.digest("credentials", key.namespace, key.provider, key.kind, key.text)


def _id(digest: bytes) -> str:
    return digest[:ID_SIZE_BYTES].hex()


def _where(key: CredentialKey, digest: bytes) -> tuple[str, ...]:
    return ("credentials", key.namespace, key.provider, key.kind, digest.hex())


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
