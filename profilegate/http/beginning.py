"""The beginning of a server process: its memory, and its imports."""

import gc
from types import ModuleType

from profilegate.http.lazy_imports import import_lazily
from profilegate.http.memory_tuning import return_large_blocks


def server_module() -> ModuleType:
    """Import the server as a process that serves needs it."""
    return_large_blocks()
    import_lazily()
    # Imported modules stay: looking for garbage among them takes a tenth of the time to start.
    gc.disable()
    from profilegate.http import server

    gc.freeze()
    gc.enable()
    return server
