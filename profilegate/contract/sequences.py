"""Sequences: rules of state that several exchanges break together.

They are told by what responses show: the state that locks a field, the value before an update and
after it. Where a response shows too little, nothing is reported.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from profilegate.admin.rule_places import Rule, at_place, lock_of
from profilegate.contract.checked import Checked
from profilegate.openapi import Spec
from profilegate.openapi.field_tree import Field
from profilegate.openapi.inspection import HIDDEN
from profilegate.openapi.mapping import MappedSchema, mapping_of
from profilegate.profile.locks import ALWAYS, applies_to


@dataclass(frozen=True, slots=True)
class Values:
    """
    What a body has of the profile: paths, each with the value and the field that has it.

    ``kind`` are the fields that tell the kind of the account, if the body does.
    """

    values: dict[str, tuple[Any, Field]] = field(default_factory=dict)
    kind: Mapping[str, Any] = field(default_factory=dict)


USERS_KNOWN_MAX: Final = 10_000
"""Users of whom what was shown is kept, the latest ones: a proxy may run for weeks. Each takes some
kilobytes."""


@dataclass(slots=True)
class _Sent:
    """A value of an accepted update that no response has shown yet; ``None``: it was left out."""

    update: Checked
    value: Any
    before: Any
    field: Field
    is_locked: bool


@dataclass(slots=True)
class _Entity:
    """What the responses so far have shown of one user."""

    shown: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, _Sent] = field(default_factory=dict)


class Sequences:
    """The users of one recording, as its exchanges show them one after the other."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], _Entity] = {}
        self._ended = 0.0

    def add(self, checked: Checked) -> None:
        """Add what is wrong with an exchange in view of the earlier ones to its findings."""
        key, operation = _key(checked), checked.match.operation
        if key is None or operation is None or not checked.is_accepted:
            return
        entity = self._known.pop(key, None) or _Entity()
        self._known[key] = entity
        if len(self._known) > USERS_KNOWN_MAX:
            del self._known[next(iter(self._known))]
        if checked.recorded.started < self._ended:
            # It overlaps an earlier one: the order is not known.
            entity.sent.clear()
        self._ended = max(self._ended, checked.recorded.ended)
        if operation.is_update:
            _note_update(checked, entity)
        _compare(checked, entity)
        is_read = operation.method == "GET" and bool(_shown(checked).values)
        if not is_read and not operation.is_update:
            # It may change anything, also a GET by which old clients update.
            entity.sent.clear()


def _key(checked: Checked) -> tuple[str, ...] | None:
    """The user that an exchange is about: by the path, by what it created, or by its credential."""
    spec = checked.match.provider.spec
    if checked.match.path:
        values = checked.match.path.values()
        return None if HIDDEN in values else (spec.name, *values)
    if any("{" in each.path for each in spec.operations()):
        created = _shown(checked).values.get("account.id")
        return None if created is None else (spec.name, str(created[0]))
    headers = checked.recorded.joined_headers()
    query = dict(parse_qsl(checked.recorded.target.partition(b"?")[2].decode("latin-1")))
    body = checked.request_value if isinstance(checked.request_value, dict) else {}
    for scheme in spec.security_schemes.values():
        name = scheme.get("name", "Authorization")
        header = headers.get(name.lower().encode(), b"").decode("latin-1")
        words = str(body.get(name) or query.get(name) or header).split()
        if words:
            # The credential alone, without its scheme.
            return None if words[-1] == HIDDEN else (spec.name, "", words[-1])
    return None


# --- What bodies have --------------------------------------------------------------------


def _shown(checked: Checked) -> Values:
    operation = checked.match.operation
    if operation is None or operation.response is None:
        return Values()
    return values_of(checked.match.provider.spec, operation.response, checked.response_value, {})


def values_of(spec: Spec, node: Any, value: Any, account: dict[str, Any]) -> Values:
    """The values of a body, by their paths; lists are left out."""
    mapped = _mapped(spec, node)
    if mapped is None or not isinstance(value, dict):
        return Values()
    chosen = _chosen(mapped, value, account)
    if chosen is None:
        return Values()
    return Values(dict(_of_fields(chosen.fields, value)), chosen.schema.applies or {})


def _mapped(spec: Spec, node: Any) -> MappedSchema | None:
    name = spec.schema(node).name
    mapping = mapping_of(spec)
    return next((e for e in (*mapping.bodies, *mapping.responses) if e.name == name), None)


def _chosen(
    mapped: MappedSchema, value: Mapping[str, Any], account: dict[str, Any]
) -> MappedSchema | None:
    """The branch of a choice that a body has; None if nobody can tell."""
    if mapped.tagged:
        return mapped.tagged.get(str(value.get(mapped.tag)))
    if not mapped.kinds:
        return mapped
    for kind in mapped.kinds:
        applies = kind.schema.applies or {}
        if applies and all(path in account for path in applies) and applies_to(account, applies):
            return kind
    # The kind that knows most of the names, if it is one.
    strange = [sum(name not in _names(kind) for name in value) for kind in mapped.kinds]
    best = min(strange)
    return mapped.kinds[strange.index(best)] if strange.count(best) == 1 else None


def _names(mapped: MappedSchema) -> set[str]:
    return {each.name for each in mapped.schema.properties}


def _of_fields(fields: Iterable[Field], value: Mapping[str, Any]) -> Iterator[Any]:
    for each in fields:
        below = value.get(each.name)
        if each.place is None:
            if isinstance(below, dict):
                yield from _of_fields(each.children, below)
        elif each.item is None and each.name in value and not isinstance(below, list | dict):
            yield each.place.key, (below, each)


# --- Updates and what they show ----------------------------------------------------------


def _note_update(checked: Checked, entity: _Entity) -> None:
    """Note what an accepted update has sent, and what it has removed by leaving it out."""
    operation = checked.match.operation
    spec = checked.match.provider.spec
    body = checked.request_value
    if operation is None or operation.body is None or not isinstance(body, dict):
        return
    for path, (value, own) in values_of(spec, operation.body, body, entity.shown).values.items():
        before = entity.shown.get(path)
        if value is None or HIDDEN in (value, before):
            continue
        entity.sent[path] = _Sent(checked, value, before, own, _is_locked(spec, own, entity))
    for path, own in _left_out(spec, operation.body, body, entity):
        before = entity.shown.get(path)
        # An earlier update may have sent it, and nothing has shown it since.
        was_sent = entity.sent.pop(path, None)
        if was_sent is None and before not in (None, "", HIDDEN):
            entity.sent[path] = _Sent(checked, None, before, own, is_locked=False)


def _is_locked(spec: Spec, own: Field, entity: _Entity) -> bool:
    if own.lock is None or own.lock.document_types is not None:
        return False
    if own.lock.when == ALWAYS:
        return True
    state = spec.document["x-lock-states"][own.lock.when]
    return all(path in entity.shown for path in state) and applies_to(entity.shown, state)


def _left_out(spec: Spec, node: Any, body: Any, entity: _Entity) -> Iterator[tuple[str, Field]]:
    """The fields that the body lacks and that it removes thereby (``x-whole``)."""
    mapped = _mapped(spec, node)
    chosen = None if mapped is None else _chosen(mapped, body, entity.shown)
    waiting = [] if chosen is None else [(own, body) for own in chosen.fields]
    while waiting:
        own, value = waiting.pop()
        if own.place is None and isinstance(value.get(own.name), dict):
            waiting += [(below, value[own.name]) for below in own.children]
        elif own.place is not None and own.is_removed_if_omitted and own.name not in value:
            yield own.place.key, own


def _compare(checked: Checked, entity: _Entity) -> None:
    """Compare what a response shows with what was sent, and note it."""
    shown = _shown(checked)
    for path, (value, _) in shown.values.items():
        sent = entity.sent.pop(path, None)
        if sent is not None and (rule := _broken(checked, sent, value, path)) is not None:
            checked.add("state", rule)
        entity.shown[path] = value
    entity.shown |= shown.kind


def _broken(checked: Checked, sent: _Sent, value: Any, path: str) -> Rule | None:
    """The rule that a shown value breaks, in view of what was sent."""
    spec = checked.match.provider.spec
    name, earlier = sent.field.name, sent.update.where
    if sent.value is None:
        if not _is_same(value, sent.before):
            return None
        detail = f"{name} is still shown, though {earlier} left it out of what it replaces"
        return _rule(sent, "x-whole", detail)
    if sent.before is None or _is_same(sent.value, sent.before):
        return None
    if sent.is_locked:
        if not _is_same(value, sent.value):
            return None
        said = lock_of(spec, path)
        detail = f"{name} was changed by {earlier}, though it is locked"
        return _rule(sent, "x-lock", detail) if said is None else said
    if _is_same(value, sent.before):
        detail = f"{name} is shown as it was before {earlier}, which was accepted"
        return _rule(sent, "stale", detail)
    return None


def _rule(sent: _Sent, rule: str, detail: str) -> Rule:
    """A rule of an update as a whole: its place is the operation."""
    operation = sent.update.match.operation
    at = ("paths", operation.path, operation.method.lower()) if operation else ()
    found = Rule(sent.field.name, rule, detail)
    return at_place(sent.update.match.provider.spec, found, at)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same in any form: with a calling code, in capital letters."""
    first, second = _plain(one), _plain(other)
    return first == second or (
        min(len(first), len(second)) >= ALIKE_MIN
        and (first.endswith(second) or second.endswith(first))
    )


ALIKE_MIN: Final = 7
"""Characters of a value that may be the end of another form of it: those of a phone number without
its calling code (E.164)."""


def _plain(value: Any) -> str:
    return "".join(filter(str.isalnum, str(value))).casefold()
