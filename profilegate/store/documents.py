"""The contents of documents, in rows of their own; an archived document keeps its row."""

from collections.abc import Collection

from profilegate.profile.decision import Decision
from profilegate.profile.fields import DOCUMENTS, Fields
from profilegate.store.encoding import decode, encode, timestamp
from profilegate.store.records import ChainHead
from profilegate.store.session import Row, Session


def save(session: Session, head: ChainHead, decision: Decision) -> None:
    """Write the new contents of a decision; archive and restore documents as it says."""
    for content in decision.contents:
        plain = encode(content.document)
        document_id = content.document_id
        put(session, head, document_id, path=content.path, plain=plain, archived_at=None)
    for document_id in decision.archived:
        _archive(session, head, document_id, timestamp(session.now))
    for document_id in decision.restored:
        _archive(session, head, document_id, None)


def put(
    session: Session,
    head: ChainHead,
    document_id: str,
    *,
    path: str,
    plain: bytes,
    archived_at: str | None,
) -> None:
    """Write a document's row; replace only the contents if the row exists."""
    session.run(
        "INSERT INTO documents (id, namespace, profile_id, path, sealed, archived_at)"
        " VALUES (:id, :namespace, :profile_id, :path, :sealed, :archived_at)"
        " ON CONFLICT (profile_id, id) DO UPDATE SET sealed = excluded.sealed",
        id=document_id,
        namespace=head.namespace,
        profile_id=head.profile_id,
        path=path,
        sealed=head.box.seal(plain, *place(head.namespace, document_id)),
        archived_at=archived_at,
    )


def rows(session: Session, head: ChainHead) -> list[Row]:
    """The documents of a profile, archived ones too: id, path, archived_at, opened bytes."""
    found = session.rows(
        "SELECT id, path, archived_at, sealed FROM documents"
        " WHERE profile_id = :profile_id ORDER BY id",
        profile_id=head.profile_id,
    )
    return [
        (document_id, path, archived_at, head.box.open(sealed, *place(head.namespace, document_id)))
        for document_id, path, archived_at, sealed in found
    ]


def contents(session: Session, head: ChainHead) -> list[tuple[str, str, str | None, Fields]]:
    """The documents of a profile, archived ones too: id, path, archived_at, document."""
    return [(*row[:3], decode(row[3])) for row in rows(session, head)]


def copy(
    session: Session, old: ChainHead, new: ChainHead, only: Collection[str] | None = None
) -> None:
    """Copy documents with contents and ids into another profile: all, or the ids of ``only``."""
    present = {row[0] for row in rows(session, new)}
    for document_id, path, archived_at, plain in rows(session, old):
        if document_id not in present and (only is None or document_id in only):
            put(session, new, document_id, path=path, plain=plain, archived_at=archived_at)


def archive_all_but(session: Session, head: ChainHead, ids: Collection[str]) -> None:
    """Archive all documents of a profile but these, and restore these."""
    for document_id, _, archived_at, _ in rows(session, head):
        wanted = None if document_id in ids else archived_at or timestamp(session.now)
        if wanted != archived_at:
            _archive(session, head, document_id, wanted)


def ids_of(fields: Fields) -> frozenset[str]:
    """The ids of the documents in a profile's fields."""
    return frozenset(document["id"] for path in DOCUMENTS for document in fields.get(path, ()))


def _archive(session: Session, head: ChainHead, document_id: str, time: str | None) -> None:
    session.run(
        "UPDATE documents SET archived_at = :time WHERE profile_id = :profile_id AND id = :id",
        time=time,
        profile_id=head.profile_id,
        id=document_id,
    )


def place(namespace: str, document_id: str) -> tuple[str, ...]:
    """The place (see ``vault.py``) of a document's row."""
    return ("documents", namespace, document_id)
