"""What a provider wrote, it reads; what it read, it may write again."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from profilegate.profile.decision import decide
from profilegate.profile.fields import DOCUMENTS, Fields
from tests.properties.expected import is_read_back, said_by
from tests.properties.forms import (
    FORMS,
    Form,
    at,
    leaves,
    profiles,
    sent,
    thorough,
    without,
    without_documents,
)

VIEWS_THAT_ARE_BODIES = [form for form in FORMS if form.spec.name == "machnet"]
"""Machnet answers an update with the user, in the names of the update's body."""


@thorough
@given(profiles(), sent())
def test_what_a_provider_writes_it_shows(before: Fields, sent: tuple[Form, Any]) -> None:
    """
    "Put-get: what a provider writes, the same provider reads back unchanged (masks aside),
    whatever the value", and whatever other providers wrote before.
    """
    form, body = sent
    after = decide({**before, **form.own}, form.changes(body)).fields
    assert form.view is not None
    shown = form.view.from_fields(after)
    said = said_by(form, body)
    view = {"$ref": f"#/components/schemas/{form.view.schema}"}
    lost = [
        way
        for way, leaf in leaves(form.spec, view)
        if leaf.path in said and not is_read_back(form, said[leaf.path], (leaf, at(shown, way)))
    ]

    assert [] == lost


@thorough
@given(profiles(), sent())
def test_what_a_provider_writes_it_reads_in_the_same_form(
    before: Fields, sent: tuple[Form, Any]
) -> None:
    """
    Put-get for the fields that a provider takes and never shows, such as Navixy's okpo_code:
    kept as
    they were written, they read as they were written.
    """
    form, body = sent
    after = decide({**before, **form.own}, form.changes(body)).fields
    read = form.reader(after)
    said = said_by(form, body)
    lost = [
        way
        for way, leaf in leaves(form.spec, form.schema)
        if leaf.path in said and not is_read_back(form, said[leaf.path], (leaf, at(read, way)))
    ]

    assert [] == lost


@thorough
@given(profiles(), sent())
def test_writing_back_what_was_read_changes_nothing(before: Fields, sent: tuple[Form, Any]) -> None:
    """
    "Get-put: writing back what was read changes nothing"; documents aside, of which Machnet takes
    every copy with its contents for a new one.
    """
    form, body = sent
    after = decide({**before, **form.own}, form.changes(body)).fields
    read = form.reader(without_documents(after))

    assert {} == decide(after, form.changes(read)).changed


@thorough
@given(sent())
def test_what_was_read_is_accepted(sent: tuple[Form, Any]) -> None:
    """
    What a provider itself wrote, its own check takes when it is sent again.
    """
    form, body = sent
    after = decide(form.own, without_documents(form.changes(body))).fields
    read = form.reader(after)

    assert form.accepts({**without(form, body, DOCUMENTS), **read})


@thorough
@given(profiles(), st.sampled_from(VIEWS_THAT_ARE_BODIES), st.data())
def test_what_a_provider_shows_may_be_sent_back(
    before: Fields, form: Form, data: st.DataObject
) -> None:
    """
    "Get-put", through the provider's API: its response, with masks and the ids of documents, is
    accepted as an update and changes nothing, whatever other providers wrote before.
    """
    after = decide({**before, **form.own}, form.changes(data.draw(form.bodies))).fields
    assert form.view is not None
    shown = form.view.from_fields(after)

    assert form.accepts(shown)
    assert {} == decide(after, form.changes(shown)).changed
