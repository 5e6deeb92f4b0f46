"""Sent documents: those that only name a present one, and values in another notation."""

from collections.abc import Container, Iterator, Mapping, Sequence
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
    list if new ones of its type come with it, because they replace the ones that are not sent. If
    it is sent in whole too, a document that means it says nothing more.

    Raises:
        DocumentsWithoutValueError: such a document means none, or has other parts than the present
            copy, whose contents cannot be copied.
    """
    found, meant = _whole(rule, sent, present)
    unknown: list[int] = []
    different: list[int] = []
    for place, document in enumerate(sent):
        if place in found:
            continue
        candidates = present.get(document["type"], ())
        named = list(_meant(document, rule, candidates))
        old = next((each for each in named if each["id"] not in meant), None)
        if old is None and any(
            _is_part(document, {**each, **meant[each["id"]]}, rule) for each in named
        ):
            continue
        is_same = old is not None and _is_part(document, old, rule)
        if old is None or (rule.contents and not is_same):
            is_known = any(each["id"] == document.get("id") for each in candidates)
            (different if is_known else unknown).append(place)
            continue
        meant[old["id"]] = {**old, **document, **_value_of(old, rule)}
        found[place] = (meant[old["id"]], is_same)
    if unknown or different:
        raise DocumentsWithoutValueError(path, tuple(unknown), tuple(different))
    kept = (
        set()
        if rule.contents
        else {each["type"] for each, is_same in found.values() if not is_same}
    )
    return [
        each for _, (each, is_same) in sorted(found.items()) if not is_same or each["type"] in kept
    ]


def _whole(
    rule: DocumentRule, sent: Sequence[Document], present: Mapping[str, Sequence[Document]]
) -> tuple[dict[int, tuple[Document, bool]], dict[str, Document]]:
    """The sent documents that have their values, by place and by the id of the present number that
    they are."""
    found: dict[int, tuple[Document, bool]] = {}
    meant: dict[str, Document] = {}
    for place, document in enumerate(sent):
        if isinstance(document.get(rule.value), str):
            candidates = present.get(document["type"], ())
            whole = _in_stored_notation(document, rule, candidates)
            found[place] = (whole, False)
            if not rule.contents and (old := _with_value(whole, rule, candidates, meant)):
                meant[old["id"]] = whole
    return found, meant


def _with_value(
    whole: Document, rule: DocumentRule, candidates: Sequence[Document], meant: Container[str]
) -> Document | None:
    """The present document that has the value of a sent one, and that no other one means."""
    value = whole[rule.value]
    return next(
        (old for old in candidates if old.get(rule.value) == value and old["id"] not in meant), None
    )


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
    separators = rule.separators.get(document["type"], "")
    values = [old[rule.value] for old in candidates if isinstance(old.get(rule.value), str)]
    if not separators or document[rule.value] in values:
        return document
    drop = str.maketrans("", "", separators)
    plain = document[rule.value].translate(drop)
    same = (value for value in values if value.translate(drop) == plain)
    return {**document, rule.value: next(same, document[rule.value])}
