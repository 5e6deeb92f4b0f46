"""Personal fields are marked (x-pii), to keep them out of logs, errors and metrics."""

import re
from collections import defaultdict

import pytest

from profilegate.openapi import Node, Spec
from tests.specs.all_specs import SPECS, objects, properties

PERSONAL_WORDS = frozenset(
    """
    name phone address street city state region zipcode zip postal index line1 line2 country
    birth gender nationalities language occupation email login ip hash token password secret
    tin tax okpo kpp iec document documents value
    """.split()
)
"""A property that has one of these words in its name holds something personal."""

NOT_PERSONAL = frozenset(
    """
    document_type DocumentAccessLevel CanSignDocuments CanCreateDocuments CanDeleteRestoreDocuments
    Name
    """.split()
)
"""Names with such a word whose values are not personal."""

STATUSES = "/CipInfo/"
"""Machnet's statuses of pieces of information, by their names: none has the information."""


def words(name: str) -> set[str]:
    """``document_value`` and ``FirstName`` as words."""
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


def is_value(node: Node) -> bool:
    """Whether a property is a value itself, and not an object whose parts are marked.

    A text with a single possible value is a constant of the provider.
    """
    is_object = "properties" in node or any("properties" in part for part in node.get("allOf", ()))
    return not is_object and len(node.get("enum", ())) != 1


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_what_is_personal_by_its_name_is_marked(spec: Spec) -> None:
    """
    "x-pii: never in a log, an error text, a metric or the journal".
    """
    bare = [
        at
        for at, name, node in properties(spec)
        if words(name) & PERSONAL_WORDS
        and name not in NOT_PERSONAL
        and STATUSES not in at
        and is_value(node)
        and "x-pii" not in node
    ]
    bare += [
        at
        for at, node in objects(spec, "parameter")
        if words(node["name"]) & PERSONAL_WORDS and "x-pii" not in node
    ]

    assert [] == bare


def test_one_field_of_the_profile_is_personal_at_every_provider_or_at_none() -> None:
    """
    A value that one provider hides must not be shown by another.
    """
    marks: dict[str, dict[bool, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, spec in SPECS.items():
        for at, _, node in properties(spec):
            said = node.get("x-profile", "")
            path = said if isinstance(said, str) else said["at"]
            if path and is_value(node):
                marks[path][bool(node.get("x-pii"))].append(f"{name}#{at}")

    assert {} == {path: dict(found) for path, found in marks.items() if len(found) > 1}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_examples_show_no_real_person(spec: Spec) -> None:
    """
    Addresses for letters in examples are on domains kept for that, or the provider's own.
    """
    addresses = set(re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", str(spec.document)))

    assert addresses <= {"example.com", "example.org", "diadoc.ru", "kontur.ru", "navixy.com"}
