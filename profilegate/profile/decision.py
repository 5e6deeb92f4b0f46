"""Decide what an update does to a profile: pure functions, without I/O.

The laws: a field that an update does not name is untouched; the same value again is no
change; a lock rejects only a *new* value; an update happens completely or not at all. One
exception: a document of a list that archives is a new copy each time it is sent (``DOCUMENTS``).
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.json import Encoder

from profilegate.errors import DocumentsLimitExceededError, FieldsLockedError
from profilegate.profile.fields import DOCUMENTS, Changes, DocumentRule, Fields
from profilegate.profile.locks import Lock
from profilegate.profile.private import Private
from profilegate.profile.sent_documents import Document, completed

Types = frozenset[str] | None
"""The locked types of documents; None locks every type, and any other field as a whole."""

NO_TYPE: Types = frozenset()

_CONTAINERS = (dict, list)

_EMPTY = (None, "")

_encode_json = Encoder().encode


class Content(Private, frozen=True):
    """A document as it was sent, contents included, to be sealed apart from the profile.

    It keeps its other parts too, so that an archived document can be read by itself.
    """

    document_id: str
    path: str
    document: Document


def _new_uuid() -> str:
    return str(uuid.uuid4())


class Decision(Struct):
    """The effect of an update.

    ``fields`` is the profile afterwards; ``changed`` maps each path that changes to its value
    before and after (None: no value). If ``changed`` is empty, nothing has to be written.
    ``archived`` are the ids of the documents that left the profile, ``restored`` the ids of those
    that came back. ``new_id`` makes the ids of new documents.
    """

    fields: Fields
    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    contents: list[Content] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    new_id: Callable[[], str] = _new_uuid

    def __repr__(self) -> str:
        return "Decision(…)"


def decide(
    current: Fields,
    changes: Changes,
    locks: Iterable[Lock] = (),
    *,
    new_id: Callable[[], str] = _new_uuid,
) -> Decision:
    """
    The effect of ``changes`` on ``current``; ``new_id`` makes the ids of new documents.

    Raises:
        FieldsLockedError: with every locked path that would get a new value.
        DocumentsLimitExceededError: a list would have too many documents.
        DocumentsWithoutValueError: a document has no value, and names none that is stored.
    """
    locked = _by_path(locks)
    decision = Decision(dict(current), new_id=new_id)
    rejected: list[str] = []
    for path, value in changes.items():
        before = current.get(path)
        # The most frequent case; documents are lists and never texts.
        if value is before or (value == before and isinstance(value, str)):
            continue
        rule = DOCUMENTS.get(path)
        if rule is not None:
            types = locked.get(path, NO_TYPE)
            if value is not None:
                rejected += _put_documents(decision, path, rule, value, types)
            elif before is not None:
                rejected += _remove_documents(decision, path, types)
        elif not _is_equal(value, before):
            if path in locked:
                # An empty text says as little as none: an object that is replaced whole (x-whole)
                # may have no way to send the one, or no way to send the other.
                if value in _EMPTY and before in _EMPTY:
                    continue
                rejected.append(path)
            decision.changed[path] = (before, value)
            if value is None:
                del decision.fields[path]
            else:
                decision.fields[path] = value
    if rejected:
        raise FieldsLockedError(list(dict.fromkeys(rejected)))
    return decision


def restore(current: Fields, values: Changes, locks: Iterable[Lock] = ()) -> Decision:
    """
    The effect of putting back values exactly as they were stored, documents with their ids.

    Raises:
        FieldsLockedError: with every locked path that would get another value.
    """
    locked = _by_path(locks)
    decision = Decision(dict(current))
    rejected: list[str] = []
    for path, value in values.items():
        before = current.get(path)
        if _is_equal(value, before):
            continue
        decision.changed[path] = (before, value)
        if value is None:
            del decision.fields[path]
        else:
            decision.fields[path] = value
        if path in DOCUMENTS:
            old, new = before or [], value or []
            old_by_type, new_by_type = _by_type(old), _by_type(new)
            types = locked.get(path, NO_TYPE)
            rejected += [
                _locked_path(path, kind, types)
                for kind in old_by_type | new_by_type
                if _is_locked(kind, types)
                and not _is_same_documents(old_by_type.get(kind, ()), new_by_type.get(kind, ()))
            ]
            decision.archived += _ids_missing(old, new)
            decision.restored += _ids_missing(new, old)
        elif path in locked:
            rejected.append(path)
    if rejected:
        raise FieldsLockedError(list(dict.fromkeys(rejected)))
    return decision


def is_same(path: str, one: Any, other: Any) -> bool:
    """Whether two values of a path are the same; documents may differ in their ids."""
    if path in DOCUMENTS and one is not None and other is not None:
        return _is_same_documents(one, other)
    return _is_equal(one, other)


def _is_same_documents(one: Sequence[Document], other: Sequence[Document]) -> bool:
    return _is_equal(_without_ids(one), _without_ids(other))


def _without_ids(documents: Sequence[Document]) -> list[Document]:
    return [{key: value for key, value in each.items() if key != "id"} for each in documents]


def _by_type(documents: Iterable[Document]) -> dict[str, list[Document]]:
    """The documents of each type: matching costs one look-up for each, not one scan."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        found.setdefault(document["type"], []).append(document)
    return found


def _ids_missing(documents: Sequence[Document], there: Sequence[Document]) -> list[str]:
    """The ids of the documents that are missing in ``there``."""
    ids = {document["id"] for document in there}
    return [document["id"] for document in documents if document["id"] not in ids]


def _by_path(locks: Iterable[Lock]) -> dict[str, Types]:
    """The locked types at each path; the locks of several accounts add up."""
    locked: dict[str, Types] = {}
    for lock in locks:
        types = locked.get(lock.path, NO_TYPE)
        if types is None or lock.document_types is None:
            locked[lock.path] = None
        else:
            locked[lock.path] = types | lock.document_types
    return locked


def _is_equal(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON value: 1 equals 1.0 but, unlike in Python, not true."""
    if one != other:
        return False
    if isinstance(one, _CONTAINERS) and _encode_json(one) == _encode_json(other):
        return True
    if isinstance(one, list):
        return all(map(_is_equal, one, other))
    if isinstance(one, dict):
        return all(_is_equal(value, other[key]) for key, value in one.items())
    return isinstance(one, bool) == isinstance(other, bool)


def _put_documents(
    decision: Decision, path: str, rule: DocumentRule, sent: Sequence[Document], locked: Types
) -> list[str]:
    """Put the sent documents into the decision; return the locked ones among them."""
    before: list[Document] = decision.fields.get(path, [])
    before_by_type = _by_type(before)
    arriving: dict[str, list[Document]] = {}
    rejected = []
    for document in completed(path, rule, sent, before_by_type):
        kind = document["type"]
        present = before_by_type.get(kind, ())
        new = _as_stored(document, rule)
        if _is_locked(kind, locked):
            # The same document again, or a part of it, is no change.
            if not any(_is_part(new, old) for old in present):
                rejected.append(_locked_path(path, kind, locked))
            continue
        place = len(arriving.setdefault(kind, []))
        if rule.on_same_type == "replace" and place < len(present):
            new["id"] = present[place]["id"]
        else:
            new["id"] = decision.new_id()
        arriving[kind].append(new)
        if rule.contents:
            whole = {key: part for key, part in document.items() if key != "id"}
            decision.contents.append(Content(new["id"], path, whole))
    after = _merged(before, arriving, in_place=rule.on_same_type == "replace")
    if not _is_equal(after, before):
        if len(after) > max(rule.items_max, len(before)):
            raise DocumentsLimitExceededError(path, rule.items_max)
        decision.changed[path] = (before or None, after)
        decision.fields[path] = after
        staying = {document["id"] for document in after}
        decision.archived += [old["id"] for old in before if old["id"] not in staying]
    return rejected


def _remove_documents(decision: Decision, path: str, locked: Types) -> list[str]:
    """Archive the whole list; return the locked documents in it."""
    before: list[Document] = decision.fields.pop(path)
    decision.changed[path] = (before, None)
    decision.archived += [old["id"] for old in before]
    return [
        _locked_path(path, old["type"], locked) for old in before if _is_locked(old["type"], locked)
    ]


def _merged(
    before: Sequence[Document], arriving: dict[str, list[Document]], *, in_place: bool
) -> list[Document]:
    """The list afterwards: new documents are in the place of the old ones, or at the end."""
    waiting = dict(arriving)
    after: list[Document] = []
    for document in before:
        if document["type"] not in arriving:
            after.append(document)
        elif in_place:
            after += waiting.pop(document["type"], [])
    for documents in waiting.values():
        after += documents
    return after


def _as_stored(document: Document, rule: DocumentRule) -> Document:
    """The document as the profile stores it: without its contents, and without the sender's id.

    A digest replaces the contents, to recognise the same contents when they are sent again.
    """
    kept = {
        key: value for key, value in document.items() if key != "id" and key not in rule.contents
    }
    parts = {key: document[key] for key in rule.contents if key in document}
    if parts:
        digest = hashlib.sha256()
        for key, text in parts.items():
            digest.update(f"{key}:{len(text)}:".encode())
            digest.update(text.encode())
        kept["digest"] = digest.hexdigest()
    return kept


def _is_locked(kind: str, locked: Types) -> bool:
    return locked is None or kind in locked


def _locked_path(path: str, kind: str, locked: Types) -> str:
    """The path of a locked document, with its type if the lock names types: any other type is the
    sender's word, which an error does not repeat."""
    return path if locked is None else f"{path}:{kind}"


def _is_part(new: Document, old: Document) -> bool:
    return all(key in old and _is_equal(value, old[key]) for key, value in new.items())
