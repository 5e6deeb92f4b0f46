"""The rows of credentials: who may call, and the last nonce that each of them used."""

from datetime import datetime
from sqlite3 import Connection

from profilegate.errors import NonceNotIncreasingError
from profilegate.store import Credential, CredentialKey, NonceUse
from profilegate.store.rows import timestamp
from profilegate.store.vault import Vault

NONCE_SIZE_BYTES = 8


def find(
    connection: Connection, vault: Vault, key: CredentialKey, now: datetime
) -> Credential | None:
    digest = _digest(vault, key)
    found = connection.execute(
        "SELECT tenant, external_id, sealed, nonce, expires_at FROM credentials"
        " WHERE world = ? AND provider = ? AND kind = ? AND digest = ?",
        (key.world, key.provider, key.kind, digest),
    ).fetchone()
    if found is None:
        return None
    tenant, external_id, sealed, nonce, expires_at = found
    if expires_at is not None and expires_at <= timestamp(now):
        return None
    return Credential(
        key=key,
        tenant=tenant,
        external_id=external_id,
        secret=None if sealed is None else vault.box.open(sealed, *_where(key, digest)),
        nonce=int.from_bytes(nonce),
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
    )


def put(connection: Connection, vault: Vault, credential: Credential) -> None:
    """Create a credential, unless it is there."""
    key, secret = credential.key, credential.secret
    digest = _digest(vault, key)
    connection.execute(
        "INSERT INTO credentials (world, provider, kind, digest, tenant, external_id, sealed,"
        " nonce, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            key.world,
            key.provider,
            key.kind,
            digest,
            credential.tenant,
            credential.external_id,
            None if secret is None else vault.box.seal(secret, *_where(key, digest)),
            credential.nonce.to_bytes(NONCE_SIZE_BYTES),
            None if credential.expires_at is None else timestamp(credential.expires_at),
        ),
    )


def renew(connection: Connection, vault: Vault, key: CredentialKey, expires_at: datetime) -> None:
    connection.execute(
        "UPDATE credentials SET expires_at = ?"
        " WHERE world = ? AND provider = ? AND kind = ? AND digest = ?",
        (timestamp(expires_at), key.world, key.provider, key.kind, _digest(vault, key)),
    )


def revoke(connection: Connection, vault: Vault, key: CredentialKey) -> None:
    connection.execute(
        "DELETE FROM credentials WHERE world = ? AND provider = ? AND kind = ? AND digest = ?",
        (key.world, key.provider, key.kind, _digest(vault, key)),
    )


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
        " WHERE world = ? AND provider = ? AND kind = ? AND digest = ? AND nonce < ?",
        (nonce, key.world, key.provider, key.kind, _digest(vault, key), nonce),
    )
    if used.rowcount == 0:
        raise NonceNotIncreasingError


def _digest(vault: Vault, key: CredentialKey) -> bytes:
    return vault.digest("credentials", key.world, key.provider, key.kind, key.text)


def _where(key: CredentialKey, digest: bytes) -> tuple[str, ...]:
    return ("credentials", key.world, key.provider, key.kind, digest.hex())
