"""Admin API: projections of a profile, and dry runs of updates."""

from profilegate.admin import profiles, projections
from profilegate.gateway.call import Call

from ._generated import DryRun, DryRunOutcome, DryRunResult, ProjectionPage
from .context import admin_of
from .representations import dry_run_profile


async def list_projections(call: Call, *, profile_id: str) -> ProjectionPage:
    """Show a profile as the API of each linked account's provider returns it."""
    admin = admin_of(call)
    profile = await profiles.get(admin, profile_id)
    return {
        "projections": [
            {
                "provider": projection.provider,
                "external_id": projection.external_id,
                "body": dict(projection.body),
            }
            for projection in projections.projections(admin, profile)
        ]
    }


async def dry_run(call: Call, *, profile_id: str, body: DryRun) -> DryRunResult:
    """Report what an update by one of the accounts would do; nothing is written."""
    admin = admin_of(call)
    profile = await profiles.get(admin, profile_id)
    key = admin.account_key(body["provider"], body["external_id"])
    result = await projections.dry_run(admin, profile, key, body["body"])
    outcomes = [_shown(outcome) for outcome in result.outcomes]
    return {"outcomes": outcomes, "profile": dry_run_profile(result.fields)}


def _shown(outcome: projections.DryRunOutcome) -> DryRunOutcome:
    shown: DryRunOutcome = {
        "provider": outcome.provider,
        "external_id": outcome.external_id,
        "outcome": outcome.outcome,
        "fields": list(outcome.fields),
    }
    if outcome.reason is not None:
        shown["reason"] = outcome.reason
    return shown
