"""Count the instructions that this thread executes, by Linux' performance counters.

Unlike seconds they do not care how busy the machine is. What the kernel does, the disk among it,
does not count.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}
"""The number of the system call, by machine."""

HARDWARE, INSTRUCTIONS = 0, 1
ATTRIBUTES_SIZE_BYTES = 112
USER_ONLY = 1 << 5 | 1 << 6
"""Neither the kernel's instructions nor a hypervisor's."""


class CannotCountError(Exception):
    """There are no performance counters here, or we may not use them; it says why."""


@contextmanager
def counter() -> Iterator[Callable[[], int]]:
    """
    A function that gives the number of instructions so far.

    Raises:
        CannotCountError: it is not to be had.
    """
    number = PERF_EVENT_OPEN.get(platform.machine())
    if sys.platform != "linux" or number is None:
        raise CannotCountError(
            f"instructions are counted on Linux only, on {', '.join(PERF_EVENT_OPEN)}"
        )
    attributes = struct.pack(
        "IIQQQQQ", HARDWARE, ATTRIBUTES_SIZE_BYTES, INSTRUCTIONS, 0, 0, 0, USER_ONLY
    )
    libc = ctypes.CDLL(None, use_errno=True)
    # This thread, on whatever processor; no group, no flags.
    descriptor = libc.syscall(number, attributes.ljust(ATTRIBUTES_SIZE_BYTES, b"\0"), 0, -1, -1, 0)
    if descriptor < 0:
        why = os.strerror(ctypes.get_errno())
        raise CannotCountError(f"this machine does not let us count instructions ({why})")
    try:
        yield lambda: int(struct.unpack("Q", os.read(descriptor, 8))[0])
    finally:
        os.close(descriptor)
