"""What an exported profile may hold: a line that is imported is checked like any other body."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from profilegate.issuing import Issuing
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, DOCUMENTS, FIELDS

from ._generated import ExportedProfile

COUNT_MAX = 999_999_999

DATES = frozenset({"birth.date", "organization.formed_on"})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_written(value: Any) -> bool:
    """Text, or what a door wrote that has no common form: ``{"country-name": "Wakanda"}``."""
    written = isinstance(value, dict) and len(value) == 1 and all(map(_is_text, value.values()))
    return written or _is_text(value)


def _is_date(value: Any) -> bool:
    try:
        return _is_text(value) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= COUNT_MAX


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_tax_ids(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and item.keys() == {"id", "country"} and _are_texts([*item.values()])
        for item in value
    )


def _are_documents(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and {"id", "type"} <= item.keys() and _are_texts([*item.values()])
        for item in value
    )


KINDS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(FIELDS, _is_text),
    **{path: _is_text_or_written for path in FIELDS if path.endswith((".country", "phone"))},
    **dict.fromkeys(DATES, _is_date),
    **dict.fromkeys(DOCUMENTS, _are_documents),
    "employer.phone": _is_text,
    "nationalities": _are_texts,
    "tax.ids": _are_tax_ids,
    "activity.transactions_per_month": _is_count,
}
"""Whether a value can stand at a path of the profile."""


def faults_of(document: ExportedProfile, issuing: Callable[[str], Issuing | None]) -> Iterator[str]:
    """What is wrong with an exported profile, place by place."""
    for path, value in document["fields"].items():
        if path not in KINDS:
            yield "fields: there is a field that no profile has"
        elif not KINDS[path](value):
            yield f"fields.{path}: this is no value for it"
    for place, account in enumerate(document["accounts"]):
        at = f"accounts[{place}]"
        known = issuing(account["provider"])
        own = account["fields"]
        if known is None:
            yield f"{at}.provider: must be one of the providers that are served here"
        elif not known.external_id.fullmatch(account["external_id"]):
            yield f"{at}.external_id: must match ^{known.external_id.pattern}$"
        elif own.get(ACCOUNT_ID) != account["external_id"]:
            yield f"{at}.fields: account.id must be the external_id"
        elif not all(path.startswith(ACCOUNT_PREFIX) for path in own):
            yield f"{at}.fields: all of them must begin with {ACCOUNT_PREFIX}"
        else:
            for path, usual in known.own.items():
                if type(own.get(path)) is not (str if usual is None else type(usual)):
                    yield f"{at}.fields.{path}: this is no value for it"
