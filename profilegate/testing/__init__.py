"""A double of the providers for tests: a gateway in this process, and a namespace for each test.

With pytest, a test asks for the fixture ``profilegate``. Elsewhere::

    with profilegate.testing.gateway() as pg:
        client = MachnetClient(pg.url, pg.machnet.client_id, pg.machnet.client_secret)

    @profilegate.testing.mock
    def test_something(profilegate: Profilegate) -> None: ...

``asgi_app()`` serves without a socket, for httpx and Starlette.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from profilegate.testing.contexts import asgi_app, gateway, mock
    from profilegate.testing.double import Profilegate
    from profilegate.testing.profiles import Profile
    from profilegate.testing.providers import ProviderDouble
    from profilegate.testing.users import User

__all__ = ["Profile", "Profilegate", "ProviderDouble", "User", "asgi_app", "gateway", "mock"]

_MODULES = {
    "asgi_app": "contexts",
    "gateway": "contexts",
    "mock": "contexts",
    "Profile": "profiles",
    "Profilegate": "double",
    "ProviderDouble": "providers",
    "User": "users",
}
"""Name -> its module. pytest imports this package in every run, also where no test needs it."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    from profilegate.testing.quick_start import quick_start

    with quick_start():
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
