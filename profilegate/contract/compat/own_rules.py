"""Compares what only our specs say: locks, masks, replaced objects, rates, routing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from profilegate.contract.compat.changes import Change, breaking, harmless, shown
from profilegate.http.limits import BODY_SIZE_MAX_BYTES

ALWAYS: Final = "always"
"""The state of a lock that holds for every account."""

OF_REQUESTS: Final = {
    "x-applies": "it describes other accounts",
    "x-omitted": "a part that is not sent stays as it is, or no longer does",
    "x-only": "other texts have a form",
    "x-whole": "the object is replaced as a whole, or no longer is",
}
"""Keywords of a schema under which the same request has another effect, and what they say."""


def own_changes(old: Mapping[str, Any], new: Mapping[str, Any], direction: str) -> Iterator[Change]:
    """The changes of a schema's own keywords: locks of requests, masks of responses."""
    if direction == "response":
        yield from _mask(old.get("x-mask"), new.get("x-mask"))
        return
    yield from _lock(old.get("x-lock"), new.get("x-lock"))
    for key, meaning in OF_REQUESTS.items():
        if old.get(key) != new.get(key):
            yield breaking(key, f"has another {key}: {meaning}")
    if old.get("x-any-case") and not new.get("x-any-case"):
        yield breaking("x-any-case", "its letter case counts now")


def component_locks(old: Any, new: Any, name: str = "", field: str = "") -> Iterator[Change]:
    """
    The changes of locks in schemas of one name. Where a body has several forms, one that is locked
    less hides another that is locked more; but each is the form of some account.
    """
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return
    for change in _lock(old.get("x-lock"), new.get("x-lock")):
        yield replace(change, field=field, part=f"schema {name}")
    for key in ("properties", "allOf", "items"):
        before, after = old.get(key), new.get(key)
        if key == "items":
            yield from component_locks(before, after, name, field)
        elif isinstance(before, dict) and isinstance(after, dict):
            for member in before.keys() & after.keys():
                path = f"{field}.{member}" if field else member
                yield from component_locks(before[member], after[member], name, path)
        elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            for each in zip(before, after, strict=True):
                yield from component_locks(*each, name, field)


def _value(node: Mapping[str, Any], key: str) -> str:
    return shown(node[key]) if key in node else "not said"


def _lock(old: Any, new: Any) -> Iterator[Change]:
    """A lock rejects new values, so more of it is a narrowed request."""
    if old == new:
        return
    before, after = _locked(old), _locked(new)
    if after is None:
        yield harmless("x-lock", f"is no longer locked, was locked {_told(old)}")
    elif before is None:
        yield breaking("x-lock", f"is now locked {_told(new)}")
    else:
        same_state = before[0] in (after[0], ALWAYS)
        fewer_types = before[1] is None or (after[1] is not None and after[1] <= before[1])
        kind = harmless if same_state and fewer_types else breaking
        yield kind("x-lock", f"is now locked {_told(new)}, was locked {_told(old)}")


def _locked(lock: Any) -> tuple[str, frozenset[str] | None] | None:
    """The state of a lock and the types of documents, None for all."""
    if lock is None:
        return None
    if isinstance(lock, dict):
        return lock["when"], frozenset(lock["document_types"])
    return lock, None


def _told(lock: Any) -> str:
    state, types = _locked(lock) or ("", None)
    words = "for every account" if state == ALWAYS else f"while the account is {state}"
    return words if types is None else f"{words}, for {shown(sorted(types))}"


def _mask(old: Any, new: Any) -> Iterator[Change]:
    """A mask gives the value another form, whether it comes or goes."""
    if _masked(old) == _masked(new):
        return
    if new is None:
        yield breaking("x-mask", "is no longer masked: it is shown whole")
    elif old is None:
        yield breaking("x-mask", f"is now masked{_mask_told(new)}")
    else:
        yield breaking("x-mask", f"is now masked{_mask_told(new)}, was masked{_mask_told(old)}")


def _masked(mask: Any) -> Any:
    return (mask["as"], frozenset(mask["document_types"])) if isinstance(mask, dict) else mask


def _mask_told(mask: Any) -> str:
    return f", for {shown(sorted(mask['document_types']))}" if isinstance(mask, dict) else ""


# --- Operations and documents ----------------------------------------------------------------


def operation_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The changes of an operation's own keywords."""
    sizes = [int(each.get("x-body-size-max-bytes", BODY_SIZE_MAX_BYTES)) for each in (old, new)]
    if sizes[0] != sizes[1]:
        kind = breaking if sizes[1] < sizes[0] else harmless
        text = f"the largest body now has {sizes[1]} bytes, had {sizes[0]}"
        yield kind("x-body-size-max-bytes", text)
    if new.get("x-unsafe") and not old.get("x-unsafe"):
        yield breaking("x-unsafe", "HEAD is no longer served")
    if old.get("x-unsafe") and not new.get("x-unsafe"):
        yield harmless("x-unsafe", "HEAD is served now")
    yield from _requirements(old.get("x-requires", {}), new.get("x-requires", {}))


def _requirements(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if more := {key: value for key, value in new.items() if old.get(key) != value}:
        yield breaking("x-requires", f"the account must now have {shown(more)}")
    if fewer := {key: value for key, value in old.items() if key not in new}:
        yield harmless("x-requires", f"the account need no longer have {shown(fewer)}")


def document_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The changes of a document's own keywords."""
    yield from _lock_states(old.get("x-lock-states", {}), new.get("x-lock-states", {}))
    yield from _rate(old.get("x-rate-limit"), new.get("x-rate-limit"))
    if old.get("x-null") != new.get("x-null"):
        text = f"null means: {_value(new, 'x-null')}; it meant: {_value(old, 'x-null')}"
        yield breaking("x-null", text)
    header = "x-request-id-header"
    if old.get(header) != new.get(header):
        kind = breaking if header in old else harmless
        yield kind(header, f"the request id is now in {_value(new, header)}")
    yield from _routing(old.get("x-routing", {}), new.get("x-routing", {}))
    yield from _cors(old.get("x-cors"), new.get("x-cors"))


def _lock_states(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in old.keys() & new.keys():
        if old[name] != new[name]:
            text = f"an account is {name} if {shown(new[name])}, was if {shown(old[name])}"
            yield breaking("x-lock-states", text)


def _rate(old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if new is None:
        yield harmless("x-rate-limit", "requests are no longer limited")
        return
    text = f"now {new['requests']} requests in {new['seconds']} s"
    if old is None:
        yield breaking("x-rate-limit", text)
        return
    more = new["requests"] >= old["requests"]
    faster = new["requests"] * old["seconds"] >= old["requests"] * new["seconds"]
    kind = harmless if more and faster else breaking
    yield kind("x-rate-limit", f"{text}, was {old['requests']} in {old['seconds']} s")


def _routing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for way in sorted(set(old.get("ignores", ())) - set(new.get("ignores", ()))):
        yield breaking("x-routing", f"in a path, {way} counts now")
    if "host" in new and old.get("host") != new["host"]:
        yield breaking("x-routing", f"the paths are served at the host {new['host']} alone")


def _cors(old: Any, new: Any) -> Iterator[Change]:
    if old is not None and new is None:
        yield breaking("x-cors", "browsers on other origins may no longer call")
    elif old is not None:
        lower = [{name.lower() for name in each["allow_headers"]} for each in (old, new)]
        if gone := sorted(lower[0] - lower[1]):
            yield breaking("x-cors", f"browsers may no longer send {shown(gone)}")
    elif new is not None:
        yield harmless("x-cors", "browsers on other origins may call now")
