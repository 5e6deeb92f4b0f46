"""Locks hold for every provider, and reject nothing but a new value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.errors import FieldsLockedError
from profilegate.profile.decision import decide
from profilegate.profile.fields import ACCOUNT_PREFIX, DOCUMENTS, Fields
from profilegate.profile.locks import Lock
from tests.properties.forms import LOCKING, Form, profiles, sent, thorough, without_documents


@st.composite
def held(draw: st.DrawFn) -> list[Lock]:
    """The locks of some linked account on what it shares with the others."""
    rules, account = LOCKING[draw(st.sampled_from(sorted(LOCKING)))]
    return [lock for lock in rules.locks_of(account) if not lock.path.startswith(ACCOUNT_PREFIX)]


def holds(locks: list[Lock], path: str, kind: str | None = None) -> bool:
    """Whether a path, or a type of documents there, is locked."""
    return any(
        lock.path == path
        and (lock.document_types is None or kind is None or kind in lock.document_types)
        for lock in locks
    )


def locked_values(fields: Fields, locks: list[Lock]) -> Fields:
    """The locked values."""
    values = {path: value for path, value in fields.items() if holds(locks, path)}
    for path in DOCUMENTS & values.keys():
        values[path] = [item for item in values[path] if holds(locks, path, item["type"])]
    return {path: value for path, value in values.items() if value != []}


@thorough
@given(profiles(), held(), sent())
def test_a_locked_field_changes_at_no_provider(
    before: Fields, locks: list[Lock], sent: tuple[Form, Any]
) -> None:
    """
    "When any linked account locks a field, no provider may change it"; the rejection
    names the locked fields that would get a new value, those and no others.
    """
    form, body = sent
    start = {**before, **form.own}
    changed = without_documents(decide(start, form.changes(body)).changed)
    # One provider says nothing by an empty text, another one by leaving it out: no new value.
    empty = [("", None), (None, "")]
    new = {p for p, values in changed.items() if values not in empty and holds(locks, p)}
    after, rejected = start, []
    try:
        after = decide(start, form.changes(body), locks).fields
    except FieldsLockedError as error:
        rejected = [path.split(":") for path in error.paths]

    assert locked_values(start, locks) == locked_values(after, locks)
    assert new == {path for path, *kind in rejected if not kind} - DOCUMENTS.keys()
    assert all(holds(locks, *path) for path in rejected)


@thorough
@given(profiles(), held(), sent())
def test_the_same_value_again_is_accepted_in_spite_of_locks(
    before: Fields, locks: list[Lock], sent: tuple[Form, Any]
) -> None:
    """
    "The same value again is no change and is accepted": a body that was accepted before the fields
    were locked is taken after it, and changes nothing.
    """
    form, body = sent
    after = decide({**before, **form.own}, form.changes(body)).fields
    again = decide(after, form.changes(body), locks)

    assert {} == without_documents(again.changed)
    assert locked_values(after, locks) == locked_values(again.fields, locks)


@pytest.mark.parametrize("account", LOCKING)
def test_what_is_claimed_of_locks_is_claimed_of_something(account: str) -> None:
    """
    An account that locks nothing shared would make the laws above empty.
    """
    rules, own = LOCKING[account]

    assert any(not lock.path.startswith(ACCOUNT_PREFIX) for lock in rules.locks_of(own))
