"""Sent documents: those that only name a present one, and values in another notation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from profilegate.errors import DocumentsWithoutValueError
from profilegate.profile.documents import DocumentRule
from profilegate.profile.masks import hides

Document = dict[str, Any]


def completed(
    path: str,
    rule: DocumentRule,
    sent: Sequence[Document],
    present: Mapping[str, Sequence[Document]],
) -> list[Document]:
    """
    The sent documents with their values, without those that are just present ones.

    A document without its value means the present one with its id; a mask means the present one
    that is shown so. ``present`` are the documents of each type. A present number stays in the
    list if new ones of its type come with it, because they replace the ones that are not sent.

    Raises:
        DocumentsWithoutValueError: such a document means none, or has other parts than the present
            copy, whose contents cannot be copied.
    """
    found: list[tuple[Document, bool]] = []
    taken: set[str] = set()
    wrong: list[int] = []
    for place, document in enumerate(sent):
        candidates = present.get(document["type"], ())
        if isinstance(document.get(rule.value), str):
            found.append((_in_stored_notation(document, rule, candidates), False))
            continue
        old = next(_meant(document, rule, [c for c in candidates if c["id"] not in taken]), None)
        is_same = old is not None and _is_part(document, old, rule)
        if old is None or (rule.contents and not is_same):
            wrong.append(place)
            continue
        taken.add(old["id"])
        found.append(({**old, **document, **_value_of(old, rule)}, is_same))
    if wrong:
        raise DocumentsWithoutValueError(path, tuple(wrong))
    kept = set() if rule.contents else {each["type"] for each, is_same in found if not is_same}
    return [each for each, is_same in found if not is_same or each["type"] in kept]


def _meant(
    document: Document, rule: DocumentRule, candidates: Sequence[Document]
) -> Iterator[Document]:
    """The present documents that a sent one, without a value or with a mask, can mean."""
    masked, document_id = document.get(rule.value), document.get("id")
    for old in candidates:
        value = old.get(rule.value)
        is_shown_so = masked is None or (isinstance(value, str) and hides(masked, value))
        if is_shown_so and (old["id"] == document_id or (masked and document_id is None)):
            yield old


def _is_part(document: Document, old: Document, rule: DocumentRule) -> bool:
    return all(old.get(key) == part for key, part in document.items() if key != rule.value)


def _value_of(document: Document, rule: DocumentRule) -> Document:
    return {key: part for key, part in document.items() if key == rule.value}


def _in_stored_notation(
    document: Document, rule: DocumentRule, candidates: Sequence[Document]
) -> Document:
    """A document, with the stored text of its value if only separators differ."""
    if separators := rule.separators.get(document["type"]):
        drop = str.maketrans("", "", separators)
        plain = document[rule.value].translate(drop)
        for old in candidates:
            stored = old.get(rule.value)
            if isinstance(stored, str) and stored.translate(drop) == plain:
                return {**document, rule.value: stored}
    return document
