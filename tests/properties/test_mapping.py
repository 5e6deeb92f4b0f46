"""A body changes exactly the fields that its spec names, and nothing is lost silently."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from profilegate.profile.decision import decide
from profilegate.profile.fields import Fields
from tests.properties.expected import expected_changes
from tests.properties.forms import FORMS, Form, leaves, profiles, sent, thorough, without_documents


@thorough
@given(sent())
def test_a_body_changes_just_what_its_spec_says(sent: tuple[Form, Any]) -> None:
    """
    The generated mapping is compared with ``x-profile``, ``x-whole`` and ``x-null`` of the spec.
    """
    form, body = sent

    assert expected_changes(form, body) == form.changes(body)


@thorough
@given(profiles(), sent())
def test_a_provider_leaves_alone_what_it_has_no_name_for(
    before: Fields, sent: tuple[Form, Any]
) -> None:
    """
    "No silent loss: a provider never touches a field that it cannot express. A field absent from a
    body is untouched".
    """
    form, body = sent
    expected = expected_changes(form, body)
    after = decide({**before, **form.own}, form.changes(body)).fields
    untouched = {path: value for path, value in before.items() if path not in expected}

    assert expected.keys() <= form.provider.mapping.field_names.keys()
    assert untouched == {path: after.get(path) for path in untouched}


@thorough
@given(profiles(), st.sampled_from(FORMS), st.data())
def test_the_last_write_wins(before: Fields, form: Form, data: st.DataObject) -> None:
    """
    "Put-put: the last write wins": two bodies one after the other do what both together do, the
    second one's word going before the first's.
    """
    first, second = (form.changes(data.draw(form.bodies)) for _ in range(2))
    start = {**before, **form.own}
    after = decide(decide(start, first).fields, second).fields
    at_once = decide(start, first | second).fields

    assert without_documents(at_once) == without_documents(after)


def test_every_provider_has_forms() -> None:
    """
    The claims about "every provider" are about these forms, and none of them is empty.
    """
    projections = {form.spec.name for form in FORMS}

    assert projections == {form.spec.name for form in FORMS if list(leaves(form.spec, form.schema))}
    assert len(projections) >= 4
