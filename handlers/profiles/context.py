"""Admin API: the context of the admin actions, from a call."""

from profilegate.admin.context import Admin
from profilegate.gateway.call import Call


def admin_of(call: Call) -> Admin:
    """The context of the admin actions for one call."""
    gateway = call.context.gateway
    return Admin(
        store=gateway.store,
        providers=gateway.providers,
        namespace=call.context.namespace,
        origin=call.origin,
        now=gateway.now,
    )
