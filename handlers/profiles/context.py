"""The admin services behind the admin API: who acts, and on what."""

from profilegate.admin.context import Admin
from profilegate.gateway.call import Call


def admin_of(call: Call) -> Admin:
    """The admin services for one call."""
    gateway = call.context.gateway
    return Admin(
        store=gateway.store,
        providers=gateway.providers,
        namespace=call.context.namespace,
        origin=call.origin,
        now=gateway.now,
    )
