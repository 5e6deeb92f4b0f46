"""Logins of accounts, pending logins, and the mailed links that confirm these.

Within a namespace and a provider, at most one account has a login, active or pending; letter case
does not count. An expired pending login is free again.
"""

from profilegate.errors import LoginLinkInvalidError, LoginLinkUnknownError, LoginTakenError
from profilegate.profile.fields import ACCOUNT_LOGIN
from profilegate.store.encoding import timestamp
from profilegate.store.records import (
    AccountRecord,
    ChainHead,
    LoginChange,
    ProfileRecord,
)
from profilegate.store.rows import account_place, find, open_account
from profilegate.store.session import Row, Session

ACTIVE = "active"
PENDING = "waiting"
"""The state of a pending login in its row: the word of the first migration."""


def holder(session: Session, namespace: str, provider: str, login: str) -> str | None:
    """The external id of the account with this login; a pending login does not count."""
    row = session.row(
        "SELECT account.digest, account.sealed, profile.id, key.wrapped FROM logins AS login"
        " JOIN accounts AS account ON account.namespace = login.namespace"
        " AND account.provider = login.provider AND account.digest = login.account"
        " JOIN profiles AS profile ON profile.id = account.profile_id"
        " JOIN profile_keys AS key ON key.id = profile.key_id"
        " WHERE login.namespace = :namespace AND login.provider = :provider"
        " AND login.digest = :digest AND login.state = 'active'",
        namespace=namespace,
        provider=provider,
        digest=_login_digest(session, namespace, provider, login),
    )
    if row is None:
        return None
    digest, sealed, profile_id, wrapped = row
    box = session.vault.unwrap(wrapped, "profiles", namespace, profile_id)
    plain = box.open(sealed, *account_place(namespace, provider, digest))
    return open_account(plain, namespace, provider, digest).key.external_id


def is_change(account: AccountRecord, change: LoginChange) -> bool:
    """Whether a login differs from the account's present one, letter case aside."""
    present = account.fields.get(ACCOUNT_LOGIN)
    return present is None or present.casefold() != change.login.casefold()


def claim(session: Session, account: AccountRecord, login: str) -> None:
    """
    Make a login the account's active login, at once.

    Raises:
        LoginTakenError: another account has it, active or pending.
    """
    _reserve(session, account, login, ACTIVE)


def request(session: Session, head: ChainHead, account: AccountRecord, change: LoginChange) -> None:
    """
    Make a login pending until its owner opens the link; it replaces an older pending one.

    Raises:
        LoginTakenError: another account has it, active or pending.
    """
    namespace, provider, _ = account.key
    _withdraw(session, namespace, provider, account.digest)
    _reserve(session, account, change.login, PENDING)
    token_digest = _token_digest(session, namespace, provider, change.token)
    where = place(namespace, provider, account.digest, token_digest)
    session.run(
        "INSERT INTO pending_logins (namespace, provider, account, token_digest, sealed,"
        " expires_at, state) VALUES (:namespace, :provider, :account, :token_digest, :sealed,"
        " :expires_at, 'waiting')",
        namespace=namespace,
        provider=provider,
        account=account.digest,
        token_digest=token_digest,
        sealed=head.box.seal(change.login.encode(), *where),
        expires_at=timestamp(change.expires_at),
    )


def confirm(
    session: Session, namespace: str, provider: str, token: str
) -> tuple[ProfileRecord, AccountRecord, str]:
    """
    Use up a token and activate its login; return the profile, the account and the login.

    Raises:
        LoginLinkUnknownError: no mail ever contained this token.
        LoginLinkInvalidError: the token is used, replaced or expired.
    """
    token_digest = _token_digest(session, namespace, provider, token)
    row = session.row(
        "SELECT pending.account, pending.sealed, pending.expires_at, pending.state,"
        " account.profile_id FROM pending_logins AS pending"
        " JOIN accounts AS account ON account.namespace = pending.namespace"
        " AND account.provider = pending.provider AND account.digest = pending.account"
        " WHERE pending.namespace = :namespace AND pending.provider = :provider"
        " AND pending.token_digest = :token_digest",
        namespace=namespace,
        provider=provider,
        token_digest=token_digest,
    )
    if row is None:
        raise LoginLinkUnknownError
    digest, sealed, expires_at, state, profile_id = row
    if state != PENDING or expires_at < timestamp(session.now):
        raise LoginLinkInvalidError
    _activate(session, namespace, provider, account=digest, token_digest=token_digest)
    profile = find(session, namespace, profile_id)
    account = next(each for each in profile.accounts if each.digest == digest)
    where = place(namespace, provider, digest, token_digest)
    return profile, account, profile.head.box.open(sealed, *where).decode()


def reject_taken(session: Session, account: AccountRecord, login: str) -> None:
    """
    Check that an account could get a login, without reserving it.

    Raises:
        LoginTakenError: another account has it, active or pending.
    """
    found = _reservation(session, account, login)
    if found is not None and found[0] != account.digest and _is_held(session, found):
        raise LoginTakenError


def reseal(session: Session, account: AccountRecord, old: ChainHead, new: ChainHead) -> None:
    """Seal the pending logins of an account under the key of another profile."""
    namespace, provider, _ = account.key
    rows = session.rows(
        "SELECT token_digest, sealed FROM pending_logins WHERE namespace = :namespace"
        " AND provider = :provider AND account = :account",
        namespace=namespace,
        provider=provider,
        account=account.digest,
    )
    for token_digest, sealed in rows:
        where = place(namespace, provider, account.digest, token_digest)
        session.run(
            "UPDATE pending_logins SET sealed = :sealed WHERE namespace = :namespace"
            " AND provider = :provider AND token_digest = :token_digest",
            sealed=new.box.seal(old.box.open(sealed, *where), *where),
            namespace=namespace,
            provider=provider,
            token_digest=token_digest,
        )


def place(namespace: str, provider: str, account: bytes, token_digest: bytes) -> tuple[str, ...]:
    """The place (see ``vault.py``) of a pending login's row."""
    return ("pending_logins", namespace, provider, account.hex(), token_digest.hex())


def _activate(
    session: Session, namespace: str, provider: str, *, account: bytes, token_digest: bytes
) -> None:
    """Make the pending login of an account its active one, in place of the present one."""
    session.run(
        "UPDATE pending_logins SET state = 'used' WHERE namespace = :namespace"
        " AND provider = :provider AND token_digest = :token_digest",
        namespace=namespace,
        provider=provider,
        token_digest=token_digest,
    )
    session.run(
        "DELETE FROM logins WHERE namespace = :namespace AND provider = :provider"
        " AND account = :account AND state = 'active'",
        namespace=namespace,
        provider=provider,
        account=account,
    )
    session.run(
        "UPDATE logins SET state = 'active' WHERE namespace = :namespace"
        " AND provider = :provider AND account = :account",
        namespace=namespace,
        provider=provider,
        account=account,
    )


def _reserve(session: Session, account: AccountRecord, login: str, state: str) -> None:
    namespace, provider, _ = account.key
    found = _reservation(session, account, login)
    if found is not None:
        if _is_held(session, found):
            raise LoginTakenError
        _withdraw(session, namespace, provider, found[0])
    session.run(
        "INSERT INTO logins (namespace, provider, account, digest, state)"
        " VALUES (:namespace, :provider, :account, :digest, :state)",
        namespace=namespace,
        provider=provider,
        account=account.digest,
        digest=_login_digest(session, namespace, provider, login),
        state=state,
    )


def _reservation(session: Session, account: AccountRecord, login: str) -> Row | None:
    """The row of a login, active or pending: digest of the account, state, expiry if pending."""
    namespace, provider, _ = account.key
    return session.row(
        "SELECT login.account, login.state, pending.expires_at FROM logins AS login"
        " LEFT JOIN pending_logins AS pending ON pending.namespace = login.namespace"
        " AND pending.provider = login.provider AND pending.account = login.account"
        " AND pending.state = login.state"
        " WHERE login.namespace = :namespace AND login.provider = :provider"
        " AND login.digest = :digest",
        namespace=namespace,
        provider=provider,
        digest=_login_digest(session, namespace, provider, login),
    )


def _is_held(session: Session, reservation: Row) -> bool:
    _, state, expires_at = reservation
    return state == ACTIVE or expires_at is None or expires_at >= timestamp(session.now)


def _withdraw(session: Session, namespace: str, provider: str, account: bytes) -> None:
    """Drop the pending login of an account, and invalidate its mailed link."""
    session.run(
        "UPDATE pending_logins SET state = 'replaced' WHERE namespace = :namespace"
        " AND provider = :provider AND account = :account AND state = 'waiting'",
        namespace=namespace,
        provider=provider,
        account=account,
    )
    session.run(
        "DELETE FROM logins WHERE namespace = :namespace AND provider = :provider"
        " AND account = :account AND state = 'waiting'",
        namespace=namespace,
        provider=provider,
        account=account,
    )


def _login_digest(session: Session, namespace: str, provider: str, login: str) -> bytes:
    return session.vault.digest("logins", namespace, provider, login.casefold())


def _token_digest(session: Session, namespace: str, provider: str, token: str) -> bytes:
    return session.vault.digest("pending_logins", namespace, provider, token)
