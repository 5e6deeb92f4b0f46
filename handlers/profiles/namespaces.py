"""Admin API: namespaces, their clocks and their snapshots."""

from datetime import timedelta

from profilegate.admin import namespaces
from profilegate.admin.context import Admin
from profilegate.gateway.call import Call
from profilegate.profile.times import shown_time

from . import cursors
from ._generated import ClockChange, Namespace, NamespacePage, NewNamespace
from .context import gateway_admin_of
from .times import read_time


async def list_namespaces(
    call: Call, *, cursor: str | None = None, limit: int | None = None
) -> NamespacePage:
    """List namespaces, the default one first."""
    count = limit or cursors.LIMIT_DEFAULT
    found = await namespaces.page(gateway_admin_of(call), after=cursor, limit=count + 1)
    page: NamespacePage = {"namespaces": [each.name for each in found[:count]]}
    if len(found) > count:
        page["next"] = found[count - 1].name
    return page


async def create_namespace(call: Call, *, body: NewNamespace) -> Namespace:
    """Create an empty namespace."""
    admin = gateway_admin_of(call)
    await namespaces.create(admin, body["namespace"], seed=body.get("seed"))
    call.context.gateway.has_namespaces = True
    return await _shown(admin, body["namespace"])


async def get_namespace(call: Call, *, namespace: str) -> Namespace:
    """Show a namespace."""
    return await _shown(gateway_admin_of(call), namespace)


async def drop_namespace(call: Call, *, namespace: str) -> None:
    """Delete a namespace and everything in it."""
    await namespaces.drop(gateway_admin_of(call), namespace)


async def set_clock(call: Call, *, namespace: str, body: ClockChange) -> Namespace:
    """Set the clock of a namespace forward, or let it stand still or run on."""
    admin = gateway_admin_of(call)
    await namespaces.set_clock(
        admin,
        namespace,
        to=read_time(body["to"], "to") if "to" in body else None,
        forward=timedelta(seconds=body.get("forward_seconds", 0)),
        is_frozen=body.get("frozen"),
    )
    return await _shown(admin, namespace)


async def reset_namespace(call: Call, *, namespace: str) -> Namespace:
    """Make a namespace what it was after its creation."""
    admin = gateway_admin_of(call)
    await namespaces.reset(admin, namespace)
    return await _shown(admin, namespace)


async def take_snapshot(call: Call, *, namespace: str, snapshot: str) -> Namespace:
    """Keep a namespace as it is now."""
    admin = gateway_admin_of(call)
    await namespaces.take_snapshot(admin, namespace, snapshot)
    return await _shown(admin, namespace)


async def restore_snapshot(call: Call, *, namespace: str, snapshot: str) -> Namespace:
    """Make a namespace what it was when a snapshot was taken."""
    admin = gateway_admin_of(call)
    await namespaces.restore_snapshot(admin, namespace, snapshot)
    return await _shown(admin, namespace)


async def _shown(admin: Admin, name: str) -> Namespace:
    info = await namespaces.get(admin, name)
    body: Namespace = {
        "namespace": name,
        "now": shown_time((await namespaces.inside(admin, name)).now()),
        "frozen": info.frozen_at is not None,
        "seeded": info.is_seeded,
        "snapshots": await namespaces.snapshot_names(admin, name),
    }
    if info.created_at is not None:
        body["created_at"] = shown_time(info.created_at)
    return body
