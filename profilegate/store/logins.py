"""Logins of accounts, pending logins, and the mailed links that confirm these.

At a provider, at most one account of all namespaces has a login; letter case does not count. A
pending login reserves nothing: of several accounts that want it, the first one that confirms gets
it. A stranger cannot block an address for its owner.
"""

from datetime import datetime

from profilegate.errors import LoginLinkInvalidError, LoginLinkUnknownError, LoginTakenError
from profilegate.profile.fields import ACCOUNT_LOGIN
from profilegate.store.encoding import timestamp
from profilegate.store.records import (
    DEFAULT_NAMESPACE,
    AccountKey,
    AccountRecord,
    ChainHead,
    LoginChange,
    ProfileRecord,
)
from profilegate.store.rows import account_place, find, open_account
from profilegate.store.session import Session

PENDING = "waiting"
"""The state of a pending login that may be confirmed: the word of the first migration."""

_PENDING = (
    "SELECT pending.account, pending.sealed, pending.expires_at, pending.state,"
    " account.profile_id FROM pending_logins AS pending"
    " JOIN accounts AS account ON account.namespace = pending.namespace"
    " AND account.provider = pending.provider AND account.digest = pending.account"
    " WHERE pending.namespace = :namespace AND pending.provider = :provider"
    " AND pending.token_digest = :token_digest"
)


def namespace_of(session: Session, provider: str, login: str) -> str | None:
    """The namespace, other than the default one, whose account has this login; None for none."""
    digest = _login_digest_anywhere(session, provider, login)
    return _namespace(session, "SELECT namespace FROM logins WHERE anywhere = :digest", digest)


def namespace_of_token(session: Session, provider: str, token: str) -> str | None:
    """The namespace, other than the default one, that mailed this token; None for none."""
    digest = _token_digest_anywhere(session, provider, token)
    sql = "SELECT namespace FROM pending_logins WHERE anywhere = :digest"
    return _namespace(session, sql, digest)


def _namespace(session: Session, sql: str, digest: bytes) -> str | None:
    row = session.row(sql, digest=digest)
    return None if row is None else str(row[0])


def holder(session: Session, namespace: str, provider: str, login: str) -> str | None:
    """The external id of the account with this login; a pending login does not count."""
    row = session.row(
        "SELECT account.digest, account.sealed, profile.id, key.wrapped FROM logins AS login"
        " JOIN accounts AS account ON account.namespace = login.namespace"
        " AND account.provider = login.provider AND account.digest = login.account"
        " JOIN profiles AS profile ON profile.id = account.profile_id"
        " JOIN profile_keys AS key ON key.id = profile.key_id"
        " WHERE login.namespace = :namespace AND login.provider = :provider"
        " AND login.digest = :digest",
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


def is_change(account: AccountRecord, login: str) -> bool:
    """Whether a login differs from the account's present one, letter case aside."""
    present = account.fields.get(ACCOUNT_LOGIN)
    return present is None or present.casefold() != login.casefold()


def claim(session: Session, account: AccountRecord, login: str) -> None:
    """
    Make a login the account's login, at once.

    Raises:
        LoginTakenError: another account has it.
    """
    # The login of another namespace has another digest, so no constraint keeps them apart.
    session.lock_name("login", account.key.provider, login.casefold())
    reject_taken(session, account, login)
    namespace, provider, _ = account.key
    session.run(
        "DELETE FROM logins WHERE namespace = :namespace AND provider = :provider"
        " AND account = :account",
        namespace=namespace,
        provider=provider,
        account=account.digest,
    )
    session.run(
        "INSERT INTO logins (namespace, provider, account, digest, anywhere)"
        " VALUES (:namespace, :provider, :account, :digest, :anywhere)",
        namespace=namespace,
        provider=provider,
        account=account.digest,
        digest=_login_digest(session, namespace, provider, login),
        anywhere=None
        if namespace == DEFAULT_NAMESPACE
        else _login_digest_anywhere(session, provider, login),
    )


def pending_until(session: Session, profile: ProfileRecord) -> dict[AccountKey, datetime]:
    """The accounts of a profile that wait for the confirmation of a new login, and until when."""
    found = {}
    for account in profile.accounts:
        namespace, provider, _ = account.key
        rows = session.rows(
            "SELECT expires_at FROM pending_logins WHERE namespace = :namespace"
            " AND provider = :provider AND account = :account AND state = :state"
            " AND expires_at >= :now",
            namespace=namespace,
            provider=provider,
            account=account.digest,
            state=PENDING,
            now=timestamp(session.now),
        )
        for (expires_at,) in rows:
            found[account.key] = datetime.fromisoformat(expires_at)
    return found


def request(session: Session, head: ChainHead, account: AccountRecord, change: LoginChange) -> None:
    """
    Make a login pending until its owner opens the link; it replaces an older pending one.

    Raises:
        LoginTakenError: another account has it.
    """
    reject_taken(session, account, change.login)
    namespace, provider, _ = account.key
    session.run(
        "UPDATE pending_logins SET state = 'replaced' WHERE namespace = :namespace"
        " AND provider = :provider AND account = :account AND state = 'waiting'",
        namespace=namespace,
        provider=provider,
        account=account.digest,
    )
    token_digest = _token_digest(session, namespace, provider, change.token)
    where = place(namespace, provider, account.digest, token_digest)
    session.run(
        "INSERT INTO pending_logins (namespace, provider, account, token_digest, sealed,"
        " expires_at, state, anywhere) VALUES (:namespace, :provider, :account, :token_digest,"
        " :sealed, :expires_at, 'waiting', :anywhere)",
        namespace=namespace,
        provider=provider,
        account=account.digest,
        token_digest=token_digest,
        sealed=head.box.seal(change.login.encode(), *where),
        expires_at=timestamp(change.expires_at),
        anywhere=None
        if namespace == DEFAULT_NAMESPACE
        else _token_digest_anywhere(session, provider, change.token),
    )


def confirm(
    session: Session, namespace: str, provider: str, token: str
) -> tuple[ProfileRecord, AccountRecord, str]:
    """
    Use up a token and activate its login; return the profile, the account and the login.

    Raises:
        LoginLinkUnknownError: no mail ever contained this token.
        LoginLinkInvalidError: the token is used, replaced or expired, or another account has
            confirmed the login before.
    """
    token_digest = _token_digest(session, namespace, provider, token)
    row = session.row(
        _PENDING + session.for_update_of("pending"),
        namespace=namespace,
        provider=provider,
        token_digest=token_digest,
    )
    if row is None:
        raise LoginLinkUnknownError
    digest, sealed, expires_at, state, profile_id = row
    if state != PENDING or expires_at < timestamp(session.now):
        raise LoginLinkInvalidError
    profile = find(session, namespace, profile_id)
    account = next(each for each in profile.accounts if each.digest == digest)
    where = place(namespace, provider, digest, token_digest)
    login = profile.head.box.open(sealed, *where).decode()
    try:
        claim(session, account, login)
    except LoginTakenError:
        raise LoginLinkInvalidError from None
    session.run(
        "UPDATE pending_logins SET state = 'used' WHERE namespace = :namespace"
        " AND provider = :provider AND token_digest = :token_digest",
        namespace=namespace,
        provider=provider,
        token_digest=token_digest,
    )
    return profile, account, login


def reject_taken(session: Session, account: AccountRecord, login: str) -> None:
    """
    Check that no other account, in any namespace, has a login.

    Raises:
        LoginTakenError: one has it.
    """
    namespace, provider, _ = account.key
    if namespace_of(session, provider, login) not in (None, namespace):
        raise LoginTakenError
    if namespace != DEFAULT_NAMESPACE and holder(session, DEFAULT_NAMESPACE, provider, login):
        raise LoginTakenError
    found = session.row(
        "SELECT account FROM logins WHERE namespace = :namespace AND provider = :provider"
        " AND digest = :digest",
        namespace=namespace,
        provider=provider,
        digest=_login_digest(session, namespace, provider, login),
    )
    if found is not None and found[0] != account.digest:
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


def _login_digest_anywhere(session: Session, provider: str, login: str) -> bytes:
    return session.vault.digest("logins anywhere", provider, login.casefold())


def _token_digest_anywhere(session: Session, provider: str, token: str) -> bytes:
    return session.vault.digest("pending_logins anywhere", provider, token)


def _login_digest(session: Session, namespace: str, provider: str, login: str) -> bytes:
    return session.vault.digest("logins", namespace, provider, login.casefold())


def _token_digest(session: Session, namespace: str, provider: str, token: str) -> bytes:
    return session.vault.digest("pending_logins", namespace, provider, token)
