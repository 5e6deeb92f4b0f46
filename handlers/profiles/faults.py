"""Admin API: scripted faults."""

from typing import cast

from profilegate.admin import faults
from profilegate.gateway.call import Call

from ._generated import Fault, FaultList, NewFault
from .context import admin_of


async def list_faults(call: Call) -> FaultList:
    """List the scripted faults of the namespace."""
    found = await faults.find_all(admin_of(call))
    return {"faults": [cast(Fault, faults.to_document(fault)) for fault in found]}


async def add_fault(call: Call, *, body: NewFault) -> Fault:
    """Script a fault."""
    added = await faults.add(admin_of(call), faults.to_fault(body))
    return cast(Fault, faults.to_document(added))


async def remove_fault(call: Call, *, fault_id: str) -> None:
    """Remove a scripted fault."""
    await faults.remove(admin_of(call), fault_id)


async def remove_faults(call: Call) -> None:
    """Remove all scripted faults of the namespace."""
    await faults.remove_all(admin_of(call))
