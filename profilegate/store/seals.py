"""Seals: opens every sealed value of every table, and checks the plain columns beside it.

An integrity check of the database does not notice a byte that changed inside of a value. A sealed
value does not open then; a digest or a state does not match the sealed value that it belongs to.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from profilegate.errors import MasterKeyError
from profilegate.profile.fields import ACCOUNT_CREATED_AT, ACCOUNT_LOGIN, DOCUMENTS
from profilegate.store import credentials, documents, faults, journal, logins, outbox
from profilegate.store.encoding import decode, time_of
from profilegate.store.failures import DATABASE_ERRORS
from profilegate.store.records import AccountRecord, Damage
from profilegate.store.rows import account_place, open_account, parent_digest
from profilegate.store.session import Row, Session
from profilegate.store.vault import WRAPPED_KEY_SIZE_BYTES, Box

ERASED_KEY: Final = bytes(WRAPPED_KEY_SIZE_BYTES)

_PROFILE: Final = "profile.namespace, profile.id, key.wrapped, profile.sealed"
_KEYS: Final = "LEFT JOIN profile_keys AS key ON key.id = profile.key_id"
_OF_PROFILE: Final = f"LEFT JOIN profiles AS profile ON profile.id = item.profile_id {_KEYS}"
_ACCOUNT: Final = f"account.digest, account.sealed, {_PROFILE}"
_OF_ACCOUNT: Final = (
    "LEFT JOIN accounts AS account ON account.namespace = item.namespace"
    " AND account.provider = item.provider AND account.digest = item.account"
    f" LEFT JOIN profiles AS profile ON profile.id = account.profile_id {_KEYS}"
)


class DamagedValueError(Exception):
    """A value that the checks below find damaged; the message names it."""


class _Table(NamedTuple):
    """How to check the rows of a table; the first ``key_size`` columns identify one."""

    name: str
    sql: str
    key_size: int
    check: Callable[..., None]


def damaged_rows(session: Session) -> Iterator[Damage]:
    """The rows of all namespaces that are damaged."""
    for table in _TABLES:
        try:
            for row in session.each(table.sql):
                try:
                    table.check(session, *row)
                except (DamagedValueError, MasterKeyError) as error:
                    sealed = "a sealed value does not open"
                    what = sealed if isinstance(error, MasterKeyError) else str(error)
                    yield Damage(table.name, _name(row[: table.key_size]), what)
                except (msgspec.MsgspecError, ValueError, TypeError, AttributeError):
                    yield Damage(table.name, _name(row[: table.key_size]), "a value is not valid")
        except DATABASE_ERRORS:
            yield Damage(table.name, "", "some rows cannot be read")


def _name(key: Row) -> str:
    """A row's key as text: ids and keyed digests, never personal data."""
    return " ".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)


def _require(is_right: object, what: str) -> None:
    if not is_right:
        raise DamagedValueError(what)


def _box(session: Session, namespace: str | None, profile_id: str, wrapped: bytes) -> Box:
    _require(namespace is not None and wrapped is not None, "its profile is missing")
    assert namespace is not None  # noqa: S101 (mypy does not see the line above)
    return session.vault.unwrap(wrapped, "profiles", namespace, profile_id)


def _account(
    session: Session, provider: str, digest: bytes, sealed: bytes, *profile: Any
) -> tuple[Box, AccountRecord]:
    """The account of a row, and the key of its profile."""
    _require(digest is not None, "its account is missing")
    namespace, profile_id, wrapped, _ = profile
    box = _box(session, namespace, profile_id, wrapped)
    plain = box.open(sealed, *account_place(namespace, provider, digest))
    return box, open_account(plain, namespace, provider, digest)


def _check_profile(
    session: Session, profile_id: str, erased_at: str | None, namespace: str, wrapped: bytes,
    sealed: bytes,
) -> None:  # fmt: skip
    if erased_at is not None:
        time_of(erased_at)
        _require((wrapped, sealed) == (ERASED_KEY, b""), "it is erased, but not completely")
        return
    box = _box(session, namespace, profile_id, wrapped)
    decode(box.open(sealed, "profiles", namespace, profile_id))


def _check_key(
    session: Session,
    _: int,
    wrapped: bytes,
    namespace: str,
    profile_id: str | None,
    erased_at: str | None,
) -> None:
    # The keys of a cleared namespace are overwritten, and no profile has them any more.
    _require(profile_id is not None or wrapped == ERASED_KEY, "no profile has this key")
    if profile_id is not None and erased_at is None:
        session.vault.unwrap(wrapped, "profiles", namespace, profile_id)


def _check_account(
    session: Session, namespace: str, provider: str, digest: bytes, reference: bytes | None,
    parent: bytes | None, created_at: str | None, sealed: bytes, *profile: Any,
) -> None:  # fmt: skip
    _, account = _account(session, provider, digest, sealed, *profile)
    _require(namespace == profile[0], "it is not in the namespace of its profile")
    _require(digest == session.vault.account_digest(account.key), "its digest is wrong")
    # An account of an older version has no digest of its parent, and no time.
    _require(parent in (None, parent_digest(session, account)), "its parent is wrong")
    times = (None, account.fields.get(ACCOUNT_CREATED_AT))
    _require(created_at in times, "its time of creation is wrong")
    _require((reference is None) == (account.reference is None), "its reference is wrong")
    if account.reference is not None:
        parts = ("references", namespace, provider, account.tenant or "", account.reference)
        _require(reference == session.vault.digest(*parts), "its reference is wrong")


def _check_login(
    session: Session, namespace: str, provider: str, digest: bytes, *account: Any
) -> None:
    _, found = _account(session, provider, *account)
    login = found.fields.get(ACCOUNT_LOGIN)
    _require(login is not None, "its account has no login")
    assert login is not None  # noqa: S101 (as above)
    parts = ("logins", namespace, provider, login.casefold())
    _require(digest == session.vault.digest(*parts), "its digest is wrong")


def _check_pending_login(
    session: Session, namespace: str, provider: str, token: bytes, sealed: bytes, expires_at: str,
    *account: Any,
) -> None:  # fmt: skip
    box, found = _account(session, provider, *account)
    box.open(sealed, *logins.place(namespace, provider, found.digest, token))
    time_of(expires_at)


def _check_credential(
    session: Session, namespace: str, provider: str, kind: str, digest: bytes, credential_id: str,
    sealed: bytes, times: str, holder: bytes | None, *account: Any,
) -> None:  # fmt: skip
    box = session.vault.box if holder is None else _account(session, provider, *account)[0]
    box.open(sealed, *credentials.place(namespace, provider, kind, digest))
    _require(credential_id == credentials.id_of(digest), "its id is wrong")
    _check_times(times)


def _check_document(
    session: Session, profile_id: str, document_id: str, namespace: str, path: str,
    archived_at: str | None, sealed: bytes, *profile: Any,
) -> None:  # fmt: skip
    of_namespace, _, wrapped, fields = profile
    box = _box(session, of_namespace, profile_id, wrapped)
    decode(box.open(sealed, *documents.place(of_namespace, document_id)))
    _require(namespace == of_namespace and path in DOCUMENTS, "its place is wrong")
    shared = decode(box.open(fields, "profiles", of_namespace, profile_id))
    is_shown = any(each["id"] == document_id for each in shared.get(path, ()))
    _require(is_shown == (archived_at is None), "the profile does not say whether it is archived")
    time_of(archived_at)


def _check_mail(
    session: Session, mail_id: str, namespace: str, sealed: bytes, times: str, *profile: Any
) -> None:
    box = _box(session, *profile[:3])
    box.open(sealed, *outbox.place(namespace, mail_id))
    _check_times(times)


def _check_fault(session: Session, namespace: str, fault_id: str, sealed: bytes) -> None:
    session.vault.box.open(sealed, *faults.place(namespace, fault_id))


def _check_peer(_: Session, __: str, ___: bytes, times: str) -> None:
    _check_times(times)


def _check_clock(_: Session, __: int, times: str) -> None:
    _check_times(times)


def _check_row_of_digest(_: Session, __: str, ___: bytes, times: str) -> None:
    _check_times(times)


def _check_exchanges(session: Session, *row: Any) -> None:
    _, first, last, _ = row
    entries = journal.open_entries(session, row)
    _require(len(entries) == last - first + 1, "its numbers are wrong")


def _check_times(times: str) -> None:
    for time in times.split():
        time_of(time)


# ruff: noqa: S608 (the statements consist of constants)
_TABLES: Final = (
    _Table(
        "profiles",
        f"SELECT profile.id, profile.erased_at, profile.namespace, key.wrapped, profile.sealed"
        f" FROM profiles AS profile {_KEYS}",
        1,
        _check_profile,
    ),
    _Table(
        "profile_keys",
        "SELECT key.id, key.wrapped, profile.namespace, profile.id, profile.erased_at"
        " FROM profile_keys AS key LEFT JOIN profiles AS profile ON profile.key_id = key.id",
        1,
        _check_key,
    ),
    _Table(
        "accounts",
        "SELECT item.namespace, item.provider, item.digest, item.reference_digest, item.parent,"
        f" item.created_at, item.sealed, {_PROFILE} FROM accounts AS item {_OF_PROFILE}",
        3,
        _check_account,
    ),
    _Table(
        "logins",
        "SELECT item.namespace, item.provider, item.digest,"
        f" {_ACCOUNT} FROM logins AS item {_OF_ACCOUNT}",
        3,
        _check_login,
    ),
    _Table(
        "pending_logins",
        "SELECT item.namespace, item.provider, item.token_digest, item.sealed, item.expires_at,"
        f" {_ACCOUNT} FROM pending_logins AS item {_OF_ACCOUNT}",
        3,
        _check_pending_login,
    ),
    _Table(
        "credentials",
        "SELECT item.namespace, item.provider, item.kind, item.digest, item.id, item.sealed,"
        " item.created_at || ' ' || coalesce(item.expires_at, ''), item.account,"
        f" {_ACCOUNT} FROM credentials AS item {_OF_ACCOUNT}",
        4,
        _check_credential,
    ),
    _Table(
        "documents",
        "SELECT item.profile_id, item.id, item.namespace, item.path, item.archived_at,"
        f" item.sealed, {_PROFILE} FROM documents AS item {_OF_PROFILE}",
        2,
        _check_document,
    ),
    _Table(
        "outbox",
        "SELECT item.id, item.namespace, item.sealed, item.created_at || ' ' ||"
        " coalesce(item.sent_at, '') || ' ' || coalesce(item.next_attempt_at, ''),"
        f" {_PROFILE} FROM outbox AS item {_OF_PROFILE}",
        1,
        _check_mail,
    ),
    _Table("journal", f"SELECT {journal.COLUMNS} FROM journal", 3, _check_exchanges),
    _Table("lockouts", "SELECT namespace, digest, until FROM lockouts", 2, _check_peer),
    _Table("known_peers", "SELECT namespace, digest, seen_at FROM known_peers", 2, _check_peer),
    _Table("clock", "SELECT id, time FROM clock", 1, _check_clock),
    _Table("faults", "SELECT namespace, id, sealed FROM faults", 2, _check_fault),
    _Table("lockouts", "SELECT namespace, digest, until FROM lockouts", 2, _check_row_of_digest),
    _Table(
        "known_peers", "SELECT namespace, digest, seen_at FROM known_peers", 2, _check_row_of_digest
    ),
)
