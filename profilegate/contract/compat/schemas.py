"""Compares the schemas of what a client sends, or of what it receives."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from profilegate.contract.compat.changes import (
    Change,
    between,
    breaking,
    harmless,
    shown,
)
from profilegate.contract.compat.document import Part
from profilegate.contract.compat.forms import form_name, may_be_paired, types_told, with_integers
from profilegate.contract.compat.own_rules import own_changes
from profilegate.contract.compat.shapes import LOWER, UPPER, Bound, Shape, shapes_of

Direction = Literal["request", "response"]

Parts = tuple[Part, ...]

NULL: Final = frozenset({"null"})

HIDDEN_KEY: Final = {"request": "readOnly", "response": "writeOnly"}


class SchemaComparison:
    """
    Compares schemas in one direction.

    Of a request, a client fails if the new schema takes fewer values; of a response, if the new
    schema has more values, or lacks what the old one promised.
    """

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self._found: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[Change, ...]] = {}
        self._alive: list[Parts] = []
        """The nodes whose identities are keys."""

    def compare(self, old: Parts, new: Parts) -> tuple[Change, ...]:
        """The changes from some schemas, which hold at once, to others."""
        key = tuple(id(each.node) for each in old), tuple(id(each.node) for each in new)
        if key not in self._found:
            self._alive += [old, new]
            # A schema that contains itself is compared once; inside of it nothing else differs.
            self._found[key] = ()
            self._found[key] = tuple(self._compare(shapes_of(old), shapes_of(new)))
        return self._found[key]

    # --- Shapes --------------------------------------------------------------------------

    def _compare(self, old: Sequence[Shape], new: Sequence[Shape]) -> Iterator[Change]:
        if len(old) == len(new) == 1:
            yield from self._shape(old[0], new[0])
            return
        pairs = self._pairs(old, new)
        for _, _, changes in pairs:
            yield from changes
        gone = [each for each in old if all(each is not one for one, _, _ in pairs)]
        come = [each for each in new if all(each is not other for _, other, _ in pairs)]
        for shape in gone:
            others = [self._shape(shape, each) for each in new]
            yield from self._form(shape, "is no longer a form", "request", others)
        for shape in come:
            others = [self._shape(each, shape) for each in old]
            yield from self._form(shape, "is a new form", "response", others)

    def _form(
        self, shape: Shape, what: str, fails: Direction, others: list[list[Change]]
    ) -> Iterator[Change]:
        """A form that came or went; it makes no difference if another one takes its values."""
        is_covered = any(not any(each.is_breaking for each in changes) for changes in others)
        if self.direction == fails and not is_covered:
            yield breaking("form", f"{form_name(shape)} {what}")
        elif not is_covered:
            yield harmless("form", f"{form_name(shape)} {what}")

    def _pairs(
        self, old: Sequence[Shape], new: Sequence[Shape]
    ) -> list[tuple[Shape, Shape, list[Change]]]:
        """Which old form became which new one: those that are the most alike."""
        costs = []
        for n, one in enumerate(old):
            for m, other in enumerate(new):
                if may_be_paired(one, other):
                    changes = self._shape(one, other)
                    weight = sum(each.is_breaking for each in changes)
                    costs.append((weight, len(changes), abs(n - m), n, m, changes))
        found, taken_old, taken_new = [], set(), set()
        for _, _, _, n, m, changes in sorted(costs, key=lambda each: each[:5]):
            if n not in taken_old and m not in taken_new:
                taken_old.add(n)
                taken_new.add(m)
                found.append((old[n], new[m], changes))
        return found

    def _shape(self, old: Shape, new: Shape) -> list[Change]:
        types = list(self._types(old, new))
        if old.types.isdisjoint(with_integers(new.types)) and new.types.isdisjoint(
            with_integers(old.types)
        ):
            return types
        return [
            *types,
            *self._enum(old, new),
            *self._bounds(old, new),
            *self._words(old, new),
            *self._flags(old, new),
            *own_changes(old.own, new.own, self.direction),
            *self._properties(old, new),
            *self._additional(old, new),
            *self._items(old, new),
        ]

    # --- Rules ---------------------------------------------------------------------------

    def _narrowed(self, rule: str, text: str) -> Change:
        """Fewer values than before."""
        return (breaking if self.direction == "request" else harmless)(rule, text)

    def _widened(self, rule: str, text: str) -> Change:
        """More values than before."""
        return (breaking if self.direction == "response" else harmless)(rule, text)

    def _types(self, old: Shape, new: Shape) -> Iterator[Change]:
        gone = old.types - with_integers(new.types)
        come = new.types - with_integers(old.types)
        text = f"its type is now {types_told(new)}, was {types_told(old)}"
        if gone and come:
            yield breaking("type", text)
        elif gone:
            yield self._narrowed("type", "can no longer be null" if gone == NULL else text)
        elif come:
            yield self._widened("type", "can now be null" if come == NULL else text)

    def _enum(self, old: Shape, new: Shape) -> Iterator[Change]:
        if old.enum is None and new.enum is None:
            return
        if old.enum is None:
            yield self._narrowed("enum", f"must now be one of {shown(new.enum)}")
        elif new.enum is None:
            yield self._widened("enum", f"is no longer one of {shown(old.enum)} only")
        else:
            before, after = ([shown(word) for word in each] for each in (old.enum, new.enum))
            if gone := [word for word in before if word not in after]:
                yield self._narrowed("enum", f"no longer has the value {shown(gone)}")
            if come := [word for word in after if word not in before]:
                yield self._widened("enum", f"has the new value {shown(come)}")

    def _bounds(self, old: Shape, new: Shape) -> Iterator[Change]:
        for rule in (*LOWER, *UPPER):
            one, other = old.bounds.get(rule), new.bounds.get(rule)
            if one == other:
                continue
            text = between(rule, _bound(one), _bound(other))
            if one is None:
                is_tighter = True
            elif other is None:
                is_tighter = False
            else:
                is_tighter = other > one if rule in LOWER else other < one
            yield (self._narrowed if is_tighter else self._widened)(rule, text)

    def _words(self, old: Shape, new: Shape) -> Iterator[Change]:
        for rule in ("format", "pattern", "multipleOf"):
            one, other = (each.words.get(rule, frozenset()) for each in (old, new))
            gone, come = sorted(one - other), sorted(other - one)
            if gone and come:
                # Which texts two patterns both match is not compared: a client may fail.
                yield breaking(rule, f"{rule} is now {shown(come)}, was {shown(gone)}")
            elif come:
                yield self._narrowed(rule, f"has the new {rule} {shown(come)}")
            elif gone:
                yield self._widened(rule, f"no longer has the {rule} {shown(gone)}")

    def _flags(self, old: Shape, new: Shape) -> Iterator[Change]:
        if new.is_unique and not old.is_unique:
            yield self._narrowed("uniqueItems", "must no longer repeat an item")
        if old.is_unique and not new.is_unique:
            yield self._widened("uniqueItems", "may now repeat an item")
        if new.negated - old.negated:
            yield self._narrowed("not", "excludes a form that it did not exclude")
        if old.negated - new.negated:
            yield self._widened("not", "no longer excludes a form")
        if old.uncompared != new.uncompared:
            yield breaking("anyOf", "has other forms, which are too many to be compared")

    # --- Parts ---------------------------------------------------------------------------

    def _properties(self, old: Shape, new: Shape) -> Iterator[Change]:
        before, after = self._shown(old), self._shown(new)
        for name in before:
            required = name in old.required, name in new.required
            if name not in after:
                yield breaking("properties", "was removed").below(name)
                continue
            if required == (False, True):
                yield self._narrowed("required", "is now required").below(name)
            elif required == (True, False):
                yield self._widened("required", "is no longer required").below(name)
            for change in self.compare(before[name], after[name]):
                yield change.below(name)
        for name in [each for each in after if each not in before]:
            if name in new.required and self.direction == "request":
                yield breaking("required", "is new and required").below(name)
            else:
                yield harmless("properties", "is new").below(name)
        described = before.keys() | after.keys()
        for name in sorted((new.required ^ old.required) - described):
            if name in new.required:
                yield self._narrowed("required", "is now required").below(name)
            else:
                yield self._widened("required", "is no longer required").below(name)

    def _shown(self, shape: Shape) -> dict[str, Parts]:
        """The properties that this direction has."""
        if "object" not in shape.types:
            return {}
        key = HIDDEN_KEY[self.direction]
        return {
            name: parts
            for name, parts in shape.properties.items()
            if not any(part.get(key) for part in parts)
        }

    def _additional(self, old: Shape, new: Shape) -> Iterator[Change]:
        rule = "additionalProperties"
        if "object" not in old.types & new.types:
            return
        if new.is_closed and not old.is_closed:
            yield self._narrowed(rule, "takes no other fields any more")
        elif old.is_closed and not new.is_closed:
            # As a new field: clients ignore what they do not know.
            yield harmless(rule, "takes other fields now")
        elif old.additional != new.additional and not new.is_closed:
            for change in self.compare(old.additional, new.additional):
                yield change.below("*")

    def _items(self, old: Shape, new: Shape) -> Iterator[Change]:
        if "array" in old.types & new.types:
            for change in self.compare(old.items, new.items):
                yield change.below("[]")


def _bound(bound: Bound | None) -> Any:
    if bound is None:
        return None
    value, excluded = bound
    return f"{'more' if excluded > 0 else 'less'} than {value}" if excluded else value
