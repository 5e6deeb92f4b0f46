"""The rows of logins: who has one, who waits for one, and the links that were mailed.

A login belongs to one account of its provider in its namespace, without regard to case, and so
does one that is waited for. When the wait is over its time, the login is anybody's again.
"""

from datetime import datetime
from sqlite3 import Connection

from profilegate.errors import LoginLinkInvalidError, LoginLinkUnknownError, LoginTakenError
from profilegate.profile.fields import ACCOUNT_LOGIN
from profilegate.store import AccountKey, LoginChange
from profilegate.store.encoding import timestamp
from profilegate.store.rows import Record, find
from profilegate.store.vault import Box, Vault


def holder(
    connection: Connection, vault: Vault, namespace: str, provider: str, login: str
) -> str | None:
    """The account that has a login (one that only waits for it does not)."""
    found = connection.execute(
        "SELECT external_id FROM logins"
        " WHERE namespace = ? AND provider = ? AND digest = ? AND state = 'active'",
        (namespace, provider, vault.digest("logins", namespace, provider, login.casefold())),
    ).fetchone()
    return None if found is None else str(found[0])


def claim(connection: Connection, vault: Vault, key: AccountKey, login: str, now: datetime) -> None:
    """
    Make a login an account's own, at once.

    Raises:
        LoginTakenError: another account has it, or waits for it.
    """
    _reserve(connection, vault, key, login, "active", now)


def is_change(record: Record, change: LoginChange) -> bool:
    present = record.own.get(ACCOUNT_LOGIN)
    return present is None or present.casefold() != change.login.casefold()


def ask(
    connection: Connection, vault: Vault, record: Record, change: LoginChange, now: datetime
) -> None:
    """
    Let a login wait for its link to be opened, instead of whatever waited for the account.

    Raises:
        LoginTakenError: another account has it, or waits for it.
    """
    key = record.key
    _withdraw(connection, key)
    _reserve(connection, vault, key, change.login, "waiting", now)
    token_digest = _token_digest(vault, key.namespace, key.provider, change.token)
    connection.execute(
        "INSERT INTO pending_logins (namespace, provider, external_id, token_digest, sealed,"
        " expires_at, state) VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
        (
            *key,
            token_digest,
            record.box.seal(change.login.encode(), *_where(key, token_digest)),
            timestamp(change.expires_at),
        ),
    )


def confirm(
    connection: Connection, vault: Vault, namespace: str, provider: str, token: str, now: datetime
) -> tuple[Record, str]:
    """
    Use up a token; give back the account and the login that is the account's from now on.

    Raises:
        LoginLinkUnknownError: no such token was ever mailed.
        LoginLinkInvalidError: it is used, replaced or too old.
    """
    token_digest = _token_digest(vault, namespace, provider, token)
    found = connection.execute(
        "SELECT external_id, sealed, expires_at, state FROM pending_logins"
        " WHERE namespace = ? AND provider = ? AND token_digest = ?",
        (namespace, provider, token_digest),
    ).fetchone()
    if found is None:
        raise LoginLinkUnknownError
    external_id, sealed, expires_at, state = found
    if state != "waiting" or expires_at < timestamp(now):
        raise LoginLinkInvalidError
    key = AccountKey(namespace, provider, external_id)
    record = find(connection, vault, key)
    connection.execute(
        "UPDATE pending_logins SET state = 'used'"
        " WHERE namespace = ? AND provider = ? AND token_digest = ?",
        (namespace, provider, token_digest),
    )
    connection.execute(
        "DELETE FROM logins"
        " WHERE namespace = ? AND provider = ? AND external_id = ? AND state = 'active'",
        key,
    )
    connection.execute(
        "UPDATE logins SET state = 'active'"
        " WHERE namespace = ? AND provider = ? AND external_id = ?",
        key,
    )
    return record, record.box.open(sealed, *_where(key, token_digest)).decode()


def seal_again(connection: Connection, key: AccountKey, old: Box, new: Box) -> None:
    """Seal the logins that were asked for under another profile's key."""
    rows = connection.execute(
        "SELECT token_digest, sealed FROM pending_logins"
        " WHERE namespace = ? AND provider = ? AND external_id = ?",
        key,
    ).fetchall()
    for token_digest, sealed in rows:
        where = _where(key, token_digest)
        connection.execute(
            "UPDATE pending_logins SET sealed = ?"
            " WHERE namespace = ? AND provider = ? AND token_digest = ?",
            (new.seal(old.open(sealed, *where), *where), key.namespace, key.provider, token_digest),
        )


def reject_taken(
    connection: Connection, vault: Vault, key: AccountKey, login: str, now: datetime
) -> None:
    """
    Only look whether an account could have a login.

    Raises:
        LoginTakenError: another account has it, or waits for it.
    """
    holder = _holder(connection, key, _digest(vault, key, login))
    if holder is not None and holder[0] != key.external_id and _is_held(*holder[1:], now):
        raise LoginTakenError


def _reserve(
    connection: Connection, vault: Vault, key: AccountKey, login: str, state: str, now: datetime
) -> None:
    digest = _digest(vault, key, login)
    holder = _holder(connection, key, digest)
    if holder is not None:
        external_id, held, expires_at = holder
        if _is_held(held, expires_at, now):
            raise LoginTakenError
        _withdraw(connection, AccountKey(key.namespace, key.provider, external_id))
    connection.execute(
        "INSERT INTO logins (namespace, provider, external_id, digest, state)"
        " VALUES (?, ?, ?, ?, ?)",
        (*key, digest, state),
    )


def _holder(
    connection: Connection, key: AccountKey, digest: bytes
) -> tuple[str, str, str | None] | None:
    """Who has a login or waits for it: the external id, the state, and until when it waits."""
    found: tuple[str, str, str | None] | None = connection.execute(
        "SELECT login.external_id, login.state, pending.expires_at FROM logins AS login"
        " LEFT JOIN pending_logins AS pending USING (namespace, provider, external_id, state)"
        " WHERE login.namespace = ? AND login.provider = ? AND login.digest = ?",
        (key.namespace, key.provider, digest),
    ).fetchone()
    return found


def _is_held(state: str, expires_at: str | None, now: datetime) -> bool:
    return state == "active" or expires_at is None or expires_at >= timestamp(now)


def _digest(vault: Vault, key: AccountKey, login: str) -> bytes:
    return vault.digest("logins", key.namespace, key.provider, login.casefold())


def _withdraw(connection: Connection, key: AccountKey) -> None:
    """Let an account wait for no login; the link that was mailed for it is dead."""
    connection.execute(
        "UPDATE pending_logins SET state = 'replaced'"
        " WHERE namespace = ? AND provider = ? AND external_id = ? AND state = 'waiting'",
        key,
    )
    connection.execute(
        "DELETE FROM logins"
        " WHERE namespace = ? AND provider = ? AND external_id = ? AND state = 'waiting'",
        key,
    )


def _token_digest(vault: Vault, namespace: str, provider: str, token: str) -> bytes:
    return vault.digest("pending_logins", namespace, provider, token)


def _where(key: AccountKey, token_digest: bytes) -> tuple[str, ...]:
    return ("pending_logins", *key, token_digest.hex())
