"""The profile as its providers show it, and what a change would do to them."""

from typing import Literal, cast

from profilegate.gateway.call import Call

from ._generated import DryRun, DryRunOutcome, DryRunResult, ProjectionPage
from .representations import dry_run_profile


async def list_projections(call: Call, *, profile_id: str) -> ProjectionPage:
    """Show a profile as each linked account's provider shows it."""
    profile = await call.context.store.profile(call.context.namespace, profile_id)
    return {
        "projections": [
            {
                "provider": view.provider,
                "external_id": view.external_id,
                "body": dict(view.body),
            }
            for view in call.projections.views(profile)
        ]
    }


async def dry_run(call: Call, *, profile_id: str, body: DryRun) -> DryRunResult:
    """Tell what an update by one of the accounts would do; nothing is written."""
    profile = await call.context.store.profile(call.context.namespace, profile_id)
    result = await call.projections.what_if(
        profile, body["provider"], body["external_id"], body["body"]
    )
    outcomes: list[DryRunOutcome] = []
    for outcome in result.outcomes:
        shown: DryRunOutcome = {
            "provider": outcome.provider,
            "external_id": outcome.external_id,
            "outcome": cast(Literal["accepted", "rejected", "not representable"], outcome.outcome),
            "fields": list(outcome.fields),
        }
        if outcome.reason is not None:
            shown["reason"] = outcome.reason
        outcomes.append(shown)
    return {"outcomes": outcomes, "profile": dry_run_profile(result.fields)}
