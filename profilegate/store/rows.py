"""The rows of profiles and their accounts, sealed on the way in and opened on the way out."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Final

from msgspec import Struct

from profilegate.errors import AccountUnknownError, ReferenceTakenError
from profilegate.profile.decision import Decision
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN, ACCOUNT_PREFIX, Fields
from profilegate.profile.locks import ALWAYS, Lock, LockRules
from profilegate.store import AccountKey, NewAccount, Origin
from profilegate.store.encoding import decode, encode, timestamp
from profilegate.store.history import BEFORE_ALL, ChainHead, Changed, append
from profilegate.store.vault import Box, Vault

OWN_LOCKS: Final = (Lock(ACCOUNT_ID, ALWAYS), Lock(ACCOUNT_LOGIN, ALWAYS))
"""An account's id is for ever, and its login changes by its mailed link only."""


class Record(Struct, frozen=True):
    """One account with its profile, opened. ``others`` are the profile's other accounts."""

    key: AccountKey
    head: ChainHead
    shared: Fields
    own: Fields
    others: Mapping[AccountKey, bytes]

    @property
    def profile_id(self) -> str:
        return self.head.profile_id

    @property
    def box(self) -> Box:
        return self.head.box

    @property
    def fields(self) -> Fields:
        """What the account's provider may see."""
        return {**self.shared, **self.own, ACCOUNT_ID: self.key.external_id}

    def locks(self, rules: Mapping[str, LockRules]) -> Iterator[Lock]:
        """All that locks the fields; what locks an account's own field stays its own."""
        yield from OWN_LOCKS
        yield from locks_of(self.key, self.own, rules)
        for key, sealed in self.others.items():
            for lock in locks_of(key, decode(self.box.open(sealed, "accounts", *key)), rules):
                if not lock.path.startswith(ACCOUNT_PREFIX):
                    yield lock


def locks_of(key: AccountKey, own: Fields, rules: Mapping[str, LockRules]) -> list[Lock]:
    """What one account locks, its own fields among it."""
    context = rules.get(key.provider)
    return context.locks_of({**own, ACCOUNT_ID: key.external_id}) if context else []


def find(
    connection: Connection, vault: Vault, key: AccountKey, tenant: str | None = None
) -> Record:
    """
    Read an account, its profile, and the other accounts of that profile.

    Raises:
        AccountUnknownError: there is none, or it belongs to another tenant.
    """
    rows = connection.execute(
        "SELECT account.provider, account.external_id, account.tenant, account.sealed,"
        " profile.id, profile.wrapped_key, profile.sealed, profile.version, profile.head"
        " FROM accounts AS asked"
        " JOIN profiles AS profile ON profile.id = asked.profile_id"
        " JOIN accounts AS account ON account.profile_id = asked.profile_id"
        " WHERE asked.namespace = ? AND asked.provider = ? AND asked.external_id = ?",
        key,
    ).fetchall()
    asked = next((row for row in rows if row[:2] == key[1:]), None)
    if asked is None or tenant not in (None, asked[2]):
        raise AccountUnknownError
    _, _, _, own, profile_id, wrapped_key, shared, version, head = asked
    box = vault.unwrap(wrapped_key, "profiles", key.namespace, profile_id)
    return Record(
        key=key,
        head=ChainHead(key.namespace, profile_id, box, version, head),
        shared=decode(box.open(shared, "profiles", key.namespace, profile_id)),
        own=decode(box.open(own, "accounts", *key)),
        others={AccountKey(key.namespace, *row[:2]): row[3] for row in rows if row is not asked},
    )


def exists(connection: Connection, key: AccountKey) -> bool:
    found = connection.execute(
        "SELECT 1 FROM accounts WHERE namespace = ? AND provider = ? AND external_id = ?", key
    ).fetchone()
    return found is not None


def add_profile(
    connection: Connection, vault: Vault, namespace: str, profile_id: str | None = None
) -> ChainHead:
    """Make an empty profile; its first event makes it version 1."""
    where = ("profiles", namespace, profile_id or str(uuid.uuid4()))
    box, wrapped_key = vault.new_key(*where)
    connection.execute(
        "INSERT INTO profiles (namespace, id, version, head, wrapped_key, sealed)"
        " VALUES (?, ?, 0, ?, ?, ?)",
        (*where[1:], BEFORE_ALL, wrapped_key, box.seal(encode({}), *where)),
    )
    return ChainHead(*where[1:], box, 0, BEFORE_ALL)


def add_account(connection: Connection, vault: Vault, head: ChainHead, new: NewAccount) -> None:
    """
    Add an account to a profile.

    Raises:
        ReferenceTakenError: another account of this tenant has the reference.
    """
    key = new.account
    digest = None
    if new.reference is not None:
        digest = reference_digest(vault, key, new.tenant, new.reference)
    taken = connection.execute(
        "SELECT 1 FROM accounts"
        " WHERE namespace = ? AND provider = ? AND tenant IS ? AND reference_digest = ?",
        (key.namespace, key.provider, new.tenant, digest),
    ).fetchone()
    if taken is not None:
        raise ReferenceTakenError
    connection.execute(
        "INSERT INTO accounts (namespace, provider, external_id, profile_id, tenant, sealed,"
        " reference_digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*key, head.profile_id, new.tenant, sealed_own(head, key, new.fields), digest),
    )


def reference_digest(vault: Vault, key: AccountKey, tenant: str | None, reference: str) -> bytes:
    return vault.digest("references", key.namespace, key.provider, tenant or "", reference)


def write(
    connection: Connection, record: Record, decision: Decision, origin: Origin, now: datetime
) -> None:
    """Put down what a decision changed: of the shared fields, of the account's own, of both."""
    key, changed = record.key, decision.changed
    own = {path for path in changed if path.startswith(ACCOUNT_PREFIX)}
    shared = changed.keys() - own
    head = append(connection, record.head, changed, key if own else None, origin, now)
    put_head(connection, head, _after(record.shared, changed, shared) if shared else None)
    if own:
        sealed = head.box.seal(encode(_after(record.own, changed, own)), "accounts", *key)
        connection.execute(
            "UPDATE accounts SET sealed = ?"
            " WHERE namespace = ? AND provider = ? AND external_id = ?",
            (sealed, *key),
        )
    put_documents(connection, head, decision, now)


def _after(fields: Fields, changed: Changed, paths: Iterable[str]) -> Fields:
    """The fields as they are after the changes at some paths."""
    after = dict(fields)
    for path in paths:
        _, value = changed[path]
        if value is None:
            del after[path]
        else:
            after[path] = value
    return after


def put_shared(
    connection: Connection,
    head: ChainHead,
    decision: Decision,
    origin: Origin,
    now: datetime,
    *,
    account: tuple[AccountKey, Changed] | None = None,
) -> None:
    """Put down what a decision changed of the shared fields, and what befell one account."""
    key, own = account or (None, {})
    head = append(connection, head, {**decision.changed, **own}, key, origin, now)
    put_head(connection, head, decision.fields if decision.changed else None)
    put_documents(connection, head, decision, now)


def put_head(connection: Connection, head: ChainHead, shared: Fields | None) -> None:
    """Put down where the history ends now, and the shared fields unless they are as before."""
    if shared is None:
        connection.execute(
            "UPDATE profiles SET version = ?, head = ? WHERE id = ?",
            (head.version, head.hash, head.profile_id),
        )
        return
    sealed = head.box.seal(encode(shared), "profiles", head.namespace, head.profile_id)
    connection.execute(
        "UPDATE profiles SET version = ?, head = ?, sealed = ? WHERE id = ?",
        (head.version, head.hash, sealed, head.profile_id),
    )


def put_documents(
    connection: Connection, head: ChainHead, decision: Decision, now: datetime
) -> None:
    """Keep the contents that came, and archive or bring back the documents that a decision did."""
    if not (decision.contents or decision.archived or decision.restored):
        return
    for content in decision.contents:
        sealed = head.box.seal(
            encode(content.document), "documents", head.namespace, content.document_id
        )
        connection.execute(
            "INSERT INTO documents (id, namespace, profile_id, path, sealed) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (profile_id, id) DO UPDATE SET sealed = excluded.sealed",
            (content.document_id, head.namespace, head.profile_id, content.path, sealed),
        )
    for archived_at, ids in ((timestamp(now), decision.archived), (None, decision.restored)):
        for document_id in ids:
            connection.execute(
                "UPDATE documents SET archived_at = ? WHERE profile_id = ? AND id = ?",
                (archived_at, head.profile_id, document_id),
            )


def shared_of(fields: Fields) -> Fields:
    """The fields that every account of the profile sees."""
    return {path: value for path, value in fields.items() if not path.startswith(ACCOUNT_PREFIX)}


def own_of(fields: Fields) -> Fields:
    """The fields of the account alone; its id is not among them, it stands in the row itself."""
    return {
        path: value
        for path, value in fields.items()
        if path.startswith(ACCOUNT_PREFIX) and path != ACCOUNT_ID
    }


def sealed_own(head: ChainHead, key: AccountKey, fields: Fields) -> bytes:
    return head.box.seal(encode(own_of(fields)), "accounts", *key)
