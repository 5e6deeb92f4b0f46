"""A double without pytest: a context manager, a decorator, and an ASGI app."""

import functools
import inspect
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, overload

from profilegate.testing.asgi import AsgiApp
from profilegate.testing.double import Profilegate
from profilegate.testing.local_gateway import LocalGateway
from profilegate.testing.quick_start import quick_start

Seed = str | os.PathLike[str] | Mapping[str, Any]
"""The path of a seed file, or a seed as a document."""

ARGUMENT = "profilegate"
"""The keyword argument by which a decorated function gets its double."""

_gateways: dict[tuple[bool, bool], LocalGateway] = {}
_lock = threading.Lock()


def shared_gateway(*, limits: bool = False, in_process: bool = False) -> LocalGateway:
    """The gateway of this Python process with these options, which starts at the first call."""
    with _lock:
        if (limits, in_process) not in _gateways:
            with quick_start():
                found = LocalGateway(limits=limits, in_process=in_process)
            _gateways[limits, in_process] = found
        return _gateways[limits, in_process]


def close_gateways() -> None:
    """Stop all gateways of this Python process; its end does so too."""
    with _lock:
        while _gateways:
            _gateways.popitem()[1].close()


@contextmanager
def gateway(
    *, seed: Seed | None = None, limits: bool = False, in_process: bool = False
) -> Iterator[Profilegate]:
    """
    A double in a namespace of its own, which is dropped at the end of the block.

    The gateway behind it is started once, and serves all blocks of the program. ``limits``: the
    providers' rate limits and the lockouts apply. ``in_process``: the gateway has a process of its
    own.
    """
    double = Profilegate(shared_gateway(limits=limits, in_process=in_process))
    try:
        if seed is not None:
            double.seed(seed)
        yield double
    finally:
        double.drop()


def asgi_app(*, seed: Seed | None = None) -> AsgiApp:
    """
    A gateway as an ASGI app, without a socket; its attribute ``profilegate`` is the double.

    Its namespace lasts as long as the program; ``gateway()`` and ``.asgi_app()`` end one earlier.
    """
    double = Profilegate(shared_gateway())
    if seed is not None:
        double.seed(seed)
    return double.asgi_app()


@overload
def mock(function: Callable[..., Any], /) -> Callable[..., Any]: ...
@overload
def mock(
    *, seed: Seed | None = None, limits: bool = False, in_process: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...
def mock(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """
    Give a test function, also an asynchronous one, a double: its argument ``profilegate``.

    With or without the options of ``gateway``.
    """
    if function is None:
        return functools.partial(_decorated, options)
    return _decorated(options, function)


def _decorated(options: dict[str, Any], function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        with gateway(**options) as double:
            return function(*args, **kwargs, **{ARGUMENT: double})

    @functools.wraps(function)
    async def run_async(*args: Any, **kwargs: Any) -> Any:
        with gateway(**options) as double:
            return await function(*args, **kwargs, **{ARGUMENT: double})

    decorated: Any = run_async if inspect.iscoroutinefunction(function) else run
    # pytest would take the argument for a fixture.
    signature = inspect.signature(function)
    others = [each for name, each in signature.parameters.items() if name != ARGUMENT]
    decorated.__signature__ = signature.replace(parameters=others)
    del decorated.__wrapped__
    return decorated  # type: ignore[no-any-return]
