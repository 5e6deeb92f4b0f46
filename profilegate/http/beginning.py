"""The beginning of a server process: its memory, and its imports."""

import gc
from types import ModuleType, SimpleNamespace

from profilegate.http.lazy_imports import import_lazily, standing_in
from profilegate.http.memory_tuning import return_large_blocks


def server_module() -> ModuleType:
    """Import the server as a process that serves needs it."""
    return_large_blocks()
    import_lazily()
    # Imported modules stay: looking for garbage among them takes a tenth of the time to start.
    gc.disable()
    # Connexion's apps can make clients for tests, which a server never asks for.
    with standing_in("starlette.testclient", SimpleNamespace(TestClient=None)):
        from profilegate.http import server

    gc.freeze()
    gc.enable()
    return server
