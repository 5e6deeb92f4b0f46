"""Admin API: the representations of profiles and accounts in bodies."""

from datetime import datetime
from typing import cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import ACCOUNT_ID, ACCOUNT_PREFIX, Fields
from profilegate.profile.times import shown_time
from profilegate.store import AccountRecord, ProfileRecord

from ._generated import (
    Account,
    DryRunProfile,
    PastProfile,
    Profile,
    WrittenValue,
    dry_run_result_from_fields,
    past_profile_from_fields,
    profile_from_fields,
)


def shown_profile(call: Call, profile: ProfileRecord) -> Profile:
    """A profile with its accounts; also set the response's ETag to its version."""
    call.response_headers.append((b"etag", b'"%d"' % profile.version))
    return listed_profile(profile)


def listed_profile(profile: ProfileRecord) -> Profile:
    """A profile with its accounts, for a list."""
    body = {
        "id": profile.id,
        "version": profile.version,
        **profile_from_fields(profile.fields),
        **_as_written(profile.fields),
        "accounts": [shown_account(account) for account in profile.accounts],
    }
    return cast(Profile, body)


def past_profile(profile_id: str, time: datetime, fields: Fields) -> PastProfile:
    """The shared fields of a profile at a time in the past."""
    body = {
        "id": profile_id,
        "time": shown_time(time),
        **past_profile_from_fields(fields),
        **_as_written(fields),
    }
    return cast(PastProfile, body)


def dry_run_profile(fields: Fields) -> DryRunProfile:
    """The shared fields of a profile after a dry run."""
    details: DryRunProfile = dry_run_result_from_fields(fields).get("profile", {})
    return cast(DryRunProfile, {**details, **_as_written(fields)})


def shown_account(account: AccountRecord) -> Account:
    """An account with its own fields."""
    body: Account = {
        "provider": account.key.provider,
        "external_id": account.key.external_id,
        "fields": {
            path.removeprefix(ACCOUNT_PREFIX): value
            for path, value in account.fields.items()
            if path != ACCOUNT_ID
        },
    }
    if account.tenant is not None:
        body["tenant"] = account.tenant
    return body


def _as_written(fields: Fields) -> dict[str, list[WrittenValue]]:
    """The values that a provider wrote and that have no common form, such as unknown countries.

    A profile holds them as ``{"country-name": "Wakanda"}``.
    """
    written: list[WrittenValue] = [
        {"field": path, "form": form, "text": str(text)}
        for path, value in fields.items()
        if isinstance(value, dict)
        for form, text in value.items()
    ]
    return {"as_written": written} if written else {}
