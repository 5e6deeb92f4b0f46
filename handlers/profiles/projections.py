"""The profile as its doors show it, and what a change would do to them."""

from typing import Literal, cast

from profilegate.gateway.call import Call

from ._generated import Trial, TrialOutcome, Verdict, ViewPage
from .representations import tried_profile


async def list_views(call: Call, *, profile_id: str) -> ViewPage:
    """Show a profile as each linked account's door shows it."""
    profile = await call.door.store.profile(call.door.world, profile_id)
    return {
        "views": [
            {
                "provider": view.provider,
                "external_id": view.external_id,
                "body": dict(view.body),
            }
            for view in call.doors.views(profile)
        ]
    }


async def try_change(call: Call, *, profile_id: str, body: Trial) -> TrialOutcome:
    """Tell what an update by one of the accounts would do; nothing is written."""
    profile = await call.door.store.profile(call.door.world, profile_id)
    outcome = await call.doors.what_if(profile, body["provider"], body["external_id"], body["body"])
    verdicts: list[Verdict] = []
    for verdict in outcome.verdicts:
        shown: Verdict = {
            "provider": verdict.provider,
            "external_id": verdict.external_id,
            "outcome": cast(Literal["taken", "refused", "cannot express"], verdict.outcome),
            "fields": list(verdict.fields),
        }
        if verdict.why is not None:
            shown["why"] = verdict.why
        verdicts.append(shown)
    return {"verdicts": verdicts, "profile": tried_profile(outcome.fields)}
