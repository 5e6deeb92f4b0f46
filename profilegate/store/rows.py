"""The rows of profiles and their accounts, sealed on the way in and opened on the way out."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Final

import msgspec

from profilegate.errors import AccountUnknownError, ReferenceTakenError
from profilegate.profile.change import Decision
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_LOGIN, ACCOUNT_PREFIX
from profilegate.profile.rules import ALWAYS, DoorRules, Fields, Lock
from profilegate.store import AccountKey, NewAccount
from profilegate.store.vault import Box, Vault

OWN_LOCKS: Final = (Lock(ACCOUNT_ID, ALWAYS), Lock(ACCOUNT_LOGIN, ALWAYS))
"""An account's id is for ever, and its login changes by its mailed link only."""

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Fields).decode


@dataclass(frozen=True, slots=True)
class Record:
    """One account with its profile, opened. ``others`` are the profile's other accounts."""

    key: AccountKey
    profile_id: str
    box: Box
    shared: Fields
    own: Fields
    others: Mapping[AccountKey, bytes]

    @property
    def fields(self) -> Fields:
        """What the account's door may see."""
        return {**self.shared, **self.own, ACCOUNT_ID: self.key.external_id}

    def locks(self, rules: Mapping[str, DoorRules]) -> Iterator[Lock]:
        """All that holds the fields fast; what locks an account's own field stays its own."""
        yield from OWN_LOCKS
        yield from _locks_of(self.key, self.own, rules)
        for key, sealed in self.others.items():
            for lock in _locks_of(key, decode(self.box.open(sealed, "accounts", *key)), rules):
                if not lock.path.startswith(ACCOUNT_PREFIX):
                    yield lock


def _locks_of(key: AccountKey, own: Fields, rules: Mapping[str, DoorRules]) -> list[Lock]:
    door = rules.get(key.provider)
    return door.locks_of({**own, ACCOUNT_ID: key.external_id}) if door else []


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
        " profile.id, profile.wrapped_key, profile.sealed"
        " FROM accounts AS asked"
        " JOIN profiles AS profile ON profile.id = asked.profile_id"
        " JOIN accounts AS account ON account.profile_id = asked.profile_id"
        " WHERE asked.world = ? AND asked.provider = ? AND asked.external_id = ?"
        " ORDER BY account.provider <> asked.provider OR account.external_id <> asked.external_id",
        key,
    ).fetchall()
    # The account that was asked for comes first; without it there is no row at all.
    if not rows or tenant not in (None, rows[0][2]):
        raise AccountUnknownError
    _, _, _, own, profile_id, wrapped_key, shared = rows[0]
    box = vault.unwrap(wrapped_key, "profiles", key.world, profile_id)
    return Record(
        key=key,
        profile_id=profile_id,
        box=box,
        shared=decode(box.open(shared, "profiles", key.world, profile_id)),
        own=decode(box.open(own, "accounts", *key)),
        others={AccountKey(key.world, row[0], row[1]): row[3] for row in rows[1:]},
    )


def exists(connection: Connection, key: AccountKey) -> bool:
    found = connection.execute(
        "SELECT 1 FROM accounts WHERE world = ? AND provider = ? AND external_id = ?", key
    ).fetchone()
    return found is not None


def add_profile(connection: Connection, vault: Vault, key: AccountKey) -> Record:
    """Make an empty profile, for an account that is still to be added."""
    where = ("profiles", key.world, str(uuid.uuid4()))
    box, wrapped_key = vault.new_key(*where)
    connection.execute(
        "INSERT INTO profiles (world, id, version, wrapped_key, sealed) VALUES (?, ?, 0, ?, ?)",
        (*where[1:], wrapped_key, box.seal(encode({}), *where)),
    )
    return Record(key, where[2], box, shared={}, own={}, others={})


def add_account(connection: Connection, vault: Vault, record: Record, new: NewAccount) -> None:
    """
    Add an account to a profile.

    Raises:
        ReferenceTakenError: another account of this tenant has the reference.
    """
    digest = None if new.reference is None else _reference_digest(vault, new, new.reference)
    taken = connection.execute(
        "SELECT 1 FROM accounts"
        " WHERE world = ? AND provider = ? AND tenant IS ? AND reference_digest = ?",
        (record.key.world, record.key.provider, new.tenant, digest),
    ).fetchone()
    if taken is not None:
        raise ReferenceTakenError
    connection.execute(
        "INSERT INTO accounts (world, provider, external_id, profile_id, tenant, sealed,"
        " reference_digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*record.key, record.profile_id, new.tenant, _sealed_own(record, new.fields), digest),
    )


def _reference_digest(vault: Vault, new: NewAccount, reference: str) -> bytes:
    world, provider, _ = new.account
    return vault.digest("references", world, provider, new.tenant or "", reference)


def write(connection: Connection, record: Record, decision: Decision, now: datetime) -> None:
    """Put down what a decision changed: of the shared fields, of the account's own, of both."""
    world, profile_id = record.key.world, record.profile_id
    is_own = {path.startswith(ACCOUNT_PREFIX) for path in decision.changed}
    if False in is_own:
        sealed = record.box.seal(encode(shared_of(decision.fields)), "profiles", world, profile_id)
        connection.execute(
            "UPDATE profiles SET version = version + 1, sealed = ? WHERE id = ?",
            (sealed, profile_id),
        )
    else:
        connection.execute("UPDATE profiles SET version = version + 1 WHERE id = ?", (profile_id,))
    if True in is_own:
        connection.execute(
            "UPDATE accounts SET sealed = ? WHERE world = ? AND provider = ? AND external_id = ?",
            (_sealed_own(record, decision.fields), *record.key),
        )
    for content in decision.contents:
        sealed = record.box.seal(encode(content.document), "documents", world, content.document_id)
        connection.execute(
            "INSERT INTO documents (id, world, profile_id, path, sealed) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
            (content.document_id, world, profile_id, content.path, sealed),
        )
    for document_id in decision.archived:
        connection.execute(
            "UPDATE documents SET archived_at = ? WHERE id = ?", (timestamp(now), document_id)
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


def timestamp(time: datetime) -> str:
    """A time as it is written into a row: such texts compare as their times do."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _sealed_own(record: Record, fields: Fields) -> bytes:
    return record.box.seal(encode(own_of(fields)), "accounts", *record.key)
