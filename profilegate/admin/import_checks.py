"""What an exported profile may hold, whichever way it comes back: by our own API or from a file.

An import writes what no provider has checked; a value that no provider could have written would
break
the providers that show it.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from profilegate.errors import BodyUnreadableError, Violation
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.openapi.messages import sentence
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, DOCUMENTS
from profilegate.profile.values import (
    CHECKS,
    NUL,
    At,
    Check,
    any_text,
    list_of,
    object_of,
    texts_with,
)

FindPolicy = Callable[[str], AccountPolicy | None]
"""How accounts are made, by the name of a provider; None where there is no such provider."""

VIOLATIONS_SHOWN_MAX = 20
"""Of one profile; who has fixed these is told of the next."""

KINDS = {str: "string", bool: "boolean", int: "integer", list: "array"}
"""What a value of an account's own may be, and how a schema calls it."""


def check_exported(document: Any, policy: FindPolicy) -> None:
    """
    See that a document is a profile as an export has it.

    Raises:
        BodyUnreadableError: it is not; with each field, the rule it breaks and how to fix it.
    """
    violations = islice(_violations(document, policy), VIOLATIONS_SHOWN_MAX)
    reported = [
        f"{violation.field or 'the profile'} {sentence(violation)}" for violation in violations
    ]
    if reported:
        raise BodyUnreadableError("; ".join(reported))


def _violations(document: Any, policy: FindPolicy) -> Iterator[Violation]:
    form = object_of(
        {
            "id": _uuid,
            "version": _version,
            "fields": _shared,
            "accounts": list_of(lambda at, value: _account(at, value, policy)),
            "documents": list_of(_DOCUMENT),
        }
    )
    return form((), document)


def _shared(at: At, value: Any) -> Iterator[Violation]:
    if not isinstance(value, dict):
        yield Violation(at, "type", "object")
        return
    if value.keys() - CHECKS.keys():
        yield Violation(at, "members", "the fields that docs/fields.md lists")
    for path in value.keys() & CHECKS.keys():
        yield from CHECKS[path]((*at, path), value[path])


def _uuid(at: At, value: Any) -> Iterator[Violation]:
    try:
        is_uuid = isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        is_uuid = False
    if not is_uuid:
        yield Violation(at, "format", "uuid")


def _version(at: At, value: Any) -> Iterator[Violation]:
    if type(value) is not int:
        yield Violation(at, "type", "integer")
    elif value < 1:
        yield Violation(at, "minimum", 1)


def _time_or_null(at: At, value: Any) -> Iterator[Violation]:
    try:
        is_time = value is None or datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        is_time = False
    if not is_time:
        yield Violation(at, "format", "date-time")


def _list_path(at: At, value: Any) -> Iterator[Violation]:
    # Only what is archived is kept beside the profile's own list.
    paths = sorted(path for path, rule in DOCUMENTS.items() if rule.on_same_type == "archive")
    if value not in paths:
        yield Violation(at, "enum", tuple(paths))


_DOCUMENT = object_of(
    {
        "id": _uuid,
        "path": _list_path,
        "archived_at": _time_or_null,
        "document": texts_with("type"),
    }
)


def _text_or_null(at: At, value: Any) -> Iterator[Violation]:
    if value is not None and not isinstance(value, str):
        yield Violation(at, "type", ("string", "null"))
    elif value is not None:
        yield from any_text(at, value)


def _nothing(at: At, value: Any) -> Iterator[Violation]:
    """No violation at all: what lies here is checked together with something else."""
    yield from ()


_ACCOUNT: Check = object_of(
    {
        "provider": any_text,
        "external_id": any_text,
        "tenant": _text_or_null,
        "reference": _text_or_null,
        "fields": _nothing,
    }
)


def _account(at: At, account: Any, policy: FindPolicy) -> Iterator[Violation]:
    violations = list(_ACCOUNT(at, account))
    if violations:
        yield from violations
        return
    known = policy(account["provider"])
    if known is None:
        yield Violation((*at, "provider"), "served")
    elif not known.external_id.fullmatch(account["external_id"]):
        yield Violation((*at, "external_id"), "pattern", f"^{known.external_id.pattern}$")
    else:
        yield from _own_fields((*at, "fields"), account["fields"], account["external_id"], known)


def _own_fields(at: At, own: Any, external_id: str, known: AccountPolicy) -> Iterator[Violation]:
    if not isinstance(own, dict):
        yield Violation(at, "type", "object")
        return
    if own.get(ACCOUNT_ID) != external_id:
        yield Violation((*at, ACCOUNT_ID), "same", "external_id")
    if not all(path.startswith(ACCOUNT_PREFIX) and NUL not in path for path in own):
        yield Violation(at, "prefix", ACCOUNT_PREFIX)
        return
    for path, usual in known.default_fields.items():
        kind = str if usual is None else type(usual)
        if path not in own:
            yield Violation((*at, path), "required")
        elif type(own[path]) is not kind:
            yield Violation((*at, path), "type", KINDS[kind])
    # Not by their names: a name that no provider knows is not repeated.
    if not all(_is_plain(value) for value in own.values()):
        yield Violation(at, "plain")


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(item, list) or not _is_plain(item) for item in value)
    return type(value) in KINDS and not (isinstance(value, str) and NUL in value)
