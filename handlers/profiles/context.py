"""Admin API: the context of the admin actions, from a call."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as replace_fields

from msgspec.structs import replace

from profilegate.admin.context import Admin, admin_in
from profilegate.errors import InvalidFieldsError
from profilegate.gateway.call import Call


def admin_of(call: Call) -> Admin:
    """The context of the admin actions for one call."""
    return admin_in(call.context, call.origin)


def gateway_admin_of(call: Call) -> Admin:
    """The context of the actions on namespaces, which happen by the gateway's own clock."""
    gateway = call.context.gateway
    return replace_fields(admin_of(call), store=gateway.store, now=gateway.now)


@contextmanager
def named_parameter() -> Iterator[None]:
    """Report violations of the admin actions as those of a parameter."""
    try:
        yield
    except InvalidFieldsError as error:
        violations = [replace(each, is_parameter=True) for each in error.violations]
        raise InvalidFieldsError(violations) from None
