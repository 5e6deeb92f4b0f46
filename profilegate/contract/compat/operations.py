"""Compares operations: paths, parameters, bodies, responses and security."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from profilegate.contract.compat.changes import Change, breaking, harmless, shown
from profilegate.contract.compat.document import Document, Part
from profilegate.contract.compat.endpoints import Endpoint, bases_of, endpoints_of, pairs_of
from profilegate.contract.compat.own_rules import document_changes, operation_changes
from profilegate.contract.compat.schemas import SchemaComparison
from profilegate.contract.compat.security import security_changes

STYLES: Final = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
"""OpenAPI 3.0.3, Parameter Object: the default of ``style`` by location."""


class DocumentComparison:
    """Compares two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old = old.root
        self._new = new.root
        self._requests = SchemaComparison("request")
        self._responses = SchemaComparison("response")

    def changes(self) -> Iterator[Change]:
        """
        All changes from the one to the other.

        Raises:
            SpecError: a reference leads nowhere.
        """
        yield from document_changes(self._old.node, self._new.node)
        old_bases, new_bases = bases_of(self._old, ()), bases_of(self._new, ())
        old, new = (list(endpoints_of(each)) for each in (self._old, self._new))
        gone_bases = set(old_bases) - set(new_bases)
        pairs = list(pairs_of(old, new))
        # Paths may have moved from the base into the keys, or back.
        served = {target for each in new for target in each.targets}
        moved = {
            base for base in gone_bases for one in old if (one.method, base + one.shape) in served
        }
        for base in sorted(gone_bases - moved):
            yield breaking("servers", f"the base path {base or '/'} is no longer served")
        for base in [each for each in new_bases if each not in old_bases]:
            yield harmless("servers", f"the base path {base or '/'} is new")
        for one in old:
            other = next((second for first, second in pairs if first is one), None)
            if other is None:
                yield replace(breaking("paths", "was removed"), operations=(one.name,))
                continue
            excused = {(one.method, base + one.shape) for base in gone_bases - moved}
            missing = sorted(one.targets - served - excused)
            for _, path in missing:
                text = f"is no longer served at {path}"
                yield replace(breaking("servers", text), operations=(one.name,))
            for change in self._operation(one, other):
                yield replace(change, operations=(other.name,))
        for other in new:
            if all(second is not other for _, second in pairs):
                yield replace(harmless("paths", "is new"), operations=(other.name,))

    # --- One operation -------------------------------------------------------------------

    def _operation(self, old: Endpoint, new: Endpoint) -> Iterator[Change]:
        if old.node.get("operationId") != new.node.get("operationId"):
            yield harmless("operationId", f"its operationId is now {new.node.get('operationId')}")
        if new.node.get("deprecated") and not old.node.get("deprecated"):
            yield harmless("deprecated", "is now deprecated")
        yield from operation_changes(old.node.node, new.node.node)
        yield from security_changes((self._old, old.node), (self._new, new.node))
        yield from self._parameters(old.parameters(), new.parameters())
        yield from self._request_body(old.node.part("requestBody"), new.node.part("requestBody"))
        yield from self._statuses(old.node, new.node)

    def _parameters(
        self, old: dict[tuple[str, str], Part], new: dict[tuple[str, str], Part]
    ) -> Iterator[Change]:
        for key, one in old.items():
            part = f"{key[0]} parameter {one.get('name')}"
            if key not in new:
                yield replace(breaking("parameters", "was removed"), part=part)
                continue
            for change in self._parameter(key[0], one, new[key]):
                yield replace(change, part=part)
        for key, other in new.items():
            if key in old:
                continue
            part = f"{key[0]} parameter {other.get('name')}"
            if other.get("required"):
                yield replace(breaking("required", "is new and required"), part=part)
            else:
                yield replace(harmless("parameters", "is new"), part=part)

    def _parameter(self, where: str, old: Part, new: Part) -> Iterator[Change]:
        yield from _required(old, new)
        if (before := _style(where, old)) != (after := _style(where, new)):
            yield breaking("style", f"is now written as {shown(after)}, was {shown(before)}")
        if gone := sorted(set(old.get("x-also-named", ())) - set(new.get("x-also-named", ()))):
            yield breaking("x-also-named", f"is no longer accepted as {shown(gone)}")
        if old.get("x-any-case") and not new.get("x-any-case"):
            yield breaking("x-any-case", "its letter case counts now")
        yield from self._requests.compare(_schemas(old), _schemas(new))

    def _request_body(self, old: Part, new: Part) -> Iterator[Change]:
        part = "request body"
        if old.node and not new.node:
            yield replace(breaking("requestBody", "was removed"), part=part)
        elif new.node and not old.node:
            kind = breaking if new.get("required") else harmless
            words = "is new and required" if new.get("required") else "is new"
            yield replace(kind("requestBody", words), part=part)
        elif old.node:
            for change in (*_required(old, new), *self._content(old, new, self._requests)):
                yield replace(change, part=part)

    def _content(self, old: Part, new: Part, schemas: SchemaComparison) -> Iterator[Change]:
        before, after = _media_types(old), _media_types(new)
        for name, one in before.items():
            if name not in after:
                yield breaking("content", f"the media type {name} was removed")
                continue
            if one.get("x-also-any") and not after[name].get("x-also-any"):
                yield breaking("x-also-any", f"no other media type counts as {name} any more")
            if one.get("x-protobuf") and one.get("x-protobuf") != after[name].get("x-protobuf"):
                text = f"the message of {name} is now {after[name].get('x-protobuf')}"
                yield breaking("x-protobuf", text)
            yield from schemas.compare(_schemas(one), _schemas(after[name]))
        for name in [each for each in after if each not in before]:
            yield harmless("content", f"the media type {name} is new")

    # --- Responses -----------------------------------------------------------------------

    def _statuses(self, old: Part, new: Part) -> Iterator[Change]:
        before, after = (
            {str(status).upper(): each for status, each in node.parts("responses")
             if not str(status).startswith("x-")}
            for node in (old, new)
        )  # fmt: skip
        for status, one in before.items():
            part = f"response {status.lower() if status == 'DEFAULT' else status}"
            others = [other for name, other in after.items() if _is_covered(name, {status})]
            other = after.get(status) or _covering(status, after)
            if other is None and not others:
                yield replace(breaking("responses", "was removed"), part=part)
            for each in [other] if other is not None else others:
                for change in self._response(one, each):
                    yield replace(change, part=part)
        for status in after.keys() - before.keys():
            if _is_covered(status, before.keys()):
                continue
            is_success = status[0] in "23"
            kind = breaking if is_success else harmless
            yield replace(kind("responses", "is new"), part=f"response {status}")

    def _response(self, old: Part, new: Part) -> Iterator[Change]:
        yield from self._content(old, new, self._responses)
        before, after = (
            {str(name).lower(): (name, each) for name, each in node.parts("headers")}
            for node in (old, new)
        )
        for key, (name, one) in before.items():
            if key not in after:
                yield breaking("headers", f"the header {name} was removed")
                continue
            other = after[key][1]
            if one.get("required") and not other.get("required"):
                yield breaking("required", f"the header {name} is no longer required")
            for change in self._responses.compare(_schemas(one), _schemas(other)):
                yield change.below(f"header {name}")
        for key in [each for each in after if each not in before]:
            yield harmless("headers", f"the header {after[key][0]} is new")


def _required(old: Part, new: Part) -> Iterator[Change]:
    if new.get("required") and not old.get("required"):
        yield breaking("required", "is now required")
    if old.get("required") and not new.get("required"):
        yield harmless("required", "is no longer required")


def _schemas(part: Part) -> tuple[Part, ...]:
    """The schema of a parameter, a header or a media type."""
    if "schema" in part.node:
        return (part.schema("schema"),)
    content = part.get("content", {})
    return tuple(part.part("content", name).schema("schema") for name in content
                 if "schema" in part.part("content", name).node)[:1]  # fmt: skip


def _style(where: str, parameter: Part) -> tuple[str, ...]:
    style = parameter.get("style", STYLES.get(where, "form"))
    content = list(parameter.get("content", {}))
    words = content or [f"style {style}"]
    types = [each.get("type") for each in _schemas(parameter)]
    if any(each in ("array", "object") for each in types):
        is_exploded = parameter.get("explode", style == "form")
        words.append("exploded" if is_exploded else "not exploded")
    return tuple(words)


def _media_types(part: Part) -> dict[str, Part]:
    """The media types without their parameters, which say nothing of values."""
    found: dict[str, Part] = {}
    for name, each in part.parts("content"):
        found.setdefault(str(name).partition(";")[0].strip().lower(), each)
    return found


def _covering(status: str, statuses: dict[str, Part]) -> Part | None:
    """The range or the default that a status is one of."""
    return statuses.get(f"{status[0]}XX") or statuses.get("DEFAULT")


def _is_covered(status: str, names: Iterable[str]) -> bool:
    return not {f"{status[0]}XX", "DEFAULT"}.isdisjoint(names)
