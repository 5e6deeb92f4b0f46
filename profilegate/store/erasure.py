"""Erasure: destroys a profile's key and deletes its rows.

The profile's row stays and records where its history ends; the events stay as ciphertext and
hashes. The table of keys has rows of one size, appended in order and never deleted, so SQLite never
moves a row to another page: overwriting a key leaves no copy of it in the file. SQLite's
write-ahead log may still hold the old page: the row ``COMPACTION`` requests that the next
maintenance empties the log, so that the erasure need not wait for readers.
"""

from typing import Final

from profilegate.store import journal, snapshots
from profilegate.store.encoding import timestamp
from profilegate.store.records import ProfileRecord
from profilegate.store.rows import find
from profilegate.store.session import Session
from profilegate.store.vault import WRAPPED_KEY_SIZE_BYTES

COMPACTION: Final = "compaction"
"""The row of ``meta`` that exists while the log may hold erased data."""

_OF_ACCOUNTS: Final = ("credentials", "pending_logins", "logins")
_OF_PROFILE: Final = ("documents", "outbox", "accounts")


def erase(session: Session, namespace: str, profile_id: str) -> None:
    """
    Erase a profile: its fields, accounts, logins, credentials, documents and mails; and the journal
    of the namespace, whose exchanges may show it.

    Raises:
        ProfileUnknownError: there is no such profile.
    """
    erase_profile(session, find(session, namespace, profile_id))
    journal.clear(session, namespace)


def erase_profile(session: Session, profile: ProfileRecord) -> None:
    """Erase a profile that was read, with the accounts that belong to it now."""
    accounts = session.rows(
        "SELECT namespace, provider, digest FROM accounts WHERE profile_id = :profile_id",
        profile_id=profile.id,
    )
    for namespace, provider, digest in accounts:
        for table in _OF_ACCOUNTS:
            session.run(
                f"DELETE FROM {table} WHERE namespace = :namespace"  # noqa: S608 (our own names)
                " AND provider = :provider AND account = :account",
                namespace=namespace,
                provider=provider,
                account=digest,
            )
    for table in _OF_PROFILE:
        session.run(
            f"DELETE FROM {table} WHERE profile_id = :profile_id",  # noqa: S608 (our own names)
            profile_id=profile.id,
        )
    session.run(
        "UPDATE profile_keys SET wrapped = :nothing"
        " WHERE id = (SELECT key_id FROM profiles WHERE id = :profile_id)",
        nothing=bytes(WRAPPED_KEY_SIZE_BYTES),
        profile_id=profile.id,
    )
    session.run(
        "UPDATE profiles SET sealed = :nothing, erased_at = :now WHERE id = :profile_id",
        nothing=b"",
        now=timestamp(session.now),
        profile_id=profile.id,
    )
    session.run(
        "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT DO NOTHING",
        name=COMPACTION,
        value=b"",
    )
    snapshots.forget(session, profile.head.namespace)
    session.vault.forget()
