"""The laws of an update: changes, locks, documents."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.errors import (
    DocumentsLimitExceededError,
    DocumentsWithoutValueError,
    FieldsLockedError,
)
from profilegate.profile.decision import Content, decide
from profilegate.profile.fields import DOCUMENTS, FIELDS
from profilegate.profile.locks import Lock

PHYSICAL = "documents.physical"
VIRTUAL = "documents.virtual"

LOCKED_SSN = Lock(VIRTUAL, "verified", frozenset({"SSN"}))
LOCKED_EIN_NUMBER = Lock(VIRTUAL, "verified", frozenset({"EIN"}))
LOCKED_EIN = Lock(PHYSICAL, "verified", frozenset({"EIN"}))


def texts():
    """Any text that can be stored."""
    return st.text(st.characters(codec="utf-8"))


def values():
    """Any JSON value but null."""
    return st.recursive(
        st.booleans() | st.integers() | st.floats(allow_nan=False) | texts(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
        max_leaves=5,
    )


def plain_paths():
    """A path of the shared profile or of an account, documents aside."""
    shared = sorted(FIELDS.keys() - {PHYSICAL, VIRTUAL})
    return st.sampled_from([*shared, "account.status", "account.plugins"])


def documents():
    """Lists of documents as a provider sends them."""
    document = st.fixed_dictionaries(
        {
            "type": st.sampled_from(["SSN", "EIN", "PASSPORT"]),
            "value": texts(),
            "front": texts(),
        },
        optional={"back": texts(), "country": texts()},
    )
    return st.lists(document, max_size=4)


def fields():
    """A whole profile that once was written: plain values and virtual documents."""
    plain = st.dictionaries(plain_paths(), values(), max_size=6)
    virtual = documents().map(lambda sent: decide({}, {VIRTUAL: sent}).fields)
    return st.builds(lambda one, other: {**one, **other}, plain, virtual)


def changes():
    """What an update may send for plain paths."""
    return st.dictionaries(plain_paths(), st.none() | values(), max_size=6)


def put(current, sent, path=PHYSICAL, locks=()):
    """The decision to put documents."""
    return decide(current, {path: sent}, locks)


# --- Plain values ------------------------------------------------------------------------


def test_an_update_touches_what_it_names():
    """
    A named field gets its value, None removes one, all others stay; the values before and after
    are recorded.
    """
    decision = decide(
        {"name.given": "Zoe", "phone": "+1", "email": "z@example.com"},
        {"name.given": "Zoë", "phone": None, "gender": "female", "occupation": None},
    )

    assert {"name.given": "Zoë", "gender": "female", "email": "z@example.com"} == decision.fields
    assert {
        "name.given": ("Zoe", "Zoë"),
        "phone": ("+1", None),
        "gender": (None, "female"),
    } == decision.changed


@given(current=fields())
def test_the_same_values_again_are_no_change(current):
    """
    Writing back the present values changes nothing, even if all fields are locked.
    """
    locks = [Lock(path, "always") for path in current]

    decision = decide(current, deepcopy(current), locks)

    assert {} == decision.changed
    assert [] == decision.archived
    assert current == decision.fields


@given(current=fields(), sent=changes())
def test_what_is_put_is_there(current, sent):
    """
    After an update each named field is what was sent, and each other is what it was.
    """
    decision = decide(current, sent)

    after = {path: value for path, value in {**current, **sent}.items() if value is not None}
    assert after == decision.fields


@given(current=fields(), first=changes(), second=changes())
def test_the_last_put_wins(current, first, second):
    """
    Two updates in a row come to what both at once, the second over the first, come to.
    """
    one_by_one = decide(decide(current, first).fields, second).fields

    assert decide(current, {**first, **second}).fields == one_by_one


@given(current=fields(), sent=changes())
def test_an_update_is_decided_without_touching_anything(current, sent):
    """
    Neither the fields nor the changes that were handed in are altered.
    """
    before = deepcopy((current, sent))

    decide(current, sent)

    assert before == (current, sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), ([1], [True]), ({"a": [0]}, {"a": [False]}), ("1", 1), ("", None)],
)
def test_values_that_only_python_takes_for_equal_are_changes(one, other):
    """
    In JSON true is not 1, nor is it deep inside a list or an object.
    """
    decision = decide({"account.x": one}, {"account.x": other})

    assert {"account.x": (one, other)} == decision.changed


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), ({"a": 1, "b": 2}, {"b": 2, "a": 1})])
def test_values_that_json_takes_for_equal_are_no_change(one, other):
    """
    One number can be written in two ways, and the keys of an object have no order.
    """
    assert {} == decide({"account.x": one}, {"account.x": other}).changed


# --- Locks -------------------------------------------------------------------------------


@given(current=fields(), sent=changes(), data=st.data())
def test_a_lock_rejects_new_values_only(current, sent, data):
    """
    An update is rejected exactly when a locked path would really change; every such path is named.
    An empty text instead of none, or none instead of it, is no new value.
    """
    locked = data.draw(st.sets(plain_paths()))
    changed = decide(current, sent).changed
    empty = {path for path in changed if all(value in (None, "") for value in changed[path])}
    new = [path for path in changed if path in locked - empty]
    locks = [Lock(path, "always") for path in locked]

    if new:
        with pytest.raises(FieldsLockedError) as rejected:
            decide(current, sent, locks)
        assert tuple(new) == rejected.value.paths
    else:
        assert changed.keys() - (locked & empty) == decide(current, sent, locks).changed.keys()


@pytest.mark.parametrize("change", ["Eve", None])
def test_a_locked_field_is_neither_changed_nor_removed(change):
    """
    To remove a value is to change it; to give a first value to a locked field is, too.
    """
    lock = Lock("name.given", "always")

    with pytest.raises(FieldsLockedError):
        decide({"name.given": "Zoe"}, {"name.given": change}, [lock])
    with pytest.raises(FieldsLockedError):
        decide({}, {"name.given": "Eve"}, [lock])


LOCKED_ALL = Lock(VIRTUAL, "verified")

ADDED_UP = {
    "two kinds": ([LOCKED_SSN, LOCKED_EIN_NUMBER], (f"{VIRTUAL}:SSN", f"{VIRTUAL}:EIN")),
    "all, then one kind": ([LOCKED_ALL, LOCKED_SSN], (VIRTUAL,)),
    "one kind, then all": ([LOCKED_SSN, LOCKED_ALL], (VIRTUAL,)),
}


@pytest.mark.parametrize(("locks", "expected"), ADDED_UP.values(), ids=ADDED_UP)
def test_the_locks_of_several_accounts_add_up(locks, expected):
    """
    No account's lock on a list of documents loosens another's. A type is named if a lock names it.
    """
    sent = [{"type": "SSN", "value": "1"}, {"type": "EIN", "value": "2"}]

    with pytest.raises(FieldsLockedError) as rejected:
        put({}, sent, VIRTUAL, locks)

    assert expected == rejected.value.paths


# --- Documents that archive --------------------------------------------------------------


def test_a_new_document_archives_the_old_one_of_its_type():
    """
    The old copy leaves the profile, the new one has an id of its own; other types stay.
    """
    first = put({}, [{"type": "EIN", "front": "a"}, {"type": "PASSPORT", "front": "b"}])
    ein, passport = first.fields[PHYSICAL]

    second = put(first.fields, [{"type": "EIN", "front": "c"}])

    kept, new = second.fields[PHYSICAL]
    assert passport == kept
    assert "EIN" == new["type"]
    assert ein["id"] != new["id"]
    assert [ein["id"]] == second.archived
    assert {PHYSICAL: ([ein, passport], [kept, new])} == second.changed


class CountedType(str):
    """A document's type that counts how often it is compared with another one."""

    __slots__ = ()
    comparisons = 0

    def __eq__(self, other: object) -> bool:
        CountedType.comparisons += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_documents_are_matched_in_linear_time():
    """
    The writer decides every update alone, so that a long list would hold up all callers.
    """
    count = DOCUMENTS[VIRTUAL].items_max
    sent = [{"type": CountedType(f"T{place}"), "value": "1"} for place in range(count)]
    fields = decide({}, {VIRTUAL: sent}).fields
    CountedType.comparisons = 0

    decide(fields, {VIRTUAL: [{**document, "value": "2"} for document in sent]})

    assert CountedType.comparisons <= 5 * count


def test_the_same_document_again_is_a_new_copy():
    """
    Machnet says that an update adds a copy and archives the older one, and names no exception.
    """
    sent = [{"type": "EIN", "front": "a"}]
    first = put({}, sent)

    second = put(first.fields, sent)

    assert [first.fields[PHYSICAL][0]["id"]] == second.archived


def test_the_contents_of_a_document_go_apart():
    """
    The profile keeps a digest instead of the pages; what was sent goes whole where it is sealed,
    but for an id: the sender does not choose it.
    """
    document = {"type": "EIN", "country": "US", "front": "a", "back": "b"}

    decision = put({}, [{**document, "id": "the sender's"}])

    (kept,) = decision.fields[PHYSICAL]
    assert {"type", "country", "id", "digest"} == kept.keys()
    assert [Content(kept["id"], PHYSICAL, document)] == decision.contents


@pytest.mark.parametrize("other", [{"front": "ab", "back": ""}, {"front": "a"}, {"front": "ab"}])
def test_other_contents_have_another_digest(other):
    """
    Pages do not run into one another.
    """
    digests = [
        put({}, [{"type": "EIN", **parts}]).fields[PHYSICAL][0]["digest"]
        for parts in ({"front": "a", "back": "b"}, other)
    ]

    assert digests[0] != digests[1]


def test_a_locked_document_may_come_again():
    """
    The very same document, with its id or without, is no change; other types are free.
    """
    ein = {"type": "EIN", "country": "US", "front": "a"}
    current = put({}, [ein]).fields
    again = [ein, {**ein, "id": current[PHYSICAL][0]["id"]}]

    decision = put(current, [*again, {"type": "PASSPORT", "front": "b"}], locks=[LOCKED_EIN])

    assert ["EIN", "PASSPORT"] == [document["type"] for document in decision.fields[PHYSICAL]]
    assert current[PHYSICAL][0] == decision.fields[PHYSICAL][0]
    assert [] == decision.archived


def test_parts_of_a_locked_document_may_come_again():
    """
    What is left out of a locked document is not asked about: the parts that come are the same.
    """
    current = put({}, [{"type": "EIN", "country": "US", "front": "a"}]).fields

    assert {} == put(current, [{"type": "EIN", "front": "a"}], locks=[LOCKED_EIN]).changed


@pytest.mark.parametrize(("before", "value"), [({"name.middle": ""}, None), ({}, "")])
def test_a_locked_empty_text_is_the_same_as_none(before, value):
    """
    A provider that replaces a name whole has no other way to say "" than to leave the part out; one
    that requires the part has no other way to leave it out than to say "".
    """
    decision = decide(before, {"name.middle": value}, [Lock("name.middle", "always")])

    assert ({}, before) == (decision.changed, decision.fields)


@pytest.mark.parametrize(
    "new",
    [
        {"country": "US", "front": "b"},
        {"country": "CA", "front": "a"},
        {"front": "a", "expires_on": "2030-01-01"},
    ],
)
def test_a_locked_document_takes_nothing_new(new):
    """
    Another page, another country, or a part that was not there is a new value; it is named once.
    """
    current = put({}, [{"type": "EIN", "country": "US", "front": "a"}]).fields

    with pytest.raises(FieldsLockedError) as rejected:
        put(current, [{"type": "EIN", **new}] * 2, locks=[LOCKED_EIN])

    assert ("documents.physical:EIN",) == rejected.value.paths


def test_removing_a_list_archives_what_is_in_it():
    """
    None removes the whole list of documents, if nothing in it is locked.
    """
    current = put({}, [{"type": "EIN", "front": "a"}, {"type": "PASSPORT", "front": "b"}]).fields

    decision = put(current, None)

    assert {} == decision.fields
    assert {PHYSICAL: (current[PHYSICAL], None)} == decision.changed
    assert [document["id"] for document in current[PHYSICAL]] == decision.archived
    with pytest.raises(FieldsLockedError, match=r"documents\.physical:EIN"):
        put(current, None, locks=[LOCKED_EIN])


@pytest.mark.parametrize("nothing", [None, []])
def test_nothing_put_to_nothing_is_no_change(nothing):
    """
    Removing a list that is not there, and adding no documents, change nothing.
    """
    assert {} == put({}, nothing, locks=[Lock(PHYSICAL, "always")]).changed


# --- Documents that are replaced ---------------------------------------------------------


def test_a_new_document_takes_the_place_and_id_of_the_old():
    """
    A virtual document is changed in its place.
    """
    first = put({}, [{"type": "SSN", "value": "1"}, {"type": "EIN", "value": "2"}], VIRTUAL)
    ssn, ein = first.fields[VIRTUAL]

    second = put(first.fields, [{"type": "SSN", "value": "3"}], VIRTUAL)

    assert [{**ssn, "value": "3"}, ein] == second.fields[VIRTUAL]
    assert [] == second.archived


def test_several_documents_of_a_type_are_replaced_together():
    """
    What is sent for a type is all of that type from then on: more get new ids, fewer leave.
    """
    two = put({}, [{"type": "SSN", "value": "1"}, {"type": "SSN", "value": "2"}], VIRTUAL).fields

    one = put(two, [{"type": "SSN", "value": "3"}], VIRTUAL)

    first, second = two[VIRTUAL]
    assert [{**first, "value": "3"}] == one.fields[VIRTUAL]
    assert [second["id"]] == one.archived


@given(sent=documents())
def test_the_same_replaced_documents_again_are_no_change(sent):
    """
    Put twice is put once, ids and all.
    """
    once = put({}, sent, VIRTUAL)

    assert {} == put(once.fields, sent, VIRTUAL).changed


@given(before=documents(), sent=documents())
def test_every_document_has_an_id_of_its_own(before, sent):
    """
    After any updates, no two documents of a profile have the same id.
    """
    for path in (PHYSICAL, VIRTUAL):
        after = put(put({}, before, path).fields, sent, path).fields.get(path, [])

        assert len(after) == len({document["id"] for document in after})


# --- Documents that are sent back ---------------------------------------------------------

SSN = {"type": "SSN", "value": "111-11-1112", "country": "US"}
OTHER_SSN = {"type": "SSN", "value": "222-22-1112"}
MASK = {"last4": "*****1112"}
COPY = {"type": "EIN", "front": "a", "country": "US"}


def stored(path, *documents):
    """Documents as a profile holds them."""
    return put({}, [*documents], path).fields[path]


def test_a_shown_document_that_is_sent_back_is_no_change():
    """
    Get-put: a copy is shown with its id and without its contents, a number with its id and masked;
    also by itself, and also where every new value is rejected.
    """
    for path, documents, shown in (
        (PHYSICAL, (COPY, {**COPY, "front": "b"}), {}),
        (VIRTUAL, (SSN, OTHER_SSN), {"value": MASK}),
        (VIRTUAL, (SSN, OTHER_SSN), {}),
    ):
        present = stored(path, *documents)
        hidden = ("digest", "value")
        back = [{**{k: v for k, v in d.items() if k not in hidden}, **shown} for d in present]
        for sent in (back, back[1:], back[:1]):
            decision = put({path: present}, sent, path, [Lock(path, "always")])

            assert ({}, []) == (decision.changed, decision.contents)


def test_a_named_copy_beside_a_new_one_is_archived():
    """
    "Will add a new copy of the document and archive the older one", also if the older one is named.
    """
    (old,) = present = stored(PHYSICAL, COPY)
    decision = put({PHYSICAL: present}, [{"type": "EIN", "id": old["id"]}, {**COPY, "front": "b"}])

    assert [old["id"]] == decision.archived
    assert 1 == len(decision.fields[PHYSICAL])


def test_a_mask_alone_means_the_number_that_is_shown_so():
    """
    Two numbers that end in the same way have one mask each, in their order.
    """
    present = stored(VIRTUAL, SSN, OTHER_SSN)
    masks = [{"type": "SSN", "value": MASK}] * 2
    new = {"type": "SSN", "value": "333-33-3334"}
    after = put({VIRTUAL: present}, [*masks, new], VIRTUAL).fields[VIRTUAL]

    assert {} == put({VIRTUAL: present}, masks, VIRTUAL).changed
    assert present == after[:2]


def test_a_document_that_is_sent_twice_is_no_second_one():
    """
    A mask, or an id, beside the number that it means says nothing more; with other parts than these
    nobody knows which ones are right.
    """
    (old,) = present = stored(VIRTUAL, SSN)
    masked, named = {"type": "SSN", "value": MASK}, {"type": "SSN", "id": old["id"]}
    for sent in (
        [SSN, masked],
        [masked, SSN],
        [SSN, {**named, "value": MASK}],
        [named, masked],
        [masked, named],
        [masked, masked],
    ):
        assert {} == put({VIRTUAL: present}, sent, VIRTUAL).changed
    with pytest.raises(DocumentsWithoutValueError):
        put({VIRTUAL: present}, [SSN, {**masked, "region": "NY"}], VIRTUAL)


def test_a_mask_beside_another_part_changes_that_part_alone():
    """
    A mask is never stored as a value.
    """
    present = stored(VIRTUAL, SSN)
    sent = [{"type": "SSN", "value": MASK, "region": "NY"}]
    decision = put({VIRTUAL: present}, sent, VIRTUAL)

    assert [{**present[0], "region": "NY"}] == decision.fields[VIRTUAL]
    with pytest.raises(FieldsLockedError):
        put({VIRTUAL: present}, sent, VIRTUAL, [Lock(VIRTUAL, "always", frozenset({"SSN"}))])


def test_a_number_stays_beside_a_new_one_of_its_type():
    """
    Numbers that are sent replace those of their type that are not: a mask is a number that is sent.
    """
    sent = [{"type": "SSN", "value": MASK}, {"type": "SSN", "value": "333-33-3334"}]
    after = put({VIRTUAL: stored(VIRTUAL, SSN)}, sent, VIRTUAL).fields[VIRTUAL]

    assert ["111-11-1112", "333-33-3334"] == [document["value"] for document in after]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (PHYSICAL, {"type": "EIN"}),
        (PHYSICAL, {"type": "EIN", "id": "another"}),
        (PHYSICAL, {"type": "PASSPORT", "id": "the copy's"}),
        (PHYSICAL, {"type": "EIN", "id": "the copy's", "country": "CA"}),
        (PHYSICAL, {"type": "EIN", "id": "the copy's", "back": "b"}),
        (VIRTUAL, {"type": "SSN"}),
        (VIRTUAL, {"type": "SSN", "value": {"last4": "*****1113"}}),
        (VIRTUAL, {"type": "PASSPORT", "value": MASK}),
        (VIRTUAL, {"type": "SSN", "value": MASK, "id": "another"}),
        (VIRTUAL, {"type": "SSN", "value": {"last4": "*****1113"}, "id": "the number's"}),
    ],
)
def test_a_document_without_a_value_that_names_none_is_rejected(path, sent):
    """
    Otherwise a mask, or nothing, would be stored in the place of a value.
    """
    present = {PHYSICAL: stored(PHYSICAL, COPY), VIRTUAL: stored(VIRTUAL, SSN)}
    if sent.get("id") in ("the copy's", "the number's"):
        named = PHYSICAL if sent["id"] == "the copy's" else VIRTUAL
        sent = {**sent, "id": present[named][0]["id"]}

    with pytest.raises(DocumentsWithoutValueError) as rejected:
        put(present, [{**SSN, "front": "c"}, sent], path)

    old = present[path][0]
    different = (1,) if (sent.get("id"), sent["type"]) == (old["id"], old["type"]) else ()
    unknown = () if different else (1,)
    assert (path, unknown, different) == (
        rejected.value.path,
        rejected.value.unknown,
        rejected.value.different,
    )


def test_of_two_notations_of_a_number_each_is_itself():
    """
    Put twice is put once, also if one request had both.
    """
    both = [SSN, {**SSN, "value": "111111112"}]
    present = stored(VIRTUAL, *both)

    assert {} == put({VIRTUAL: present}, both, VIRTUAL).changed


@pytest.mark.parametrize("notation", ["111111112", "111 11 1112", "111-111112"])
def test_a_number_in_another_notation_is_the_stored_one(notation):
    """
    "SSN is not updatable": the same number with other separators is no update, and stays as it is
    written. Of another type every character counts.
    """
    present = stored(VIRTUAL, SSN, {"type": "PASSPORT", "value": "111-11-1112"})
    current = {VIRTUAL: present}
    lock = [Lock(VIRTUAL, "always", frozenset({"SSN"}))]
    passport = put(current, [{"type": "PASSPORT", "value": notation}], VIRTUAL).fields[VIRTUAL]

    assert {} == put(current, [{**SSN, "value": notation}], VIRTUAL, lock).changed
    assert notation == passport[1]["value"]


def test_a_list_of_documents_has_a_largest_number() -> None:
    """
    Each request adds a few, so the list would grow without a limit, and with it every later event
    of the history.
    """
    rule = DOCUMENTS["documents.virtual"]
    full = decide({}, {"documents.virtual": numbered(rule.items_max)}).fields

    with pytest.raises(DocumentsLimitExceededError):
        decide(full, {"documents.virtual": numbered(rule.items_max + 1)})
    assert {} == decide(full, {"documents.virtual": full["documents.virtual"]}).changed


def numbered(count: int) -> list[dict[str, str]]:
    """Documents of different types."""
    return [{"type": f"KIND_{number}", "value": "1"} for number in range(count)]
