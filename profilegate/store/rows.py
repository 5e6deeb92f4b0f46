"""Rows of profiles and their accounts: reads and opens them, seals and writes them."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

import msgspec

from profilegate.errors import AccountUnknownError, MasterKeyError, ProfileUnknownError
from profilegate.profile.decision import Decision
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PARENT, ACCOUNT_PREFIX, Fields
from profilegate.profile.private import Private
from profilegate.store import documents, history
from profilegate.store.encoding import decode, encode
from profilegate.store.failures import DATABASE_ERRORS, is_damage
from profilegate.store.history import GENESIS_HASH, Changed
from profilegate.store.records import (
    AccountKey,
    AccountRecord,
    ChainHead,
    Origin,
    ProfilePage,
    ProfileRecord,
)
from profilegate.store.session import Row, Session

K = TypeVar("K")
T = TypeVar("T")

# ruff: noqa: S608 (the statements consist of constants)
_SELECT = (
    "SELECT profile.id, key.wrapped, profile.sealed, profile.version, profile.head,"
    " account.provider, account.digest, account.sealed"
    " FROM profiles AS profile JOIN profile_keys AS key ON key.id = profile.key_id"
    " LEFT JOIN accounts AS account ON account.profile_id = profile.id"
    " WHERE profile.namespace = :namespace AND profile.erased_at IS NULL AND profile.id"
)
_BY_ID = f"{_SELECT} = :profile_id"
_BY_ACCOUNT = (
    f"{_SELECT} = (SELECT profile_id FROM accounts"
    " WHERE namespace = :namespace AND provider = :provider AND digest = :digest)"
)
_LOCK = "SELECT id FROM profiles WHERE id = :profile_id"
_LOCK_OF_ACCOUNT = (
    "SELECT id FROM profiles WHERE id = (SELECT profile_id FROM accounts"
    " WHERE namespace = :namespace AND provider = :provider AND digest = :digest)"
)
_BY_PARENT = (
    f"{_SELECT} IN (SELECT profile_id FROM accounts WHERE namespace = :namespace"
    " AND provider = :provider AND parent = :digest ORDER BY created_at, digest LIMIT :limit)"
    " ORDER BY profile.id"
)
_PAGE_IDS = (
    "SELECT id FROM profiles WHERE namespace = :namespace AND id > :after AND erased_at IS NULL"
    " ORDER BY id LIMIT :limit"
)
_PAGE = f"{_SELECT} IN ({_PAGE_IDS}) ORDER BY profile.id"


class SealedAccount(Private, array_like=True, frozen=True):
    """The sealed part of an account's row; ``fields`` are its own, without ``account.id``."""

    external_id: str
    tenant: str | None
    reference: str | None
    fields: Fields


_decode_account = msgspec.json.Decoder(SealedAccount).decode


def find(session: Session, namespace: str, profile_id: str) -> ProfileRecord:
    """
    Read a profile.

    Raises:
        ProfileUnknownError: there is no such profile, or it is erased.
    """
    session.lock_rows(_LOCK, profile_id=profile_id)
    found = session.rows(_BY_ID, namespace=namespace, profile_id=profile_id)
    if not found:
        raise ProfileUnknownError
    return _open(session, namespace, found)


def find_of(session: Session, account: AccountKey) -> ProfileRecord:
    """
    Read the profile of an account.

    Raises:
        AccountUnknownError: there is no such account.
    """
    key = {
        "namespace": account.namespace,
        "provider": account.provider,
        "digest": session.vault.account_digest(account),
    }
    session.lock_rows(_LOCK_OF_ACCOUNT, **key)
    found = session.rows(_BY_ACCOUNT, **key)
    while found and not session.is_locked(found[0][0]):
        # The account moved to another profile while this transaction waited for the lock.
        session.lock_rows(_LOCK, profile_id=found[0][0])
        found = session.rows(_BY_ACCOUNT, **key)
    if not found:
        raise AccountUnknownError
    return _open(session, account.namespace, found)


def find_of_children(session: Session, account: AccountKey, *, limit: int) -> list[ProfileRecord]:
    """Read the profiles of the oldest accounts that belong to an account, in any order."""
    found = session.rows(
        _BY_PARENT,
        namespace=account.namespace,
        provider=account.provider,
        digest=session.vault.account_digest(account),
        limit=limit,
    )
    return [
        _open(session, account.namespace, list(rows))
        for _, rows in groupby(found, key=itemgetter(0))
    ]


def parent_digest(session: Session, account: AccountRecord) -> bytes | None:
    """The digest of the account that an account belongs to; None for none."""
    if (parent := account.fields.get(ACCOUNT_PARENT)) is None:
        return None
    namespace, provider, _ = account.key
    return session.vault.account_digest(AccountKey(namespace, provider, parent))


def page(session: Session, namespace: str, *, after: str | None = None, limit: int) -> ProfilePage:
    """Profiles in the order of their ids, from the first one after ``after``."""
    # One more than the page shows tells whether there is a next page.
    parameters = {"namespace": namespace, "after": after or "", "limit": limit + 1}
    read: dict[str, Callable[[], ProfileRecord]] = {}
    try:
        for profile_id, rows in groupby(session.rows(_PAGE, **parameters), key=itemgetter(0)):
            read[profile_id] = partial(_open, session, namespace, list(rows))
    except DATABASE_ERRORS as error:
        if not is_damage(error):
            raise
        # Only an index has the ids: find the profiles one by one, to skip the damaged ones.
        for (profile_id,) in session.rows(_PAGE_IDS, **parameters):
            read[profile_id] = partial(find, session, namespace, profile_id)
    ids = list(read)
    whole, damaged = skip_damaged(ids[:limit], lambda profile_id: read[profile_id]())
    return ProfilePage(whole, damaged, ids[limit - 1] if len(ids) > limit else None)


def skip_damaged(items: Iterable[K], read: Callable[[K], T]) -> tuple[list[T], list[K]]:
    """What can be read of some items, and the items that are damaged."""
    whole, damaged = [], []
    for item in items:
        try:
            whole.append(read(item))
        except MasterKeyError:
            damaged.append(item)
        except DATABASE_ERRORS as error:
            if not is_damage(error):
                raise
            damaged.append(item)
    return whole, damaged


def _open(session: Session, namespace: str, rows: list[Row]) -> ProfileRecord:
    """A profile from its rows of ``_SELECT``: one for each account, or one without any."""
    profile_id, wrapped, sealed, version, head_hash, *_ = rows[0]
    place = ("profiles", namespace, profile_id)
    box = session.vault.unwrap(wrapped, *place)
    accounts = [
        open_account(
            box.open(account_sealed, *account_place(namespace, provider, digest)),
            namespace,
            provider,
            digest,
        )
        for *_, provider, digest, account_sealed in rows
        if provider is not None
    ]
    accounts.sort(key=lambda account: account.key)
    return ProfileRecord(
        head=ChainHead(namespace, profile_id, box, version, head_hash),
        fields=decode(box.open(sealed, *place)),
        accounts=tuple(accounts),
    )


def open_account(plain: bytes, namespace: str, provider: str, digest: bytes) -> AccountRecord:
    """An account from the opened bytes of its row."""
    account = _decode_account(plain)
    account.fields[ACCOUNT_ID] = account.external_id
    return AccountRecord(
        key=AccountKey(namespace, provider, account.external_id),
        digest=digest,
        tenant=account.tenant,
        reference=account.reference,
        fields=account.fields,
    )


def account_place(namespace: str, provider: str, digest: bytes) -> tuple[str, ...]:
    """The place (see ``vault.py``) of an account's row."""
    return ("accounts", namespace, provider, digest.hex())


def seal_account(head: ChainHead, account: AccountRecord) -> bytes:
    """The sealed part of an account's row."""
    own = {path: value for path, value in account.fields.items() if path != ACCOUNT_ID}
    plain = SealedAccount(account.key.external_id, account.tenant, account.reference, own)
    _, provider, _ = account.key
    return head.box.seal(encode(plain), *account_place(head.namespace, provider, account.digest))


# --- Write ---------------------------------------------------------------------------------


def insert(session: Session, namespace: str, profile_id: str | None = None) -> ProfileRecord:
    """Create an empty profile; its first event makes it version 1."""
    profile_id = profile_id or session.new_id()
    place = ("profiles", namespace, profile_id)
    box, wrapped = session.vault.new_key(*place)
    row = session.row(
        "INSERT INTO profile_keys (wrapped) VALUES (:wrapped) RETURNING id", wrapped=wrapped
    )
    assert row is not None  # noqa: S101 (an INSERT that succeeds returns its row)
    session.run(
        "INSERT INTO profiles (namespace, id, key_id, version, head, sealed)"
        " VALUES (:namespace, :id, :key_id, 0, :head, :sealed)",
        namespace=namespace,
        id=profile_id,
        key_id=row[0],
        head=GENESIS_HASH,
        sealed=box.seal(encode({}), *place),
    )
    return ProfileRecord(ChainHead(namespace, profile_id, box, 0, GENESIS_HASH), {}, ())


def save(
    session: Session,
    profile: ProfileRecord,
    decision: Decision,
    origin: Origin,
    *,
    account: AccountRecord | None = None,
    moved: Changed | None = None,
) -> None:
    """
    Write the changes of a decision, as one event.

    ``account`` is the account whose own fields change, or that joins or leaves the profile. In the
    latter case ``moved`` are the changes of its own fields, by ``history.gained`` or ``lost``.
    """
    changed = decision.changed
    own = [path for path in changed if path.startswith(ACCOUNT_PREFIX)]
    shared = [path for path in changed if not path.startswith(ACCOUNT_PREFIX)]
    key = account.key if account is not None and (own or moved) else None
    event = {**changed, **moved} if moved else changed
    head = history.append(session, profile.head, event, account=key, origin=origin)
    if shared:
        _save_shared(session, head, _after(profile.fields, changed, shared))
    else:
        _save_head(session, head)
    if own and account is not None:
        save_account(session, head, account, _after(account.fields, changed, own))
    documents.save(session, head, decision)


def save_account(session: Session, head: ChainHead, account: AccountRecord, fields: Fields) -> None:
    """Write an account's own fields, sealed under the key of its profile (``head``)."""
    namespace, provider, _ = account.key
    sealed = seal_account(head, msgspec.structs.replace(account, fields=fields))
    session.start(
        "UPDATE accounts SET profile_id = :profile_id, sealed = :sealed"
        " WHERE namespace = :namespace AND provider = :provider AND digest = :digest",
        profile_id=head.profile_id,
        sealed=sealed,
        namespace=namespace,
        provider=provider,
        digest=account.digest,
    )


def _save_head(session: Session, head: ChainHead) -> None:
    session.start(
        "UPDATE profiles SET version = :version, head = :head WHERE id = :id",
        version=head.version,
        head=head.hash,
        id=head.profile_id,
    )


def _save_shared(session: Session, head: ChainHead, fields: Fields) -> None:
    session.start(
        "UPDATE profiles SET version = :version, head = :head, sealed = :sealed WHERE id = :id",
        version=head.version,
        head=head.hash,
        sealed=head.box.seal(encode(fields), "profiles", head.namespace, head.profile_id),
        id=head.profile_id,
    )


def _after(fields: Fields, changed: Changed, paths: Iterable[str]) -> Fields:
    """The fields after the changes at some paths."""
    after = dict(fields)
    for path in paths:
        _, value = changed[path]
        if value is None:
            after.pop(path, None)
        else:
            after[path] = value
    return after
