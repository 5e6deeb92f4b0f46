"""Let accounts join a profile, and leave it: what is theirs is sealed anew under its key."""

from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Any, Literal

from profilegate.errors import FieldsLockedError, LinkConflictError
from profilegate.profile.decision import Decision, is_same, restore
from profilegate.profile.fields import DOCUMENTS, Changes, Fields
from profilegate.profile.locks import Lock, LockRules
from profilegate.store import AccountKey, Origin
from profilegate.store.encoding import timestamp
from profilegate.store.erasing import erase
from profilegate.store.history import ChainHead, joining, leaving
from profilegate.store.logins import seal_again as seal_logins_again
from profilegate.store.outbox import seal_again as seal_mails_again
from profilegate.store.profiles import Whole, find
from profilegate.store.rows import add_profile, locks_of, put_shared, sealed_own
from profilegate.store.vault import Vault

Prefer = Literal["profile", "account"] | None


def link(
    connection: Connection,
    vault: Vault,
    rules: Mapping[str, LockRules],
    account: AccountKey,
    old: Whole,
    target: Whole,
    prefer: Prefer,
    origin: Origin,
    now: datetime,
) -> Whole:
    """
    Move an account from its profile to another one.

    Raises:
        LinkConflictError: they differ, and nobody is preferred.
        FieldsLockedError: a locked field would change, for those who are there or who comes.
    """
    _, own = old.accounts[account]
    values = _brought(old.shared, target.shared, prefer)
    decision = _decide(rules, account, own, old, target, values)
    is_last = len(old.accounts) == 1
    _move_account(connection, account, own, old.head, target.head)
    _copy_documents(connection, old.head, target.head, None if is_last else _ids(decision.fields))
    if is_last:
        seal_mails_again(connection, old.head, target.head)
        erase(connection, old.head, now)
    else:
        left = (account, leaving(account, own))
        put_shared(connection, old.head, Decision(old.shared), origin, now, account=left)
    came = (account, joining(account, own))
    put_shared(connection, target.head, decision, origin, now, account=came)
    _archive_all_but(connection, target.head, _ids(decision.fields), now)
    return find(connection, vault, account.namespace, target.head.profile_id)


def unlink(
    connection: Connection,
    vault: Vault,
    account: AccountKey,
    old: Whole,
    origin: Origin,
    now: datetime,
) -> Whole:
    """Move an account to a new profile, a copy of the one that it leaves."""
    _, own = old.accounts[account]
    head = add_profile(connection, vault, account.namespace)
    _move_account(connection, account, own, old.head, head)
    _copy_documents(connection, old.head, head, None)
    left = (account, leaving(account, own))
    put_shared(connection, old.head, Decision(old.shared), origin, now, account=left)
    came = (account, joining(account, own))
    put_shared(connection, head, restore({}, old.shared), origin, now, account=came)
    return find(connection, vault, account.namespace, head.profile_id)


def _brought(old: Fields, target: Fields, prefer: Prefer) -> Fields:
    """What the account brings along."""
    differences: dict[str, tuple[Any, Any]] = {
        path: (target[path], value)
        for path, value in old.items()
        if path in target and not is_same(path, target[path], value)
    }
    if differences and prefer is None:
        raise LinkConflictError(differences)
    return {
        path: value
        for path, value in old.items()
        if path not in target or (path in differences and prefer == "account")
    }


def _decide(
    rules: Mapping[str, LockRules],
    account: AccountKey,
    own: Fields,
    old: Whole,
    target: Whole,
    values: Fields,
) -> Decision:
    """What the target comes to; nothing that is locked may change, on either side."""
    rejected: list[str] = []
    decision = Decision(target.shared)
    try:
        decision = restore(target.shared, values, target.locks(rules))
    except FieldsLockedError as error:
        rejected += error.paths
    after: Fields = {**target.shared, **values}
    seen: Changes = {
        path: after.get(path)
        for path in (old.shared | after)
        if not is_same(path, old.shared.get(path), after.get(path))
    }
    locks: list[Lock] = locks_of(account, own, rules)
    try:
        restore(old.shared, seen, locks)
    except FieldsLockedError as error:
        rejected += error.paths
    if rejected:
        raise FieldsLockedError(list(dict.fromkeys(rejected)))
    return decision


def _move_account(
    connection: Connection, account: AccountKey, own: Fields, old: ChainHead, new: ChainHead
) -> None:
    connection.execute(
        "UPDATE accounts SET profile_id = ?, sealed = ?"
        " WHERE namespace = ? AND provider = ? AND external_id = ?",
        (new.profile_id, sealed_own(new, account, own), *account),
    )
    seal_logins_again(connection, account, old.box, new.box)


def _copy_documents(
    connection: Connection, old: ChainHead, new: ChainHead, only: frozenset[str] | None
) -> None:
    """Copy documents with their contents and ids; without ``only`` all, archived ones too."""
    rows = connection.execute(
        "SELECT id, path, sealed, archived_at FROM documents WHERE profile_id = ?",
        (old.profile_id,),
    ).fetchall()
    for document_id, path, sealed, archived_at in rows:
        if only is not None and document_id not in only:
            continue
        where = ("documents", old.namespace, document_id)
        connection.execute(
            "INSERT INTO documents (profile_id, id, namespace, path, sealed, archived_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                new.profile_id,
                document_id,
                new.namespace,
                path,
                new.box.seal(old.box.open(sealed, *where), *where),
                archived_at,
            ),
        )


def _archive_all_but(
    connection: Connection, head: ChainHead, ids: frozenset[str], now: datetime
) -> None:
    rows = connection.execute(
        "SELECT id, archived_at FROM documents WHERE profile_id = ?", (head.profile_id,)
    ).fetchall()
    for document_id, archived_at in rows:
        wanted = None if document_id in ids else archived_at or timestamp(now)
        if wanted != archived_at:
            connection.execute(
                "UPDATE documents SET archived_at = ? WHERE profile_id = ? AND id = ?",
                (wanted, head.profile_id, document_id),
            )


def _ids(shared: Fields) -> frozenset[str]:
    """The ids of the documents that a profile has now."""
    return frozenset(document["id"] for path in DOCUMENTS for document in shared.get(path, ()))
