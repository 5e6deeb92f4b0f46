"""The expected changes of a body, from its spec alone and not from the generated code."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from profilegate.openapi import Node, Spec
from profilegate.profile import codecs, masks
from profilegate.profile.fields import DOCUMENTS, Changes
from tests.properties.forms import ABSENT, Form, Leaf, at, leaves


def said_by(form: Form, body: Any) -> dict[str, tuple[Leaf, Any]]:
    """
    The value that a body gives to each path, or None to remove it.

    A path that the body leaves alone is not in it: it is not sent, or null where null is the same
    as not sent. In an object that is replaced whole, a part that is not sent is removed.
    """
    said: dict[str, tuple[Leaf, Any]] = {}
    null_removes = form.spec.document.get("x-null") == "removes"
    for way, leaf in leaves(form.spec, form.schema):
        value = at(body, way)
        if value is ABSENT or value is None:
            is_spoken_of = at(body, way[:-1]) not in (ABSENT, None) if leaf.whole else False
            if not (is_spoken_of or (value is None and null_removes)):
                continue
            value = None
        said[leaf.path] = leaf, value
    return said


def codec_named(spec: Spec, name: str) -> Any:
    """A codec of the engine, or one that the spec defines."""
    if (own := spec.document.get("x-codecs", {}).get(name)) is not None:
        return codecs.phone_without(name, own["omits"])
    return getattr(codecs, name.replace("-", "_"))


def expected_changes(form: Form, body: Any) -> Changes:
    """The changes of the profile by a body, according to its spec."""
    changes: Changes = {}
    for path, (leaf, value) in said_by(form, body).items():
        if value is not None and leaf.codec is not None:
            value = codec_named(form.spec, leaf.codec).store(value)
        elif isinstance(value, list):
            value = [in_parts(form.spec, leaf, item) for item in value]
        changes[path] = value
    return changes


def parts_of(spec: Spec, leaf: Leaf) -> dict[str, tuple[str, Node]]:
    """Where the parts of a list's items live: part -> its name in the body, and its schema."""
    items = spec.resolve(leaf.node.get("items", {})).get("properties", {})
    return {
        said.partition("[].")[2]: (name, spec.resolve(child))
        for name, child in items.items()
        if (said := spec.resolve(child).get("x-profile")) is not None
    }


def in_parts(spec: Spec, leaf: Leaf, item: Any) -> Any:
    """An item of a list in the profile's words; an item without places is itself."""
    places = parts_of(spec, leaf)
    if not places:
        return item
    return {part: item[name] for part, (name, _) in places.items() if item.get(name) is not None}


def is_read_back(form: Form, wrote: tuple[Leaf, Any], shown: tuple[Leaf, Any]) -> bool:
    """Whether what is shown is what was written; masks, a count and a gender aside."""
    (leaf, value), (view, text) = wrote, shown
    if value is None:
        return text is ABSENT
    if leaf.codec == "whole-number":
        return bool(text == int(value))
    if leaf.codec == "lower-case":
        return bool(text == value.lower())
    if leaf.path in DOCUMENTS:
        # A list of documents is not replaced: the ones that were sent are among the shown.
        sent = _documents(form, leaf, view, value)
        return sent <= _documents(form, view, leaf, () if text is ABSENT else text)
    if isinstance(value, list) and text is not ABSENT:
        items = [in_parts(form.spec, view, item) for item in text]
        return [in_parts(form.spec, leaf, item) for item in value] == items
    return bool(value == text)


def _documents(form: Form, leaf: Leaf, other: Leaf, value: Sequence[Any]) -> Counter[str]:
    """Documents by the parts that both forms name, masked as either of them shows them."""
    both = parts_of(form.spec, leaf), parts_of(form.spec, other)
    documents: Counter[str] = Counter()
    for item in value:
        kept = in_parts(form.spec, leaf, item)
        for places in both:
            for part, (_, node) in places.items():
                if part in kept and _is_masked(node.get("x-mask"), kept["type"]):
                    kept[part] = kept[part] if "*" in kept[part] else masks.last4(kept[part])
        hidden = {"id", *DOCUMENTS[leaf.path].contents}
        shown = kept.keys() & both[0].keys() & both[1].keys() - hidden
        common = {part: kept[part] for part in shown}
        documents[json.dumps(common, sort_keys=True)] += 1
    return documents


def _is_masked(mask: Any, kind: str) -> bool:
    return mask is not None and (isinstance(mask, str) or kind in mask["document_types"])
